/** Commands about mailboxes as a whole: make, remove, rename, subscribe, list, count. */
import type { Folder, FolderRefusal, Mailboxes } from '../../storage/Mailboxes.ts';
import type { Mailbox } from '../../storage/Mailbox.ts';
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { encodeMailboxName } from '../mailboxNames.ts';
import { matchesPattern } from '../listPattern.ts';
import { bad, Refusal } from '../Refusal.ts';
import { quoted } from '../wire.ts';

export const folderCommands: Commands = {
  NAMESPACE: {
    when: 'authenticated',
    needs: 'NAMESPACE',
    run: (session, args) => {
      args.end();
      session.untagged(`NAMESPACE (("" ${quoted(session.owner.mailboxes.delimiter)})) NIL NIL`);
      return { text: 'Namespace completed' };
    },
  },
  CREATE: {
    when: 'authenticated',
    run: (session, args) => {
      const path = onlyMailbox(args);
      refuse(session.owner.mailboxes.create(path), path);
      return { text: 'Create completed' };
    },
  },
  DELETE: {
    when: 'authenticated',
    run: (session, args) => {
      const path = onlyMailbox(args);
      const mailbox = session.owner.mailboxes.get(path);
      if (mailbox !== null && session.selected?.mailbox === mailbox) session.select(null);
      refuse(session.owner.mailboxes.delete(path), path);
      return { text: 'Delete completed' };
    },
  },
  RENAME: {
    when: 'authenticated',
    run: (session, args) => {
      args.space();
      const from = args.mailbox();
      args.space();
      const to = args.mailbox();
      args.end();
      refuse(session.owner.mailboxes.rename(from, to), from);
      return { text: 'Rename completed' };
    },
  },
  SUBSCRIBE: {
    when: 'authenticated',
    run: (session, args) => {
      const path = onlyMailbox(args);
      if (session.owner.mailboxes.get(path) === null) throw missing(path);
      session.owner.mailboxes.subscribe(path);
      return { text: 'Subscribe completed' };
    },
  },
  UNSUBSCRIBE: {
    when: 'authenticated',
    run: (session, args) => {
      session.owner.mailboxes.unsubscribe(onlyMailbox(args));
      return { text: 'Unsubscribe completed' };
    },
  },
  STATUS: {
    when: 'authenticated',
    run: (session, args) => {
      args.space();
      const path = args.mailbox();
      args.space();
      const items = args.list(() => args.atom().toUpperCase());
      args.end();
      const folder = session.owner.mailboxes.folder(path);
      if (folder === null) throw missing(path);
      session.untagged(statusLine(session, folder.path, folder.mailbox, items));
      return { text: 'Status completed' };
    },
  },
  LIST: { when: 'authenticated', run: list },
  LSUB: {
    when: 'authenticated',
    run: (session, args) => {
      args.space();
      const reference = args.mailbox();
      args.space();
      const pattern = reference + args.listPattern();
      args.end();
      const { mailboxes } = session.owner;
      for (const path of mailboxes.subscriptions) {
        if (!matchesPattern(path, pattern, mailboxes.delimiter)) continue;
        const attributes = mailboxes.get(path) === null ? '\\Noselect' : '';
        session.untagged(`LSUB (${attributes}) ${quoted(mailboxes.delimiter)} ${nameOf(path)}`);
      }
      return { text: 'Lsub completed' };
    },
  },
};

export function missing(path: string, code = 'NONEXISTENT'): Refusal {
  return new Refusal('NO', `Mailbox doesn't exist: ${encodeMailboxName(path).slice(0, 100)}`, code);
}

function refuse(refusal: FolderRefusal | null, path: string): void {
  if (refusal === 'missing') throw missing(path);
  if (refusal === 'exists') throw new Refusal('NO', 'Mailbox already exists', 'ALREADYEXISTS');
  if (refusal === 'not-allowed') throw new Refusal('NO', 'Invalid mailbox name', 'CANNOT');
}

function onlyMailbox(args: Arguments): string {
  args.space();
  const path = args.mailbox();
  args.end();
  return path;
}

/** A mailbox name as it stands in an answer. */
function nameOf(path: string): string {
  const encoded = encodeMailboxName(path);
  return /^[A-Za-z0-9._/-]+$/.test(encoded) && encoded.toUpperCase() !== 'NIL' ? encoded : quoted(encoded);
}

function statusLine(session: ImapSession, path: string, mailbox: Mailbox, items: readonly string[]): string {
  const values = items.map((item) => `${item} ${statusValue(session, mailbox, item).toString()}`);
  return `STATUS ${nameOf(path)} (${values.join(' ')})`;
}

function statusValue(session: ImapSession, mailbox: Mailbox, item: string): number {
  switch (item) {
    case 'MESSAGES':
      return mailbox.messages.length;
    case 'RECENT':
      return 0;
    case 'UIDNEXT':
      return mailbox.uidNext;
    case 'UIDVALIDITY':
      return mailbox.uidValidity;
    case 'UNSEEN':
      return mailbox.unseen;
    case 'DELETED':
      return mailbox.messages.filter((mail) => mail.flags.has('\\Deleted')).length;
    case 'SIZE':
      if (session.has('STATUS=SIZE')) return mailbox.size;
      break;
    case 'HIGHESTMODSEQ':
      if (!session.has('CONDSTORE')) break;
      session.enabled.add('CONDSTORE');
      return mailbox.highestModseq;
  }
  throw bad(`unknown status item ${item}`);
}

interface ListRequest {
  readonly patterns: readonly string[];
  readonly select: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
  readonly status: readonly string[];
  readonly extended: boolean;
}

function readListRequest(session: ImapSession, args: Arguments): ListRequest {
  const select = new Set<string>();
  const returns = new Set<string>();
  let status: string[] = [];
  args.space();
  let extended = args.next === '(';
  if (extended) {
    if (!session.has('LIST-EXTENDED')) throw bad('no selection options here');
    for (const option of args.list(() => args.atom().toUpperCase())) select.add(option);
    args.space();
  }
  const reference = args.mailbox();
  args.space();
  const patterns =
    args.next === '(' && session.has('LIST-EXTENDED')
      ? args.list(() => args.listPattern())
      : [args.listPattern()];
  if (!args.atEnd) {
    extended = true;
    args.space();
    if (!session.has('LIST-EXTENDED') || !args.takeWord('RETURN')) throw bad('expected RETURN');
    args.space();
    args.list(() => {
      const option = args.atom().toUpperCase();
      returns.add(option);
      if (option !== 'STATUS') return;
      if (!session.has('LIST-STATUS')) throw bad('no STATUS here');
      args.space();
      status = args.list(() => args.atom().toUpperCase());
    });
    args.end();
  }
  return { patterns: patterns.map((pattern) => reference + pattern), select, returns, status, extended };
}

function list(session: ImapSession, args: Arguments): Done {
  const { mailboxes } = session.owner;
  const request = readListRequest(session, args);
  const { delimiter } = mailboxes;
  if (request.patterns.length === 1 && request.patterns[0] === '') {
    session.untagged(`LIST (\\Noselect) ${quoted(delimiter)} ""`);
    return { text: 'List completed' };
  }
  const fits = (path: string): boolean =>
    request.patterns.some((pattern) => matchesPattern(path, pattern, delimiter));
  const found = new Map<string, Folder | null>();
  for (const parent of mailboxes.parentsOnly) if (fits(parent)) found.set(parent, null);
  for (const folder of mailboxes.folders) if (fits(folder.path)) found.set(folder.path, folder);
  if (request.select.has('SUBSCRIBED')) {
    for (const path of mailboxes.subscriptions) if (!found.has(path) && fits(path)) found.set(path, null);
  }
  for (const [path, folder] of [...found].sort(([a], [b]) => byName(a, b))) {
    if (request.select.has('SUBSCRIBED') && !mailboxes.isSubscribed(path)) continue;
    if (request.select.has('SPECIAL-USE') && (folder?.specialUse ?? null) === null) continue;
    session.untagged(
      `LIST (${attributesOf(session, mailboxes, path, folder, request).join(' ')}) ${quoted(delimiter)} ${nameOf(path)}`,
    );
    if (folder !== null && request.returns.has('STATUS')) {
      session.untagged(statusLine(session, path, folder.mailbox, request.status));
    }
  }
  return { text: 'List completed' };
}

function byName(a: string, b: string): number {
  if (a === 'INBOX' || b === 'INBOX') return a === 'INBOX' ? -1 : 1;
  return a < b ? -1 : 1;
}

function attributesOf(
  session: ImapSession,
  mailboxes: Mailboxes,
  path: string,
  folder: Folder | null,
  request: ListRequest,
): string[] {
  const attributes: string[] = [];
  const hasChildren = mailboxes.hasChildren(path);
  if (folder === null) attributes.push(hasChildren ? '\\Noselect' : '\\NonExistent');
  // An extended LIST tells what it was asked for, a plain one everything (RFC 5258 section 4).
  const tells = (option: string): boolean =>
    !request.extended || request.returns.has(option) || request.select.has(option);
  if (session.has('CHILDREN') && tells('CHILDREN')) {
    attributes.push(hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  }
  const wantsSubscribed = request.returns.has('SUBSCRIBED') || request.select.has('SUBSCRIBED');
  if (wantsSubscribed && mailboxes.isSubscribed(path)) attributes.push('\\Subscribed');
  if (folder !== null && folder.specialUse !== null && session.has('SPECIAL-USE') && tells('SPECIAL-USE'))
    attributes.push(folder.specialUse);
  return attributes;
}
