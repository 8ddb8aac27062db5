/** Which parts are listed as files: all but those that the text itself shows as pictures. Pure. */
import type { AttachmentRow } from '#shared/domain/message.ts';
import { partFor } from '../../mail-frame/mailView.svelte.ts';

/** @param shownIds Content-IDs that the text refers to */
export function listedAttachments(
  attachments: readonly AttachmentRow[],
  shownIds: readonly string[],
): AttachmentRow[] {
  const shown = new Set(shownIds.map((id) => partFor(id, attachments)?.id));
  return attachments.filter(({ id }) => !shown.has(id));
}
