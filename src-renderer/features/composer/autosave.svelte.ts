/** Saves soon after typing, one save at a time, and goes on trying while it fails. */
import type { MailError } from '#shared/errors/MailError.ts';
import { asMailError } from '../../client/latest.ts';

export type SaveState = 'clean' | 'unsaved' | 'saving' | 'saved' | 'failed';

/** A pause in typing this long, and it is saved. */
const pauseMs = 700;
/** However fast somebody types on: no longer than this until a save begins (R05 asks for 5 s, people expect 2). */
const longestMs = 1_800;
const retryMs = 4_000;

export class Autosave implements Disposable {
  state = $state<SaveState>('clean');
  error = $state.raw<MailError | null>(null);
  /** ms since 1970 */
  savedAt = $state<number | null>(null);
  readonly #save: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  /** @param save writes what is there now */
  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  get isDirty(): boolean {
    return this.#since !== null || this.#running !== null;
  }

  /** Something was changed. */
  touch(): void {
    if (this.#stopped) return;
    const now = performance.now();
    this.#since ??= now;
    if (this.state !== 'failed') this.state = 'unsaved';
    this.#schedule(Math.max(0, Math.min(pauseMs, this.#since + longestMs - now)));
  }

  /** Saves at once what is not saved. Resolves to whether all is safe now. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    if (this.#since !== null && !this.#stopped) await this.#run();
    return this.#since === null;
  }

  /** The draft is safe as it stands: it was just opened, or is about to go. */
  markSaved(at: number): void {
    this.savedAt = at;
    this.state = 'saved';
  }

  /** No more saves: the draft was sent or discarded. Waits for one that runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
  }

  /** It was not sent after all. */
  resume(): void {
    this.#stopped = false;
    if (this.#since !== null) this.touch();
  }

  /** Tries a failed save at once: the engine is there again. */
  retry(): void {
    if (this.state === 'failed' && this.#since !== null) this.#schedule(0);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A running save takes what was changed before it began; the rest has its turn afterwards.
      if (this.#running) this.#schedule(100);
      else void this.#run();
    }, ms);
  }

  #run(): Promise<void> {
    this.#since = null;
    this.state = 'saving';
    const run = this.#save().then(
      () => {
        this.error = null;
        this.savedAt = Date.now();
        this.state = this.#since === null ? 'saved' : 'unsaved';
      },
      (error: unknown) => {
        this.error = asMailError(error);
        this.state = 'failed';
        this.#since = performance.now();
        if (!this.#stopped) this.#schedule(retryMs);
      },
    );
    this.#running = run.finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
