/** What an engine is given. A host (or a test) makes these; the engine makes none of them itself. */
import type { Clock } from '#shared/base/clock.ts';

export type { Clock } from '#shared/base/clock.ts';

export interface Ids {
  uuid(): string;
  /** Uniform in [0, 1): jitter only, never a secret. */
  random(): number;
}

/** One secret for each (account, purpose). Implementations: keychain, encrypted file. */
export interface SecretStore {
  /** Where secrets go, in a word for people: "keychain" or "encrypted-file". */
  readonly kind: 'keychain' | 'encrypted-file' | 'memory';
  /** null: there is none. Throws MailError `secrets-unavailable` when the store cannot be opened: never "empty". */
  get(key: string): Promise<string | null>;
  set(key: string, secret: string): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields & { error?: unknown }): void;
  child(name: string): Log;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** The way back from the person's browser to this machine. */
export interface RedirectListener {
  /** Listens on a free port of `host` alone until it is disposed of, which lets an answer that is under way end. */
  listen(
    host: '127.0.0.1' | 'localhost',
    answer: (query: URLSearchParams) => Promise<{ readonly status: number; readonly html: string }>,
  ): Promise<{ readonly port: number } & AsyncDisposable>;
}

/** Paths inside the profile; the engine writes nowhere else. */
export interface ProfilePaths {
  readonly root: string;
  readonly store: string;
  readonly cache: string;
}

export interface EngineParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly paths: ProfilePaths;
  /** BCP 47 tag for collation and generated texts ("de", "en"). */
  readonly locale: string;
  /** What the host calls this machine, for the lease of outbox jobs (R18). */
  readonly machineId: string;
  /** Of this build. */
  readonly version: string;
  /** Left out: nobody can sign in at a provider here. */
  readonly redirects?: RedirectListener;
  /** How much is written to the log from now on. Left out: the host decides alone. */
  readonly setLogLevel?: (level: LogLevel) => void;
  readonly options?: EngineOptions;
}

export interface EngineOptions {
  /** No polling, no IDLE, no outbox on its own: a command-line call drives each step. */
  readonly passive?: boolean;
  /** Pictures and configuration may be fetched from this machine: for the demo and for tests. */
  readonly allowLoopback?: boolean;
  /** Asked instead of the system's resolver when an account's servers are looked for ("127.0.0.1:5353"). */
  readonly nameServers?: readonly string[];
  /** Files of this machine's administrators with client ids (oauth-clients.json), the weightier first; those that are not there are passed over. */
  readonly oauthClientFiles?: readonly string[];
  /** The same of the person: what the organisation prescribes weighs more. */
  readonly profileClientFiles?: readonly string[];
  /** Where proxies are named (HTTPS_PROXY, ALL_PROXY, NO_PROXY); left out: nowhere. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The policy of this machine's administrator; left out: there is no place for one. */
  readonly policyFile?: string;
}
