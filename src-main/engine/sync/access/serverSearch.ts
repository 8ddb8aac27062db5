/** Asks one account's server what it finds, folder by folder, and takes in the headers of what was not known here. */
import type { Log } from '#engine/ports/ports.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { getFolder, listFolders, type StoredFolder } from '#engine/store/folders.repo.ts';
import { messagesAt } from '#engine/store/placements.repo.ts';
import { foldersNamed } from '#engine/store/searchQuery.ts';
import type { Store } from '#engine/store/store.ts';
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import type { PlannedSearch } from '../plan/serverSearch.ts';
import { Progress } from '../progress.ts';
import { storeHeadersOf } from '../run/headerPass.ts';

export interface ServerSearchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  /** Mail was met that the account's own work takes in. */
  readonly kick: (id: AccountId) => void;
}

export interface FoundOnServer {
  /** By the planned search that found them. */
  readonly ids: ReadonlyMap<PlannedSearch, Set<MessageId>>;
  fetched: number;
  cut: boolean;
  /** What ended it, or the first folder's refusal; null: all were asked. */
  error: MailError | null;
}

export interface ServerSearchRun {
  readonly accountId: AccountId;
  readonly searches: readonly PlannedSearch[];
  /** Is this account meant by `account:`? */
  readonly means: (name: string) => boolean;
  readonly total: (folders: number) => void;
  readonly did: () => void;
}

/** Headers that one search of an account fetches at most. */
const maxFetched = 500;
/** Messages of one folder that a search keeps at most, the newest. */
const maxKept = 5_000;
/** For all folders of an account together. */
const accountLimitMs = 5 * 60_000;
/** A connection that broke is replaced so often. */
const attempts = 2;

const order: Readonly<Record<string, number>> = { inbox: 0, all: 1, archive: 2, sent: 3, junk: 8, trash: 9 };

export async function searchServer(
  parts: ServerSearchParts,
  run: ServerSearchRun,
  signal: AbortSignal,
): Promise<FoundOnServer> {
  const found: FoundOnServer = {
    ids: new Map(run.searches.map((search) => [search, new Set()])),
    fetched: 0,
    cut: false,
    error: null,
  };
  const asked = foldersToAsk(parts, run);
  run.total(asked.length);
  using limit = new Deadline(parts.clock, accountLimitMs, signal);
  try {
    const session = asked.length > 0 ? await parts.session(run.accountId) : null;
    for (const { folder, searches } of withoutLabels(asked, session)) {
      if (session !== null) await askFolder(parts, session, folder, searches, found, limit.signal);
      run.did();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isMailError(error)) throw error;
    found.error = error;
  }
  return found;
}

interface AskedFolder {
  readonly folder: StoredFolder;
  readonly searches: readonly PlannedSearch[];
}

/** Folders of which a server may know something that is not known here, the nearest to the reader first. */
function foldersToAsk({ store }: ServerSearchParts, run: ServerSearchRun): AskedFolder[] {
  const everywhere = listFolders(store.read, null);
  const isIn = (folder: FolderId, name: string): boolean =>
    foldersNamed(everywhere, name).some(({ id }) => id === folder);
  const fits = (folder: StoredFolder, { where }: PlannedSearch): boolean =>
    where.every(({ node, negated }) => {
      if (node.kind === 'in') return isIn(folder.id, node.folder) !== negated;
      return node.kind !== 'account' || run.means(node.name) !== negated;
    });
  /** What was unsubscribed is asked where its name is given, and not by the way. */
  const isNamed = ({ where }: PlannedSearch): boolean =>
    where.some(({ node, negated }) => node.kind === 'in' && !negated);
  return everywhere
    .filter(
      ({ accountId, selectable, localOnly, hidden, role }) =>
        accountId === run.accountId && selectable && !localOnly && !hidden && role !== 'log',
    )
    .map((folder) => ({
      folder,
      searches: run.searches.filter(
        (search) =>
          (folder.shown || isNamed(search)) &&
          fits(folder, search) &&
          (search.asksForTexts || folder.lowUid !== 1),
      ),
    }))
    .filter(({ searches }) => searches.length > 0)
    .sort((a, b) => (order[a.folder.role ?? ''] ?? 5) - (order[b.folder.role ?? ''] ?? 5));
}

/** Where folders are labels, one holds every mail but what is thrown away: the others would say the same again. */
function withoutLabels(
  asked: readonly AskedFolder[],
  session: AccountSession | null,
): readonly AskedFolder[] {
  if (session?.quirks.labels !== true || !asked.some(({ folder }) => folder.role === 'all')) return asked;
  return asked.filter(
    ({ folder, searches }) =>
      ['all', 'junk', 'trash'].includes(folder.role ?? '') || searches.some(({ where }) => where.length > 0),
  );
}

async function askFolder(
  parts: ServerSearchParts,
  session: AccountSession,
  folder: StoredFolder,
  searches: readonly PlannedSearch[],
  found: FoundOnServer,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.lanes.withMailbox(
        'interactive',
        folder.path,
        { readOnly: true, reuse: true },
        signal,
        async (mailbox) => {
          if (folder.uidValidity !== null && mailbox.uidValidity !== folder.uidValidity) {
            parts.kick(folder.accountId);
            return;
          }
          for (const search of searches)
            await askOnce(parts, session, folder, mailbox, search, found, signal);
        },
      );
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isMailError(error)) throw error;
      // Gone, or not for us: nothing to be found there.
      if (error.code === 'mailbox-not-found' || error.code === 'not-permitted') return;
      if (error.code === 'server-refused' || error.code === 'mailbox-changed') {
        // This folder cannot be searched; others may be.
        found.error ??= error;
        return;
      }
      if (error.retry !== 'now' || attempt >= attempts) throw error;
    }
  }
}

async function askOnce(
  parts: ServerSearchParts,
  session: AccountSession,
  folder: StoredFolder,
  mailbox: Mailbox,
  search: PlannedSearch,
  found: FoundOnServer,
  signal: AbortSignal,
): Promise<void> {
  const { store } = parts;
  // What is held of a folder is searched here already, but for whole texts.
  const among = search.asksForTexts || folder.lowUid === null ? null : `1:${String(folder.lowUid - 1)}`;
  const all = (await mailbox.searchFor(search.key, among, signal)).reverse();
  const uids = all.slice(0, maxKept);
  if (uids.length < all.length) found.cut = true;
  const known = messagesAt(store.read, folder.id, uids);
  const now = getFolder(store.read, folder.id) ?? folder;
  const unknown = uids.filter((uid) => !known.has(uid));
  // Beyond what the last visit saw lies new mail, which is announced when it is taken in.
  if (now.uidNext !== null && unknown.some((uid) => uid >= (now.uidNext ?? 0))) parts.kick(folder.accountId);
  const missing = unknown.filter((uid) => now.uidNext === null || uid < (now.lowUid ?? 1));
  const wanted = missing.slice(0, Math.max(0, maxFetched - found.fetched));
  if (wanted.length < missing.length) found.cut = true;
  if (wanted.length > 0) {
    const added = await fetchHeaders(parts, session, folder, mailbox, wanted, signal);
    found.fetched += added;
    for (const [uid, id] of messagesAt(store.read, folder.id, wanted)) known.set(uid, id);
  }
  const ids = found.ids.get(search);
  for (const id of known.values()) ids?.add(id);
}

async function fetchHeaders(
  { store, clock, log }: ServerSearchParts,
  session: AccountSession,
  folder: StoredFolder,
  mailbox: Mailbox,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const { accountId } = folder;
  const visit = {
    store,
    clock,
    log,
    accountId,
    locks: session.locks,
    progress: new Progress(accountId, clock, () => undefined),
    onArrivals: () => undefined,
  };
  return session.locks.run(folder.id, signal, async () => {
    const before = getFolder(store.read, folder.id);
    if (before === null) throw new MailError('mailbox-changed', { folder: folder.path });
    const ascending = [...uids].sort((a, b) => a - b);
    const { uidValidity, uidNext, highestModseq } = mailbox;
    // A folder that was never visited: from now on its UIDs mean something here, and all that lies in it is history.
    const position =
      before.uidNext === null && uidNext > 0 ? { uidValidity, uidNext, lowUid: uidNext, highestModseq } : {};
    const options = { announce: false, position: () => position };
    const { added } = await storeHeadersOf(visit, before, mailbox, ascending, options, signal);
    return added;
  });
}
