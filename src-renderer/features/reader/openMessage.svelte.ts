/** One message of what is open: a line until it is expanded, then with its content, and read once it was seen for a while. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { MessageContent, MessageRow } from '#shared/domain/message.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { Latest } from '../../client/latest.ts';
import { isUnread } from '../group/groupMark.ts';

export interface OpenMessageParts {
  readonly client: EngineClient;
  /** How long a message must be seen to count as read. */
  readonly markReadAfterMs: () => number;
  readonly markSeen: (row: MessageRow) => void;
}

export class OpenMessage implements Disposable {
  readonly id: MessageId;
  /** The message itself, with its own flags, in the folder where it is shown. */
  row: MessageRow = $state.raw() as MessageRow;
  expanded = $state(false);
  content = $state.raw<MessageContent | null>(null);
  phase = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  error = $state.raw<MailError | null>(null);
  plainText = $state(false);
  readonly #parts: OpenMessageParts;
  readonly #latest = new Latest();
  #inView = false;
  #kept = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: OpenMessageParts, row: MessageRow, expanded: boolean) {
    this.#parts = parts;
    this.id = row.id;
    this.row = row;
    this.expanded = expanded;
  }

  /** Fetches the content, once; after a failure again. */
  async load(): Promise<void> {
    if (this.phase === 'loading' || this.phase === 'ready') return;
    this.phase = 'loading';
    this.error = null;
    const { id, folderId } = this.row;
    const outcome = await this.#latest.run((signal) =>
      this.#parts.client.call('messages.get', { id, folderId, beginning: true }, { signal }),
    );
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'done') this.take(outcome.value);
    else {
      this.error = outcome.error;
      this.phase = 'failed';
    }
  }

  take(content: MessageContent): void {
    this.content = content;
    this.phase = 'ready';
    this.#watch();
  }

  /** Is (part of) its content in view? */
  look(inView: boolean): void {
    if (inView === this.#inView) return;
    this.#inView = inView;
    this.#watch();
  }

  /** The person marked it as unread: it stays so until it is opened again. */
  keepUnread(): void {
    this.#kept = true;
    clearTimeout(this.#timer);
  }

  /** It is open, and counts as read once it was seen for a while. */
  get willBeRead(): boolean {
    return this.expanded && !this.#kept && isUnread(this.row);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#inView || this.#kept || this.phase !== 'ready' || !isUnread(this.row)) return;
    this.#timer = setTimeout(() => this.#parts.markSeen(this.row), this.#parts.markReadAfterMs());
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#latest[Symbol.dispose]();
  }
}
