/** Where a stored message can be asked for on its server. */
import type { ReadDb } from '#engine/store/handles.ts';
import { getFolder } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { placementsOf } from '#engine/store/messages.repo.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface Place {
  readonly folder: StoredFolder;
  readonly uid: number;
}

/** The best place first. Throws `message-gone` where there is none (it waits for its UID, or lies nowhere any more). */
export function placesOf(db: ReadDb, id: MessageId): Place[] {
  const places = placementsOf(db, id)
    .filter(({ uid }) => uid > 0)
    .flatMap(({ folderId, uid }) => {
      const folder = getFolder(db, folderId);
      return folder?.selectable === true && folder.uidValidity !== null ? [{ folder, uid }] : [];
    });
  if (places.length === 0) throw new MailError('message-gone');
  return places;
}
