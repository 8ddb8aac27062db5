/**
 * What an engine keeps of accounts, drafts, the outbox and settings, in memory: for tests of the window that need no mail server. It
 * answers as the contract says; a test changes what happens by the fields.
 */
import type { AccountRow, ConnectionTest, Health, TestStep } from '#shared/contract/accounts.ts';
import { Settings, type Change } from '#shared/contract/app.ts';
import {
  DraftContent,
  type ArchiveLedgerRow,
  type OpenArchiveCopies,
  type Draft,
  type DraftAttachment,
  type OutboxRow,
} from '#shared/contract/compose.ts';
import type { EventName, Handlers, PayloadOf } from '#shared/contract/contract.ts';
import type * as z from 'zod';
import { byAccountName, type AccountSettings } from '#shared/domain/account.ts';
import { AccountId, DraftId, OutboxId, type MessageId } from '#shared/domain/ids.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import { MailError, type WireError } from '#shared/errors/MailError.ts';

export type Emit = <N extends EventName>(name: N, payload: PayloadOf<N>) => void;

interface FakeAccount {
  readonly id: AccountId;
  settings: AccountSettings;
  active: boolean;
  group: string | null;
  health: Health;
  queued: number;
}

interface FakeDraft extends Draft {
  readonly bytes: Map<string, Uint8Array>;
}

interface FakeJob {
  row: OutboxRow;
  readonly draftId: DraftId;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type FailedOperation = Awaited<ReturnType<Handlers['operations.failed']>>['operations'][number];
type Served =
  | `accounts.${string}`
  | `drafts.${string}`
  | `outbox.${string}`
  | `settings.${string}`
  | `operations.${string}`
  | `archive.${string}`
  | 'app.info'
  | 'app.notices'
  | 'app.dismissNotice';
type FakeHandlers = Pick<Handlers, Extract<keyof Handlers, Served>>;

export const healthy: Health = {
  state: 'healthy',
  since: 0,
  lastSuccess: 0,
  lastError: null,
  nextAttempt: null,
  gapClosed: null,
};

export class FakeCompose implements Disposable {
  settings: Settings = Settings.parse({});
  readonly accounts = new Map<AccountId, FakeAccount>();
  readonly drafts = new Map<DraftId, FakeDraft>();
  readonly jobs = new Map<OutboxId, FakeJob>();
  readonly operations: FailedOperation[] = [];
  readonly ledger: z.infer<typeof ArchiveLedgerRow>[] = [];
  openCopies: OpenArchiveCopies[] = [];
  /** How a mail that goes out ends; `ms` after its undo window. */
  sending: {
    readonly outcome: 'sent' | 'failed' | 'retrying' | 'uncertain';
    readonly error?: WireError;
    readonly ms: number;
  } = {
    outcome: 'sent',
    ms: 200,
  };
  /** How each step of a connection test ends: by "imap.login" and the like; others pass. */
  failingSteps: Record<string, WireError> = {};
  certificate: ConnectionTest['imap']['certificate'] = null;
  slow: ConnectionTest['slow'] = null;
  stepMs = 60;
  /** The mail that is answered or forwarded. */
  original: (id: MessageId) => Promise<Pick<MessageContent, 'subject' | 'from'>> = () =>
    Promise.resolve({ subject: 'Plan', from: { name: 'Ben Berg', address: 'ben@post.test' } });
  readonly #emit: Emit;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #last = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Accounts as they are listed elsewhere, with settings that fit. */
  adopt(rows: readonly AccountRow[]): this {
    for (const { id, name, address, displayName, canSend, active, group, health } of rows) {
      const domain = address.split('@')[1] ?? '';
      const server = (host: string, port: number): AccountSettings['imap'] => ({
        host: `${host}.${domain}`,
        port,
        security: 'tls',
        user: address,
      });
      const settings: AccountSettings = {
        name,
        address,
        displayName,
        imap: server('imap', 993),
        smtp: canSend ? server('smtp', 465) : null,
        archiveAddress: null,
        tls: { trust: 'system' },
      };
      this.addAccount(settings, { id, active, group, health });
    }
    return this;
  }

  addAccount(settings: AccountSettings, more: Partial<FakeAccount> = {}): AccountId {
    const id = more.id ?? AccountId.parse(this.uuid());
    this.accounts.set(id, { id, settings, active: true, group: null, health: healthy, queued: 0, ...more });
    return id;
  }

  addJob(row: Partial<OutboxRow> & { readonly accountId: AccountId }, draftId?: DraftId): OutboxId {
    const id = row.id ?? OutboxId.parse(this.uuid());
    const job: OutboxRow = {
      messageId: `${id}@post.example`,
      subject: '',
      recipients: [],
      state: 'waiting',
      sendAt: Date.now(),
      attempts: 0,
      nextAttempt: null,
      error: null,
      sentCopy: { state: 'none', folder: null, uid: null },
      archive: 'none',
      createdAt: Date.now(),
      ...row,
      id,
    };
    this.jobs.set(id, { row: job, draftId: draftId ?? DraftId.parse(this.uuid()), timer: undefined });
    return id;
  }

  get rows(): AccountRow[] {
    return [...this.accounts.values()]
      .map((account) => ({ ...account, name: account.settings.name }))
      .sort(byAccountName('en'))
      .map(({ id, settings, active, group, health, queued }, index) => ({
        id,
        name: settings.name,
        address: settings.address,
        displayName: settings.displayName,
        default: index === 0,
        active,
        group,
        canSend: settings.smtp !== null && active,
        health: active ? health : { ...healthy, state: 'inactive' },
        queued,
        failedOperations: this.operations.filter(({ accountId }) => accountId === id).length,
      }));
  }

  uuid(): string {
    this.#last += 1;
    return `00000000-0000-4000-8000-${String(this.#last).padStart(12, '0')}`;
  }

  changed(...changes: Change[]): void {
    this.#emit('changed', { changes });
  }

  createDraft(accountId: AccountId, content: Partial<DraftContent>): FakeDraft {
    const draft: FakeDraft = {
      id: DraftId.parse(this.uuid()),
      accountId,
      content: DraftContent.parse(content),
      attachments: [],
      version: 1,
      updatedAt: Date.now(),
      bytes: new Map(),
    };
    this.drafts.set(draft.id, draft);
    return draft;
  }

  /** The outbox's job becomes this, and everybody hears of it. */
  updateJob(id: OutboxId, change: Partial<OutboxRow>): OutboxRow {
    const job = this.#job(id);
    job.row = { ...job.row, ...change };
    this.#emit('outbox.changed', job.row);
    this.changed({ kind: 'outbox' });
    return job.row;
  }

  handlers(): FakeHandlers {
    return {
      ...this.#accountHandlers(),
      ...this.#draftHandlers(),
      ...this.#outboxHandlers(),
      'settings.get': async () => this.settings,
      'settings.set': async (change) => {
        this.settings = Settings.parse({ ...this.settings, ...change });
        this.changed({ kind: 'settings' });
        return this.settings;
      },
      'app.info': async () => ({
        version: '0.1.0',
        locale: 'en-GB',
        secrets: 'keychain',
        profile: '/home/anna/.local/share/postkorb',
      }),
      'app.notices': async () => ({ notices: [] }),
      'app.dismissNotice': async () => ({}),
    };
  }

  #accountHandlers() {
    return {
      'accounts.list': async () => ({ accounts: this.rows }),
      'accounts.get': async ({ id }) => {
        const { settings, active, group } = this.#account(id);
        return { settings, active, group };
      },
      'accounts.permit': () => Promise.resolve({}),
      'accounts.test': async ({ settings, watch }, signal) => this.#test(settings, watch, signal),
      'accounts.discover': async () => ({
        source: null,
        imap: null,
        smtp: null,
        authentication: [],
        confirm: null,
        preset: null,
        unverified: false,
        tried: [],
      }),
      'accounts.save': async ({ id, settings, active, token }) => {
        const twin = [...this.accounts.values()].find(
          (other) => other.id !== id && other.settings.address === settings.address,
        );
        if (twin) throw new MailError('duplicate-account', { account: twin.settings.name });
        const before = id === null ? undefined : this.#account(id);
        if (active && token === null && !before?.active) throw new MailError('settings-not-tested');
        const saved = before?.id ?? this.addAccount(settings);
        Object.assign(this.#account(saved), { settings, active });
        this.changed({ kind: 'accounts' }, { kind: 'folders', accountId: saved });
        return { id: saved, name: settings.name, active };
      },
      'accounts.remove': async ({ id }) => {
        this.#account(id);
        this.accounts.delete(id);
        this.changed({ kind: 'accounts' }, { kind: 'folders', accountId: id });
        return {};
      },
      'accounts.retest': async ({ id }, signal) => {
        const account = this.#account(id);
        const result = await this.#test(account.settings, undefined, signal);
        if (result.ok) {
          account.active = true;
          account.health = { ...healthy, since: Date.now(), lastSuccess: Date.now() };
          this.#emit('accounts.health', { id, health: account.health });
          this.changed({ kind: 'accounts' });
        }
        return result;
      },
      'operations.failed': async () => ({ operations: [...this.operations] }),
      'operations.dismiss': async ({ id }) => this.#dropOperation(id),
      'operations.retry': async ({ id }) => this.#dropOperation(id),
      'operations.flush': async () => ({ done: 0, queued: 0 }),
    } satisfies Partial<Handlers>;
  }

  #draftHandlers() {
    return {
      'drafts.create': async ({ accountId, content, derive }) => {
        if (derive === null) return publicDraft(this.createDraft(accountId, content));
        const { subject, from } = await this.original(derive.messageId);
        const forward = derive.kind === 'forward';
        const quote = derive.quoteHtml;
        return publicDraft(
          this.createDraft(accountId, {
            to: forward || from === null ? '' : `${from.name} <${from.address}>`,
            subject: `${forward ? 'Fwd' : 'Re'}: ${subject}`,
            html: quote === null ? null : `<p><br></p><blockquote type="cite">${quote}</blockquote>`,
            text: quote === null ? '\n\n> Hello' : '',
            related: { messageId: derive.messageId, kind: forward ? 'forward' : 'reply' },
            ...content,
          }),
        );
      },
      'drafts.get': async ({ id }) => publicDraft(this.#draft(id)),
      'drafts.list': async ({ accountId }) => ({
        drafts: [...this.drafts.values()]
          .filter((draft) => accountId === undefined || draft.accountId === accountId)
          .map(publicDraft),
      }),
      'drafts.open': async () => {
        throw new MailError('not-found', { what: 'draft' });
      },
      'drafts.save': async ({ id, accountId, content }) => {
        const draft = this.#draft(id);
        const version = draft.version + 1;
        this.drafts.set(id, { ...draft, accountId, content, version, updatedAt: Date.now() });
        return { version };
      },
      'drafts.attach': async ({ id, filename, contentType, content, inline }) => {
        const draft = this.#draft(id);
        const attachment: DraftAttachment = {
          id: this.uuid(),
          filename,
          contentType,
          size: content.byteLength,
          inline,
          contentId: inline ? `${this.uuid()}@postkorb` : null,
        };
        draft.bytes.set(attachment.id, content);
        this.drafts.set(id, { ...draft, attachments: [...draft.attachments, attachment] });
        return attachment;
      },
      'drafts.attachFromMessage': async () => {
        throw new MailError('not-found', { what: 'attachment' });
      },
      'drafts.attachment': async ({ id, attachmentId }) => {
        const draft = this.#draft(id);
        const attachment = draft.attachments.find((one) => one.id === attachmentId);
        const content = draft.bytes.get(attachmentId);
        if (!attachment || !content) throw new MailError('not-found', { what: 'attachment' });
        return { contentType: attachment.contentType, content: Uint8Array.from(content) };
      },
      'drafts.detach': async ({ id, attachmentId }) => {
        const draft = this.#draft(id);
        this.drafts.set(id, {
          ...draft,
          attachments: draft.attachments.filter((one) => one.id !== attachmentId),
        });
        return {};
      },
      'drafts.discard': async ({ id }) => {
        this.#draft(id);
        this.drafts.delete(id);
        return {};
      },
    } satisfies Partial<Handlers>;
  }

  #outboxHandlers() {
    return {
      'outbox.send': async ({ draftId, undoSeconds, sendAt }) => {
        const draft = this.#draft(draftId);
        const addresses = [
          ...`${draft.content.to},${draft.content.cc},${draft.content.bcc}`.matchAll(
            /[^\s<>,"]+@[^\s<>,"]+/g,
          ),
        ];
        const id = this.addJob(
          {
            accountId: draft.accountId,
            subject: draft.content.subject,
            recipients: addresses.map(([address]) => ({ address, status: 'pending', response: '' })),
            sendAt: sendAt ?? Date.now() + undoSeconds * 1000,
          },
          draftId,
        );
        const { row } = this.#job(id);
        this.changed({ kind: 'outbox' });
        this.#schedule(id, row.sendAt - Date.now() + this.sending.ms);
        return row;
      },
      'outbox.list': async ({ includeFinished }) => ({
        entries: [...this.jobs.values()]
          .map(({ row }) => row)
          .filter(({ state }) => includeFinished || !['sent', 'cancelled'].includes(state))
          .reverse(),
      }),
      'outbox.get': async ({ id }) => this.#job(id).row,
      'outbox.settle': async ({ id }) => this.#job(id).row,
      'outbox.retry': async ({ id }) => {
        const row = this.updateJob(id, { state: 'retrying', nextAttempt: Date.now() });
        this.#schedule(id, this.sending.ms);
        return row;
      },
      'outbox.cancel': async ({ id }) => {
        const job = this.#job(id);
        if (job.row.state === 'sent' || job.row.state === 'sending') throw new MailError('already-sent');
        clearTimeout(job.timer);
        this.updateJob(id, { state: 'cancelled' });
        return { draftId: this.drafts.has(job.draftId) ? job.draftId : null };
      },
      'outbox.confirmSent': async ({ id }) => this.updateJob(id, { state: 'sent' }),
      'archive.ledger': async () => ({ entries: [...this.ledger] }),
      'archive.open': async () => ({ accounts: this.openCopies }),
      'archive.retry': async ({ accountId }) => {
        const open = this.openCopies.find((one) => one.accountId === accountId);
        this.openCopies = this.openCopies.filter((one) => one !== open);
        this.changed({ kind: 'outbox' });
        return { copies: (open?.waiting ?? 0) + (open?.failed ?? 0) };
      },
    } satisfies Partial<Handlers>;
  }

  #schedule(id: OutboxId, ms: number): void {
    const job = this.#job(id);
    // Longer than a timer can be: nobody waits for it here.
    if (ms > 2 ** 31 - 1) return;
    job.timer = setTimeout(() => {
      const { outcome, error = null } = this.sending;
      const status = outcome === 'sent' ? 'accepted' : outcome === 'failed' ? 'refused' : 'pending';
      this.updateJob(id, {
        state: outcome,
        error,
        attempts: job.row.attempts + 1,
        nextAttempt: outcome === 'retrying' ? Date.now() + 60_000 : null,
        recipients: job.row.recipients.map((one) => ({ ...one, status })),
      });
      if (outcome === 'sent') this.drafts.delete(job.draftId);
    }, ms);
    this.#timers.add(job.timer);
  }

  async #test(
    settings: AccountSettings,
    watch: string | undefined,
    signal: AbortSignal,
  ): Promise<ConnectionTest> {
    const run = async (server: 'imap' | 'smtp'): Promise<ConnectionTest['imap']> => {
      const steps: TestStep[] = [];
      const names = ['resolve', 'connect', 'tls', 'login', server === 'imap' ? 'folders' : 'sender'] as const;
      for (const name of names) {
        await this.#wait(this.stepMs);
        if (signal.aborted) throw new MailError('cancelled');
        const pinned =
          name === 'tls' &&
          settings.tls.trust !== 'system' &&
          settings.tls.trust === this.certificate?.fingerprint;
        const error = pinned ? undefined : this.failingSteps[`${server}.${name}`];
        const step: TestStep = {
          step: name,
          ok: error === undefined,
          ms: this.stepMs,
          ...(error ? { error } : {}),
        };
        steps.push(step);
        if (watch !== undefined) this.#emit('accounts.testStep', { watch, server, step });
        if (error) break;
      }
      return {
        ok: steps.every(({ ok }) => ok),
        steps,
        certificate: server === 'imap' ? this.certificate : null,
      };
    };
    const [imap, smtp] = await Promise.all([run('imap'), settings.smtp === null ? null : run('smtp')]);
    const ok = imap.ok && smtp?.ok !== false;
    return { ok, ms: 5 * this.stepMs, imap, smtp, slow: ok ? this.slow : null, token: ok ? 'proof' : null };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#timers.add(setTimeout(resolve, ms)));
  }

  async #dropOperation(id: number): Promise<Record<string, never>> {
    const at = this.operations.findIndex((one) => one.id === id);
    const [gone] = at < 0 ? [] : this.operations.splice(at, 1);
    if (!gone) throw new MailError('not-found', { what: 'operation' });
    this.changed({ kind: 'operations', accountId: gone.accountId });
    return {};
  }

  #account(id: AccountId): FakeAccount {
    const account = this.accounts.get(id);
    if (!account) throw new MailError('not-found', { what: 'account' });
    return account;
  }

  #draft(id: DraftId): FakeDraft {
    const draft = this.drafts.get(id);
    if (!draft) throw new MailError('not-found', { what: 'draft' });
    return draft;
  }

  #job(id: OutboxId): FakeJob {
    const job = this.jobs.get(id);
    if (!job) throw new MailError('not-found', { what: 'outbox' });
    return job;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function publicDraft({ bytes: _, ...draft }: FakeDraft): Draft {
  return draft;
}
