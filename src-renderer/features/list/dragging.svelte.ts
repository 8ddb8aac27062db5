/** Messages on their way from the list to a folder, by the pointer. The keyboard's way is "Move". */
import type { FolderRow, MessageRow } from '#shared/domain/message.ts';
import { messageCount } from './rows.ts';

/** Nobody files mail there. */
const never = new Set<FolderRow['role']>(['drafts', 'log']);

export class Dragging {
  /** What is being dragged; null: nothing of ours. */
  rows = $state.raw<readonly MessageRow[] | null>(null);

  /** Begins at a row. What the pointer carries says how many messages they are, and nothing of what is in them. */
  start(event: DragEvent, rows: readonly MessageRow[], words: string): void {
    const { dataTransfer } = event;
    if (!dataTransfer || rows.length === 0) return;
    this.rows = rows;
    dataTransfer.effectAllowed = 'move';
    dataTransfer.setData('application/x-postkorb-messages', String(messageCount(rows)));
    const image = document.createElement('div');
    image.className = 'drag-image';
    image.textContent = words;
    document.body.append(image);
    dataTransfer.setDragImage(image, -12, -8);
    // The browser has taken its picture by the next frame.
    setTimeout(() => image.remove());
  }

  end(): void {
    this.rows = null;
  }

  /** Can what is dragged be dropped here? */
  fits(folder: FolderRow): boolean {
    const { rows } = this;
    return (
      rows !== null &&
      folder.selectable &&
      folder.shown &&
      !never.has(folder.role) &&
      rows.some(({ folderId }) => folderId !== folder.id)
    );
  }
}
