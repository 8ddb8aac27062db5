/** Mails that left a composer: what is said about each until it is sent, taken back, or comes back. */
import type { OutboxRow } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { DraftId, OutboxId } from '#shared/domain/ids.ts';
import { fromWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import { asMailError } from '../../client/latest.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import type { CompositionKind } from './composition.svelte.ts';

export interface OutgoingParts {
  readonly client: EngineClient;
  readonly announcer: Announcer;
  readonly i18n: I18n;
  readonly explain: (error: unknown) => string;
  readonly goToOutbox: () => void;
  /** Opens the draft of a mail that was not sent; `failed` says why. */
  readonly reopen: (draftId: DraftId, kind: CompositionKind, failed?: OutboxRow) => Promise<void>;
}

interface Outgoing {
  readonly draftId: DraftId;
  readonly kind: CompositionKind;
  /** Takes the message with its Undo away. */
  readonly dismiss: () => void;
}

export class OutgoingMails implements Disposable {
  readonly #parts: OutgoingParts;
  readonly #outgoing = new Map<OutboxId, Outgoing>();
  /** Those that could not be sent yet: told together, as it is the network or the server that they have in common. */
  readonly #delayed = new Set<OutboxId>();
  readonly #subscription: Disposable;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    this.#subscription = parts.client.on('outbox.changed', (row) => void this.#outboxChanged(row));
  }

  /** What happened while the engine could not be heard. */
  async reconnected(): Promise<void> {
    for (const id of [...this.#outgoing.keys()]) {
      try {
        await this.#outboxChanged(await this.#parts.client.call('outbox.get', { id }));
      } catch {
        this.#outgoing.delete(id);
      }
    }
  }

  /** Takes a mail back out of the outbox and opens its draft. Errors: already-sent. */
  async takeBack(id: OutboxId): Promise<void> {
    const { client, announcer, i18n, explain } = this.#parts;
    try {
      const { draftId } = await client.call('outbox.cancel', { id });
      const kind = this.#outgoing.get(id)?.kind ?? 'draft';
      this.#forget(id);
      if (draftId !== null) await this.#parts.reopen(draftId, kind);
      announcer.say(i18n.t('compose.takenBack'));
    } catch (error) {
      if (asMailError(error).code === 'already-sent') announcer.fail(i18n.t('compose.tooLate'));
      else announcer.fail(explain(error));
    }
  }

  /** It was handed to the outbox. `undoSeconds` null: it goes out later. */
  follow(
    row: OutboxRow,
    { draftId, kind }: Pick<Outgoing, 'draftId' | 'kind'>,
    undoSeconds: number | null,
  ): void {
    const { announcer, i18n } = this.#parts;
    const mail = this.#nameOf(row);
    const undo = { label: i18n.t('common.undo'), run: () => void this.takeBack(row.id) };
    let dismiss: () => void;
    if (undoSeconds === null) {
      const time = i18n.formats.moment(row.sendAt, Date.now());
      dismiss = announcer.show(i18n.t('compose.scheduled', { mail, time }), { action: undo, ms: 10_000 });
    } else if (undoSeconds === 0)
      dismiss = announcer.show(i18n.t('compose.sending', { mail }), { ms: 10_000 });
    else {
      dismiss = announcer.show(i18n.t('compose.sentIn', { mail, count: undoSeconds }), {
        action: undo,
        ms: undoSeconds * 1000,
        firm: true,
      });
    }
    this.#outgoing.set(row.id, { draftId, kind, dismiss });
    // It may have gone out, or failed, before this was noted.
    if (row.state !== 'waiting') void this.#outboxChanged(row);
  }

  async #outboxChanged(row: OutboxRow): Promise<void> {
    const { announcer, i18n, explain, goToOutbox } = this.#parts;
    const outgoing = this.#outgoing.get(row.id);
    const mail = this.#nameOf(row);
    const outbox = { label: i18n.t('folders.outbox'), run: goToOutbox };
    switch (row.state) {
      case 'waiting':
        return;
      case 'sending':
        outgoing?.dismiss();
        return;
      case 'sent': {
        if (!outgoing) return;
        this.#forget(row.id);
        const refused = row.recipients.filter(({ status }) => status === 'refused');
        if (refused.length === 0) announcer.show(i18n.t('compose.sent', { mail }));
        else {
          const addresses = refused.map(({ address }) => readableAddress(address)).join(', ');
          announcer.show(i18n.t('compose.partly', { mail, addresses }), { tone: 'error', action: outbox });
        }
        return;
      }
      case 'failed': {
        const reason = row.error === null ? '' : explain(fromWire(row.error));
        const text = i18n.t('compose.failed', { mail, reason });
        if (!outgoing) {
          // Sent by another window, or before this one was opened: the outbox has it.
          announcer.show(text, { tone: 'error', action: outbox, replaces: `failed-${row.id}` });
          return;
        }
        this.#forget(row.id);
        try {
          await this.#parts.reopen(outgoing.draftId, outgoing.kind === 'new' ? 'draft' : outgoing.kind, row);
          // The mail itself shows the reason; it is heard as well.
          announcer.say(text);
        } catch (error) {
          announcer.show(text, { tone: 'error', action: outbox });
          announcer.fail(explain(error));
        }
        return;
      }
      case 'retrying':
        if (!outgoing || row.error === null) return;
        outgoing.dismiss();
        this.#delayed.add(row.id);
        announcer.show(this.#delayText(mail, errorText(row.error, i18n.language).message), {
          action: outbox,
          replaces: 'mail-delayed',
        });
        return;
      case 'uncertain':
        if (!outgoing) return;
        this.#forget(row.id);
        announcer.show(i18n.t('compose.uncertain', { mail }), { tone: 'error', action: outbox });
        return;
      case 'cancelled':
        this.#forget(row.id);
    }
  }

  #delayText(mail: string, reason: string): string {
    const { t } = this.#parts.i18n;
    const count = this.#delayed.size;
    return count === 1
      ? t('compose.retrying', { mail, reason })
      : t('compose.retryingMany', { count, reason });
  }

  /** Several may be on their way at once: each is told by its subject, one without it by whom it goes to. */
  #nameOf({ subject, recipients }: OutboxRow): string {
    const { i18n } = this.#parts;
    if (subject !== '') return subject;
    const [first, ...others] = recipients.map(({ address }) => readableAddress(address));
    if (first === undefined) return i18n.t('common.noSubject');
    return others.length === 0
      ? i18n.t('compose.to.one', { address: first })
      : i18n.t('compose.to.several', { address: first, count: others.length });
  }

  #forget(id: OutboxId): void {
    this.#outgoing.get(id)?.dismiss();
    this.#outgoing.delete(id);
    this.#delayed.delete(id);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
