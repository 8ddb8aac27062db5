/** Tells what changed, after it was committed: merged by kind and place, capped, and a short while later, so that a sync is one message, not thousands. */
import { Emitter } from '#shared/base/emitter.ts';
import type { Change } from '#shared/contract/app.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';

const windowMs = 30;
/** Beyond this many ids a list is re-read whole. */
const maxIds = 200;

export class ChangeFeed implements Disposable {
  readonly #clock: Clock;
  readonly #emitter: Emitter<readonly Change[]>;
  #pending = new Map<string, Change>();
  #timer: Disposable | null = null;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#emitter = new Emitter((error) => {
      log.error('a listener of the change feed failed', { error });
    });
  }

  subscribe(listener: (changes: readonly Change[]) => void): Disposable {
    return this.#emitter.on(listener);
  }

  /** Called with what a transaction recorded, after its commit. */
  publish(changes: readonly Change[]): void {
    for (const change of changes) this.#merge(change);
    if (this.#pending.size > 0)
      this.#timer ??= this.#clock.setTimer(windowMs, () => {
        this.flush();
      });
  }

  /** Tells at once what waits. */
  flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    if (this.#pending.size === 0) return;
    const changes = [...this.#pending.values()];
    this.#pending = new Map();
    this.#emitter.emit(changes);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#emitter[Symbol.dispose]();
  }

  #merge(change: Change): void {
    const key = keyOf(change);
    const before = this.#pending.get(key);
    if (change.kind !== 'messages' || before?.kind !== 'messages') {
      this.#pending.set(key, change);
      return;
    }
    if (before.ids === 'all' || change.ids === 'all') {
      this.#pending.set(key, { ...change, ids: 'all' });
      return;
    }
    const ids = [...new Set([...before.ids, ...change.ids])];
    this.#pending.set(key, { ...change, ids: ids.length > maxIds ? 'all' : ids });
  }
}

function keyOf(change: Change): string {
  switch (change.kind) {
    case 'messages':
      return `messages ${change.folderId}`;
    case 'folders':
    case 'operations':
      return `${change.kind} ${change.accountId}`;
    default:
      return change.kind;
  }
}
