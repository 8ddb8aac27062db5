/** The asking half of the RPC core: what a window, the command line or a test speaks to. */
import type {
  EngineClient,
  EventName,
  PayloadOf,
  RequestOf,
  ResponseOf,
  CommandName,
} from '../contract/contract.ts';
import { toDisposable } from '../base/disposables.ts';
import { Emitter } from '../base/emitter.ts';
import { MailError, fromWire } from '../errors/MailError.ts';
import { readServerMessage } from './messages.ts';
import type { ClientMessage } from './messages.ts';
import type { Transport } from './transport.ts';

export interface RpcClientOptions {
  /** Told of a listener that threw, and of an answer that could not be read. */
  readonly report?: (error: unknown, why: string) => void;
  /** For tests and development: called with each response and event payload, and throws where it breaks the contract. */
  readonly check?: (kind: 'response' | 'event', name: string, value: unknown) => void;
}

export interface RpcClient extends EngineClient, Disposable {
  /** Told once, when the engine cannot be reached any more by this client. */
  onClose(listener: () => void): Disposable;
}

interface PendingCall {
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Subscription {
  readonly name: EventName;
  readonly emitter: Emitter<unknown>;
  listeners: number;
}

/**
 * A client on a transport. Disposing it closes the transport. Calls that are unanswered when the transport closes, and calls made
 * after that, reject with MailError `connection-closed`; an aborted one rejects at once with `cancelled` and is cancelled over there.
 */
export function createRpcClient(transport: Transport, options: RpcClientOptions = {}): RpcClient {
  const report = options.report ?? ((): void => undefined);
  const calls = new Map<number, PendingCall>();
  const subscriptions = new Map<number, Subscription>();
  const subscriptionIds = new Map<EventName, number>();
  let lastId = 0;
  let closed = false;

  const send = (message: ClientMessage): void => {
    if (!closed) transport.send(message);
  };

  transport.onMessage((raw) => {
    const message = readServerMessage(raw);
    if (!message) {
      report(new MailError('protocol-error'), 'reading a message of the engine');
      return;
    }
    if (message.kind === 'event') {
      const subscription = subscriptions.get(message.id);
      if (!subscription) return;
      try {
        options.check?.('event', subscription.name, message.payload);
        subscription.emitter.emit(message.payload);
      } catch (error) {
        report(error, `an event ${subscription.name}`);
      }
      return;
    }
    const call = calls.get(message.id);
    if (!call) {
      const refused = message.kind === 'error' ? subscriptions.get(message.id) : undefined;
      if (refused && message.kind === 'error')
        report(fromWire(message.error), `subscribing to ${refused.name}`);
      return;
    }
    calls.delete(message.id);
    if (message.kind === 'error') {
      call.reject(fromWire(message.error));
      return;
    }
    try {
      options.check?.('response', call.name, message.value);
      call.resolve(message.value);
    } catch (error) {
      call.reject(error);
    }
  });
  transport.onClose(() => {
    closed = true;
    const pending = [...calls.values()];
    calls.clear();
    for (const call of pending) call.reject(new MailError('connection-closed'));
  });

  const call = <N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ResponseOf<N>> =>
    new Promise<ResponseOf<N>>((resolve, reject) => {
      if (closed) {
        reject(new MailError('connection-closed'));
        return;
      }
      if (signal?.aborted) {
        reject(new MailError('cancelled', {}, { cause: signal.reason }));
        return;
      }
      lastId += 1;
      const id = lastId;
      const onAbort = (): void => {
        if (!calls.delete(id)) return;
        send({ kind: 'cancel', id });
        reject(new MailError('cancelled', {}, { cause: signal?.reason }));
      };
      calls.set(id, {
        name,
        resolve: (value) => {
          signal?.removeEventListener('abort', onAbort);
          // The engine answers by the contract; `check` proves it in tests.
          resolve(value as ResponseOf<N>);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error as Error);
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        send({ kind: 'call', id, name, request });
      } catch (error) {
        calls.delete(id);
        signal?.removeEventListener('abort', onAbort);
        reject(new MailError('invalid-input', { reason: 'not-plain' }, { cause: error }));
      }
    });

  /** One subscription over the wire for each event, however many listeners it has here. */
  const subscribe = (name: EventName): number => {
    const existing = subscriptionIds.get(name);
    if (existing !== undefined) return existing;
    lastId += 1;
    subscriptionIds.set(name, lastId);
    subscriptions.set(lastId, {
      name,
      emitter: new Emitter((error) => report(error, `a listener of ${name}`)),
      listeners: 0,
    });
    send({ kind: 'subscribe', id: lastId, name });
    return lastId;
  };

  const on = <N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): Disposable => {
    const id = subscribe(name);
    const subscription = subscriptions.get(id);
    if (!subscription) return toDisposable(() => undefined);
    subscription.listeners += 1;
    const listening = subscription.emitter.on((payload) => listener(payload as PayloadOf<N>));
    return toDisposable(() => {
      listening[Symbol.dispose]();
      subscription.listeners -= 1;
      if (subscription.listeners > 0) return;
      subscriptions.delete(id);
      subscriptionIds.delete(name);
      send({ kind: 'unsubscribe', id });
    });
  };

  return {
    call,
    on,
    onClose: (listener) => transport.onClose(listener),
    [Symbol.dispose]: () => transport.close(),
  };
}
