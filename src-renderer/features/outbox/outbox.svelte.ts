/** The mails on their way out, as the engine lists them; kept fresh by its events. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { OutboxRow } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { OutboxId } from '#shared/domain/ids.ts';
import type { MailError, MailErrorCode } from '#shared/errors/MailError.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

/** What stays on the list until a person or the server has settled it. */
const open: ReadonlySet<OutboxRow['state']> = new Set([
  'waiting',
  'sending',
  'retrying',
  'uncertain',
  'failed',
]);

export function isOpen({ state }: OutboxRow): boolean {
  return open.has(state);
}

/** Copies that still have to be made, or failed: the mail is out and its row not yet done. */
export function hasOpenCopies({ state, sentCopy, archive }: OutboxRow): boolean {
  return (
    state === 'sent' &&
    (sentCopy.state === 'pending' ||
      sentCopy.state === 'failed' ||
      archive === 'pending' ||
      archive === 'failed')
  );
}

export class Outbox implements Disposable {
  entries = $state.raw<readonly OutboxRow[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<MailError | null>(null);
  showFinished = $state(false);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();
  /** How many have not gone out: shown in the folder tree. */
  readonly waiting = $derived.by(() => this.entries.filter(isOpen).length);
  readonly shown: readonly OutboxRow[] = $derived.by(() =>
    this.entries
      .filter((row) => this.showFinished || isOpen(row) || hasOpenCopies(row))
      // What needs a person stands first, then what goes out next.
      .toSorted((a, b) => rank(a) - rank(b) || dueAt(a) - dueAt(b) || b.createdAt - a.createdAt),
  );

  constructor(client: EngineClient, changes: ChangeFeed) {
    this.#client = client;
    this.#owned.add(
      changes.on((batch) => {
        if (batch.outbox || batch.accounts) void this.load();
      }),
    );
    this.#owned.add(client.on('outbox.changed', (row) => this.#take(row)));
  }

  async load(): Promise<void> {
    const includeFinished = this.showFinished;
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('outbox.list', { includeFinished }, { signal }),
    );
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      if (this.phase === 'loading') this.phase = 'failed';
      this.error = outcome.error;
      return;
    }
    this.entries = outcome.value.entries;
    this.error = null;
    this.phase = 'ready';
  }

  setShowFinished(shown: boolean): void {
    this.showFinished = shown;
    void this.load();
  }

  /** Now, instead of when it is due. For an uncertain one: a person decided after looking. */
  async retry(id: OutboxId): Promise<void> {
    this.#take(await this.#client.call('outbox.retry', { id }));
  }

  async confirmSent(id: OutboxId): Promise<void> {
    this.#take(await this.#client.call('outbox.confirmSent', { id }));
  }

  #take(row: OutboxRow): void {
    const known = this.entries.some(({ id }) => id === row.id);
    this.entries = known
      ? this.entries.map((other) => (other.id === row.id ? row : other))
      : [row, ...this.entries];
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}

/** Nothing is wrong with such a mail or its account: the way to the server is not there at the moment. */
const onTheWay: ReadonlySet<string> = new Set<MailErrorCode>([
  'host-not-found',
  'dns-failed',
  'connection-refused',
  'connection-timeout',
  'connection-closed',
  'network-unreachable',
  'greeting-timeout',
  'deadline-exceeded',
]);

/** Does it wait for nothing but its server, to be tried again by itself? */
export function waitsForServer({ state, error }: OutboxRow): boolean {
  return state === 'retrying' && error !== null && onTheWay.has(error.code);
}

function rank({ state }: OutboxRow): number {
  if (state === 'failed' || state === 'uncertain') return 0;
  if (state === 'sending') return 1;
  return state === 'retrying' || state === 'waiting' ? 2 : 3;
}

function dueAt(row: OutboxRow): number {
  if (row.state === 'retrying') return row.nextAttempt ?? row.sendAt;
  return row.state === 'waiting' ? row.sendAt : 0;
}
