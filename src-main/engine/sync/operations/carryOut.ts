/**
 * Carries one operation to the server. Each may be carried out twice without harm, because the answer to the first time can be lost.
 *
 * Moving, for a server without MOVE, is three steps, each of which must have been confirmed before the next: COPY, then \Deleted on the
 * original, then UID EXPUNGE of exactly these. Without UIDPLUS nothing is expunged at all: a bare EXPUNGE takes what others had flagged
 * for removal (RFC 9051 section 6.4.3). The originals then stay, flagged as deleted.
 */
import type { ImapConnection, ListedFolder } from '#engine/imap/ImapConnection.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { uidSets } from '#engine/imap/uidSet.ts';
import { flagsForServer } from '#engine/store/flags.ts';
import type { Operation, OperationFolder } from '#engine/store/operationKinds.ts';
import type { OperationOutcome } from '#engine/store/operations.repo.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { fetchOriginal, transferOne, type TransferParts } from './transfer.ts';

export interface CarryParts extends TransferParts {
  readonly session: AccountSession;
  /** Message-ID without angle brackets; null: the message has none. */
  readonly messageIdOf: (id: MessageId) => string | null;
}

type OperationOf<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** Resolves when the server has it; throws MailError. `mailbox-changed`: the folder must be looked at first. */
export async function carryOut(
  parts: CarryParts,
  operation: Operation,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  switch (operation.kind) {
    case 'flag':
      return flag(parts, operation, signal);
    case 'move':
      return move(parts, operation, signal);
    case 'transfer':
      return transfer(parts, operation, signal);
    case 'delete':
      return remove(parts, operation, signal);
    case 'remove-draft':
      return removeDraft(parts, operation, signal);
    case 'folder-create':
    case 'folder-rename':
    case 'folder-delete':
    case 'folder-subscribe':
    case 'folder-unsubscribe':
      return parts.session.lanes.withConnection('interactive', signal, (connection) =>
        changeFolder(connection, operation, signal),
      );
  }
}

/** Selects for writing, and makes sure that the UIDs are still those of the messages meant (N10). */
function inFolder<T>(
  { session }: CarryParts,
  folder: OperationFolder,
  /** The highest UID that is meant; null: any. */
  upTo: number | null,
  signal: AbortSignal,
  work: (mailbox: Mailbox) => Promise<T>,
): Promise<T> {
  if (folder.path === '') throw new MailError('mailbox-not-found', {});
  return session.locks.run(folder.id, signal, () =>
    session.lanes.withMailbox('interactive', folder.path, { reuse: true, upTo }, signal, async (mailbox) => {
      if (mailbox.uidValidity !== folder.uidValidity)
        throw new MailError('mailbox-changed', { folder: folder.path });
      if (mailbox.readOnly) throw new MailError('mailbox-read-only', { folder: folder.path });
      return work(mailbox);
    }),
  );
}

function highest(messages: readonly { readonly uid: number }[]): number {
  return messages.reduce((most, { uid }) => Math.max(most, uid), 0);
}

async function flag(
  parts: CarryParts,
  operation: OperationOf<'flag'>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { folder, messages, add, remove } = operation;
  if (messages.length === 0) return {};
  await inFolder(parts, folder, highest(messages), signal, async (mailbox) => {
    // A flag that cannot be kept here is kept by nobody; asking for it would be refused together with the others.
    const keepable = (bits: number) => flagsForServer(bits).filter((name) => mailbox.accepts(name));
    const added = keepable(add);
    const removed = keepable(remove);
    const uids = messages.map(({ uid }) => uid);
    await forThoseThere(mailbox, uids, signal, async (set) => {
      if (added.length > 0) await mailbox.storeFlags(set, 'add', added, signal);
      if (removed.length > 0) await mailbox.storeFlags(set, 'remove', removed, signal);
    });
  });
  return {};
}

async function move(
  parts: CarryParts,
  operation: OperationOf<'move'>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { folder, target, messages, everything } = operation;
  if (target.path === '') throw new MailError('mailbox-not-found', {});
  if (messages.length === 0 && !everything) return {};
  return inFolder(parts, folder, everything ? null : highest(messages), signal, async (mailbox) => {
    const uids = everything ? await mailbox.search('ALL', signal) : messages.map(({ uid }) => uid);
    if (!mailbox.connection.has('MOVE')) return moveByCopy(parts, operation, mailbox, uids, signal);
    const told = new Map<number, number>();
    await forThoseThere(mailbox, uids, signal, async (set) => {
      const moved = await mailbox.move(set, target.path, signal);
      addAll(told, moved?.uids);
    });
    return { uids: told };
  });
}

/**
 * COPY, the proof that it happened (COPYUID, or the copy found in the target by its Message-ID), and only then the removal of the
 * original. What was copied in an earlier attempt whose answer was lost is not copied again.
 */
async function moveByCopy(
  parts: CarryParts,
  operation: OperationOf<'move'>,
  source: Mailbox,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { target, attempts, everything } = operation;
  const copies = new Map<number, number>();
  let mailbox = source;
  if (attempts > 0) {
    addAll(copies, await findCopies(parts, operation, mailbox.connection, uids, signal));
    mailbox = await selectAgain(mailbox, signal);
  }
  const left = uids.filter((uid) => !copies.has(uid));
  // An earlier attempt may have flagged them when its copy was there, which somebody has taken away since. A copy has its original's
  // flags. Of a whole folder's mails some may have been flagged by others.
  if (attempts > 0 && !everything)
    await forThoseThere(mailbox, left, signal, (set) =>
      mailbox.storeFlags(set, 'remove', ['\\Deleted'], signal),
    );
  const untold: number[] = [];
  await forThoseThere(mailbox, left, signal, async (set, some) => {
    const copied = await mailbox.copy(set, target.path, signal);
    if (copied === null) untold.push(...some);
    else addAll(copies, copied.uids);
  });
  if (untold.length > 0) {
    // Without UIDPLUS nobody says where the copies are: they are looked for.
    addAll(copies, await findCopies(parts, operation, mailbox.connection, untold, signal));
    mailbox = await selectAgain(mailbox, signal);
  }
  const confirmed = uids.filter((uid) => copies.has(uid));
  const expunged = await expunge(mailbox, confirmed, signal);
  const unproven = uids.filter((uid) => !copies.has(uid));
  // An original that somebody else removed before the COPY needs no copy; one that is there and was not copied is not moved.
  if ((await stillThere(mailbox, unproven, signal)).length > 0)
    throw new MailError('server-refused', { command: 'UID COPY', folder: target.path });
  return { uids: copies, expunged };
}

/**
 * `work` for these, a sequence set at a time. A server may refuse a whole set for one message that somebody else removed meanwhile: it
 * says so (RFC 5530, EXPUNGEISSUED) and has copied none (RFC 9051 section 6.4.7). It is done again then for those that are still there.
 */
async function forThoseThere(
  mailbox: Mailbox,
  uids: readonly number[],
  signal: AbortSignal,
  work: (set: string, uids: readonly number[]) => Promise<void>,
): Promise<void> {
  for (const { set, uids: some } of uidSets(uids)) {
    try {
      await work(set, some);
    } catch (error) {
      if (!isMailError(error) || error.code !== 'message-gone') throw error;
      // It tells of the removal first: until then the session may still count it in.
      await mailbox.connection.noop(signal);
      const there = await stillThere(mailbox, some, signal);
      if (there.length === some.length) throw new MailError('mailbox-changed', { folder: mailbox.path });
      await forThoseThere(mailbox, there, signal, work);
    }
  }
}

async function stillThere(mailbox: Mailbox, uids: readonly number[], signal: AbortSignal): Promise<number[]> {
  const found: number[] = [];
  for (const { set } of uidSets(uids)) found.push(...(await mailbox.search(`UID ${set}`, signal)));
  return found;
}

/** The source, on the same connection, after the target was looked into. */
async function selectAgain(before: Mailbox, signal: AbortSignal): Promise<Mailbox> {
  const mailbox = await before.connection.select(before.path, signal);
  if (mailbox.uidValidity !== before.uidValidity)
    throw new MailError('mailbox-changed', { folder: before.path });
  return mailbox;
}

/** Copies in the target that are not older than the move, by Message-ID: source UID to the copy's. Leaves the target selected. */
async function findCopies(
  { messageIdOf }: CarryParts,
  { target, messages, copiesFrom }: OperationOf<'move'>,
  connection: ImapConnection,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const wanted = new Set(uids);
  const found = new Map<number, number>();
  const taken = new Set<number>();
  const mailbox = await connection.select(target.path, signal, { readOnly: true });
  const from = copiesFrom?.uidValidity === mailbox.uidValidity ? copiesFrom.uid : 1;
  for (const { uid, messageId: id } of messages) {
    const messageId = wanted.has(uid) ? messageIdOf(id) : null;
    if (messageId === null) continue;
    const copy = (await mailbox.searchMessageId(messageId, signal)).find(
      (candidate) => candidate >= from && !taken.has(candidate),
    );
    if (copy === undefined) continue;
    found.set(uid, copy);
    taken.add(copy);
  }
  return found;
}

/** \Deleted on these, then UID EXPUNGE of exactly these. false: the server cannot expunge single messages, they stay. */
async function expunge(mailbox: Mailbox, uids: readonly number[], signal: AbortSignal): Promise<boolean> {
  await forThoseThere(mailbox, uids, signal, async (set) => {
    await mailbox.storeFlags(set, 'add', ['\\Deleted'], signal);
    if (mailbox.connection.has('UIDPLUS')) await mailbox.expunge(set, signal);
  });
  return mailbox.connection.has('UIDPLUS');
}

/** One after the other, each removed here as soon as it is there: what is interrupted goes on with the rest. */
async function transfer(
  parts: CarryParts,
  operation: OperationOf<'transfer'>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { folder, target, messages, attempts } = operation;
  if (target.path === '') throw new MailError('mailbox-not-found', {});
  let expunged = true;
  for (const { uid, messageId } of messages) {
    const original = await inFolder(parts, folder, uid, signal, (mailbox) =>
      fetchOriginal(mailbox, uid, signal),
    );
    // Gone by itself, or taken along by an earlier attempt.
    if (original === null) continue;
    const name = parts.messageIdOf(messageId);
    await transferOne(parts, { original, messageId: name, target, again: attempts > 0 }, signal);
    expunged = await inFolder(parts, folder, uid, signal, (mailbox) => expunge(mailbox, [uid], signal));
  }
  return { expunged };
}

async function remove(
  parts: CarryParts,
  { folder, messages }: OperationOf<'delete'>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  if (messages.length === 0) return {};
  return inFolder(parts, folder, highest(messages), signal, async (mailbox) => ({
    expunged: await expunge(
      mailbox,
      messages.map(({ uid }) => uid),
      signal,
    ),
  }));
}

async function removeDraft(
  { session }: CarryParts,
  { path, uid, uidValidity, messageId }: OperationOf<'remove-draft'>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  if (path === '' || (uid === null && messageId === null)) return {};
  return session.lanes.withMailbox('interactive', path, { reuse: true }, signal, async (mailbox) => {
    if (mailbox.readOnly) throw new MailError('mailbox-read-only', { folder: path });
    const same = uid !== null && mailbox.uidValidity === uidValidity;
    if (!same && messageId === null) throw new MailError('mailbox-changed', { folder: path });
    const uids = same ? [uid] : await mailbox.searchMessageId(messageId ?? '', signal);
    return { expunged: uids.length === 0 || (await expunge(mailbox, uids, signal)) };
  });
}

async function changeFolder(
  connection: ImapConnection,
  operation: Extract<Operation, { kind: `folder-${string}` }>,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { folder } = operation;
  if (folder.path === '') throw new MailError('mailbox-not-found', {});
  switch (operation.kind) {
    case 'folder-create':
      // One that was there already, of an earlier attempt whose answer was lost for example, is not subscribed by that.
      if (!(await unless('mailbox-exists', () => connection.createFolder(folder.path, signal))))
        await ifPossible(() => connection.setSubscribed(folder.path, true, signal));
      return {};
    case 'folder-delete':
      await unless('mailbox-not-found', () => connection.deleteFolder(folder.path, signal));
      // A subscription outlives its folder (RFC 9051 section 6.3.4), and would be there for the next one of that name.
      await ifPossible(() => connection.setSubscribed(folder.path, false, signal));
      return {};
    case 'folder-rename':
      await rename(connection, operation, signal);
      for (const path of operation.subscribed) {
        const renamed = operation.to + path.slice(folder.path.length);
        await ifPossible(() => connection.setSubscribed(renamed, true, signal));
        await ifPossible(() => connection.setSubscribed(path, false, signal));
      }
      return {};
    case 'folder-subscribe':
    case 'folder-unsubscribe':
      await subscribe(connection, folder.path, operation.kind === 'folder-subscribe', signal);
      return {};
  }
}

async function rename(
  connection: ImapConnection,
  { folder, to, attempts }: OperationOf<'folder-rename'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.renameFolder(folder.path, to, signal);
  } catch (error) {
    // Renamed in an earlier attempt whose answer was lost?
    const perhaps = attempts > 0 && isMailError(error) && connection.usable;
    if (!perhaps || !(await find(connection, to, signal))) throw error;
    if (await find(connection, folder.path, signal)) throw error;
  }
}

async function subscribe(
  connection: ImapConnection,
  path: string,
  subscribed: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.setSubscribed(path, subscribed, signal);
  } catch (error) {
    // Some servers refuse what is so already.
    if (!isMailError(error) || error.retry !== 'never' || !connection.usable) throw error;
    const listed = await find(connection, path, signal);
    if ((listed?.subscribed ?? false) !== subscribed) throw error;
  }
}

async function find(
  connection: ImapConnection,
  path: string,
  signal: AbortSignal,
): Promise<ListedFolder | undefined> {
  return (await connection.listFolders(signal)).find((folder) => folder.path === path);
}

/** What is only tidied up: a server that refuses it has done what was asked for. */
async function ifPossible(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMailError(error) || error.retry !== 'never') throw error;
  }
}

/** That it is so already is what was wanted. Resolves to whether it had to be done. */
async function unless(
  code: 'mailbox-exists' | 'mailbox-not-found',
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isMailError(error) || error.code !== code) throw error;
    return false;
  }
}

function addAll(to: Map<number, number>, from: ReadonlyMap<number, number> | undefined): void {
  for (const [key, value] of from ?? []) to.set(key, value);
}
