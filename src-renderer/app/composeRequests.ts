/** Wishes to write a mail, from wherever they come (a button, a shortcut, a mailto: link), brought to the composer. */
import { Emitter } from '#shared/base/emitter.ts';
import type { DraftContent } from '#shared/contract/compose.ts';
import type { AccountId, DraftId } from '#shared/domain/ids.ts';
import type { MessageContent, MessageRow } from '#shared/domain/message.ts';

export type ComposeRequest =
  | { readonly kind: 'new'; readonly accountId?: AccountId; readonly content?: Partial<DraftContent> }
  | {
      readonly kind: 'reply' | 'reply-all' | 'forward';
      readonly message: MessageContent;
      /** What was visible of the mail, sanitised (H15, H19); null: quote its text. */
      readonly quoteHtml: string | null;
    }
  /** To a mail that no account has: its beginning is made already. With `files` it is its forward, which takes them along. */
  | {
      readonly kind: 'answer';
      readonly accountId?: AccountId;
      readonly content: Partial<DraftContent>;
      readonly files?: readonly File[];
    }
  /** A mail of a Drafts folder. */
  | { readonly kind: 'edit'; readonly row: MessageRow }
  | { readonly kind: 'draft'; readonly draftId: DraftId };

/** The mails that are being written, before the window goes: how many, and whether each is safe on the disk. */
export interface KeptWritings {
  readonly count: number;
  readonly safe: boolean;
}

export class ComposeRequests implements Disposable {
  readonly #requests: Emitter<ComposeRequest>;
  #keep: () => Promise<KeptWritings> = () => Promise.resolve({ count: 0, safe: true });

  constructor(report: (error: unknown) => void) {
    this.#requests = new Emitter(report);
  }

  open(request: ComposeRequest): void {
    this.#requests.emit(request);
  }

  on(listener: (request: ComposeRequest) => void): Disposable {
    return this.#requests.on(listener);
  }

  /** Who has the mails that are being written. */
  keptBy(keep: () => Promise<KeptWritings>): void {
    this.#keep = keep;
  }

  /** Saves what is being written. */
  keepAll(): Promise<KeptWritings> {
    return this.#keep();
  }

  [Symbol.dispose](): void {
    this.#requests[Symbol.dispose]();
  }
}
