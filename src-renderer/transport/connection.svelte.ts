/** The window's line to the engine: outlives a lost transport, opens a new one, and says so. */
import { toDisposable } from '#shared/base/disposables.ts';
import type {
  CommandName,
  EngineClient,
  EventName,
  PayloadOf,
  RequestOf,
  ResponseOf,
} from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { RpcClient } from '#shared/rpc/client.ts';

/** `refused`: the host does not know this page (any more); only a new start helps. */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'refused';

/** Thrown by an opener where trying again cannot help. */
export class SessionRefused extends Error {}

/** Resolves with a client once the engine answers. */
export type OpenClient = () => Promise<RpcClient>;

interface Listening {
  readonly name: EventName;
  readonly listener: (payload: unknown) => void;
  attached: Disposable | null;
}

const firstDelayMs = 250;
const longestDelayMs = 5_000;

export class Connection implements EngineClient, Disposable {
  state = $state<ConnectionState>('connecting');
  readonly #open: OpenClient;
  readonly #onReconnect = new Set<() => void>();
  readonly #listening = new Set<Listening>();
  #client: RpcClient | null = null;
  #first: PromiseWithResolvers<void> = Promise.withResolvers();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = firstDelayMs;
  #disposed = false;
  #opening = false;

  constructor(open: OpenClient) {
    this.#open = open;
    // Calls that wait for it see its rejection; nobody waiting is no fault.
    this.#first.promise.catch(() => undefined);
    void this.#connect();
  }

  /** Told each time the engine is reached again after it was lost: what is on screen may be old. */
  onReconnect(listener: () => void): Disposable {
    this.#onReconnect.add(listener);
    return toDisposable(() => this.#onReconnect.delete(listener));
  }

  /** Tries at once, where it is offline: the person asked, or the network came back. */
  retryNow(): void {
    if (this.state === 'online' || this.#opening) return;
    clearTimeout(this.#timer);
    this.#delay = firstDelayMs;
    void this.#connect();
  }

  async call<N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    options?: { signal?: AbortSignal },
  ): Promise<ResponseOf<N>> {
    if (this.state === 'connecting') await this.#first.promise;
    if (!this.#client) throw new MailError('connection-closed');
    return this.#client.call(name, request, options);
  }

  on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): Disposable {
    const listening: Listening = {
      name,
      listener: (payload) => listener(payload as PayloadOf<N>),
      attached: null,
    };
    this.#listening.add(listening);
    this.#attach(listening);
    return toDisposable(() => {
      this.#listening.delete(listening);
      listening.attached?.[Symbol.dispose]();
    });
  }

  #attach(listening: Listening): void {
    listening.attached = this.#client?.on(listening.name, listening.listener) ?? null;
  }

  async #connect(): Promise<void> {
    this.#opening = true;
    try {
      const client = await this.#open();
      if (this.#disposed) {
        client[Symbol.dispose]();
        return;
      }
      this.#client = client;
      this.#delay = firstDelayMs;
      for (const listening of this.#listening) this.#attach(listening);
      const again = this.state === 'offline';
      this.state = 'online';
      this.#first.resolve();
      client.onClose(() => this.#lost());
      if (again) for (const listener of [...this.#onReconnect]) listener();
    } catch (error) {
      if (error instanceof SessionRefused) {
        this.state = 'refused';
        this.#first.reject(new MailError('not-permitted'));
      } else this.#lost();
    } finally {
      this.#opening = false;
    }
  }

  #lost(): void {
    if (this.#disposed) return;
    this.#client = null;
    for (const listening of this.#listening) listening.attached = null;
    this.state = 'offline';
    this.#first.reject(new MailError('connection-closed'));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), this.#delay);
    this.#delay = Math.min(longestDelayMs, this.#delay * 2);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#client?.[Symbol.dispose]();
  }
}
