/**
 * One pass over an account: the list of folders with their counters in one round trip, then a visit to each folder that changed. From an
 * empty profile the newest page of the inbox comes before everything else, the list included.
 */
import type { ImapConnection, ListedFolder } from '#engine/imap/ImapConnection.ts';
import { applyFolderList, isAwaited } from '#engine/store/folderList.ts';
import { findFolder, getFolder, listFolders } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { dropUnconfirmed } from '#engine/store/operations.repo.ts';
import { collectOrphans } from '#engine/store/placements.repo.ts';
import { isNewsFolder } from '#engine/store/settings.repo.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { orderedFolders } from '../plan/folderList.ts';
import { whyVisit } from '../plan/folderVisit.ts';
import type { Thoroughness } from '../plan/folderVisit.ts';
import type { AccountSession } from '../accountSession.ts';
import type { HeaderDownload } from '../runner/headerDownload.ts';
import { knownFolder, visitFolder } from './visitFolder.ts';
import type { VisitOutcome } from './visitFolder.ts';
import type { VisitParts } from './visitParts.ts';

export interface PassParts extends VisitParts {
  readonly session: AccountSession;
  /** Older headers, which a person may hold up. */
  readonly headers: HeaderDownload;
  /** The path of a group account's team log. */
  readonly logFolder: () => string | null;
  /** Cached attachments of messages that are gone. */
  readonly onFilesGone: (files: readonly string[]) => void;
}

export interface PassOptions {
  readonly thoroughness: Thoroughness;
  /** Look at flags also where nothing hints at a change, on servers that cannot say. */
  readonly lookAtFlags: boolean;
  /** The list, where another connection has asked for it already. */
  readonly listing?: Listing;
}

export interface Listing {
  readonly folders: readonly ListedFolder[];
  /** Of the session's `folderChanges`, before the list was asked for. */
  readonly mark: number;
}

export interface PassOutcome {
  readonly folders: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** New mails in the inbox. */
  readonly arrived: number;
  /** From the start to the first page of the inbox in the store; null: it was there before. */
  readonly firstPageMs: number | null;
}

interface Counts {
  added: number;
  changed: number;
  removed: number;
  arrived: number;
}

interface OneVisit {
  readonly thoroughness: Thoroughness;
  readonly firstPageOnly?: boolean;
  readonly unseen: number | null;
}

/** A visit that a passing fault ended is repeated so often before the pass fails. */
const visitAttempts = 3;
/** One that ended because of a message that nobody can read goes on behind it; each time one message less is left to read. */
const unreadableAttempts = 40;
const orphansPerWrite = 200;

export class AccountPass {
  readonly #parts: PassParts;

  constructor(parts: PassParts) {
    this.#parts = parts;
  }

  async run(options: PassOptions, signal: AbortSignal): Promise<PassOutcome> {
    const { clock, headers, progress, store, accountId } = this.#parts;
    const started = clock.monotonic();
    progress.begin('folders', 0);
    const counts: Counts = { added: 0, changed: 0, removed: 0, arrived: 0 };
    const firstPageMs = (await this.#inboxFirst(counts, signal)) ? clock.monotonic() - started : null;
    const listing = await this.#currentList(options.listing, signal);
    const folders = this.applyListing(listing);
    const statuses = new Map(listing.map(({ path, status }) => [path, status]));

    const due = folders.filter((folder) => {
      const known = knownFolder(store.read, folder);
      // Older headers that are held up are no reason; all others count.
      const reached = headers.held ? { ...known, lowUid: 1 } : known;
      return (
        options.thoroughness === 'all' ||
        whyVisit(reached, statuses.get(folder.path) ?? null, { lookAtFlags: options.lookAtFlags }) !== null
      );
    });
    // The first page of what people look into, before anybody's history.
    for (const folder of due)
      if (folder.role !== null && folder.uidNext === null)
        await this.#visit(folder, { ...options, firstPageOnly: true, unseen: null }, counts, signal);

    const plan = (): void => {
      const { stored, older } = this.#olderHeaders(folders, statuses);
      headers.plan(stored, older);
    };
    plan();
    progress.begin('headers', headers.held ? 0 : missingHeaders(due, statuses));
    for (const folder of due) {
      progress.in(folder.path);
      const unseen = statuses.get(folder.path)?.unseen ?? null;
      await this.#visit(folder, { ...options, unseen }, counts, signal);
    }
    this.#collectOrphans();
    if (headers.held) plan();
    progress.end();
    return {
      folders: listFolders(store.read, accountId).length,
      ...counts,
      firstPageMs,
    };
  }

  /** A list that nothing was done to folders since: it would take back what was done. */
  async #currentList(asked: Listing | undefined, signal: AbortSignal): Promise<readonly ListedFolder[]> {
    const { session, clock } = this.#parts;
    const { folderChanges } = session;
    for (let listing = asked; ;) {
      if (listing !== undefined && folderChanges.isCurrent(listing.mark)) return listing.folders;
      await folderChanges.settled();
      const { mark } = folderChanges;
      const folders = await session.lanes.withConnection('sync', signal, async (connection) => {
        const begun = clock.monotonic();
        const listed = await listWithStatus(connection, signal);
        session.saw('list', { listMs: Math.round(clock.monotonic() - begun) });
        return listed;
      });
      listing = { folders, mark };
    }
  }

  /** Takes the list over. Returns the folders that can be read, most important first. */
  applyListing(listing: readonly ListedFolder[]): StoredFolder[] {
    const { store, accountId } = this.#parts;
    const ordered = orderedFolders(listing, this.#parts.logFolder());
    store.write((db) => {
      applyFolderList(db, accountId, ordered);
    });
    return ordered.flatMap(({ path }) => {
      const folder = findFolder(store.read, accountId, path);
      if (folder === null || !folder.selectable || folder.hidden || folder.localOnly) return [];
      if (!folder.shown && !isAwaited(store.read, folder)) return [];
      // A group's team log is no mail: its own reader reads it.
      return folder.role === 'log' ? [] : [folder];
    });
  }

  /** Visits one folder by itself, as `run` does. */
  async visit(folder: StoredFolder, signal: AbortSignal): Promise<void> {
    const counts: Counts = { added: 0, changed: 0, removed: 0, arrived: 0 };
    await this.#visit(folder, { thoroughness: 'recent', unseen: null }, counts, signal);
  }

  /** true: it stored the first page of an account that nothing was known of. */
  async #inboxFirst(counts: Counts, signal: AbortSignal): Promise<boolean> {
    const { store, accountId } = this.#parts;
    if (listFolders(store.read, accountId).length > 0) return false;
    store.write((db) => {
      applyFolderList(db, accountId, [
        { path: 'INBOX', delimiter: null, role: 'inbox', selectable: true, subscribed: true },
      ]);
    });
    const inbox = findFolder(store.read, accountId, 'INBOX');
    if (inbox === null) return false;
    await this.#visit(inbox, { thoroughness: 'recent', firstPageOnly: true, unseen: null }, counts, signal);
    return getFolder(store.read, inbox.id)?.uidNext != null;
  }

  async #visit(folder: StoredFolder, options: OneVisit, counts: Counts, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let unreadable = 0;
    for (;;) {
      try {
        const outcome = await this.#visitOnce(folder.id, folder.path, options, signal);
        counts.added += outcome.added;
        counts.changed += outcome.changed;
        counts.removed += outcome.removed;
        counts.arrived += outcome.arrived;
        if (outcome.complete) break;
        if (options.firstPageOnly === true) return;
      } catch (error) {
        signal.throwIfAborted();
        if (!isMailError(error)) throw error;
        if (error.code === 'response-too-large' && unreadable < unreadableAttempts) unreadable += 1;
        else if (error.retry === 'now' && failures + 1 < visitAttempts) failures += 1;
        else if (concernsFolder(error)) {
          this.#parts.log.warn('a folder could not be synchronised', { folder: folder.id, code: error.code });
          return;
        } else throw error;
      }
    }
    this.#parts.store.write((db) => dropUnconfirmed(db, folder.id));
  }

  async #visitOnce(
    id: FolderId,
    path: string,
    options: OneVisit,
    signal: AbortSignal,
  ): Promise<VisitOutcome> {
    const { headers, store, session } = this.#parts;
    const before = getFolder(store.read, id);
    if (before === null) throw new MailError('mailbox-not-found', {});
    const known = knownFolder(store.read, before);
    return session.lanes.withMailbox('sync', path, { readOnly: true }, signal, (mailbox, lease) =>
      visitFolder(
        this.#parts,
        id,
        mailbox,
        lease,
        {
          ...options,
          known,
          withoutHistory: () => headers.held,
          announce: isNewsFolder(store.read, before),
          fragile: session.fragileIn(id),
          pace: session.headerPace,
        },
        signal,
      ),
    );
  }

  /** How many headers are here, and how many older ones of folders whose history is not. */
  #olderHeaders(
    folders: readonly StoredFolder[],
    statuses: ReadonlyMap<string, ListedFolder['status']>,
  ): { stored: number; older: number } {
    const now = folders.flatMap(({ id }) => getFolder(this.#parts.store.read, id) ?? []);
    const open = now.filter(({ uidNext, lowUid }) => uidNext === null || (lowUid ?? 1) > 1);
    return {
      stored: now.reduce((sum, { total }) => sum + total, 0),
      older: missingHeaders(open, statuses),
    };
  }

  /** All folders were looked at: what lies in none of them is gone, not on its way. */
  #collectOrphans(): void {
    const { store, accountId, onFilesGone } = this.#parts;
    for (;;) {
      const { removed, files } = store.write((db) => collectOrphans(db, accountId, orphansPerWrite));
      if (files.length > 0) onFilesGone(files);
      if (removed < orphansPerWrite) return;
    }
  }
}

/** How many headers are still to come: what progress counts up to. */
function missingHeaders(
  folders: readonly StoredFolder[],
  statuses: ReadonlyMap<string, ListedFolder['status']>,
): number {
  return folders.reduce(
    (sum, { path, total }) => sum + Math.max(0, (statuses.get(path)?.messages ?? 0) - total),
    0,
  );
}

/** LIST, and where it cannot bring the counters along, a STATUS for each folder. */
export async function listWithStatus(
  connection: ImapConnection,
  signal: AbortSignal,
): Promise<ListedFolder[]> {
  const listed = await connection.listFolders(signal);
  if (connection.has('LIST-STATUS')) return listed;
  const folders: ListedFolder[] = [];
  for (const folder of listed) {
    if (!folder.selectable) {
      folders.push(folder);
      continue;
    }
    try {
      folders.push({ ...folder, status: await connection.status(folder.path, signal) });
    } catch (error) {
      if (!isMailError(error) || !concernsFolder(error)) throw error;
      folders.push(folder);
    }
  }
  return folders;
}

/** A fault of this folder alone: the others are synchronised all the same. */
function concernsFolder(error: MailError): boolean {
  switch (error.code) {
    case 'mailbox-not-found':
    case 'mailbox-changed':
    case 'not-permitted':
    case 'server-refused':
    case 'server-busy':
      return true;
    default:
      return false;
  }
}
