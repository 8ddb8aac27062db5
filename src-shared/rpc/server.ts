/** The answering half of the RPC core: one for each connected client. */
import { isEventName } from '../contract/contract.ts';
import type { EngineApi, EventName } from '../contract/contract.ts';
import { drop } from '../base/drop.ts';
import { DisposableStore, toDisposable } from '../base/disposables.ts';
import { MailError, toWire } from '../errors/MailError.ts';
import { defaultLimits, findPlainDataFault, readClientMessage } from './messages.ts';
import type { ClientMessage, RpcLimits, ServerMessage } from './messages.ts';
import type { Transport } from './transport.ts';

export interface RpcServerOptions {
  readonly limits?: Partial<RpcLimits>;
  /** Told of what is nobody's answer: a handler's unexpected error, a message that could not be sent. Never of the message's content. */
  readonly report: (error: unknown, why: string) => void;
}

/**
 * Serves one client until its transport closes or this is disposed; then everything it asked for is cancelled. Codes cross the wire,
 * never classes: what a handler throws beyond MailError arrives as `internal`.
 */
export function createRpcServer(
  api: Pick<EngineApi, 'dispatch' | 'onEvent'>,
  transport: Transport,
  options: RpcServerOptions,
): Disposable {
  const limits: RpcLimits = { ...defaultLimits, ...options.limits };
  const calls = new Map<number, AbortController>();
  const subscriptions = new Map<number, EventName>();
  const owned = new DisposableStore();
  let events: Disposable | undefined;
  let malformed = 0;

  const send = (message: ServerMessage): void => {
    if (owned.disposed) return;
    try {
      transport.send(message);
    } catch (error) {
      options.report(error, `sending a message of kind ${message.kind}`);
      if (message.kind === 'result') {
        send({ kind: 'error', id: message.id, error: toWire(new MailError('internal')) });
      }
    }
  };
  const refuse = (id: number, error: unknown): void => {
    send({ kind: 'error', id, error: toWire(error) });
  };

  const call = async (id: number, name: string, request: unknown): Promise<void> => {
    const controller = new AbortController();
    calls.set(id, controller);
    try {
      const value = await api.dispatch(name, request, controller.signal);
      send({ kind: 'result', id, value });
    } catch (error) {
      const wire = toWire(error);
      if (wire.code === 'internal') options.report(error, `call ${name}`);
      send({ kind: 'error', id, error: wire });
    } finally {
      calls.delete(id);
    }
  };

  const subscribe = (id: number, name: string): void => {
    if (!isEventName(name)) {
      refuse(id, new MailError('unknown-command', { name }));
      return;
    }
    if (subscriptions.size >= limits.maxSubscriptions) {
      refuse(id, new MailError('rate-limited', { limit: limits.maxSubscriptions }));
      return;
    }
    subscriptions.set(id, name);
    events ??= api.onEvent((eventName, payload) => {
      for (const [subscription, subscribed] of subscriptions) {
        if (subscribed === eventName) send({ kind: 'event', id: subscription, payload });
      }
    });
  };

  const answer = (message: ClientMessage): void => {
    switch (message.kind) {
      case 'call':
        if (calls.size >= limits.maxPendingCalls) {
          refuse(message.id, new MailError('rate-limited', { limit: limits.maxPendingCalls }));
        } else drop(call(message.id, message.name, message.request), 'answering a call', options.report);
        return;
      case 'cancel':
        calls.get(message.id)?.abort(new MailError('cancelled'));
        return;
      case 'subscribe':
        subscribe(message.id, message.name);
        return;
      case 'unsubscribe':
        subscriptions.delete(message.id);
    }
  };

  /** A message that cannot be served is answered where it can be said to whom, else dropped; too many of them end the connection. */
  const receive = (raw: unknown): void => {
    const message = readClientMessage(raw);
    const fault = message?.kind === 'call' ? findPlainDataFault(message.request, limits) : null;
    const idTaken =
      (message?.kind === 'call' && calls.has(message.id)) ||
      (message?.kind === 'subscribe' && subscriptions.has(message.id));
    if (message && fault === null && !idTaken) {
      answer(message);
      return;
    }
    if (message && fault !== null) refuse(message.id, new MailError('invalid-input', { reason: fault }));
    malformed += 1;
    if (malformed > limits.maxMalformed) {
      options.report(new MailError('protocol-error', { malformed }), 'closing a client');
      transport.close();
    }
  };

  owned.add(transport.onClose(() => owned[Symbol.dispose]()));
  owned.add(
    toDisposable(() => {
      events?.[Symbol.dispose]();
      subscriptions.clear();
      const cancelled = [...calls.values()];
      calls.clear();
      for (const controller of cancelled) controller.abort(new MailError('cancelled'));
    }),
  );
  owned.add(transport.onMessage(receive));
  return toDisposable(() => {
    owned[Symbol.dispose]();
    transport.close();
  });
}
