/** Files that a person hands over: picked in the system's dialog, or dropped. */
import type { FolderRow } from '#shared/domain/message.ts';

/** Resolves to nothing where the dialog was closed. */
export function pickFiles(options: { readonly accept: string; readonly multiple: boolean }): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = options.accept;
  input.multiple = options.multiple;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener('cancel', () => resolve([]), { once: true });
    input.click();
  });
}

/** Does the pointer carry files of the system (and not mails of ours)? */
export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** A file as its bytes come, whatever its size. */
export async function* bytesOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

/** Views of all mails, and a team log, are no places to file mail in. */
const never = new Set<FolderRow['role']>(['log', 'all', 'flagged', 'important']);

export function takesMails(folder: FolderRow): boolean {
  return folder.selectable && folder.shown && !never.has(folder.role);
}
