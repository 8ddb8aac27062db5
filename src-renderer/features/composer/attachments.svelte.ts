/** The attachments of one composer: what the draft holds, and what is on its way into it. */
import { DisposableStore, toDisposable } from '#shared/base/disposables.ts';
import type { DraftAttachment } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { DraftId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { asMailError } from '../../client/latest.ts';

/** One message to the engine carries a file whole; what is larger would not get through every host (and through no mail server). */
export const maxFileBytes = 50 * 1024 * 1024;
/** What most servers take, with the third that base64 adds. */
export const warnBytes = 25_000_000;

export interface AttachmentEntry {
  /** Stable while it is shown. */
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly state: 'reading' | 'adding' | 'ready' | 'failed';
  /** 0 to 1 while it is read from the disk; null while the engine takes it. */
  readonly progress: number | null;
  readonly error: MailError | null;
  /** What the draft knows it as, once it does. */
  readonly stored: DraftAttachment | null;
}

/** A file to attach, as the browser hands it over. */
export interface AttachableFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  stream(): ReadableStream<Uint8Array>;
}

/** Reads a file in pieces; each piece is told, so that a large one shows how far it is. */
async function readFile(
  file: AttachableFile,
  signal: AbortSignal,
  told: (share: number) => void,
): Promise<Uint8Array> {
  const content = new Uint8Array(file.size);
  const reader = file.stream().getReader();
  let at = 0;
  try {
    for (;;) {
      if (signal.aborted) throw new MailError('cancelled');
      const { done, value } = await reader.read();
      if (done) break;
      // A file that grows while it is read is taken as it was when it was chosen.
      const piece = value.subarray(0, content.length - at);
      content.set(piece, at);
      at += piece.length;
      told(content.length === 0 ? 1 : at / content.length);
    }
  } catch (error) {
    throw error instanceof MailError
      ? error
      : new MailError('file-unreadable', { name: file.name }, { cause: error });
  } finally {
    reader.releaseLock();
  }
  return content.subarray(0, at);
}

export class Attachments implements Disposable {
  entries = $state.raw<readonly AttachmentEntry[]>([]);
  readonly #client: EngineClient;
  readonly #draft: () => Promise<DraftId>;
  readonly #running = new Map<string, AbortController>();
  readonly #adding = new Set<Promise<unknown>>();
  readonly #urls = new DisposableStore();
  /** Content-ID to the address under which this window shows the picture. */
  readonly #pictures = new Map<string, string>();
  #lastKey = 0;
  readonly listed = $derived.by(() => this.entries.filter(({ stored }) => stored?.inline !== true));
  readonly adding = $derived.by(() =>
    this.entries.some(({ state }) => state === 'reading' || state === 'adding'),
  );
  readonly totalBytes = $derived.by(() => this.entries.reduce((sum, { size }) => sum + size, 0));

  /** @param draft the draft to attach to, made where there is none yet */
  constructor(client: EngineClient, draft: () => Promise<DraftId>) {
    this.#client = client;
    this.#draft = draft;
  }

  load(stored: readonly DraftAttachment[]): void {
    this.entries = stored.map((one) => this.#ready(one));
  }

  /** Attaches one file; a failure stays in the list until it is removed. Resolves to what the draft holds, or null. */
  add(file: AttachableFile, inline = false): Promise<DraftAttachment | null> {
    const adding = this.#add(file, inline);
    this.#adding.add(adding);
    return adding.finally(() => this.#adding.delete(adding));
  }

  /** Resolves once nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#adding.size > 0) await Promise.allSettled(this.#adding);
  }

  async #add(file: AttachableFile, inline: boolean): Promise<DraftAttachment | null> {
    this.#lastKey += 1;
    const key = `new-${this.#lastKey}`;
    const controller = new AbortController();
    this.#running.set(key, controller);
    this.entries = [
      ...this.entries,
      {
        key,
        filename: file.name,
        contentType: file.type,
        size: file.size,
        state: 'reading',
        progress: 0,
        error: null,
        stored: null,
      },
    ];
    try {
      if (file.size > maxFileBytes)
        throw new MailError('message-too-large', { size: file.size, limit: maxFileBytes });
      const content = await readFile(file, controller.signal, (progress) => this.#change(key, { progress }));
      this.#change(key, { state: 'adding', progress: null });
      const id = await this.#draft();
      if (controller.signal.aborted) throw new MailError('cancelled');
      // Not cancelled on the way: whether the draft holds it would not be known. Taken out again instead.
      const stored = await this.#client.call('drafts.attach', {
        id,
        filename: file.name.slice(0, 1000),
        contentType: file.type.slice(0, 200) || 'application/octet-stream',
        content: new Uint8Array(content),
        inline,
      });
      if (controller.signal.aborted) {
        await this.#client.call('drafts.detach', { id, attachmentId: stored.id });
        return null;
      }
      if (inline && stored.contentId !== null) this.#show(stored.contentId, stored.contentType, content);
      this.#change(key, { state: 'ready', stored, size: stored.size });
      return stored;
    } catch (error) {
      if (controller.signal.aborted) this.#drop(key);
      else this.#change(key, { state: 'failed', error: asMailError(error) });
      if (!controller.signal.aborted) void this.reconcile();
      return null;
    } finally {
      this.#running.delete(key);
    }
  }

  /** Takes it out of the draft; one that is still on its way is stopped. */
  async remove(key: string): Promise<void> {
    const entry = this.entries.find((one) => one.key === key);
    if (!entry) return;
    this.#running.get(key)?.abort();
    this.#drop(key);
    if (entry.stored === null) return;
    try {
      await this.#client.call('drafts.detach', { id: await this.#draft(), attachmentId: entry.stored.id });
    } catch (error) {
      const mailError = asMailError(error);
      if (mailError.code === 'not-found') return;
      // It is still in the draft and would be sent: it is shown again, with the reason.
      this.entries = [...this.entries, { ...entry, error: mailError }];
    }
  }

  /** After a lost answer: what the draft holds and nobody sees here is shown, because it would be sent. */
  async reconcile(): Promise<void> {
    try {
      await this.settled();
      const { attachments } = await this.#client.call('drafts.get', { id: await this.#draft() });
      const known = new Set(this.entries.map(({ stored }) => stored?.id));
      const unseen = attachments.filter(({ id }) => !known.has(id));
      if (unseen.length > 0 && !this.adding)
        this.entries = [...this.entries, ...unseen.map((one) => this.#ready(one))];
    } catch {
      // Not reachable now; sending is not either.
    }
  }

  /** Where this window shows the picture of a Content-ID; fetched from the draft where it was not attached here. null: there is none. */
  async picture(contentId: string): Promise<string | null> {
    const known = this.#pictures.get(contentId);
    if (known !== undefined) return known;
    const entry = this.entries.find(({ stored }) => stored?.contentId === contentId);
    if (!entry?.stored || !isPicture(entry.contentType)) return null;
    try {
      const { contentType, content } = await this.#client.call('drafts.attachment', {
        id: await this.#draft(),
        attachmentId: entry.stored.id,
      });
      return this.#show(contentId, contentType, content);
    } catch {
      return null;
    }
  }

  /** Pictures that no text shows any more would travel along unseen: they are taken out before sending. */
  async removeUnshown(html: string | null): Promise<void> {
    const unshown = this.entries.filter(
      ({ stored }) =>
        stored?.inline === true &&
        stored.contentId !== null &&
        !(html ?? '').includes(`cid:${stored.contentId}`),
    );
    for (const { key } of unshown) await this.remove(key);
  }

  #show(contentId: string, contentType: string, content: Uint8Array): string {
    const known = this.#pictures.get(contentId);
    if (known !== undefined) return known;
    const type = isPicture(contentType) ? contentType : 'application/octet-stream';
    const url = URL.createObjectURL(new Blob([new Uint8Array(content)], { type }));
    this.#urls.add(toDisposable(() => URL.revokeObjectURL(url)));
    this.#pictures.set(contentId, url);
    return url;
  }

  #ready(stored: DraftAttachment): AttachmentEntry {
    const { id, filename, contentType, size } = stored;
    return { key: id, filename, contentType, size, state: 'ready', progress: null, error: null, stored };
  }

  #change(key: string, change: Partial<AttachmentEntry>): void {
    this.entries = this.entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry));
  }

  #drop(key: string): void {
    this.entries = this.entries.filter((entry) => entry.key !== key);
  }

  [Symbol.dispose](): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#urls[Symbol.dispose]();
  }
}

/** Picture types that a browser draws without running anything in them (an SVG may hold scripts: never inline, H03). */
export function isPicture(contentType: string): boolean {
  return /^image\/(?:png|jpe?g|gif|webp|avif|bmp)$/i.test(contentType.trim());
}
