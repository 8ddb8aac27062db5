/** SELECT and EXAMINE with CONDSTORE and QRESYNC (RFC 7162), CLOSE, UNSELECT, IDLE. */
import { allSystemFlags } from '../../storage/flags.ts';
import type { Mailbox } from '../../storage/Mailbox.ts';
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad } from '../Refusal.ts';
import { SelectedMailbox } from '../SelectedMailbox.ts';
import type { SequenceSet } from '../SequenceSet.ts';
import { numberSet } from '../wire.ts';
import { missing } from './folders.ts';

export const selectCommands: Commands = {
  SELECT: { when: 'authenticated', run: (session, args) => select(session, args, false) },
  EXAMINE: { when: 'authenticated', run: (session, args) => select(session, args, true) },
  CLOSE: {
    when: 'selected',
    run: (session, args) => {
      args.end();
      const { mailbox, readOnly } = session.current;
      session.select(null);
      if (!readOnly) {
        mailbox.expunge(
          mailbox.messages.filter((mail) => mail.flags.has('\\Deleted')).map((mail) => mail.uid),
        );
      }
      return { text: 'Close completed' };
    },
  },
  UNSELECT: {
    when: 'selected',
    needs: 'UNSELECT',
    run: (session, args) => {
      args.end();
      session.select(null);
      return { text: 'Unselect completed' };
    },
  },
  IDLE: {
    when: 'authenticated',
    needs: 'IDLE',
    run: async (session, args) => {
      args.end();
      session.tellUpdates(true);
      let line: string | null = null;
      await session.idle(async () => {
        line = await session.ask('idling');
      });
      if (line === null) return session.abandon();
      if ((line as string).toUpperCase() !== 'DONE') throw bad('expected DONE');
      return { text: 'Idle completed' };
    },
  },
};

interface Resync {
  readonly uidValidity: number;
  readonly modseq: number;
  readonly known: SequenceSet | null;
}

function readParameters(session: ImapSession, args: Arguments): Resync | null {
  let resync: Resync | null = null;
  args.list(() => {
    const name = args.atom().toUpperCase();
    if (name === 'CONDSTORE' && session.has('CONDSTORE')) {
      session.enabled.add('CONDSTORE');
      return;
    }
    if (name !== 'QRESYNC' || !session.enabled.has('QRESYNC')) throw bad(`unknown parameter ${name}`);
    args.space();
    args.open();
    const uidValidity = args.number();
    args.space();
    const modseq = args.number();
    let known: SequenceSet | null = null;
    while (args.take(' ')) {
      // The pairs of sequence numbers and UIDs only save bytes.
      if (args.next === '(') args.skipValue();
      else known = args.sequenceSet();
    }
    if (!args.close()) throw bad('expected )');
    resync = { uidValidity, modseq, known };
  });
  return resync;
}

function select(session: ImapSession, args: Arguments, readOnly: boolean): Done {
  args.space();
  const path = args.mailbox();
  let resync: Resync | null = null;
  if (args.take(' ')) resync = readParameters(session, args);
  args.end();
  const { faults } = session.surroundings;
  // Also a SELECT that fails leaves no mailbox selected (RFC 9051 section 6.3.2).
  if (session.selected !== null && session.enabled.has('QRESYNC'))
    session.untagged('OK [CLOSED] Previous mailbox closed');
  session.select(null);
  const folder = session.owner.mailboxes.folder(path);
  if (folder === null) throw missing(path);
  const { mailbox } = folder;
  const change = faults.take(
    'uidvalidity-change',
    (spec) =>
      (spec.path === undefined || session.owner.mailboxes.normal(spec.path) === folder.path) &&
      (spec.user === undefined || spec.user === session.owner.login),
  );
  if (change !== null) mailbox.changeUidValidity({ keepUids: change.keepUids ?? false });

  const selected = new SelectedMailbox(mailbox, folder.path, readOnly);
  session.select(selected);
  const flags = [...allSystemFlags, ...mailbox.keywords].join(' ');
  session.untagged(`FLAGS (${flags})`);
  session.untagged(`OK [PERMANENTFLAGS (${readOnly ? '' : `${flags} \\*`})] Flags permitted`);
  session.untagged(`${selected.exists.toString()} EXISTS`);
  session.untagged('0 RECENT');
  const unseen = mailbox.messages.findIndex((mail) => !mail.flags.has('\\Seen'));
  if (unseen >= 0) session.untagged(`OK [UNSEEN ${(unseen + 1).toString()}] First unseen`);
  session.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity.toString()}] UIDs valid`);
  session.untagged(`OK [UIDNEXT ${mailbox.uidNext.toString()}] Predicted next UID`);
  if (session.has('CONDSTORE'))
    session.untagged(`OK [HIGHESTMODSEQ ${mailbox.highestModseq.toString()}] Highest`);
  if (resync !== null && resync.uidValidity === mailbox.uidValidity)
    tellChangesSince(session, mailbox, resync);
  return {
    text: `${readOnly ? 'Examine' : 'Select'} completed`,
    code: readOnly ? 'READ-ONLY' : 'READ-WRITE',
  };
}

function tellChangesSince(session: ImapSession, mailbox: Mailbox, { modseq, known }: Resync): void {
  const largest = mailbox.uidNext - 1;
  const gone = mailbox.expungedSince(modseq).filter((uid) => known?.has(uid, largest) ?? true);
  if (gone.length > 0) session.untagged(`VANISHED (EARLIER) ${numberSet(gone)}`);
  mailbox.messages.forEach((mail, index) => {
    if (mail.modseq <= modseq || known?.has(mail.uid, largest) === false) return;
    const flags = [...mail.flags].join(' ');
    session.untagged(
      `${(index + 1).toString()} FETCH (UID ${mail.uid.toString()} FLAGS (${flags}) MODSEQ (${mail.modseq.toString()}))`,
    );
  });
}
