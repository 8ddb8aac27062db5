/** All mails that are being written: opening them from wherever the wish comes, arranging them, sending them, and taking them back. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { Draft, DraftContent, OutboxRow } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { Template } from '#shared/contract/writing.ts';
import { DraftId, type AccountId } from '#shared/domain/ids.ts';
import { fromWire, type MailError } from '#shared/errors/MailError.ts';
import type { ComposeRequest, ComposeRequests, KeptWritings } from '../../app/composeRequests.ts';
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import { asMailError } from '../../client/latest.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';
import type { Writing } from '../writing/writing.svelte.ts';
import { Composition, type CompositionKind, type RecipientField } from './composition.svelte.ts';
import { OutgoingMails } from './outgoingMails.ts';
import { askBeforeSending } from './sendQuestions.ts';
import { fillTemplate, placeholderValues } from './templates.ts';

export interface ComposerDeskParts {
  readonly client: EngineClient;
  readonly accounts: Accounts;
  readonly preferences: Preferences;
  readonly writing: Writing;
  readonly announcer: Announcer;
  readonly dialogs: Dialogs;
  readonly compose: ComposeRequests;
  readonly i18n: I18n;
  /** Remembers which drafts are open, for the next start of this window. */
  readonly storage: Storage;
  readonly explain: (error: unknown) => string;
  /** Shows the outbox. */
  readonly goToOutbox: () => void;
  /** Told when the last composer that had the focus went: where the focus goes. */
  readonly giveBackFocus: () => void;
}

/** What the component of a composition is asked to do: put the focus somewhere. */
export type FocusPlace = RecipientField | 'subject' | 'body';

const storageKey = 'postkorb.writing';

export class ComposerDesk implements Disposable {
  /** The newest last; the rightmost on screen. */
  open = $state.raw<readonly Composition[]>([]);
  /** Which one the person works in. */
  active = $state.raw<Composition | null>(null);
  /** A wish of the state to the components; taken once. */
  focusWish = $state.raw<{ readonly composition: Composition; readonly place: FocusPlace } | null>(null);
  /** How many stand side by side; told by the dock as the window changes. */
  room = $state(2);
  readonly #parts: ComposerDeskParts;
  readonly #owned = new DisposableStore();
  readonly #outgoing: OutgoingMails;
  #lastKey = 0;

  constructor(parts: ComposerDeskParts) {
    this.#parts = parts;
    this.#owned.add(parts.compose.on((request) => void this.take(request)));
    parts.compose.keptBy(() => this.keepAll());
    this.#outgoing = this.#owned.add(
      new OutgoingMails({ ...parts, reopen: (id, kind, failed) => this.#reopen(id, kind, failed) }),
    );
  }

  /** Opens what is wished for; failing that, says why. */
  async take(request: ComposeRequest): Promise<void> {
    try {
      await this.#open(request);
    } catch (error) {
      this.#parts.announcer.fail(this.#parts.explain(error));
    }
  }

  /** Reopens what was being written when this window went away. */
  async restore(): Promise<void> {
    const { client, writing } = this.#parts;
    await writing.loaded();
    for (const id of this.#remembered()) {
      try {
        const draft = await client.call('drafts.get', { id });
        this.#show(this.#compose('draft', draft), { focus: false });
      } catch {
        // Sent or discarded meanwhile.
      }
    }
    this.#remember();
  }

  activate(composition: Composition, place?: FocusPlace): void {
    if (composition.arrangement === 'minimised') composition.arrangement = 'docked';
    this.active = composition;
    this.#makeRoom(composition);
    this.focusWish = { composition, place: place ?? composition.firstFocus };
  }

  minimise(composition: Composition): void {
    composition.arrangement = 'minimised';
    if (this.active === composition) this.active = null;
    this.#parts.giveBackFocus();
  }

  enlarge(composition: Composition): void {
    for (const other of this.open) {
      if (other !== composition && other.arrangement === 'enlarged') other.arrangement = 'docked';
    }
    composition.arrangement = 'enlarged';
    this.active = composition;
  }

  dock(composition: Composition): void {
    composition.arrangement = 'docked';
    this.#makeRoom(composition);
  }

  /** Keeps the draft. Stays open where it cannot be saved: what is on screen is then the only copy. */
  async close(composition: Composition): Promise<void> {
    const { announcer, i18n, explain, dialogs } = this.#parts;
    if (!composition.edited && composition.kind !== 'draft') {
      // Nobody wrote anything: an answer that was only looked at leaves no draft behind.
      await this.#discardQuietly(composition);
      return;
    }
    if (composition.isEmpty) {
      await this.#discardQuietly(composition);
      return;
    }
    if (!(await composition.autosave.flush())) {
      const reason = explain(composition.autosave.error);
      const leave = await dialogs.ask({
        title: i18n.t('compose.closeUnsaved.title'),
        text: i18n.t('compose.saveFailed', { reason }),
        confirm: i18n.t('compose.closeUnsaved.confirm'),
        cancel: i18n.t('compose.guard.back'),
        dangerous: true,
      });
      if (!leave) return;
    }
    const { draftId, kind } = composition;
    this.#takeAway(composition);
    if (draftId === null) return;
    announcer.show(i18n.t('compose.kept'), {
      replaces: 'draft-kept',
      action: {
        label: i18n.t('reader.editDraft'),
        run: () => void this.#reopen(draftId, kind === 'new' ? 'draft' : kind),
      },
    });
  }

  async discard(composition: Composition): Promise<void> {
    const { announcer, dialogs, i18n, explain } = this.#parts;
    if (!composition.isEmpty && (composition.edited || composition.kind === 'draft')) {
      const agreed = await dialogs.ask({
        title: i18n.t('compose.discard.title'),
        text: i18n.t('compose.discard.text'),
        confirm: i18n.t('compose.discard'),
        dangerous: true,
      });
      if (!agreed) return;
    }
    try {
      await composition.discard();
      this.#takeAway(composition);
      announcer.say(i18n.t('compose.discarded'));
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  /** Everything that keeps a mail from going out is asked and told first. `sendAt`: ms since 1970; null: now. */
  async send(composition: Composition, sendAt: number | null = null): Promise<void> {
    if (composition.sending || !(await this.mayGoOut(composition))) return;
    await this.sendChecked(composition, sendAt);
  }

  /** After `mayGoOut` agreed. */
  async sendChecked(composition: Composition, sendAt: number | null): Promise<void> {
    const { announcer, i18n, explain, preferences } = this.#parts;
    const { undoSeconds } = preferences.values;
    try {
      const row = await composition.send({ undoSeconds, sendAt });
      const { draftId, kind } = composition;
      this.#takeAway(composition);
      if (draftId !== null)
        this.#outgoing.follow(row, { draftId, kind }, sendAt === null ? undoSeconds : null);
    } catch (error) {
      this.activate(composition, this.#placeOf(asMailError(error)));
      announcer.fail(i18n.t('compose.sendFailed', { reason: explain(error) }));
    }
  }

  /** Recipients, attachments, and the questions; puts the focus on what is missing. */
  async mayGoOut(composition: Composition): Promise<boolean> {
    const { announcer, i18n } = this.#parts;
    await composition.recipientsKnown();
    const wrong = composition.judgeRecipients();
    if (wrong) {
      this.activate(composition, wrong);
      announcer.say(this.problemText(composition, wrong) ?? i18n.t('compose.address.none'));
      return false;
    }
    const back = await askBeforeSending(this.#parts, composition);
    if (back !== null && back !== 'stay') this.activate(composition, back);
    return back === null;
  }

  /** From another account or identity, and signed by it. */
  setSender(composition: Composition, accountId: AccountId, identity: string | null): void {
    const { accounts, announcer, i18n, writing } = this.#parts;
    const signature = writing.identity(accountId, identity)?.signature ?? null;
    composition.sizeLimit = accounts.byId(accountId)?.sizeLimit ?? null;
    if (!composition.setSender(accountId, identity, signature))
      announcer.show(i18n.t('compose.signatureKept'), { replaces: 'signature' });
  }

  /** At the caret, with what the mail says filled in; what it does not say stays marked. */
  insertTemplate(composition: Composition, template: Template): void {
    const { accounts, announcer, i18n, writing } = this.#parts;
    const { accountId, identity, to, subject } = composition;
    to.commit();
    const now = new Date();
    const format = (options: Intl.DateTimeFormatOptions): string =>
      new Intl.DateTimeFormat(i18n.locale, options).format(now);
    const me = writing.identity(accountId, identity)?.name || (accounts.byId(accountId)?.displayName ?? '');
    const filled = fillTemplate(
      template,
      placeholderValues({
        to: to.pills.find(({ address }) => address !== ''),
        subject: subject.trim(),
        me,
        date: format({ dateStyle: 'long' }),
        time: format({ timeStyle: 'short' }),
      }),
    );
    composition.insertTemplate(filled);
    this.activate(composition, 'body');
    if (filled.open.length > 0)
      announcer.show(i18n.t('templates.open.left', { placeholders: filled.open.join(', ') }), {
        replaces: 'templates',
      });
  }

  /** What is wrong with a recipient field, in words; null: nothing, or nobody has finished it yet. */
  problemText(composition: Composition, name: RecipientField): string | null {
    const { i18n } = this.#parts;
    const { judged, problem, isEmpty } = composition.field(name);
    if (!judged) return null;
    if (problem?.kind === 'unclosed') return i18n.t('compose.address.unclosed');
    if (problem) return i18n.t('compose.address.invalid', { text: problem.text });
    if (name === 'to' && isEmpty && composition.wantsRecipient) return i18n.t('compose.address.none');
    return null;
  }

  /** Saves everything at once: the window may be about to go. */
  flushAll(): void {
    for (const { autosave } of this.open) void autosave.flush();
  }

  /** Saves everything and waits for it. */
  async keepAll(): Promise<KeptWritings> {
    const written = this.open.filter(({ isEmpty, edited, kind }) => !isEmpty && (edited || kind === 'draft'));
    const safe = await Promise.all(written.map(({ autosave }) => autosave.flush()));
    return { count: written.length, safe: safe.every(Boolean) };
  }

  get unsaved(): boolean {
    return this.open.some(({ autosave }) => autosave.isDirty);
  }

  /** The engine is there again: what could not be saved is, and what happened to sent mails meanwhile is asked. */
  async reconnected(): Promise<void> {
    for (const { autosave } of this.open) autosave.retry();
    await this.#outgoing.reconnected();
  }

  async #open(request: ComposeRequest): Promise<void> {
    const { client, accounts, i18n, writing } = this.#parts;
    await writing.loaded();
    switch (request.kind) {
      case 'new': {
        const sender = this.#sender(request.accountId);
        if (sender !== null) this.#show(this.#compose('new', null, sender, request.content));
        return;
      }
      case 'draft':
        await this.#reopen(request.draftId, 'draft');
        return;
      case 'answer': {
        const sender = this.#sender(request.accountId);
        if (sender === null) return;
        const { content, files } = request;
        const draft = await client.call('drafts.create', { accountId: sender, content, derive: null });
        const composition = this.#compose(files ? 'forward' : 'reply', draft);
        this.#show(composition);
        // One that cannot be attached says so in the list.
        for (const file of files ?? []) await composition.attachments.add(file);
        return;
      }
      case 'edit': {
        const draft = await client.call('drafts.open', { messageId: request.row.id });
        this.#showDraft(draft, 'draft');
        return;
      }
      default: {
        const { message, quoteHtml } = request;
        const kind = request.kind === 'forward' ? 'forward' : 'reply';
        const open = this.open.find(
          ({ kind: other, related, edited }) => other === kind && related?.messageId === message.id && edited,
        );
        if (open) {
          this.activate(open);
          return;
        }
        const sender = this.#sender(
          accounts.byId(message.accountId)?.canSend ? message.accountId : undefined,
        );
        if (sender === null) return;
        const draft = await client.call('drafts.create', {
          accountId: sender,
          derive: { kind: request.kind, messageId: message.id, quoteHtml, locale: i18n.locale },
        });
        this.#show(this.#compose(kind, draft));
      }
    }
  }

  async #reopen(draftId: DraftId, kind: CompositionKind, failure?: OutboxRow): Promise<void> {
    const open = this.open.find((composition) => composition.draftId === draftId);
    if (open) {
      this.activate(open);
      return;
    }
    const draft = await this.#parts.client.call('drafts.get', { id: draftId });
    this.#showDraft(draft, kind, failure);
  }

  #showDraft(draft: Draft, kind: CompositionKind, failure?: OutboxRow): void {
    const open = this.open.find(({ draftId }) => draftId === draft.id);
    if (open) {
      this.activate(open);
      return;
    }
    const composition = this.#compose(kind, draft);
    composition.edited = true;
    if (failure) {
      composition.failure = failure.error === null ? null : fromWire(failure.error);
      composition.refused = failure.recipients.filter(({ status }) => status === 'refused');
    }
    // A mail that comes back by itself does not take the keyboard away from what is being typed.
    this.#show(composition, { focus: failure === undefined || this.active === null });
  }

  #compose(
    kind: CompositionKind,
    draft: Draft | null,
    accountId?: AccountId,
    content?: Partial<DraftContent>,
  ): Composition {
    const { accounts, client, preferences, writing } = this.#parts;
    this.#lastKey += 1;
    const sender = accountId ?? draft?.accountId ?? ('' as AccountId);
    const { quotePosition, signaturePosition } = preferences.values;
    const composition = new Composition(client, this.#lastKey, {
      kind,
      accountId: sender,
      draft,
      ...(content ? { content } : {}),
      format: preferences.values.composeFormat,
      signing: {
        signature: writing.identity(sender, draft?.content.identity ?? null)?.signature ?? null,
        place: signaturePosition,
        answerAbove: kind === 'forward' || (kind === 'reply' && quotePosition === 'above'),
      },
      onDraft: () => this.#remember(),
    });
    composition.sizeLimit = accounts.byId(sender)?.sizeLimit ?? null;
    return composition;
  }

  #show(composition: Composition, { focus = true } = {}): void {
    this.open = [...this.open, composition];
    this.#remember();
    if (focus) this.activate(composition);
    else this.#makeRoom(composition);
  }

  /** More than fit stand minimised at the foot, the ones that were not touched for longest first. */
  #makeRoom(newest: Composition): void {
    const docked = this.open.filter(({ arrangement }) => arrangement === 'docked');
    const others = docked.filter((composition) => composition !== newest);
    const over = docked.length - Math.max(1, this.room);
    for (const composition of others.slice(0, Math.max(0, over))) composition.arrangement = 'minimised';
  }

  #sender(wanted: AccountId | undefined): AccountId | null {
    const { accounts, announcer, dialogs, i18n } = this.#parts;
    const found = accounts.sending.find(({ id }) => id === wanted) ?? accounts.defaultSender;
    if (found) return found.id;
    announcer.show(i18n.t('compose.noAccount'), {
      tone: 'error',
      action: {
        label: i18n.t('menu.accounts'),
        run: () => dialogs.show({ kind: 'accounts', open: 'list' }),
      },
    });
    return null;
  }

  async #discardQuietly(composition: Composition): Promise<void> {
    this.#takeAway(composition, { dispose: false });
    try {
      await composition.discard();
    } catch (error) {
      this.#parts.announcer.fail(this.#parts.explain(error));
    } finally {
      composition[Symbol.dispose]();
    }
  }

  #takeAway(composition: Composition, { dispose = true } = {}): void {
    this.open = this.open.filter((one) => one !== composition);
    if (this.focusWish?.composition === composition) this.focusWish = null;
    if (this.active === composition) this.active = null;
    if (dispose) composition[Symbol.dispose]();
    this.#remember();
    const next = this.open.filter(({ arrangement }) => arrangement !== 'minimised').at(-1);
    if (next) this.activate(next, 'body');
    else this.#parts.giveBackFocus();
  }

  /** The field that the engine found fault with. */
  #placeOf(error: MailError): FocusPlace {
    if (error.code === 'no-recipients') return 'to';
    const path = error.faults?.[0]?.path ?? '';
    return path === 'to' || path === 'cc' || path === 'bcc' || path === 'replyTo' || path === 'subject'
      ? path
      : 'body';
  }

  #remembered(): DraftId[] {
    try {
      const stored: unknown = JSON.parse(this.#parts.storage.getItem(storageKey) ?? '[]');
      const ids = Array.isArray(stored) ? stored.map((id) => DraftId.safeParse(id)) : [];
      return ids.flatMap((id) => (id.success ? [id.data] : []));
    } catch {
      return [];
    }
  }

  #remember(): void {
    const ids = this.open.flatMap(({ draftId }) => (draftId === null ? [] : [draftId]));
    try {
      this.#parts.storage.setItem(storageKey, JSON.stringify(ids));
    } catch {
      // Not reopened by itself at the next start; the drafts are safe in the engine.
    }
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
    for (const composition of this.open) composition[Symbol.dispose]();
    this.open = [];
  }
}
