/** Files that the window writes where the person said. The dialog asks before it overwrites; nothing is ever opened by being saved. */
import type { BrowserWindow, Dialog } from 'electron';
import { open, readdir, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { SaveFile } from '#shared/contract/host.ts';
import { cleanFileName, freeFileName } from '#shared/domain/fileName.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface SavedFilesParts {
  readonly dialog: Pick<Dialog, 'showSaveDialog' | 'showOpenDialog'>;
  readonly window: () => BrowserWindow | null;
  /** Where the dialogs begin. */
  readonly downloads: () => string;
}

interface OpenFile {
  readonly handle: FileHandle;
  /** Where it is until it is whole. */
  readonly part: string;
  readonly path: string;
}

/** A window that forgets to close is no reason to run out of files. */
const maxOpen = 16;

export class SavedFiles implements AsyncDisposable {
  readonly #parts: SavedFilesParts;
  readonly #folders = new Map<number, string>();
  readonly #open = new Map<number, OpenFile>();
  #last = 0;

  constructor(parts: SavedFilesParts) {
    this.#parts = parts;
  }

  async save({ filename, content }: SaveFile): Promise<'saved' | 'cancelled'> {
    const path = await this.#askForFile(filename);
    if (path === null) return 'cancelled';
    await writeFile(path, content).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    return 'saved';
  }

  /** null: the person closed the dialog. */
  async chooseFolder(): Promise<number | null> {
    const { dialog, window, downloads } = this.#parts;
    const parent = window();
    const options = {
      defaultPath: downloads(),
      properties: ['openDirectory', 'createDirectory'] as ('openDirectory' | 'createDirectory')[],
    };
    const { canceled, filePaths } = parent
      ? await dialog.showOpenDialog(parent, options)
      : await dialog.showOpenDialog(options);
    const [folder] = filePaths;
    if (canceled || folder === undefined) return null;
    const id = (this.#last += 1);
    this.#folders.set(id, folder);
    return id;
  }

  /** `folder`: one that was chosen; null: the person is asked where to, and null comes back where the dialog was closed. */
  async create(filename: string, folder: number | null): Promise<number | null> {
    if (this.#open.size >= maxOpen) throw new MailError('rate-limited');
    const path = folder === null ? await this.#askForFile(filename) : await this.#freePath(filename, folder);
    if (path === null) return null;
    const part = `${path}.part`;
    const handle = await open(part, 'w').catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    const id = (this.#last += 1);
    this.#open.set(id, { handle, part, path });
    return id;
  }

  async write(id: number, content: Uint8Array): Promise<null> {
    const { handle, path } = this.#openFile(id);
    await handle.appendFile(content).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    return null;
  }

  async close(id: number, keep: boolean): Promise<null> {
    const { handle, part, path } = this.#openFile(id);
    this.#open.delete(id);
    try {
      await handle.close();
      if (keep) await rename(part, path);
      else await rm(part, { force: true });
    } catch (cause) {
      throw unwritable(path, cause);
    }
    return null;
  }

  #openFile(id: number): OpenFile {
    const file = this.#open.get(id);
    if (file === undefined) throw new MailError('not-found', { what: 'file' });
    return file;
  }

  async #askForFile(filename: string): Promise<string | null> {
    const { dialog, window, downloads } = this.#parts;
    const parent = window();
    const options = {
      defaultPath: join(downloads(), cleanFileName(filename)),
      properties: ['showOverwriteConfirmation', 'createDirectory'] as (
        'showOverwriteConfirmation' | 'createDirectory'
      )[],
    };
    const { canceled, filePath } = parent
      ? await dialog.showSaveDialog(parent, options)
      : await dialog.showSaveDialog(options);
    return canceled || !filePath ? null : filePath;
  }

  /** Nobody is asked, so nothing is overwritten. */
  async #freePath(filename: string, folder: number): Promise<string> {
    const path = this.#folders.get(folder);
    if (path === undefined) throw new MailError('not-found', { what: 'folder' });
    const there = await readdir(path).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    const taken = new Set(there.map((name) => name.toLowerCase().replace(/\.part$/, '')));
    return join(path, freeFileName(cleanFileName(filename), taken));
  }

  /** What was not finished is not kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#open.keys()].map((id) => this.close(id, false)));
  }
}

function unwritable(file: string, cause: unknown): MailError {
  return (cause as NodeJS.ErrnoException).code === 'ENOSPC'
    ? new MailError('disk-full', {}, { cause })
    : new MailError('file-unreadable', { file }, { cause });
}
