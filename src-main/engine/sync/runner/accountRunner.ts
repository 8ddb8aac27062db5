/**
 * The background work for one account: a pass, then waiting for news, looking at the other folders from time to time, fetching texts, and
 * carrying what users do to the server. The supervisor decides when it starts again after a failure.
 */
import type { AccountRunner, RunnerEvent } from '#engine/accounts/runner.ts';
import type { Ids } from '#engine/ports/ports.ts';
import { queueLength } from '#engine/store/operations.repo.ts';
import { countWithoutText } from '#engine/store/texts.repo.ts';
import { listFolders } from '#engine/store/folders.repo.ts';
import { delay } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import type { SyncResult } from '#shared/contract/app.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import { carryOperations } from '../operations/operationsRunner.ts';
import type { OperationParts } from '../operations/operationsRunner.ts';
import { AccountPass } from '../run/pass.ts';
import type { PassOutcome, PassParts } from '../run/pass.ts';
import { indexMessages } from '../run/indexing.ts';
import { fetchTextBatch } from '../run/textPass.ts';
import { Bell } from './bell.ts';
import { InboxWatch, inboxWatchDefaults } from './inboxWatch.ts';
import type { InboxWatchOptions } from './inboxWatch.ts';
import type { TextDownload } from './textDownload.ts';

export interface RunnerParts extends PassParts, OperationParts {
  readonly ids: Ids;
  readonly onEvent: (event: RunnerEvent) => void;
  readonly watch?: Partial<InboxWatchOptions>;
  readonly texts: TextDownload;
}

/** Between two looks at the folders that nobody waits on; where the inbox cannot be waited on, between two looks at all. */
const pollMs = 3 * 60_000;
const pollWithoutIdleMs = 60_000;
/** Operations that cannot be carried yet (their messages have no UID) are looked at again after this, or when something happened. */
const waitingOperationsMs = 30_000;
/** A shorter outage in which nothing was missed is not worth telling. */
const tellOutageMs = 60_000;
/** Where a server cannot say which flags changed, they are looked at this often without a hint. */
const flagsMs = 15 * 60_000;
/** Texts of the newest messages that a pass brings along when not all are asked for. */
const newestTexts = 100;

export class BackgroundRunner implements AccountRunner {
  readonly #parts: RunnerParts;
  readonly #pass: AccountPass;
  readonly #abort = new AbortController();
  readonly #operationsDue = new Bell();
  readonly #workDue = new Bell();
  #running: Promise<void> | null = null;
  #passDue = false;
  readonly #asked = new Set<Promise<void>>();
  /** The account's passes, one after the other. */
  #passes: Promise<unknown> = Promise.resolve();
  #flagsLookedAt = -Infinity;
  /** The last success before the outage that lasts. */
  #failedSince: number | null = null;
  #lastSuccess: number | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#pass = new AccountPass(parts);
    parts.texts.onResumed = () => {
      this.#workDue.ring();
    };
    parts.headers.onResumed = () => {
      this.#passDue = true;
      this.#workDue.ring();
    };
  }

  start(): void {
    if (this.#running !== null || this.#abort.signal.aborted) return;
    this.#parts.session.forgive();
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    drop(this.#running, 'the background work of an account', (error, why) => {
      this.#parts.log.error(why, { error });
    });
  }

  kick(): void {
    this.#operationsDue.ring();
    this.#passDue = true;
    this.#workDue.ring();
  }

  async syncNow(full: boolean, signal: AbortSignal): Promise<SyncResult> {
    const asked = this.#syncNow(full, signal);
    const settled = asked.then(
      () => undefined,
      () => undefined,
    );
    this.#asked.add(settled);
    void settled.then(() => this.#asked.delete(settled));
    return asked;
  }

  async carryNow(signal: AbortSignal): Promise<void> {
    const { session } = this.#parts;
    session.forgive();
    const carrying = this.#carry(AbortSignal.any([signal, this.#abort.signal]));
    const settled = carrying.then(
      () => undefined,
      () => undefined,
    );
    this.#asked.add(settled);
    try {
      await carrying;
    } finally {
      this.#asked.delete(settled);
      if (this.#running === null) session.lanes.closeUnused();
    }
  }

  async #syncNow(full: boolean, signal: AbortSignal): Promise<SyncResult> {
    const { clock, session, store, accountId } = this.#parts;
    const scope = AbortSignal.any([signal, this.#abort.signal]);
    const started = clock.monotonic();
    const before = session.lanes.traffic;
    let outcome: PassOutcome | null = null;
    let error: MailError | null = null;
    session.forgive();
    try {
      await this.#carry(scope);
      outcome = await this.#onePass({ thorough: full, asked: true }, scope);
      await this.#texts(full ? Infinity : newestTexts, scope);
    } catch (fault) {
      signal.throwIfAborted();
      error = this.#asMailError(fault);
    } finally {
      if (this.#running === null) {
        session.lanes.closeUnused();
        this.#parts.progress.end();
      }
    }
    const after = session.lanes.traffic;
    return {
      id: accountId,
      ok: error === null,
      folders: outcome?.folders ?? 0,
      messages: listFolders(store.read, accountId).reduce((sum, { total }) => sum + total, 0),
      added: outcome?.added ?? 0,
      changed: outcome?.changed ?? 0,
      removed: outcome?.removed ?? 0,
      bytes: after.received - before.received,
      commands: after.commands - before.commands,
      firstPageMs: outcome?.firstPageMs == null ? null : Math.round(outcome.firstPageMs),
      ms: Math.round(clock.monotonic() - started),
      ...(error === null ? {} : { error: toWire(error) }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    await Promise.allSettled([this.#running, this.#passes, ...this.#asked]);
    await this.#parts.session[Symbol.asyncDispose]();
  }

  /** Until a failure, or for ever. */
  async #run(): Promise<void> {
    const { session, onEvent, log } = this.#parts;
    const scope = new AbortController();
    const signal = AbortSignal.any([scope.signal, this.#abort.signal]);
    try {
      await this.#carry(signal);
      this.#succeed(await this.#onePass({ thorough: false, asked: false }, signal));
      const { pollMinutes } = session.account;
      if (pollMinutes === null) await firstFailure(scope, this.#connected(signal));
      else await firstFailure(scope, this.#nowAndThen(pollMinutes * 60_000, signal));
    } catch (fault) {
      if (this.#abort.signal.aborted) return;
      const error = this.#asMailError(fault);
      log.info('an account failed', { code: error.code });
      this.#failedSince ??= this.#lastSuccess;
      session.lanes.closeUnused();
      onEvent({ type: 'failed', error });
    } finally {
      this.#parts.progress.end();
    }
  }

  #connected(signal: AbortSignal): Promise<void>[] {
    const watch = new InboxWatch(this.#parts, { ...inboxWatchDefaults, ...this.#parts.watch }, () => {
      this.#workDue.ring();
    });
    this.#workDue.ring();
    const { promise: withoutIdle, resolve: cannotIdle } = Promise.withResolvers<void>();
    return [
      watch.run(signal).then((watches) => {
        if (!watches) cannotIdle();
      }),
      this.#polling(withoutIdle, signal),
      this.#working(watch, signal),
      this.#carrying(signal),
    ];
  }

  /** A slow account: looked at now and then, and no connection kept in between. */
  #nowAndThen(intervalMs: number, signal: AbortSignal): Promise<void>[] {
    const { clock, session } = this.#parts;
    this.#workDue.ring();
    const looking = async (): Promise<never> => {
      for (;;) {
        await this.#texts(Infinity, signal);
        session.lanes.closeUnused();
        await delay(clock, intervalMs, signal);
        this.#succeed(await this.#onePass({ thorough: false, asked: true }, signal));
      }
    };
    return [looking(), this.#working(null, signal), this.#carrying(signal)];
  }

  async #polling(withoutIdle: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let interval = pollMs;
    void withoutIdle.then(() => {
      interval = pollWithoutIdleMs;
      this.#passDue = true;
      this.#workDue.ring();
    });
    for (;;) {
      // In short steps, since the interval may become shorter.
      for (let waited = 0; waited < interval; waited += pollWithoutIdleMs)
        await delay(clock, Math.min(pollWithoutIdleMs, interval - waited), signal);
      this.#passDue = true;
      this.#workDue.ring();
    }
  }

  /** Passes that are due, and between them texts, as long as there are any to fetch. */
  async #working(watch: InboxWatch | null, signal: AbortSignal): Promise<void> {
    let before: MessageId | undefined;
    for (;;) {
      await this.#workDue.heard(signal);
      before = undefined;
      for (;;) {
        if (this.#passDue) {
          this.#passDue = false;
          const { mark } = this.#parts.session.folderChanges;
          const folders = await watch?.list();
          const listing = folders ? { folders, mark } : undefined;
          this.#succeed(await this.#onePass({ thorough: false, asked: false, listing }, signal));
          before = undefined;
        }
        if (!this.#textsAllowed()) {
          await indexMessages(this.#parts, Infinity, signal);
          this.#parts.progress.end();
          break;
        }
        this.#tellTexts();
        const batch = await fetchTextBatch(this.#parts, before, Infinity, signal);
        // Texts come searchable; messages without one are made so at the end.
        if (batch.next === null) await indexMessages(this.#parts, Infinity, signal);
        before = batch.next ?? undefined;
        // New mail goes before old texts.
        if (this.#workDue.rung) break;
        if (batch.next === null && !this.#passDue) {
          this.#parts.progress.end();
          break;
        }
      }
    }
  }

  /** Who holds up the headers means the download: texts wait with them. */
  #textsAllowed(): boolean {
    const { headers, texts } = this.#parts;
    return !headers.held && texts.allowed();
  }

  #tellTexts(): void {
    const { progress, store, accountId } = this.#parts;
    if (progress.current.phase === 'texts') return;
    const missing = countWithoutText(store.read, accountId);
    if (missing > 0) progress.begin('texts', missing);
  }

  async #carrying(signal: AbortSignal): Promise<void> {
    const { clock, store, accountId } = this.#parts;
    for (;;) {
      const { nextAttemptAt } = queueLength(store.read, accountId);
      using timer =
        nextAttemptAt === null
          ? null
          : clock.setTimer(Math.max(waitingOperationsMs, nextAttemptAt - clock.now()), () => {
              this.#operationsDue.ring();
            });
      await this.#operationsDue.heard(signal);
      timer?.[Symbol.dispose]();
      await this.#carry(signal);
    }
  }

  async #carry(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { done, look } = await carryOperations(this.#parts, signal);
      for (const folder of look) await this.#pass.visit(folder, signal);
      if (done === 0 && look.length === 0) return;
    }
  }

  async #texts(limit: number, signal: AbortSignal): Promise<void> {
    const { progress, store, accountId } = this.#parts;
    let left = limit;
    let before: MessageId | undefined;
    if (this.#textsAllowed())
      progress.begin('texts', Math.min(limit, countWithoutText(store.read, accountId)));
    while (left > 0 && this.#textsAllowed()) {
      const batch = await fetchTextBatch(this.#parts, before, left, signal);
      left -= Math.max(1, batch.settled);
      if (batch.next === null) break;
      before = batch.next;
    }
    await indexMessages(this.#parts, Infinity, signal);
    progress.end();
  }

  #onePass(
    options: { thorough: boolean; asked: boolean; listing?: Parameters<AccountPass['run']>[0]['listing'] },
    signal: AbortSignal,
  ): Promise<PassOutcome> {
    const { clock } = this.#parts;
    const pass = this.#passes.then(async () => {
      const lookAtFlags = options.asked || clock.monotonic() - this.#flagsLookedAt > flagsMs;
      if (lookAtFlags) this.#flagsLookedAt = clock.monotonic();
      return this.#pass.run(
        {
          thoroughness: options.thorough ? 'all' : 'recent',
          lookAtFlags,
          ...(options.listing === undefined ? {} : { listing: options.listing }),
        },
        signal,
      );
    });
    this.#passes = pass.catch(() => undefined);
    return pass;
  }

  #asMailError(error: unknown): MailError {
    if (isMailError(error)) return error;
    this.#parts.log.error('a fault in the synchronisation', { error });
    return new MailError('internal', {}, { cause: error });
  }

  #succeed({ arrived }: PassOutcome): void {
    const { onEvent, clock } = this.#parts;
    onEvent({ type: 'succeeded' });
    const now = clock.now();
    const since = this.#failedSince;
    if (since !== null) {
      this.#failedSince = null;
      if (arrived > 0 || now - since > tellOutageMs)
        onEvent({ type: 'gap-closed', messages: arrived, from: since, until: now });
    }
    this.#lastSuccess = now;
  }
}

/** Runs all until one fails; then the others are aborted, and waited for. Throws what failed first. */
async function firstFailure(scope: AbortController, running: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.all(running);
  } catch (error) {
    scope.abort(error);
    throw error;
  } finally {
    await Promise.allSettled(running);
  }
}
