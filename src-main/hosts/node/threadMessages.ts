/** What passes between a host and its engine's thread beside the RPC ports. */
import type { MessagePort } from 'node:worker_threads';
import type { WireError } from '#shared/errors/MailError.ts';
import type { OpenEngineOptions } from './openEngine.ts';

export type ThreadOptions = Omit<OpenEngineOptions, 'note'>;

export type ToEngineThread =
  { readonly kind: 'connect'; readonly port: MessagePort } | { readonly kind: 'stop' };

export type FromEngineThread =
  | { readonly kind: 'ready' }
  /** The profile could not be opened; the thread ends. */
  | { readonly kind: 'failed'; readonly error: WireError; readonly detail: string }
  | { readonly kind: 'note'; readonly line: string }
  | { readonly kind: 'fault'; readonly why: string; readonly message: string }
  | { readonly kind: 'stopped' };
