/** Attachments as they were fetched, on the disk up to a size; the ones not used for longest go first. Nothing in here is precious. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Log } from '#engine/ports/ports.ts';
import type { MessageId, PartId } from '#shared/domain/ids.ts';
import type { Store } from './store.ts';

export interface AttachmentCacheParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The cache's own folder; made when it is needed. */
  readonly folder: string;
  /** Bytes of all files together. */
  readonly maxBytes: number;
}

/** A use is written down when the last one is this long ago. */
const useGrainMs = 3_600_000;

export class AttachmentCache {
  readonly #parts: AttachmentCacheParts;

  constructor(parts: AttachmentCacheParts) {
    this.#parts = parts;
  }

  /** null: not cached (any more). */
  async get(id: MessageId, part: PartId): Promise<Uint8Array | null> {
    const { store, clock, folder } = this.#parts;
    const row = store.read
      .prepare<[number, string], { file: string; size: number; used_at: number }>(
        'SELECT file, size, used_at FROM attachment_cache WHERE message_id = ? AND part = ?',
      )
      .get(id, part);
    if (!row) return null;
    const content = await readFile(join(folder, row.file)).catch(() => null);
    if (content?.byteLength !== row.size) {
      // Taken away or cut off by somebody else: as if it had never been there.
      this.#forget(id, part);
      return null;
    }
    if (row.used_at < clock.now() - useGrainMs)
      store.write((db) =>
        db
          .prepare('UPDATE attachment_cache SET used_at = ? WHERE message_id = ? AND part = ?')
          .run(clock.now(), id, part),
      );
    return content;
  }

  /** Keeps it if it fits. Never throws: what cannot be kept is fetched again. */
  async put(id: MessageId, part: PartId, content: Uint8Array): Promise<void> {
    const { store, clock, log, folder, maxBytes } = this.#parts;
    if (content.byteLength > maxBytes / 4) return;
    // Digits and dots only: nothing of a mail becomes a path.
    const file = `${id.toString()}-${part}`;
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, file), content);
      store.write((db) =>
        db
          .prepare(
            'INSERT OR REPLACE INTO attachment_cache (message_id, part, file, size, used_at) VALUES (?, ?, ?, ?, ?)',
          )
          .run(id, part, file, content.byteLength, clock.now()),
      );
      await this.#shrink();
    } catch (error) {
      log.warn('an attachment could not be cached', { error });
      this.#forget(id, part);
      await this.removeFiles([file]);
    }
  }

  /** Files whose rows are gone already. */
  async removeFiles(files: readonly string[]): Promise<void> {
    for (const file of files)
      await rm(join(this.#parts.folder, file), { force: true }).catch((error: unknown) => {
        this.#parts.log.warn('a cached attachment could not be removed', { error });
      });
  }

  /** After a crash: files that no row knows go. Once, when the engine starts. */
  async sweep(): Promise<void> {
    const { store, folder } = this.#parts;
    const files = await readdir(folder).catch(() => []);
    const known = store.read.prepare<[number, string]>(
      'SELECT 1 FROM attachment_cache WHERE message_id = ? AND file = ?',
    );
    const unknown = files.filter((file) => {
      const id = /^(\d+)-[0-9.]+$/.exec(file)?.[1];
      return id !== undefined && known.get(Number(id), file) === undefined;
    });
    await this.removeFiles(unknown);
  }

  #forget(id: MessageId, part: PartId): void {
    this.#parts.store.write((db) =>
      db.prepare('DELETE FROM attachment_cache WHERE message_id = ? AND part = ?').run(id, part),
    );
  }

  async #shrink(): Promise<void> {
    const { store, maxBytes } = this.#parts;
    const files = store.write((db) => {
      let total =
        db.prepare<[], { bytes: number | null }>('SELECT sum(size) AS bytes FROM attachment_cache').get()
          ?.bytes ?? 0;
      const gone: string[] = [];
      while (total > maxBytes) {
        const oldest = db
          .prepare<[], { file: string; size: number }>(
            `DELETE FROM attachment_cache WHERE (message_id, part) =
               (SELECT message_id, part FROM attachment_cache ORDER BY used_at, message_id, part LIMIT 1) RETURNING file, size`,
          )
          .get();
        if (!oldest) break;
        total -= oldest.size;
        gone.push(oldest.file);
      }
      return gone;
    });
    await this.removeFiles(files);
  }
}
