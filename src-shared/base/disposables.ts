/** Everything that is started has an owner that stops it. */

/** Owns disposables; adding one after disposal disposes it at once, so that a late arrival cannot leak. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item[Symbol.dispose]();
    else this.#items.add(item);
    return item;
  }

  /** Takes the item out without disposing it. */
  release(item: Disposable): void {
    this.#items.delete(item);
  }

  /** Last in, first out. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) item[Symbol.dispose]();
  }
}

export function toDisposable(fn: () => void): Disposable {
  let done = false;
  return {
    [Symbol.dispose]() {
      if (done) return;
      done = true;
      fn();
    },
  };
}
