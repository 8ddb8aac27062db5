/** FETCH and UID FETCH, with CHANGEDSINCE and VANISHED (RFC 7162). */
import type { StoredMail } from '../../storage/StoredMail.ts';
import type { Arguments } from '../Arguments.ts';
import { bodyStructure, envelope } from '../bodyStructure.ts';
import type { Commands, Done } from '../command.ts';
import { readFetchItems } from '../fetchItems.ts';
import type { FetchItem } from '../fetchItems.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad } from '../Refusal.ts';
import { sectionBytes } from '../section.ts';
import { internalDate, numberSet } from '../wire.ts';

export const fetchCommands: Commands = {
  FETCH: { when: 'selected', withholdsExpunges: true, run: (session, args) => fetch(session, args, false) },
  'UID FETCH': { when: 'selected', run: (session, args) => fetch(session, args, true) },
};

async function fetch(session: ImapSession, args: Arguments, byUid: boolean): Promise<Done> {
  args.space();
  const set = args.sequenceSet();
  args.space();
  const items = readFetchItems(args);
  let changedSince: number | null = null;
  let vanished = false;
  if (args.take(' ')) {
    if (!session.has('CONDSTORE')) throw bad('no modifiers here');
    args.list(() => {
      const name = args.atom().toUpperCase();
      if (name === 'CHANGEDSINCE') {
        args.space();
        changedSince = args.number();
      } else if (name === 'VANISHED' && byUid && session.enabled.has('QRESYNC')) vanished = true;
      else throw bad(`unknown modifier ${name}`);
    });
    if (vanished && changedSince === null) throw bad('VANISHED needs CHANGEDSINCE');
  }
  args.end();
  if (items.some((item) => item.kind === 'MODSEQ') && !session.has('CONDSTORE'))
    throw bad('unknown item MODSEQ');
  if (changedSince !== null || items.some((item) => item.kind === 'MODSEQ')) session.enabled.add('CONDSTORE');
  if (byUid && !items.some((item) => item.kind === 'UID')) items.unshift({ kind: 'UID' });
  if (changedSince !== null && !items.some((item) => item.kind === 'MODSEQ')) items.push({ kind: 'MODSEQ' });

  const { current } = session;
  const since: number | null = changedSince;
  if (vanished && since !== null) {
    const gone = current.mailbox
      .expungedSince(since)
      .filter((uid) => set.has(uid, current.mailbox.uidNext - 1));
    if (gone.length > 0) session.untagged(`VANISHED (EARLIER) ${numberSet(gone)}`);
  }
  const marksSeen = !current.readOnly && items.some((item) => item.kind === 'section' && !item.peek);
  for (const { sequence, mail } of current.resolve(set, byUid)) {
    if (since !== null && mail.modseq <= since) continue;
    // A mail that went while the answer was on its way is left out; the client is told later.
    if (current.mailbox.byUid(mail.uid) === null) continue;
    const nowSeen = marksSeen && current.mailbox.setFlags(mail.uid, 'add', ['\\Seen']);
    writeRow(session, sequence, mail, nowSeen ? withFlags(session, items) : items);
    if (nowSeen) current.knows(mail);
    if (session.wantsFlush) await session.flush();
  }
  return { text: 'Fetch completed' };
}

/** The flag that the FETCH itself set is told along, and with CONDSTORE the new modification sequence. */
function withFlags(session: ImapSession, items: readonly FetchItem[]): FetchItem[] {
  const wanted: FetchItem['kind'][] = session.enabled.has('CONDSTORE') ? ['FLAGS', 'MODSEQ'] : ['FLAGS'];
  const missing = wanted.filter((kind) => !items.some((item) => item.kind === kind));
  return [...items, ...missing.map((kind) => ({ kind }) as FetchItem)];
}

function writeRow(
  session: ImapSession,
  sequence: number,
  mail: StoredMail,
  items: readonly FetchItem[],
): void {
  let text = `* ${sequence.toString()} FETCH (`;
  items.forEach((item, index) => {
    if (index > 0) text += ' ';
    if (item.kind !== 'section') {
      text += plainItem(mail, item.kind);
      return;
    }
    // Of a part that is not there: nothing, as Dovecot says it.
    const whole = sectionBytes(mail.content, item.section) ?? Buffer.alloc(0);
    const { partial } = item;
    const bytes = partial === null ? whole : whole.subarray(partial.offset, partial.offset + partial.length);
    session.write(Buffer.from(`${text}${item.name} {${announced(session, bytes).toString()}}\r\n`, 'latin1'));
    writeLiteral(session, bytes);
    text = '';
  });
  session.write(Buffer.from(`${text})\r\n`, 'latin1'));
}

function plainItem(mail: StoredMail, kind: Exclude<FetchItem['kind'], 'section'>): string {
  switch (kind) {
    case 'FLAGS':
      return `FLAGS (${[...mail.flags].join(' ')})`;
    case 'UID':
      return `UID ${mail.uid.toString()}`;
    case 'INTERNALDATE':
      return `INTERNALDATE "${internalDate(mail.internalDate)}"`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${mail.content.raw.length.toString()}`;
    case 'MODSEQ':
      return `MODSEQ (${mail.modseq.toString()})`;
    case 'ENVELOPE':
      return `ENVELOPE ${envelope(mail.content.structure.fields)}`;
    case 'BODY':
    case 'BODYSTRUCTURE':
      return `${kind} ${bodyStructure(mail.content.raw, mail.content.structure, kind === 'BODYSTRUCTURE')}`;
  }
}

function announced(session: ImapSession, bytes: Buffer): number {
  const { faults } = session.surroundings;
  const fault = faults.take(
    'literal-length',
    (spec) => spec.user === undefined || spec.user === session.owner.login,
  );
  return Math.max(0, bytes.length + (fault?.delta ?? 0));
}

function writeLiteral(session: ImapSession, bytes: Buffer): void {
  const { faults } = session.surroundings;
  const cut = faults.take(
    'literal-cut',
    (spec) =>
      spec.afterBytes < bytes.length && (spec.user === undefined || spec.user === session.owner.login),
  );
  if (cut === null) {
    session.write(bytes);
    return;
  }
  session.write(bytes.subarray(0, cut.afterBytes));
  session.end();
  session.abandon();
}
