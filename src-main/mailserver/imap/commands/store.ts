/** STORE with UNCHANGEDSINCE (RFC 7162), EXPUNGE, COPY and MOVE with COPYUID (RFC 4315, RFC 6851). */
import type { Mailbox } from '../../storage/Mailbox.ts';
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad, Refusal } from '../Refusal.ts';
import type { SeenMail } from '../SelectedMailbox.ts';
import { numberSet } from '../wire.ts';
import { missing } from './folders.ts';

export const storeCommands: Commands = {
  STORE: { when: 'selected', withholdsExpunges: true, run: (session, args) => store(session, args, false) },
  'UID STORE': { when: 'selected', run: (session, args) => store(session, args, true) },
  COPY: { when: 'selected', run: (session, args) => copy(session, args, false) },
  'UID COPY': { when: 'selected', run: (session, args) => copy(session, args, true) },
  MOVE: { when: 'selected', needs: 'MOVE', run: (session, args) => move(session, args, false) },
  'UID MOVE': { when: 'selected', needs: 'MOVE', run: (session, args) => move(session, args, true) },
  EXPUNGE: {
    when: 'selected',
    run: (session, args) => {
      args.end();
      return expunge(session, () => true);
    },
  },
  'UID EXPUNGE': {
    when: 'selected',
    needs: 'UIDPLUS',
    run: (session, args) => {
      args.space();
      const set = args.sequenceSet();
      args.end();
      const { largestUid } = session.current;
      return expunge(session, (uid) => set.has(uid, largestUid));
    },
  },
};

function writable(session: ImapSession): Mailbox {
  if (session.current.readOnly) throw new Refusal('NO', 'Mailbox is read-only', 'READ-ONLY');
  return session.current.mailbox;
}

function store(session: ImapSession, args: Arguments, byUid: boolean): Done {
  args.space();
  const set = args.sequenceSet();
  args.space();
  let unchangedSince: number | null = null;
  if (args.next === '(') {
    if (!session.has('CONDSTORE')) throw bad('no modifiers here');
    args.list(() => {
      if (args.atom().toUpperCase() !== 'UNCHANGEDSINCE') throw bad('unknown modifier');
      args.space();
      unchangedSince = args.number();
      session.enabled.add('CONDSTORE');
    });
    args.space();
  }
  const operation = /^([+-]?)FLAGS(\.SILENT)?$/.exec(args.atom().toUpperCase());
  if (operation === null) throw bad('expected FLAGS');
  args.space();
  const flags = readFlags(args);
  args.end();
  const how = operation[1] === '+' ? 'add' : operation[1] === '-' ? 'remove' : 'replace';
  const silent = operation[2] !== undefined;
  const mailbox = writable(session);

  const modified: number[] = [];
  for (const { sequence, mail } of session.current.resolve(set, byUid)) {
    if (unchangedSince !== null && mail.modseq > unchangedSince) {
      modified.push(byUid ? mail.uid : sequence);
      continue;
    }
    mailbox.setFlags(mail.uid, how, flags);
    session.current.knows(mail);
    const items: string[] = [];
    if (byUid || session.enabled.has('QRESYNC')) items.push(`UID ${mail.uid.toString()}`);
    if (!silent) items.push(`FLAGS (${[...mail.flags].join(' ')})`);
    if (session.enabled.has('CONDSTORE')) items.push(`MODSEQ (${mail.modseq.toString()})`);
    // The new modification sequence is told even where the client asked for silence (RFC 7162 section 3.1.3).
    if (!silent || session.enabled.has('CONDSTORE')) {
      session.untagged(`${sequence.toString()} FETCH (${items.join(' ')})`);
    }
  }
  if (modified.length > 0)
    return { text: 'Conditional store failed', code: `MODIFIED ${numberSet(modified)}` };
  return { text: 'Store completed' };
}

function readFlags(args: Arguments): string[] {
  if (args.next === '(') return args.list(() => args.flag());
  const flags = [args.flag()];
  while (args.take(' ')) flags.push(args.flag());
  return flags;
}

function expunge(session: ImapSession, wanted: (uid: number) => boolean): Done {
  const mailbox = writable(session);
  const gone = mailbox.expunge(
    mailbox.messages
      .filter((mail) => mail.flags.has('\\Deleted') && wanted(mail.uid))
      .map((mail) => mail.uid),
  );
  if (gone.length === 0 || !session.enabled.has('QRESYNC')) return { text: 'Expunge completed' };
  return { text: 'Expunge completed', code: `HIGHESTMODSEQ ${mailbox.highestModseq.toString()}` };
}

interface Copied {
  readonly uids: readonly number[];
  /** null without UIDPLUS, or where nothing was copied. */
  readonly code: string | null;
}

function copyAll(session: ImapSession, args: Arguments, byUid: boolean): Copied {
  args.space();
  const set = args.sequenceSet();
  args.space();
  const path = args.mailbox();
  args.end();
  const target = session.owner.mailboxes.get(path);
  if (target === null) throw missing(path, 'TRYCREATE');
  const mails: SeenMail[] = session.current.resolve(set, byUid);
  const sources: number[] = [];
  const copies: number[] = [];
  for (const { mail } of mails) {
    const copied = target.append({ raw: mail.content, flags: mail.flags, internalDate: mail.internalDate });
    sources.push(mail.uid);
    copies.push(copied.uid);
  }
  const code =
    session.has('UIDPLUS') && sources.length > 0
      ? `COPYUID ${target.uidValidity.toString()} ${numberSet(sources)} ${numberSet(copies)}`
      : null;
  return { uids: sources, code };
}

function copy(session: ImapSession, args: Arguments, byUid: boolean): Done {
  const { code } = copyAll(session, args, byUid);
  return { text: 'Copy completed', ...(code === null ? {} : { code }) };
}

function move(session: ImapSession, args: Arguments, byUid: boolean): Done {
  const mailbox = writable(session);
  const { uids, code } = copyAll(session, args, byUid);
  if (code !== null) session.untagged(`OK [${code}] Moved`);
  mailbox.expunge(uids);
  return { text: 'Move completed' };
}
