/** While a task for a key runs, further callers get the same promise instead of a second run. */
export class SingleFlight<K, T> {
  readonly #running = new Map<K, Promise<T>>();

  run(key: K, task: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running) return running;
    const promise = task().finally(() => {
      this.#running.delete(key);
    });
    this.#running.set(key, promise);
    return promise;
  }

  isRunning(key: K): boolean {
    return this.#running.has(key);
  }
}
