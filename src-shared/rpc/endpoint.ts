/** What every transport needs on its receiving side: listeners, a hold-back until somebody listens, and one close. */
import { toDisposable } from '../base/disposables.ts';

export interface Endpoint {
  received(message: unknown): void;
  closed(): void;
  readonly isClosed: boolean;
  onMessage(listener: (message: unknown) => void): Disposable;
  onClose(listener: () => void): Disposable;
}

/** Keeps what arrives before the first listener and hands it over in order; after `closed` nothing is delivered. */
export function createEndpoint(): Endpoint {
  const messageListeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  let early: unknown[] | null = [];
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    received(message) {
      if (isClosed) return;
      if (early) early.push(message);
      else for (const listener of [...messageListeners]) listener(message);
    },
    closed() {
      if (isClosed) return;
      isClosed = true;
      const listeners = [...closeListeners];
      closeListeners.clear();
      messageListeners.clear();
      for (const listener of listeners) listener();
    },
    onMessage(listener) {
      messageListeners.add(listener);
      if (early) {
        const held = early;
        early = null;
        for (const message of held) listener(message);
      }
      return toDisposable(() => messageListeners.delete(listener));
    },
    onClose(listener) {
      if (isClosed) {
        listener();
        return toDisposable(() => undefined);
      }
      closeListeners.add(listener);
      return toDisposable(() => closeListeners.delete(listener));
    },
  };
}
