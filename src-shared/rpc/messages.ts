/** The message kinds of the RPC core, and the door through which everything received must pass. */
import type { WireError } from '../errors/MailError.ts';

/** From the side that asks. Ids are chosen by it: of a call until it is answered, of a subscription until it is ended. */
export type ClientMessage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'subscribe'; readonly id: number; readonly name: string }
  | { readonly kind: 'unsubscribe'; readonly id: number };

/** From the side that answers. `event` carries the id of the subscription. */
export type ServerMessage =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly id: number; readonly payload: unknown };

export interface RpcLimits {
  /** Calls of one client that may be unanswered at a time; further ones are answered `rate-limited`. */
  readonly maxPendingCalls: number;
  readonly maxSubscriptions: number;
  /** Bytes of one message, counted as text and byte arrays; a larger one is answered `invalid-input`. */
  readonly maxMessageBytes: number;
  /** Nesting of one message; deeper is malformed. */
  readonly maxDepth: number;
  /** Messages that could not be read before the transport is closed. */
  readonly maxMalformed: number;
}

/** An attachment of 100 MB as base64 fits; a list of 10,000 message refs is some hundred kB. */
export const defaultLimits: RpcLimits = {
  maxPendingCalls: 512,
  maxSubscriptions: 64,
  maxMessageBytes: 150_000_000,
  maxDepth: 64,
  maxMalformed: 20,
};

const maxNameLength = 100;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readId(message: Record<string, unknown>): number | undefined {
  const { id } = message;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

function readName(message: Record<string, unknown>): string | undefined {
  const { name } = message;
  return typeof name === 'string' && name.length <= maxNameLength ? name : undefined;
}

/** What a client sent, or undefined where it is none of the kinds. Says nothing about `request`: that is parsed by the engine. */
export function readClientMessage(message: unknown): ClientMessage | undefined {
  if (!isRecord(message)) return undefined;
  const id = readId(message);
  if (id === undefined) return undefined;
  const name = readName(message);
  switch (message['kind']) {
    case 'call':
      return name === undefined ? undefined : { kind: 'call', id, name, request: message['request'] };
    case 'subscribe':
      return name === undefined ? undefined : { kind: 'subscribe', id, name };
    case 'cancel':
      return { kind: 'cancel', id };
    case 'unsubscribe':
      return { kind: 'unsubscribe', id };
    default:
      return undefined;
  }
}

function readError(value: unknown): WireError | undefined {
  if (!isRecord(value) || typeof value['code'] !== 'string' || !isRecord(value['params'])) return undefined;
  return value as unknown as WireError;
}

/** What an engine sent, or undefined where it is none of the kinds. */
export function readServerMessage(message: unknown): ServerMessage | undefined {
  if (!isRecord(message)) return undefined;
  const id = readId(message);
  if (id === undefined) return undefined;
  switch (message['kind']) {
    case 'result':
      return { kind: 'result', id, value: message['value'] };
    case 'event':
      return { kind: 'event', id, payload: message['payload'] };
    case 'error': {
      const error = readError(message['error']);
      return error && { kind: 'error', id, error };
    }
    default:
      return undefined;
  }
}

export type PlainDataFault = 'too-large' | 'too-deep' | 'not-plain';

/**
 * Walks a received value and says what is wrong with it: larger or deeper than allowed, or holding what is no plain data (a Map, a
 * Date, a class, an own `__proto__`). Ends as soon as a limit is passed, so that its own cost is bounded too. null: nothing is wrong.
 */
export function findPlainDataFault(
  value: unknown,
  limits: Pick<RpcLimits, 'maxMessageBytes' | 'maxDepth'>,
): PlainDataFault | null {
  let bytes = 0;
  const walk = (node: unknown, depth: number): PlainDataFault | null => {
    if (depth > limits.maxDepth) return 'too-deep';
    if (typeof node === 'string') bytes += node.length + 2;
    else if (node === null || node === undefined || typeof node === 'boolean' || typeof node === 'number') {
      bytes += 8;
    } else if (typeof node !== 'object') return 'not-plain';
    else if (node instanceof Uint8Array) bytes += node.byteLength;
    else if (Array.isArray(node)) {
      bytes += 8;
      for (const item of node) {
        const fault = walk(item, depth + 1);
        if (fault) return fault;
      }
    } else {
      const prototype: unknown = Object.getPrototypeOf(node);
      if (prototype !== null && prototype !== Object.prototype) {
        // Another realm's plain object (a vm context, a test's) has another Object.prototype: its own prototype is null.
        if (Object.getPrototypeOf(prototype) !== null) return 'not-plain';
      }
      for (const key of Object.keys(node)) {
        if (key === '__proto__') return 'not-plain';
        bytes += key.length + 4;
        if (bytes > limits.maxMessageBytes) return 'too-large';
        const fault = walk((node as Record<string, unknown>)[key], depth + 1);
        if (fault) return fault;
      }
    }
    return bytes > limits.maxMessageBytes ? 'too-large' : null;
  };
  return walk(value, 0);
}
