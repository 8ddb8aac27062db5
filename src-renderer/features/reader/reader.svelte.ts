/** The open message: fetched when it is shown, marked as read after a moment, and let go when it goes. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageContent, MessageRow } from '#shared/domain/message.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { Latest } from '../../client/latest.ts';
import { refOf, rowKey } from '../list/rows.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';

/** Moving fast through a list opens nothing on the way. */
const restMs = 120;
/** Longer than this without an answer, and the reader says that it loads. */
const patienceMs = 150;

export class Reader implements Disposable {
  /** The row that is open, as it was when it was opened. */
  row = $state.raw<MessageRow | null>(null);
  content = $state.raw<MessageContent | null>(null);
  phase = $state<'none' | 'loading' | 'ready' | 'failed'>('none');
  error = $state.raw<MailError | null>(null);
  /** The answer takes its time: show that something happens. */
  slow = $state(false);
  plainText = $state(false);
  readonly #client: EngineClient;
  readonly #preferences: Preferences;
  readonly #markSeen: (row: MessageRow) => void;
  readonly #latest = new Latest();
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #seenTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param markSeen called when a message was open long enough to count as read */
  constructor(client: EngineClient, preferences: Preferences, markSeen: (row: MessageRow) => void) {
    this.#client = client;
    this.#preferences = preferences;
    this.#markSeen = markSeen;
  }

  /** Opens `row`; with `rest`, only if nothing else is opened within a moment. */
  open(row: MessageRow, { rest = false } = {}): void {
    if (this.row && rowKey(this.row) === rowKey(row) && this.phase !== 'failed') return;
    this.#stop();
    this.row = row;
    this.plainText = false;
    this.error = null;
    this.phase = 'loading';
    this.slow = false;
    this.#slowTimer = setTimeout(() => {
      this.slow = true;
    }, patienceMs);
    if (rest) this.#openTimer = setTimeout(() => void this.#load(row), restMs);
    else void this.#load(row);
  }

  close(): void {
    this.#stop();
    this.row = null;
    this.content = null;
    this.error = null;
    this.phase = 'none';
  }

  retry(): void {
    const { row } = this;
    if (!row) return;
    this.phase = 'failed';
    this.open(row);
  }

  /** The user marked it as unread: it stays so until it is opened again. */
  keepUnread(): void {
    clearTimeout(this.#seenTimer);
  }

  async #load(row: MessageRow): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('messages.get', refOf(row), { signal }),
    );
    if (outcome.kind === 'superseded') return;
    clearTimeout(this.#slowTimer);
    this.slow = false;
    if (outcome.kind === 'failed') {
      this.content = null;
      this.error = outcome.error;
      this.phase = 'failed';
      return;
    }
    this.content = outcome.value;
    this.phase = 'ready';
    if (!row.flags.seen) {
      this.#seenTimer = setTimeout(() => this.#markSeen(row), this.#preferences.values.markReadAfterMs);
    }
  }

  #stop(): void {
    this.#latest.cancel();
    clearTimeout(this.#openTimer);
    clearTimeout(this.#slowTimer);
    clearTimeout(this.#seenTimer);
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
