/** What lies below the RPC core: something that carries messages both ways, in order, until it is closed. */

/**
 * Messages are plain data: null, booleans, numbers, strings, arrays, plain objects and Uint8Array. A transport may copy them
 * (structured clone, JSON) and never delivers before `onMessage` was called for the first time. Messages that cannot be read are
 * handed on as `undefined`, so that the core counts them; a transport never throws out of a receive.
 */
export interface Transport {
  /** After `close` it does nothing. Throws only when the message itself cannot be carried. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Disposable;
  /** Told once, whichever side closed; a listener added after that is told at once. */
  onClose(listener: () => void): Disposable;
  close(): void;
}
