/**
 * One opened import: its rows, their edits, and the run that tests them side by side and saves what passed. Passwords stay here and
 * never go back to the window.
 */
import type { ConnectionTest, ServerTest } from '#shared/contract/accounts.ts';
import type { ImportRow as PublicRow } from '#shared/contract/discovery.ts';
import type { AccountSettings, Credentials } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { isMailError, MailError, toWire, type Fault, type WireError } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import type { Language } from '#shared/i18n/translate.ts';
import type { RunningJob } from '#engine/jobs/jobs.ts';
import type { CsvColumn } from './csv.ts';
import { failedRowsCsv } from './failedRows.ts';
import type { ImportRow } from './importRow.ts';

export interface ImportAccount {
  readonly settings: AccountSettings;
  /** null: it signs in at a provider. */
  readonly credentials: Credentials | null;
  /** Of a finished sign-in; null: there is none (yet). */
  readonly signIn: string | null;
}

export interface ImportActs {
  /** Throws what forbids it (duplicate-account, archive-address-inside, not-permitted). */
  readonly check: (settings: AccountSettings) => void;
  readonly test: (account: ImportAccount, signal: AbortSignal) => Promise<ConnectionTest>;
  readonly save: (account: ImportAccount, token: string) => Promise<{ id: AccountId }>;
  readonly told: (row: PublicRow) => void;
}

interface Entry {
  readonly line: number;
  readonly name: string;
  readonly address: string;
  account: ImportAccount | null;
  state: PublicRow['state'];
  id: AccountId | null;
  code: string | null;
  faults: readonly Fault[];
  error: WireError | null;
}

/** The run as a job: it comes to rest between two rows, and ends when a person ends it. */
export type ImportJob = Pick<RunningJob, 'ready' | 'set' | 'signal'>;

/** Tests at once: fifty accounts take little longer than the slowest, and Postfix lets one machine have as many connections. */
const parallelTests = 50;
/** Of those whose server had no room for so many. */
const parallelTestsOfCrowded = 5;

export class ImportSession {
  readonly #entries: Map<number, Entry>;
  readonly #acts: ImportActs;

  constructor(rows: readonly ImportRow[], acts: ImportActs) {
    this.#acts = acts;
    this.#entries = new Map(rows.map((row) => [row.line, entryOf(row)]));
  }

  rows(): PublicRow[] {
    return [...this.#entries.values()].map(publicRow);
  }

  /** Errors: not-found, already imported rows stay as they are (not-permitted). */
  edit(
    line: number,
    change: {
      settings: AccountSettings;
      imapPassword?: string | undefined;
      smtpPassword?: string | null | undefined;
    },
  ): PublicRow {
    const entry = this.#entry(line);
    if (entry.state === 'imported' || entry.state === 'testing') throw new MailError('not-permitted');
    const before = entry.account;
    if (change.settings.auth !== undefined) {
      const same = before?.settings.auth?.provider === change.settings.auth.provider;
      entry.account = {
        settings: change.settings,
        credentials: null,
        signIn: same ? (before?.signIn ?? null) : null,
      };
      this.#set(entry, { state: startState(entry.account), code: null, faults: [], error: null });
      return publicRow(entry);
    }
    const imapPassword = change.imapPassword ?? before?.credentials?.imapPassword;
    if (imapPassword === undefined) throw new MailError('credentials-missing');
    const smtpPassword =
      change.smtpPassword === undefined ? (before?.credentials?.smtpPassword ?? null) : change.smtpPassword;
    entry.account = {
      settings: change.settings,
      credentials: { imapPassword, smtpPassword },
      signIn: null,
    };
    this.#set(entry, { state: 'ready', code: null, faults: [], error: null });
    return publicRow(entry);
  }

  /** Somebody signed in for a row: it is tried with that, at once. Errors: not-found, not-permitted. */
  async signIn(line: number, signIn: string, signal: AbortSignal): Promise<PublicRow> {
    const entry = this.#entry(line);
    const { account, state } = entry;
    if (account?.settings.auth === undefined || state === 'imported' || state === 'testing')
      throw new MailError('not-permitted');
    entry.account = { ...account, signIn };
    await this.#runOne(entry, signal);
    return publicRow(entry);
  }

  /**
   * Each row ends as imported, failed or skipped (it is there already); one that fails stops no other. Those whose server has no room
   * for so many at once are tried again with fewer.
   */
  async run(lines: readonly number[] | undefined, job: ImportJob, signal: AbortSignal): Promise<PublicRow[]> {
    const ended = AbortSignal.any([signal, job.signal]);
    const waiting = [...this.#entries.values()].filter(
      (entry) =>
        entry.account !== null &&
        (entry.state === 'ready' || entry.state === 'failed') &&
        startState(entry.account) === 'ready' &&
        (lines === undefined || lines.includes(entry.line)),
    );
    job.set({ total: waiting.length });
    const crowded: Entry[] = [];
    let done = 0;
    await this.#runAll(waiting, parallelTests, job, ended, (entry) => {
      if (isCrowdedOut(entry)) crowded.push(entry);
      else job.set({ done: (done += 1) });
    });
    await this.#runAll(crowded, parallelTestsOfCrowded, job, ended, () => {
      job.set({ done: (done += 1) });
    });
    return this.rows();
  }

  failedRows(language: Language): string {
    const failed = [...this.#entries.values()].filter(({ state }) => state === 'failed');
    return failedRowsCsv(
      failed.map((entry) => ({
        line: entry.line,
        fields: entry.account ? csvFields(entry.account) : { name: entry.name, address: entry.address },
        reason: reasonOf(entry, language),
      })),
    );
  }

  /** Throws the reason of `ended`, when those that were on their way have ended. */
  async #runAll(
    entries: readonly Entry[],
    atOnce: number,
    job: ImportJob,
    ended: AbortSignal,
    onDone: (entry: Entry) => void,
  ): Promise<void> {
    const queue = entries.values();
    const worker = async (): Promise<void> => {
      // A row is taken when it may be: one that waits for its turn can be mended meanwhile.
      for (;;) {
        await job.ready(ended);
        const { value: entry } = queue.next();
        if (entry === undefined) return;
        await this.#runOne(entry, ended);
        onDone(entry);
      }
    };
    const workers = Array.from({ length: Math.min(atOnce, entries.length) }, worker);
    await Promise.allSettled(workers);
    ended.throwIfAborted();
    await Promise.all(workers);
  }

  async #runOne(entry: Entry, signal: AbortSignal): Promise<void> {
    const { account } = entry;
    if (account === null) return;
    try {
      this.#acts.check(account.settings);
      this.#set(entry, { state: 'testing', code: null, faults: [], error: null });
      const test = await this.#acts.test(account, signal);
      if (!test.ok || test.token === null) {
        const error = failedStep(test.imap) ?? (test.smtp ? failedStep(test.smtp) : null);
        this.#set(entry, { state: 'failed', code: error?.code ?? 'test-failed', error });
        return;
      }
      const { id } = await this.#acts.save(account, test.token);
      this.#set(entry, { state: 'imported', id });
    } catch (error) {
      if (signal.aborted) {
        this.#set(entry, { state: startState(account) });
        return;
      }
      const wire = toWire(error);
      // Kept for an hour, and not beyond the program's end.
      if (account.signIn !== null && (wire.code === 'not-found' || wire.code === 'sign-in-expired')) {
        entry.account = { ...account, signIn: null };
        this.#set(entry, { state: 'sign-in-needed', code: wire.code, faults: [], error: null });
        return;
      }
      const there = isMailError(error) && error.code === 'duplicate-account';
      this.#set(entry, {
        state: there ? 'skipped' : 'failed',
        code: wire.code,
        error: wire,
        faults: wire.faults ?? [],
      });
    }
  }

  #entry(line: number): Entry {
    const entry = this.#entries.get(line);
    if (!entry) throw new MailError('not-found', { what: `line ${line}` });
    return entry;
  }

  #set(entry: Entry, change: Partial<Entry>): void {
    Object.assign(entry, change);
    this.#acts.told(publicRow(entry));
  }
}

function entryOf({ line, name, address, outcome }: ImportRow): Entry {
  const faults = outcome.ok ? [] : outcome.faults;
  const account = outcome.ok ? { ...outcome.account, signIn: null } : null;
  return {
    line,
    name,
    address,
    account,
    state: account === null ? 'failed' : startState(account),
    id: null,
    code: outcome.ok ? null : (faults[0]?.code ?? 'invalid-input'),
    faults,
    error: null,
  };
}

/** Not a fault of the row: others of this import took up what the server gives to one machine. */
function isCrowdedOut({ state, code }: Entry): boolean {
  return state === 'failed' && code === 'too-many-connections';
}

/** Before it is tried. */
function startState({ settings, signIn }: ImportAccount): 'ready' | 'sign-in-needed' {
  return settings.auth !== undefined && signIn === null ? 'sign-in-needed' : 'ready';
}

function publicRow(entry: Entry): PublicRow {
  const { line, account, state, id, code, error } = entry;
  return {
    line,
    name: account?.settings.name ?? entry.name,
    address: account?.settings.address ?? entry.address,
    settings: account?.settings ?? null,
    state,
    id,
    code,
    faults: [...entry.faults],
    error,
  };
}

function failedStep(test: ServerTest): WireError | null {
  return test.steps.find(({ ok }) => !ok)?.error ?? null;
}

function reasonOf(entry: Entry, language: Language): string {
  if (entry.faults.length > 0) {
    return entry.faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  }
  if (entry.error === null) return entry.code ?? '';
  const { message, hint } = errorText(entry.error, language);
  return `${message} ${hint}`.trim();
}

function csvFields({ settings, credentials }: ImportAccount): Partial<Record<CsvColumn, string>> {
  const { imap, smtp } = settings;
  return {
    name: settings.name,
    address: settings.address,
    displayName: settings.displayName,
    imapHost: imap.host,
    imapPort: String(imap.port),
    imapSecurity: imap.security,
    imapUser: imap.user,
    imapPassword: credentials?.imapPassword ?? '',
    ...(smtp
      ? {
          smtpHost: smtp.host,
          smtpPort: String(smtp.port),
          smtpSecurity: smtp.security,
          smtpUser: smtp.user,
          smtpPassword: credentials?.smtpPassword ?? '',
        }
      : {}),
    archiveAddress: settings.archiveAddress ?? '',
    trust: settings.tls.trust === 'system' ? '' : settings.tls.trust,
    ...(settings.auth === undefined
      ? {}
      : { auth: 'oauth2', provider: settings.auth.provider, login: settings.auth.login ?? '' }),
  };
}
