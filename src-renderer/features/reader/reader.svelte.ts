/**
 * What is open: one message, or the conversation that a row of the list stands for. The one before stays on screen until the next is
 * there, so that going through a list does not flicker.
 */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { MessageContent, MessageRow } from '#shared/domain/message.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeBatch, ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import { rowKey } from '../list/rows.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';
import { afterRemoval, opensExpanded, startOf, type ConversationOrder } from './conversation.ts';
import { OpenMessage } from './openMessage.svelte.ts';

/** Moving fast through a list opens nothing on the way. */
const restMs = 120;
/** Longer than this without an answer, and the reader says that it loads. */
const patienceMs = 150;
/** While mail streams in, an open conversation is read again no more often than this. */
const refreshMs = 500;
const pageSize = 200;
const largestPage = 500;

interface Loaded {
  readonly rows: readonly MessageRow[];
  readonly next: string | null;
  readonly content: MessageContent;
}

export class Reader implements Disposable {
  /** The row that is open, as it was when it was opened. */
  row = $state.raw<MessageRow | null>(null);
  /** Oldest first. Those of the row before while the next one is loading. */
  messages = $state.raw<readonly OpenMessage[]>([]);
  phase = $state<'none' | 'loading' | 'ready' | 'failed'>('none');
  error = $state.raw<MailError | null>(null);
  /** The answer takes its time: show that something happens. */
  slow = $state(false);
  /** Leads to older messages of the conversation. */
  older = $state<string | null>(null);
  /** The message that was opened last: where reading begins. Another object with each opening. */
  start = $state.raw<OpenMessage | null>(null);
  readonly #client: EngineClient;
  readonly #preferences: Preferences;
  readonly #markSeen: (row: MessageRow) => void;
  readonly #latest = new Latest();
  readonly #refreshing = new Latest();
  readonly #changes: Disposable;
  #current = $state.raw<OpenMessage | null>(null);
  /** What the person marked as unread: it is not read because the program showed it. */
  readonly #keptUnread = new Set<MessageId>();
  #byItself = false;
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param markSeen called when a message was in view long enough to count as read */
  constructor(
    client: EngineClient,
    changes: ChangeFeed,
    preferences: Preferences,
    markSeen: (row: MessageRow) => void,
  ) {
    this.#client = client;
    this.#preferences = preferences;
    this.#markSeen = markSeen;
    this.#changes = changes.on((batch) => this.#take(batch));
  }

  /** The message that commands concern: where reading began, or where the person went to since. */
  get current(): OpenMessage | null {
    return this.phase === 'ready' ? this.#current : null;
  }

  /** Of the message that commands concern. */
  get content(): MessageContent | null {
    return this.current?.content ?? null;
  }

  get plainText(): boolean {
    return this.current?.plainText ?? false;
  }

  set plainText(plain: boolean) {
    if (this.current) this.current.plainText = plain;
  }

  get order(): ConversationOrder {
    return this.#preferences.values.conversationOrder;
  }

  /** In the order of reading. */
  get inOrder(): readonly OpenMessage[] {
    return this.order === 'oldest-first' ? this.messages : [...this.messages].reverse();
  }

  /** Opens `row`; with `rest`, only if nothing else is opened within a moment; `byItself`: no person chose it. */
  open(row: MessageRow, { rest = false, byItself = false } = {}): void {
    if (this.row && rowKey(this.row) === rowKey(row) && this.phase !== 'failed') return;
    this.#stop();
    this.#byItself = byItself;
    this.row = row;
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
    this.#show([], null);
    this.error = null;
    this.phase = 'none';
  }

  retry(): void {
    const { row } = this;
    if (!row) return;
    this.phase = 'failed';
    this.open(row);
  }

  /** The user marked what is open as unread: it stays so until it is opened again. */
  keepUnread(): void {
    for (const message of this.messages) {
      message.keepUnread();
      this.#keptUnread.add(message.id);
    }
  }

  /** It is open, and counts as read in a moment. */
  willBeRead({ id }: Pick<MessageRow, 'id'>): boolean {
    return this.messages.some((message) => message.id === id && message.willBeRead);
  }

  /** Commands concern this message from now on. */
  choose(message: OpenMessage): void {
    if (this.messages.includes(message)) this.#current = message;
  }

  /** The message after (or before) the one that commands concern, in the order of reading; null at the ends. */
  neighbour(step: 1 | -1): OpenMessage | null {
    const { inOrder } = this;
    const at = this.#current ? inOrder.indexOf(this.#current) : -1;
    return inOrder[at + step] ?? null;
  }

  expandAll(expanded: boolean): void {
    for (const message of this.messages) message.expanded = expanded;
  }

  /** Takes messages away that an act took away, before the engine says so. */
  removeAtOnce(ids: ReadonlySet<MessageId>): void {
    if (!this.messages.some(({ id }) => ids.has(id))) return;
    const left = this.messages.filter(({ id }) => !ids.has(id));
    if (left.length === 0) {
      this.close();
      return;
    }
    const next = afterRemoval(this.inOrder, ids, this.#current?.id ?? null);
    if (next !== this.#current && next) next.expanded = true;
    this.#replace(left, next);
  }

  async loadOlder(): Promise<void> {
    const { row, older } = this;
    if (!row || older === null) return;
    const outcome = await this.#refreshing.run((signal) =>
      this.#client.call(
        'messages.conversation',
        { id: row.id, folderId: row.folderId, limit: pageSize, before: older },
        { signal },
      ),
    );
    if (outcome.kind !== 'done') return;
    const known = new Set(this.messages.map(({ id }) => id));
    const fresh = outcome.value.messages.filter(({ id }) => !known.has(id));
    this.older = outcome.value.next;
    this.messages = [...fresh.map((one) => this.#make(one, false)), ...this.messages];
  }

  async #load(row: MessageRow): Promise<void> {
    const outcome = await this.#latest.run((signal) => this.#fetch(row, signal));
    if (outcome.kind === 'superseded') return;
    clearTimeout(this.#slowTimer);
    this.slow = false;
    if (outcome.kind === 'failed') {
      this.#show([], null);
      this.error = outcome.error;
      this.phase = 'failed';
      return;
    }
    const { rows, next, content } = outcome.value;
    const messages = rows.map((one) => this.#make(one, opensExpanded(one, row.id)));
    const start = messages.find(({ id }) => id === content.id) ?? null;
    if (start) start.expanded = true;
    start?.take(content);
    this.older = next;
    this.phase = 'ready';
    this.#show(messages, start);
  }

  async #fetch(row: MessageRow, signal: AbortSignal): Promise<Loaded> {
    const { id, folderId } = row;
    const get = (one: MessageRow): Promise<MessageContent> =>
      this.#client.call('messages.get', { id: one.id, folderId: one.folderId, beginning: true }, { signal });
    if (this.#preferences.values.conversations && row.conversation?.size !== 1) {
      const request = { id, folderId, limit: pageSize };
      const { messages, next } = await this.#client.call('messages.conversation', request, { signal });
      const start = startOf(messages, id, this.order);
      if (start) return { rows: messages, next, content: await get(start) };
    }
    return { rows: [row], next: null, content: await get(row) };
  }

  #make(row: MessageRow, expanded: boolean): OpenMessage {
    const parts = {
      client: this.#client,
      markReadAfterMs: () => this.#preferences.values.markReadAfterMs,
      markSeen: this.#markSeen,
    };
    const message = new OpenMessage(parts, row, expanded);
    if (!this.#byItself) this.#keptUnread.delete(row.id);
    else if (this.#keptUnread.has(row.id)) message.keepUnread();
    return message;
  }

  #show(messages: readonly OpenMessage[], start: OpenMessage | null): void {
    for (const message of this.messages) message[Symbol.dispose]();
    this.messages = messages;
    this.start = start;
    this.#current = start;
  }

  #replace(messages: readonly OpenMessage[], current: OpenMessage | null): void {
    for (const message of this.messages) if (!messages.includes(message)) message[Symbol.dispose]();
    this.messages = messages;
    this.#current = current;
  }

  #take(batch: ChangeBatch): void {
    if (!batch.messages || this.phase !== 'ready' || this.row === null) return;
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      void this.#refresh();
    }, refreshMs);
  }

  /** Takes in what came, went or changed of what is open; what has been expanded stays as it is. */
  async #refresh(): Promise<void> {
    const { row } = this;
    if (!row || this.phase !== 'ready') return;
    const whole = this.#preferences.values.conversations;
    const outcome = await this.#refreshing.run(async (signal) => {
      const { id, folderId } = row;
      if (!whole) return this.#client.call('messages.rows', { refs: [{ id, folderId }] }, { signal });
      const limit = Math.min(largestPage, Math.max(pageSize, this.messages.length));
      return this.#client.call('messages.conversation', { id, folderId, limit }, { signal });
    });
    // What is gone stays on screen until something else is opened, as a sheet of paper would.
    if (outcome.kind !== 'done' || row !== this.row || outcome.value.messages.length === 0) return;
    const { messages: rows } = outcome.value;
    const known = new Map(this.messages.map((message) => [message.id, message]));
    const oldest = rows[0]?.id ?? 0;
    const kept = this.messages.filter(({ id }) => id < oldest);
    const fresh = rows.map((one) => {
      const message = known.get(one.id);
      if (!message) return this.#make(one, false);
      message.row = one;
      return message;
    });
    const next = [...kept, ...fresh];
    const current = this.#current && next.includes(this.#current) ? this.#current : (next.at(-1) ?? null);
    this.#replace(next, current);
  }

  #stop(): void {
    this.#latest.cancel();
    this.#refreshing.cancel();
    clearTimeout(this.#openTimer);
    clearTimeout(this.#slowTimer);
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = undefined;
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#changes[Symbol.dispose]();
    for (const message of this.messages) message[Symbol.dispose]();
  }
}
