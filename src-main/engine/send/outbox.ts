/**
 * Carries the outbox out: sends what is due, files the copy in Sent, hands a copy to the archive, each a step of its own that is
 * recorded before the next begins, so that a crash anywhere leaves a job that is either safe to go on with or shown as uncertain.
 */
import { drop } from '#shared/base/drop.ts';
import { DisposableStore } from '#shared/base/disposables.ts';
import { Emitter } from '#shared/base/emitter.ts';
import { SingleFlight } from '#shared/base/singleFlight.ts';
import type { OutboxRow, RecipientResult } from '#shared/contract/compose.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { AccountId, OutboxId } from '#shared/domain/ids.ts';
import { fromWire, MailError, toWire } from '#shared/errors/MailError.ts';
import type { Jobs } from '#engine/jobs/jobs.ts';
import type { Clock, Ids, Log } from '#engine/ports/ports.ts';
import { deleteDraft, getDraft, lockDraft } from '#engine/store/drafts.repo.ts';
import type { WriteDb } from '#engine/store/handles.ts';
import {
  getJob,
  jobBytes,
  openJobs,
  outboxRow,
  updateJob,
  deleteFinishedJobs,
  type JobChange,
  type StoredJob,
} from '#engine/store/outbox.repo.ts';
import type { Network } from '#engine/net/network.ts';
import type { AccountAccess } from '#engine/secrets/access.ts';
import type { Store } from '#engine/store/store.ts';
import type * as z from 'zod';
import { ArchiveBacklog } from './archiveBacklog.ts';
import { archiveCopy, archiveDueAt } from './archiveCopy.ts';
import type { MailboxAccess } from './mailboxAccess.ts';
import { nextJob, type Job, type JobEvent } from './outboxState.ts';
import { noteSizeLimit } from './sizeLimit.ts';
import { fileSentCopy, maxSentAttempts, sentCopyDueAt } from './sentCopy.ts';
import { sendAs } from './sendAs.ts';
import type { RecipientOutcome } from './smtpSession.ts';

export interface SendingAccount {
  readonly settings: AccountSettings;
  /** Throws `credentials-missing` or `secrets-unavailable`. */
  readonly access: () => Promise<AccountAccess>;
  /** Its sign-in was refused for good: the account needs a person. */
  readonly refused: (error: MailError) => void;
  /** Left out: straight out. */
  readonly network?: Network;
}

export interface OutboxParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly machineId: string;
  readonly mailbox: MailboxAccess;
  /** null: the account is gone. */
  readonly account: (id: AccountId) => SendingAccount | null;
  /** The mail that this answers or forwards is marked; `answer`: the Message-ID of what was sent. */
  readonly markRelated: (related: NonNullable<StoredJob['related']>, answer: string) => void;
  /** Told once of each mail that a server took, in the transaction that records it. */
  readonly onSent: (db: WriteDb, job: StoredJob, raw: Uint8Array) => void;
  readonly jobs: Jobs;
  /** No timers: each job is carried out when it is asked for (the command line). */
  readonly passive: boolean;
}

type Recipient = z.infer<typeof RecipientResult>;

/** Copies of one account on their way at once: its server is the one that mail goes out by. */
const copiesAtOnce = 4;
const month = 30 * 24 * 60 * 60_000;

export class Outbox implements AsyncDisposable {
  readonly #parts: OutboxParts;
  readonly #changed: Emitter<OutboxRow>;
  readonly #running = new SingleFlight<OutboxId, void>();
  readonly #timers = new DisposableStore();
  readonly #abort = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  /** Sent mails whose copies a person wants tried now, whenever they would be due. */
  readonly #asked = new Set<OutboxId>();
  readonly #backlog: ArchiveBacklog;
  #timer: Disposable | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#backlog = new ArchiveBacklog(parts.jobs, () => {
      this.wake();
    });
    this.#changed = new Emitter((error) => {
      parts.log.error('an outbox listener failed', { error });
    });
  }

  onChanged(listener: (row: OutboxRow) => void): Disposable {
    return this.#changed.on(listener);
  }

  /** What a crash left in the middle becomes retrying or uncertain; then the outbox runs by itself unless it is passive. */
  start(): void {
    const { store, clock, machineId } = this.#parts;
    for (const job of openJobs(store.read, machineId)) {
      if (job.state === 'connecting' || job.state === 'handing-over')
        this.#apply(job, { kind: 'recovered', now: clock.now() });
    }
    store.write((db) => deleteFinishedJobs(db, clock.now() - month));
    if (!this.#parts.passive) this.wake();
  }

  /** Looks for due work now and sets the timer for the next. */
  wake(): void {
    if (this.#abort.signal.aborted || this.#parts.passive) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const now = this.#parts.clock.now();
    let next = Number.POSITIVE_INFINITY;
    const copies: StoredJob[] = [];
    for (const job of openJobs(this.#parts.store.read, this.#parts.machineId)) {
      const due = this.#dueAt(job);
      if (due <= now) this.#begin(job.id);
      else next = Math.min(next, due);
      const copy = this.#copyDueAt(job);
      if (copy > now) next = Math.min(next, copy);
      else copies.push(job);
    }
    this.#copy(Map.groupBy(copies, ({ accountId }) => accountId));
    if (next !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#parts.clock.setTimer(next - now, () => {
        this.wake();
      });
    }
  }

  /** Runs a job until it cannot go on by itself right now. */
  async settle(id: OutboxId): Promise<OutboxRow> {
    await this.#run(id);
    return outboxRow(this.#job(id));
  }

  retry(id: OutboxId): OutboxRow {
    const job = this.#job(id);
    if (job.state === 'sent') {
      this.#backlog.release(job.accountId);
      // The mail is out; what a person can ask for again are its copies.
      if (job.archive === 'pending' || job.archive === 'failed') this.#asked.add(id);
      this.#record(id, {
        ...(job.sentCopy === 'failed' ? { sentCopy: 'pending', sentAttempts: 0 } : {}),
        ...(job.archive === 'failed' ? { archive: 'pending' } : {}),
      });
    } else if (!this.#apply(job, { kind: 'retry', now: this.#parts.clock.now() })) {
      throw new MailError('already-sent');
    }
    this.wake();
    return outboxRow(this.#job(id));
  }

  /** The account can log in again: what waited for that, and would for hours between tries, goes out now. */
  loginWorks(accountId: AccountId): void {
    const { store, clock, machineId } = this.#parts;
    const waiting = openJobs(store.read, machineId).filter(
      (job) =>
        job.accountId === accountId &&
        job.state === 'retrying' &&
        job.error !== null &&
        fromWire(job.error).needs === 'credentials',
    );
    for (const job of waiting) this.#apply(job, { kind: 'retry', now: clock.now() });
    if (waiting.length > 0) this.wake();
  }

  /** Takes the job back. Its draft is unlocked and returned; null where it is gone. */
  cancel(id: OutboxId): StoredJob['draftId'] {
    const job = this.#job(id);
    if (job.recipients.some((recipient) => recipient.status === 'accepted'))
      throw new MailError('already-sent');
    if (!this.#apply(job, { kind: 'cancel' })) throw new MailError('already-sent');
    return job.draftId;
  }

  /** A person looked and says that an uncertain mail went out. */
  confirmSent(id: OutboxId): OutboxRow {
    const job = this.#job(id);
    if (!this.#apply(job, { kind: 'found-in-sent' })) throw new MailError('not-found', { what: 'outbox' });
    this.wake();
    return outboxRow(this.#job(id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    this.#timer?.[Symbol.dispose]();
    this.#timers[Symbol.dispose]();
    await Promise.allSettled(this.#inFlight);
    this.#backlog[Symbol.dispose]();
    this.#changed[Symbol.dispose]();
  }

  #dueAt(job: StoredJob): number {
    switch (job.state) {
      case 'waiting':
        return job.sendAt;
      case 'retrying':
        return job.nextAttemptAt ?? 0;
      case 'uncertain':
        return job.sentAttempts >= maxSentAttempts ? Number.POSITIVE_INFINITY : sentCopyDueAt(job);
      case 'sent':
        return job.sentCopy === 'pending' ? sentCopyDueAt(job) : Number.POSITIVE_INFINITY;
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  #copyDueAt(job: StoredJob): number {
    return job.state === 'sent' && job.archive === 'pending'
      ? this.#archiveDueAt(job)
      : Number.POSITIVE_INFINITY;
  }

  #archiveDueAt(job: StoredJob): number {
    return this.#asked.has(job.id) ? 0 : archiveDueAt(this.#parts.store.read, job);
  }

  /** Hands over what is due for the archive, a few at a time: the end of each wakes the next. */
  #copy(due: ReadonlyMap<AccountId, readonly StoredJob[]>): void {
    this.#backlog.due(new Map([...due].map(([accountId, jobs]) => [accountId, jobs.length])));
    for (const [accountId, jobs] of due) {
      if (this.#backlog.held(accountId)) continue;
      const idle = jobs.filter(({ id }) => !this.#running.isRunning(id));
      const running = jobs.length - idle.length;
      for (const { id } of idle.slice(0, Math.max(0, copiesAtOnce - running))) this.#begin(id);
    }
  }

  #begin(id: OutboxId): void {
    if (this.#running.isRunning(id)) return;
    const run = this.#run(id).finally(() => {
      this.wake();
    });
    drop(run, 'an outbox job runs in the background', (error, why) => {
      this.#parts.log.error(why, { error });
    });
  }

  #run(id: OutboxId): Promise<void> {
    return this.#running.run(id, () => {
      const run = this.#carryOut(id);
      this.#inFlight.add(run);
      return run.finally(() => {
        this.#inFlight.delete(run);
      });
    });
  }

  async #carryOut(id: OutboxId): Promise<void> {
    const now = this.#parts.clock.now();
    let job = this.#job(id);
    if (
      (job.state === 'waiting' && job.sendAt <= now) ||
      (job.state === 'retrying' && (job.nextAttemptAt ?? 0) <= now)
    )
      await this.#send(job);
    job = this.#job(id);
    if (job.state === 'uncertain') await this.#look(job);
    job = this.#job(id);
    const out = job.recipients.some((recipient) => recipient.status === 'accepted');
    if (!out || job.state === 'uncertain') return;
    if (job.sentCopy === 'pending' && sentCopyDueAt(job) <= now) await this.#fileSent(job);
    job = this.#job(id);
    if (job.archive !== 'pending' || this.#archiveDueAt(job) > now) return;
    if (this.#backlog.held(job.accountId)) return;
    const { archive } = await archiveCopy(job, { ...this.#parts, signal: this.#abort.signal });
    this.#asked.delete(id);
    this.#record(id, { archive });
  }

  async #send(job: StoredJob): Promise<void> {
    const { store, clock, ids } = this.#parts;
    const account = this.#parts.account(job.accountId);
    if (!this.#apply(job, { kind: 'start' })) return;
    const failed = (error: MailError, recipients: readonly RecipientOutcome[], event: JobEvent): void => {
      this.#apply(this.#job(job.id), event, {
        error: toWire(error),
        recipients: merged(job.recipients, recipients),
      });
    };
    const raw = jobBytes(store.read, job.id);
    if (account === null || raw === null) {
      failed(new MailError('not-found', { what: 'account' }), [], { kind: 'refused' });
      return;
    }
    const temporary = (): JobEvent => ({ kind: 'temporary', now: clock.now(), random: ids.random() });
    const waiting = job.recipients
      .filter(({ status }) => status === 'pending' || status === 'deferred')
      .map(({ address }) => address);
    const outcome = await sendAs(account, {
      envelope: { from: job.envelope.from, to: waiting },
      raw,
      onDataBegins: () => {
        if (!this.#apply(this.#job(job.id), { kind: 'data-begins' })) throw new MailError('cancelled');
      },
      onSize: (bytes) => noteSizeLimit(store, job.accountId, bytes),
      signal: this.#abort.signal,
    });
    switch (outcome.kind) {
      case 'accepted': {
        const recipients = merged(job.recipients, outcome.recipients);
        const deferred = recipients.some(({ status }) => status === 'deferred');
        const event: JobEvent = deferred
          ? { kind: 'partly-accepted', now: clock.now(), random: ids.random() }
          : { kind: 'accepted' };
        const first = !job.recipients.some(({ status }) => status === 'accepted');
        this.#apply(this.#job(job.id), event, { error: null, recipients });
        if (first && job.related) this.#parts.markRelated(job.related, job.messageId);
        return;
      }
      case 'refused':
        failed(outcome.error, outcome.recipients, { kind: 'refused' });
        return;
      case 'temporary':
        failed(outcome.error, outcome.recipients, temporary());
        return;
      case 'unknown':
        failed(outcome.error, [], { kind: 'answer-lost' });
    }
  }

  /** Some servers file what they accept by themselves: its Message-ID in Sent proves that an uncertain mail went out. */
  async #look(job: StoredJob): Promise<void> {
    const { mailbox } = this.#parts;
    const folder = mailbox.folderFor(job.accountId, 'sent');
    if (folder === null || job.sentAttempts >= maxSentAttempts) return;
    try {
      const found = await mailbox.findByMessageId(job.accountId, folder, job.messageId, this.#abort.signal);
      if (found) {
        const recipients = job.recipients.map((recipient): Recipient =>
          recipient.status === 'pending' ? { ...recipient, status: 'accepted' } : recipient,
        );
        this.#apply(
          job,
          { kind: 'found-in-sent' },
          { error: null, recipients, sentCopy: 'filed', sentFolder: found.folder, sentUid: found.uid },
        );
        return;
      }
    } catch (error) {
      this.#parts.log.info('could not look for an uncertain mail in Sent', { code: toWire(error).code });
    }
    this.#record(job.id, {
      sentAttempts: job.sentAttempts + 1,
      nextAttemptAt: this.#parts.clock.now() + 60_000 * 2 ** job.sentAttempts,
    });
  }

  async #fileSent(job: StoredJob): Promise<void> {
    const change = await fileSentCopy(job, { ...this.#parts, signal: this.#abort.signal });
    this.#record(job.id, change);
  }

  #job(id: OutboxId): StoredJob {
    const job = getJob(this.#parts.store.read, id);
    if (job === null) throw new MailError('not-found', { what: 'outbox' });
    return job;
  }

  /** One transition, durable when this returns; false where the state does not allow it. */
  #apply(job: StoredJob, event: JobEvent, change: JobChange = {}): boolean {
    const { clock, store } = this.#parts;
    const before: Job = { state: job.state, attempts: job.attempts, dueAt: job.nextAttemptAt ?? job.sendAt };
    const transition = nextJob(before, event);
    if (!transition.ok) return false;
    const { state, attempts, dueAt } = transition.job;
    const finished = state === 'sent' || state === 'cancelled' || state === 'failed';
    store.precious((db) => {
      updateJob(db, job.id, {
        state,
        attempts,
        nextAttemptAt: state === 'retrying' ? dueAt : null,
        ...(finished ? { finishedAt: clock.now() } : {}),
        ...(event.kind === 'found-in-sent' && !change.recipients
          ? {
              recipients: job.recipients.map((one): Recipient =>
                one.status === 'pending' ? { ...one, status: 'accepted' } : one,
              ),
              error: null,
            }
          : {}),
        ...change,
      });
      if (state === 'sent') {
        const raw = jobBytes(db, job.id);
        if (raw !== null) this.#parts.onSent(db, getJob(db, job.id) ?? job, raw);
      }
      if (job.draftId !== null) {
        // The draft goes only once the server has the mail; a job that failed or was taken back gives it back.
        if (state === 'sent') {
          const copy = getDraft(db, job.draftId)?.serverCopy;
          if (copy) this.#parts.mailbox.queueRemoval(db, job.accountId, copy);
          deleteDraft(db, job.draftId);
        } else if (state === 'cancelled' || state === 'failed') lockDraft(db, job.draftId, null);
        else if (event.kind === 'retry') lockDraft(db, job.draftId, job.id);
      }
    });
    this.#changed.emit(outboxRow(this.#job(job.id)));
    return true;
  }

  #record(id: OutboxId, change: JobChange): void {
    if (Object.keys(change).length === 0) return;
    this.#parts.store.precious((db) => {
      updateJob(db, id, change);
    });
    this.#changed.emit(outboxRow(this.#job(id)));
  }
}

function merged(before: readonly Recipient[], outcomes: readonly RecipientOutcome[]): Recipient[] {
  return before.map(
    (recipient) => outcomes.find(({ address }) => address === recipient.address) ?? recipient,
  );
}
