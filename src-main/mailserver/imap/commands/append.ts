/** APPEND (RFC 9051 section 6.3.12) with APPENDUID. */
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad, Refusal } from '../Refusal.ts';
import { parseInternalDate } from '../wire.ts';
import { missing } from './folders.ts';

export const appendCommands: Commands = { APPEND: { when: 'authenticated', run: append } };

function append(session: ImapSession, args: Arguments): Done {
  args.space();
  const path = args.mailbox();
  args.space();
  let flags: string[] = [];
  if (args.next === '(') {
    flags = args.list(() => args.flag());
    args.space();
  }
  let internalDate = session.surroundings.clock.now();
  if (args.next === '"') {
    const date = parseInternalDate(args.string());
    if (date === null) throw bad('invalid date-time');
    internalDate = date;
    args.space();
  }
  const raw = args.literal();
  args.end();
  const mailbox = session.owner.mailboxes.get(path);
  if (mailbox === null) throw missing(path, 'TRYCREATE');
  const { maxMailBytes } = session.surroundings;
  if (raw.length > maxMailBytes) throw new Refusal('NO', 'Message is too large', 'TOOBIG');
  if (raw.length === 0) throw new Refusal('NO', "Can't save a zero byte message");
  const stored = mailbox.append({ raw, flags, internalDate });
  return {
    text: 'Append completed',
    ...(session.has('UIDPLUS')
      ? { code: `APPENDUID ${mailbox.uidValidity.toString()} ${stored.uid.toString()}` }
      : {}),
  };
}
