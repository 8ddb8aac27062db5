/** One open mail as it is shown: sanitised once, its pictures as far as they are wanted and there, its quote folded or not. */
import type { EngineClient, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import { beginningOf } from '#shared/domain/htmlBeginning.ts';
import type { AttachmentRow, MessageContent } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import type { FrameContent } from './frameDocument.ts';
import { pictureData } from './pictures.ts';
import { maxShown, renderPlainText } from './plainText.ts';
import { findTrailingQuote, withoutQuote } from './quotes.ts';
import { sanitising } from './sanitise.ts';
import type { SanitisedMail, SanitiseWords } from './sanitise.ts';
import { begin, inSlices, letOthersRun } from './slices.ts';

/** So many pictures are fetched at once. */
const lanes = 6;
/** All that one mail may bring into the document. */
const largestTotal = 60_000_000;

export class MailView implements Disposable {
  /** null: plain text, or HTML that is too deep or too large. */
  html = $state.raw<SanitisedMail | null>(null);
  /** A large mail takes more than a moment until it can be shown; what is shown then is nothing yet, or its beginning still. */
  preparing = $state(false);
  /** Its HTML is very long: its beginning is shown until all of it is asked for. */
  #htmlClipped = $state(false);
  /** So is its text. */
  #textClipped = $state(false);
  /** There is HTML, and it cannot be shown as sent. */
  simplified = $state(false);
  /** All of it was asked for, and is too much to be shown as sent. */
  unshowable = $state(false);
  readonly message: MessageContent;
  /** The person's wish for plain text, set by the reader. */
  plain = $state(false);
  withQuote = $state(false);
  /** May pictures be fetched from outside? */
  consented = $state(false);
  remote = $state.raw<ReadonlyMap<number, string>>(new Map());
  parts = $state.raw<ReadonlyMap<number, string>>(new Map());
  /** Pictures from outside that are still on their way, and those that did not come. */
  loading = $state(0);
  failed = $state(0);
  readonly #client: EngineClient;
  readonly #controller = new AbortController();
  #textOf = $state.raw<string | null>(null);
  #bytes = 0;
  /** Resolves when what is shown first is there, or nobody waits for it any more. */
  readonly ready: Promise<void>;

  readonly #words: SanitiseWords;
  readonly #quoteInHtml = $derived.by(() => this.html !== null && findTrailingQuote(this.html.body) !== null);
  readonly showsHtml: boolean = $derived.by(() => this.html !== null && !this.plain);
  /** Nothing can be shown yet. */
  readonly awaited: boolean = $derived.by(
    () => this.preparing && this.html === null && !(this.plain && this.#textOf !== null),
  );
  /** What is shown is the beginning of it. */
  readonly clipped: boolean = $derived.by(() => (this.showsHtml ? this.#htmlClipped : this.#textClipped));
  readonly #text = $derived.by(() =>
    this.showsHtml || this.awaited
      ? null
      : renderPlainText(this.#textOf ?? '', { withQuote: this.withQuote }),
  );
  /** Is there a quote at the end that is (or can be) folded away? */
  readonly foldable: boolean = $derived.by(() =>
    this.showsHtml ? this.#quoteInHtml : (this.#text?.quoted ?? false),
  );
  readonly content: FrameContent = $derived.by(() => {
    if (this.html !== null && !this.plain) {
      const { body, bodyStyle, sheet } = this.html;
      return {
        kind: 'html',
        body: this.#quoteInHtml && !this.withQuote ? withoutQuote(body) : body,
        bodyStyle,
        sheet,
      };
    }
    return { kind: 'text', body: this.#text?.body ?? document.implementation.createHTMLDocument('').body };
  });

  /** @param options.whole also what is very long, at once: for paper, say */
  constructor(client: EngineClient, message: MessageContent, t: Translate, { whole = false } = {}) {
    this.#client = client;
    this.message = message;
    this.#words = {
      leadsTo: (host) => t('reader.link.mismatch', { host }),
      leadsNowhere: t('leave.unsafe'),
    };
    // Of a mail from the store the engine hands over the beginning; a file is there as a whole.
    const beginning = message.html === null || whole ? null : beginningOf(message.html);
    const html = beginning ?? message.html;
    this.#textOf = message.text;
    this.#textClipped = message.textGoesOn === true;
    const goesOn = beginning !== null || message.htmlGoesOn === true;
    if (html === null) {
      this.ready = Promise.resolve();
      return;
    }
    const begun = begin(sanitising(html, this.#words), { signal: this.#controller.signal });
    if (begun.done) {
      this.#show(begun.value, goesOn);
      this.ready = Promise.resolve();
    } else {
      this.preparing = true;
      this.ready = this.#showWhenDone(begun.rest, goesOn);
    }
  }

  async #showWhenDone(rest: Promise<SanitisedMail | null>, goesOn: boolean): Promise<void> {
    try {
      this.#show(await rest, goesOn);
      this.preparing = false;
    } catch (error) {
      if (!this.#controller.signal.aborted) throw error;
    }
  }

  #show(html: SanitisedMail | null, goesOn: boolean): void {
    this.html = html;
    this.#htmlClipped = html !== null && goesOn;
    this.simplified = html === null;
    this.#textOf ??= html?.body.textContent ?? null;
    if (html) void this.#loadParts(html.parts);
  }

  /** Something from outside was left out and can be asked for. */
  get blocked(): boolean {
    return this.showsHtml && !this.consented && (this.html?.remote.length ?? 0) > 0;
  }

  get empty(): boolean {
    return !this.awaited && this.html === null && (this.#textOf ?? '').trim() === '';
  }

  /** The rest of a very long mail as well: as sent, or where that would be too much its text, or where it has none its beginning still. */
  async showWhole(): Promise<void> {
    if (this.preparing) return;
    this.preparing = true;
    const { signal } = this.#controller;
    try {
      const wanted = this.#htmlClipped ? this.message : { ...this.message, htmlGoesOn: false };
      const { html, text } = await wholeMessage(this.#client, wanted, { signal, shown: true });
      const clean = this.#htmlClipped && html !== null;
      const whole = clean ? await inSlices(sanitising(html, this.#words), { signal }) : null;
      // The last of it has just been taken in.
      await letOthersRun();
      this.#textOf = text ?? this.#textOf;
      this.#textClipped = false;
      if (!this.#htmlClipped) return;
      if (whole !== null) this.#replace(whole);
      else if (text === null) this.unshowable = true;
      else {
        this.simplified = true;
        this.html = null;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.preparing = false;
    }
  }

  #replace(whole: SanitisedMail): void {
    this.#show(whole, false);
    if (!this.consented) return;
    this.consented = false;
    void this.loadRemote();
  }

  /** The reader wants the pictures of this mail: each is fetched once, by the engine (H07). */
  async loadRemote(): Promise<void> {
    const { html } = this;
    if (this.consented || !html) return;
    this.consented = true;
    this.loading = html.remote.length;
    const found = new Map<number, string>();
    await this.#inLanes(html.remote, async (url, number) => {
      const { content } = await this.#client.call(
        'remote.image',
        { url },
        { signal: this.#controller.signal },
      );
      const data = await this.#take(content);
      if (data === null) this.failed += 1;
      else found.set(number, data);
    });
    if (this.#controller.signal.aborted) return;
    this.remote = found;
    this.loading = 0;
  }

  async #loadParts(ids: readonly string[]): Promise<void> {
    const found = new Map<number, string>();
    await this.#inLanes(ids, async (id, number) => {
      const part = partFor(id, this.message.attachments);
      if (!part) return;
      const { content } = await this.#client.call(
        'messages.attachment',
        { id: this.message.id, folderId: this.message.folderId, part: part.id },
        { signal: this.#controller.signal },
      );
      const data = await this.#take(content);
      if (data !== null) found.set(number, data);
    });
    if (found.size > 0 && !this.#controller.signal.aborted) this.parts = found;
  }

  async #take(content: Uint8Array): Promise<string | null> {
    if (this.#bytes + content.byteLength > largestTotal) return null;
    this.#bytes += content.byteLength;
    return pictureData(content);
  }

  /** A picture that does not come leaves the others to come. */
  async #inLanes<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < items.length && !this.#controller.signal.aborted) {
        const index = next;
        next += 1;
        try {
          await work(items[index] as T, index);
        } catch {
          this.failed += 1;
        }
        if (this.loading > 0) this.loading -= 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  }

  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}

/**
 * All of a message of which the engine handed over the beginning. What is too much to be shown as sent is not even asked for: its text stands
 * for it. `shown`: of that text no more than is ever shown.
 */
export async function wholeMessage(
  client: EngineClient,
  message: MessageContent,
  { signal, shown = false }: { signal?: AbortSignal; shown?: boolean } = {},
): Promise<MessageContent> {
  const { id, folderId, htmlGoesOn, textGoesOn, htmlTooMuch } = message;
  const all = async (of: 'text' | 'html', enough: number): Promise<string> => {
    let text = '';
    let from: number | null = 0;
    while (from !== null && text.length < enough) {
      const request: RequestOf<'messages.piece'> = { id, folderId, of, from };
      const answer: ResponseOf<'messages.piece'> = await client.call(
        'messages.piece',
        request,
        signal ? { signal } : {},
      );
      text += answer.piece;
      from = answer.next;
    }
    return text;
  };
  const html = htmlTooMuch === true ? null : htmlGoesOn === true ? await all('html', Infinity) : message.html;
  const text = textGoesOn === true ? await all('text', shown ? maxShown : Infinity) : message.text;
  return { ...message, html, text };
}

/** Only a part of this mail that says it is a picture; of two with one Content-ID the first (H17). */
export function partFor(contentId: string, attachments: readonly AttachmentRow[]): AttachmentRow | undefined {
  const bare = (id: string): string => id.trim().replace(/^<|>$/g, '');
  return attachments.find(
    (part) =>
      part.contentId !== null &&
      bare(part.contentId) === bare(contentId) &&
      /^image\/(?!svg)/i.test(part.contentType),
  );
}
