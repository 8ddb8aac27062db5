/** An engine's api with handlers written in the test: what lies under test here is the way to it. */
import type { EngineApi, EventName } from '#shared/contract/contract.ts';
import { Emitter } from '#shared/base/emitter.ts';
import { MailError } from '#shared/errors/MailError.ts';

type Handler = (request: unknown, signal: AbortSignal) => Promise<unknown>;

export interface ScriptedApi extends EngineApi {
  /** Answers `name` from now on. */
  on(name: string, handler: Handler): void;
  emit(name: EventName, payload: unknown): void;
  /** Listeners that the way to the engine holds on it. */
  readonly listeners: number;
  /** Calls that were cancelled by their signal. */
  readonly cancelled: string[];
}

export function createScriptedApi(): ScriptedApi {
  const handlers = new Map<string, Handler>();
  const cancelled: string[] = [];
  let listeners = 0;
  const emitter = new Emitter<{ name: EventName; payload: unknown }>((error) => {
    throw error;
  });
  return {
    cancelled,
    get listeners() {
      return listeners;
    },
    on: (name, handler) => void handlers.set(name, handler),
    emit: (name, payload) => emitter.emit({ name, payload }),
    async dispatch(name, request, signal) {
      const handler = handlers.get(name);
      if (!handler) throw new MailError('unknown-command', { name });
      signal.addEventListener('abort', () => cancelled.push(name), { once: true });
      return handler(request, signal);
    },
    onEvent(listener) {
      listeners += 1;
      const listening = emitter.on(({ name, payload }) => listener(name, payload));
      return {
        [Symbol.dispose]() {
          listeners -= 1;
          listening[Symbol.dispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      emitter[Symbol.dispose]();
    },
  };
}

/** Never answers by itself: rejects when it is cancelled. */
export const untilCancelled: Handler = (_request, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
