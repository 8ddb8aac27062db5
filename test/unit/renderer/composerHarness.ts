/** The composer's state with everything around it, over a scripted engine that keeps drafts and an outbox in memory. */
import { ComposeRequests } from '#renderer/app/composeRequests.ts';
import { Dialogs, type Question } from '#renderer/app/dialogs.svelte.ts';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { ChangeFeed } from '#renderer/client/changeFeed.ts';
import { Accounts } from '#renderer/features/accounts/accounts.svelte.ts';
import type { BodyReader } from '#renderer/features/composer/composition.svelte.ts';
import { ComposerDesk } from '#renderer/features/composer/composerDesk.svelte.ts';
import { Announcer } from '#renderer/features/notices/announcer.svelte.ts';
import { Preferences } from '#renderer/features/settings/preferences.svelte.ts';
import { Writing } from '#renderer/features/writing/writing.svelte.ts';
import { DisposableStore } from '#shared/base/disposables.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import { Settings } from '#shared/contract/app.ts';
import { DraftContent, type Draft, type OutboxRow } from '#shared/contract/compose.ts';
import { AccountId, DraftId, OutboxId } from '#shared/domain/ids.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

export const anna = AccountId.parse('anna');
export const info = AccountId.parse('info');

function accountRow(id: AccountId, name: string, canSend = true): AccountRow {
  return {
    id,
    name,
    address: `${id}@post.example`,
    displayName: name,
    default: id === anna,
    active: true,
    group: null,
    canSend,
    health: {
      state: 'healthy',
      since: 0,
      lastSuccess: 0,
      lastError: null,
      nextAttempt: null,
      gapClosed: null,
    },
    queued: 0,
    failedOperations: 0,
  };
}

export class ComposerHarness implements Disposable {
  readonly drafts = new Map<DraftId, Draft>();
  readonly jobs = new Map<OutboxId, OutboxRow & { draftId: DraftId }>();
  readonly storage = memoryStorage();
  readonly questions: Question[] = [];
  readonly client: ScriptedClient;
  readonly announcer: Announcer;
  readonly dialogs = new Dialogs();
  readonly compose: ComposeRequests;
  readonly desk: ComposerDesk;
  /** Identities and templates: none until a test says so. */
  readonly writing: Writing;
  /** The answer to the next questions. */
  agree = true;
  focusGivenBack = 0;
  readonly #owned = new DisposableStore();
  #last = 0;

  constructor({ accounts = [accountRow(anna, 'Anna'), accountRow(info, 'Info')], settings = {} } = {}) {
    const i18n = new I18n('en-GB');
    this.client = new ScriptedClient({
      'accounts.list': () => ({ accounts }),
      'settings.get': () => Settings.parse(settings),
      'drafts.create': ({ accountId, content, derive }) => {
        const draft: Draft = {
          id: DraftId.parse(this.#uuid()),
          accountId,
          content: DraftContent.parse(
            derive === null
              ? content
              : {
                  to: 'Ben <ben@post.example>',
                  subject: 'Re: Plan',
                  html: `<div><br></div>${derive.quoteHtml ?? ''}`,
                  text: '',
                  related: {
                    messageId: derive.messageId,
                    kind: derive.kind === 'forward' ? 'forward' : 'reply',
                  },
                },
          ),
          attachments: [],
          version: 1,
          updatedAt: 0,
        };
        this.drafts.set(draft.id, draft);
        return draft;
      },
      'drafts.get': ({ id }) => this.#draft(id),
      'drafts.save': ({ id, accountId, content }) => {
        const draft = this.#draft(id);
        this.drafts.set(id, { ...draft, accountId, content, version: draft.version + 1 });
        return { version: draft.version + 1 };
      },
      'drafts.discard': ({ id }) => {
        this.#draft(id);
        this.drafts.delete(id);
        return {};
      },
      'drafts.attach': ({ id, filename, contentType, content, inline }) => {
        const draft = this.#draft(id);
        const attachment = {
          id: this.#uuid(),
          filename,
          contentType,
          size: content.byteLength,
          inline,
          contentId: inline ? `${this.#uuid()}@post.example` : null,
        };
        this.drafts.set(id, { ...draft, attachments: [...draft.attachments, attachment] });
        return attachment;
      },
      'drafts.detach': ({ id, attachmentId }) => {
        const draft = this.#draft(id);
        this.drafts.set(id, {
          ...draft,
          attachments: draft.attachments.filter((one) => one.id !== attachmentId),
        });
        return {};
      },
      'outbox.send': ({ draftId, sendAt, undoSeconds }) => {
        const draft = this.#draft(draftId);
        const row: OutboxRow = {
          id: OutboxId.parse(this.#uuid()),
          accountId: draft.accountId,
          messageId: 'm@post.example',
          subject: draft.content.subject,
          recipients: [{ address: 'ben@post.example', status: 'pending', response: '' }],
          state: 'waiting',
          sendAt: sendAt ?? undoSeconds * 1000,
          attempts: 0,
          nextAttempt: null,
          error: null,
          sentCopy: { state: 'pending', folder: null, uid: null },
          archive: 'none',
          createdAt: 0,
        };
        this.jobs.set(row.id, { ...row, draftId });
        return row;
      },
      'outbox.get': ({ id }) => this.job(id),
      'outbox.cancel': ({ id }) => {
        const { state, draftId } = this.job(id);
        if (state === 'sent') throw new MailError('already-sent');
        return { draftId };
      },
    });
    const changes = this.#owned.add(new ChangeFeed(this.client, fail));
    this.announcer = this.#owned.add(new Announcer());
    this.compose = this.#owned.add(new ComposeRequests(fail));
    const rows = this.#owned.add(new Accounts(this.client, changes, () => 'en'));
    rows.rows = accounts;
    this.writing = this.#owned.add(new Writing(this.client, changes, fail));
    const preferences = this.#owned.add(new Preferences(this.client, changes, fail));
    preferences.values = Settings.parse(settings);
    this.dialogs.ask = (question) => {
      this.questions.push(question);
      return Promise.resolve(this.agree);
    };
    this.desk = this.#owned.add(
      new ComposerDesk({
        client: this.client,
        accounts: rows,
        preferences,
        writing: this.writing,
        announcer: this.announcer,
        dialogs: this.dialogs,
        compose: this.compose,
        i18n,
        storage: this.storage,
        explain: (error) => toWire(error).code,
        goToOutbox: () => undefined,
        giveBackFocus: () => {
          this.focusGivenBack += 1;
        },
      }),
    );
  }

  job(id: OutboxId): OutboxRow & { draftId: DraftId } {
    const job = this.jobs.get(id);
    if (!job) throw new MailError('not-found');
    return job;
  }

  /** The outbox goes on to another state and tells it. */
  becomes(change: Partial<OutboxRow>): void {
    for (const [id, job] of this.jobs) {
      const row = { ...job, ...change };
      this.jobs.set(id, row);
      this.client.emit('outbox.changed', row);
    }
  }

  get texts(): string[] {
    return this.announcer.messages.map(({ text }) => text);
  }

  press(label: string): void {
    const message = this.announcer.messages.find(({ action }) => action?.label === label);
    if (!message?.action) throw new Error(`no button ${label} in ${JSON.stringify(this.texts)}`);
    this.announcer.dismiss(message.id);
    message.action.run();
  }

  #draft(id: DraftId): Draft {
    const draft = this.drafts.get(id);
    if (!draft) throw new MailError('not-found', { what: 'draft' });
    return draft;
  }

  #uuid(): string {
    this.#last += 1;
    return `00000000-0000-4000-8000-${String(this.#last).padStart(12, '0')}`;
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

function fail(error: unknown): never {
  throw error;
}

export function memoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: (index) => [...items.keys()][index] ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  };
}

export function fileOf(name: string, content: string, type = 'text/plain'): File {
  return new File([content], name, { type });
}

/** An editor that holds this. */
export function reading(read: () => string): BodyReader {
  return { read, swapSignature: () => false, insert: () => undefined };
}
