/** Something to do, told to a loop that waits for it. Ringing twice before it looks is once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  get rung(): boolean {
    return this.#rung;
  }

  /** Resolves when it was rung since the last time it was heard. Rejects with the signal's reason. One waits at a time. */
  heard(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#wake = null;
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      const hear = (): void => {
        this.#rung = false;
        this.#wake = null;
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      if (this.#rung) {
        hear();
        return;
      }
      this.#wake = hear;
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
