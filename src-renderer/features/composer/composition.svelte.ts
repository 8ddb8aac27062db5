/** One mail being written: its fields, its text, its attachments, and the draft that keeps it safe. */
import type { Draft, DraftContent, OutboxRow } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId, DraftId, MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { asMailError } from '../../client/latest.ts';
import { AddressField } from './addressField.svelte.ts';
import { oneLine } from './addressList.ts';
import { Attachments } from './attachments.svelte.ts';
import { Autosave } from './autosave.svelte.ts';
import { htmlToText, textToHtml, unwrapBody, wrapBody } from './bodyText.ts';
import { guardsOf, type Guard } from './guards.ts';
import { signatureText, swapSignatureText, withSignature, type SignaturePlace } from './signature.ts';
import type { Signature } from '#shared/contract/writing.ts';

export type CompositionKind = 'new' | 'reply' | 'forward' | 'draft';
export type Arrangement = 'docked' | 'minimised' | 'enlarged';
export type RecipientField = 'to' | 'cc' | 'bcc' | 'replyTo';
export const recipientFields: readonly RecipientField[] = ['to', 'cc', 'bcc', 'replyTo'];

/** What the editor holds; asked for when it is saved, not at each key. */
export interface BodyReader {
  /** HTML with pictures as `cid:`, or plain text, by the composition's format. */
  read(): string;
  /**
   * The signature gives way to another, or to none. False: it is not there as it was put
   * in, and stays.
   */
  swapSignature(before: Signature, after: Signature | null): boolean;
  /** At the caret. */
  insert(content: { readonly html: string; readonly text: string }): void;
}

export interface Signing {
  readonly signature: Signature | null;
  readonly place: SignaturePlace;
  /** The text is written above the quote. */
  readonly answerAbove: boolean;
}

export interface CompositionStart {
  readonly kind: CompositionKind;
  readonly accountId: AccountId;
  readonly draft: Draft | null;
  readonly content?: Partial<DraftContent>;
  readonly format: 'html' | 'plain';
  /** How it is signed: put into the text of a mail that is begun; a draft has it in its text already. */
  readonly signing?: Signing;
  /** Told when the engine has a draft for it. */
  readonly onDraft?: () => void;
}

/** Where the caret goes when the composer opens. */
export type FirstFocus = 'to' | 'subject' | 'body';

export class Composition implements Disposable {
  readonly key: number;
  readonly kind: CompositionKind;
  readonly to: AddressField;
  readonly cc: AddressField;
  readonly bcc: AddressField;
  readonly replyTo: AddressField;
  readonly attachments: Attachments;
  readonly autosave: Autosave;
  accountId = $state.raw<AccountId>('' as AccountId);
  /** Who it is from; null: the account's own name and address. */
  identity = $state.raw<string | null>(null);
  /** What the server of the sender takes at most, in bytes; null: not known. */
  sizeLimit = $state.raw<number | null>(null);
  draftId = $state.raw<DraftId | null>(null);
  subject = $state('');
  format = $state<'html' | 'plain'>('html');
  arrangement = $state<Arrangement>('docked');
  showReplyTo = $state(false);
  sending = $state(false);
  /** Did a person change anything? An answer that was only opened leaves nothing behind. */
  edited = $state(false);
  /** It was tried to send it without any recipient. */
  wantsRecipient = $state(false);
  /** Why it was not sent, in codes; cleared by the next attempt. */
  failure = $state.raw<MailError | null>(null);
  /** The same by recipient, where the server judged each. */
  refused = $state.raw<readonly { readonly address: string; readonly response: string }[]>([]);
  /** Raised when the text was replaced from outside: the editor takes it anew. */
  bodyRevision = $state(0);
  readonly #client: EngineClient;
  readonly #start: CompositionStart;
  #body: string;
  #reader: BodyReader | null = null;
  #creating: Promise<DraftId> | null = null;
  /** As it was put in; null: there is none, or it was left as somebody changed it. */
  #signature: Signature | null = null;
  readonly #awaited = new Set<Promise<unknown>>();
  readonly title = $derived.by(() => this.subject.trim());

  constructor(client: EngineClient, key: number, start: CompositionStart) {
    const content = start.draft?.content ?? start.content ?? {};
    const changed = (): void => this.#edited();
    this.#client = client;
    this.#start = start;
    this.key = key;
    this.kind = start.kind;
    this.accountId = start.accountId;
    this.identity = content.identity ?? null;
    this.draftId = start.draft?.id ?? null;
    this.to = new AddressField(content.to ?? '', changed);
    this.cc = new AddressField(content.cc ?? '', changed);
    this.bcc = new AddressField(content.bcc ?? '', changed);
    this.replyTo = new AddressField(content.replyTo ?? '', changed);
    this.showReplyTo = !this.replyTo.isEmpty;
    this.subject = content.subject ?? '';
    const html = content.html ?? null;
    // A draft stays in the form in which it was written; a new one follows the setting.
    this.format = start.draft && start.kind === 'draft' ? (html === null ? 'plain' : 'html') : start.format;
    const text = content.text ?? '';
    if (this.format === 'html') this.#body = html === null ? textToHtml(text) : unwrapBody(html);
    else this.#body = text !== '' || html === null ? text : htmlToText(html);
    this.#signature = start.signing?.signature ?? null;
    if (start.signing && this.#signature !== null && start.kind !== 'draft') {
      const { place, answerAbove } = start.signing;
      this.#body = withSignature(this.#body, this.#signature, this.format, place, answerAbove);
    }
    this.attachments = new Attachments(client, () => this.ensureDraft());
    this.attachments.load(start.draft?.attachments ?? []);
    this.autosave = new Autosave(() => this.#save());
    if (start.draft) this.autosave.markSaved(start.draft.updatedAt);
    else if (!this.isEmpty) this.autosave.touch();
  }

  get related(): { messageId: MessageId; kind: 'reply' | 'forward' } | null {
    return this.#start.draft?.content.related ?? this.#start.content?.related ?? null;
  }

  get firstFocus(): FirstFocus {
    if (this.to.isEmpty) return 'to';
    return this.subject.trim() === '' ? 'subject' : 'body';
  }

  field(name: RecipientField): AddressField {
    return this[name];
  }

  /** Everybody it goes to, as far as they stand in the fields. */
  get recipients(): string[] {
    return [...new Set([...this.to.addresses, ...this.cc.addresses, ...this.bcc.addresses])];
  }

  /** Nothing that anybody would miss. */
  get isEmpty(): boolean {
    return (
      recipientFields.every((name) => this.field(name).isEmpty) &&
      this.subject.trim() === '' &&
      this.attachments.entries.length === 0 &&
      this.#ownText === '' &&
      !/<img\b/i.test(this.format === 'html' ? this.body() : '')
    );
  }

  /** The text without a signature that nobody wrote for this mail. */
  get #ownText(): string {
    const text = this.plainText().trim();
    const signature = this.#signature === null ? '' : signatureText(this.#signature).trim();
    return text === signature ? '' : text;
  }

  get hasProblem(): boolean {
    return recipientFields.some((name) => this.field(name).problem !== null);
  }

  setSubject(subject: string): void {
    this.subject = oneLine(subject).slice(0, 2000);
    this.#edited();
  }

  /**
   * From another account or identity; its signature takes the place of the one before. False: that was changed by hand, and stays.
   */
  setSender(accountId: AccountId, identity: string | null, signature: Signature | null): boolean {
    this.accountId = accountId;
    this.identity = identity;
    this.#edited();
    return this.#swapSignature(signature) || this.kind === 'draft';
  }

  #swapSignature(after: Signature | null): boolean {
    const before = this.#signature;
    if (before === null && after === null) return true;
    if (before === null) {
      // There was none: the new one stands at the end of what is written, before a quote where that is its place.
      if (after === null || this.kind === 'draft') return true;
      const { place = 'above-quote', answerAbove = false } = this.#start.signing ?? {};
      this.#replaceBody(withSignature(this.body(), after, this.format, place, answerAbove));
      this.#signature = after;
      return true;
    }
    if (this.#reader) {
      if (!this.#reader.swapSignature(before, after)) return false;
    } else if (this.format === 'plain') {
      const swap = swapSignatureText(this.#body, before, after);
      if (swap.kind === 'kept') return false;
      this.#body = swap.body;
    } else return false;
    this.#signature = after;
    return true;
  }

  /** The editor takes the text anew. */
  #replaceBody(body: string): void {
    this.#reader = null;
    this.#body = body;
    this.bodyRevision += 1;
  }

  /** At the caret; an empty subject takes the template's. */
  insertTemplate({ html, text, subject }: { html: string | null; text: string; subject: string }): void {
    if (this.subject.trim() === '' && subject !== '') this.setSubject(subject);
    this.#reader?.insert({ html: html ?? textToHtml(text), text });
    this.#edited();
  }

  /** The editor is there: from now on it is asked for the text. Gives back the text to begin with. */
  attachReader(reader: BodyReader): Disposable {
    this.#reader = reader;
    return {
      [Symbol.dispose]: () => {
        if (this.#reader !== reader) return;
        this.#body = reader.read();
        this.#reader = null;
      },
    };
  }

  /** The text as it stands: HTML or plain text by the format. */
  body(): string {
    if (this.#reader) this.#body = this.#reader.read();
    return this.#body;
  }

  plainText(): string {
    return this.format === 'html' ? htmlToText(this.body()) : this.body();
  }

  /** Sending waits for this: it changes the text when it ends. */
  waitFor(work: Promise<unknown>): void {
    this.#awaited.add(work);
    void work.then(
      () => this.#awaited.delete(work),
      () => this.#awaited.delete(work),
    );
  }

  bodyEdited(): void {
    this.#edited();
  }

  setFormat(format: 'html' | 'plain'): void {
    if (format === this.format) return;
    const body = this.body();
    // The editor of the other form goes; what it holds was read just now.
    this.format = format;
    this.#replaceBody(format === 'plain' ? htmlToText(body) : textToHtml(body));
    this.#edited();
  }

  content(): DraftContent {
    const body = this.body();
    const before = this.#start.draft?.content ?? this.#start.content;
    return {
      to: this.to.value,
      cc: this.cc.value,
      bcc: this.bcc.value,
      replyTo: this.replyTo.value,
      identity: this.identity,
      subject: this.subject.trim(),
      text: this.format === 'html' ? htmlToText(body) : body,
      html: this.format === 'html' ? wrapBody(body) : null,
      inReplyTo: before?.inReplyTo ?? null,
      references: [...(before?.references ?? [])],
      related: before?.related ?? null,
    };
  }

  /** The draft in the engine, made when there is something to keep. */
  ensureDraft(): Promise<DraftId> {
    if (this.draftId !== null) return Promise.resolve(this.draftId);
    this.#creating ??= this.#client
      .call('drafts.create', { accountId: this.accountId, content: this.content() })
      .then(({ id }) => {
        this.draftId = id;
        this.#start.onDraft?.();
        return id;
      })
      .finally(() => {
        this.#creating = null;
      });
    return this.#creating;
  }

  /** With the third that base64 adds to attachments, its line ends, and room for headers. */
  get bytesOnTheWay(): number {
    const text = this.plainText().length * 2 + (this.format === 'html' ? this.body().length * 1.1 : 0);
    return Math.ceil(this.attachments.totalBytes * (4 / 3) * (78 / 76) + text + 4_000);
  }

  /** What has to be asked before it goes out. */
  guards(): Guard[] {
    return guardsOf({
      subject: this.subject,
      text: this.plainText(),
      attachments: this.attachments.listed.length,
      visibleRecipients: new Set([...this.to.addresses, ...this.cc.addresses]).size,
      bytes: this.bytesOnTheWay,
      limit: this.sizeLimit,
    });
  }

  /** Sending waits for this: whom a pill means may still be being asked. */
  async recipientsKnown(): Promise<void> {
    for (const name of recipientFields) if (this.field(name).asking) await this.field(name).settled();
  }

  /** Takes over what stands in the recipient fields; the first field that keeps the mail from going out, or null. */
  judgeRecipients(): RecipientField | null {
    for (const name of recipientFields) this.field(name).commit();
    const wrong = recipientFields.find((name) => this.field(name).problem !== null);
    if (wrong) return wrong;
    this.wantsRecipient = this.recipients.length === 0;
    return this.wantsRecipient ? 'to' : null;
  }

  /**
   * Hands the draft to the outbox. Everything is on the disk first; where that or the outbox refuses, the mail stays open with the
   * reason. Errors: what `drafts.save` and `outbox.send` throw.
   */
  async send(options: { undoSeconds: number; sendAt: number | null }): Promise<OutboxRow> {
    this.sending = true;
    this.failure = null;
    this.refused = [];
    try {
      await Promise.allSettled(this.#awaited);
      if (this.format === 'html') await this.attachments.removeUnshown(this.body());
      const draftId = await this.ensureDraft();
      this.autosave.touch();
      if (!(await this.autosave.flush())) throw this.autosave.error ?? new MailError('internal');
      const row = await this.#client.call('outbox.send', { draftId, ...options });
      await this.autosave.stop();
      return row;
    } catch (error) {
      this.failure = asMailError(error);
      throw this.failure;
    } finally {
      this.sending = false;
    }
  }

  /** Throws away the draft with everything in it. */
  async discard(): Promise<void> {
    await this.autosave.stop();
    if (this.#creating) await this.#creating.catch(() => undefined);
    if (this.draftId === null) return;
    try {
      await this.#client.call('drafts.discard', { id: this.draftId });
    } catch (error) {
      if (asMailError(error).code === 'not-found') return;
      this.autosave.resume();
      throw error;
    }
  }

  #edited(): void {
    this.edited = true;
    this.wantsRecipient = false;
    this.autosave.touch();
  }

  /**
   * Made first where there is no draft yet, and then saved all the same: to the engine a draft that was only made is one that nobody wrote
   * in, and it takes no copy of it to the server.
   */
  async #save(): Promise<void> {
    try {
      await this.#write(await this.ensureDraft());
    } catch (error) {
      // Discarded in another window while it was open here: what is written here is not lost with it.
      if (asMailError(error).code !== 'not-found' || this.draftId === null) throw error;
      this.draftId = null;
      await this.#write(await this.ensureDraft());
    }
  }

  async #write(id: DraftId): Promise<void> {
    await this.#client.call('drafts.save', { id, accountId: this.accountId, content: this.content() });
  }

  [Symbol.dispose](): void {
    this.autosave[Symbol.dispose]();
    this.attachments[Symbol.dispose]();
  }
}
