/** What a visit to a folder works with, and the one condition under which it may write. */
import { MailError } from '#shared/errors/MailError.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { getFolder } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import type { ReadDb } from '#engine/store/handles.ts';
import type { Store } from '#engine/store/store.ts';
import type { Progress } from '../progress.ts';
import type { FolderLocks } from './folderLocks.ts';
import type { Arrival } from './headerPass.ts';

export interface VisitParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly accountId: AccountId;
  readonly locks: FolderLocks;
  readonly progress: Progress;
  /** New mail, told after it is stored. */
  onArrivals(folder: StoredFolder, arrivals: readonly Arrival[]): void;
}

/**
 * UIDs mean something only under the UIDVALIDITY that they were told with: should the folder have been reset in between, by another
 * connection that found another one, nothing may be written under the old (N10). Throws `mailbox-changed`.
 */
export function assertSameFolder(db: ReadDb, folderId: FolderId, uidValidity: string): void {
  const now = getFolder(db, folderId);
  if (now === null) throw new MailError('mailbox-changed', {});
  if (now.uidValidity !== null && now.uidValidity !== uidValidity)
    throw new MailError('mailbox-changed', { folder: now.path });
}
