/**
 * One opened import: its rows, their edits, and the run that tests them side by side and saves what passed. Passwords stay here and
 * never go back to the window.
 */
import type { AccountFile } from '#engine/accounts/accountFile.ts';
import type { ConnectionTest, ServerTest } from '#shared/contract/accounts.ts';
import type { ImportRow as PublicRow } from '#shared/contract/discovery.ts';
import type { AccountSettings, Credentials } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { isMailError, MailError, toWire, type Fault, type WireError } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import type { Language } from '#shared/i18n/translate.ts';
import type { CsvColumn } from './csv.ts';
import { failedRowsCsv } from './failedRows.ts';
import type { ImportRow } from './importRow.ts';

export interface ImportActs {
  /** Throws what forbids it (duplicate-account, archive-address-inside, not-permitted). */
  readonly check: (settings: AccountSettings) => void;
  readonly test: (
    settings: AccountSettings,
    credentials: Credentials,
    signal: AbortSignal,
  ) => Promise<ConnectionTest>;
  readonly save: (
    settings: AccountSettings,
    credentials: Credentials,
    token: string,
  ) => Promise<{ id: AccountId }>;
  readonly told: (row: PublicRow) => void;
}

interface Entry {
  readonly line: number;
  readonly name: string;
  readonly address: string;
  account: AccountFile | null;
  state: PublicRow['state'];
  id: AccountId | null;
  code: string | null;
  faults: readonly Fault[];
  error: WireError | null;
}

/** Tests at once: enough that fifty accounts take little longer than the slowest, few enough that no server takes it for an attack. */
const parallelTests = 20;

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
    const imapPassword = change.imapPassword ?? entry.account?.credentials.imapPassword;
    if (imapPassword === undefined) throw new MailError('credentials-missing');
    const smtpPassword =
      change.smtpPassword === undefined
        ? (entry.account?.credentials.smtpPassword ?? null)
        : change.smtpPassword;
    entry.account = { settings: change.settings, credentials: { imapPassword, smtpPassword } };
    this.#set(entry, { state: 'ready', code: null, faults: [], error: null });
    return publicRow(entry);
  }

  /** Each row ends as imported, failed or skipped (it is there already); one that fails stops no other. */
  async run(lines: readonly number[] | undefined, signal: AbortSignal): Promise<PublicRow[]> {
    const waiting = [...this.#entries.values()].filter(
      (entry) =>
        entry.account !== null &&
        (entry.state === 'ready' || entry.state === 'failed') &&
        (lines === undefined || lines.includes(entry.line)),
    );
    const queue = waiting.values();
    const worker = async (): Promise<void> => {
      for (const entry of queue) {
        if (signal.aborted) return;
        await this.#runOne(entry, signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallelTests, waiting.length) }, worker));
    signal.throwIfAborted();
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

  async #runOne(entry: Entry, signal: AbortSignal): Promise<void> {
    const { account } = entry;
    if (account === null) return;
    const { settings, credentials } = account;
    try {
      this.#acts.check(settings);
      this.#set(entry, { state: 'testing', code: null, faults: [], error: null });
      const test = await this.#acts.test(settings, credentials, signal);
      if (!test.ok || test.token === null) {
        const error = failedStep(test.imap) ?? (test.smtp ? failedStep(test.smtp) : null);
        this.#set(entry, { state: 'failed', code: error?.code ?? 'test-failed', error });
        return;
      }
      const { id } = await this.#acts.save(settings, credentials, test.token);
      this.#set(entry, { state: 'imported', id });
    } catch (error) {
      if (signal.aborted) {
        this.#set(entry, { state: 'ready' });
        return;
      }
      const wire = toWire(error);
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
  return {
    line,
    name,
    address,
    account: outcome.ok ? outcome.account : null,
    state: outcome.ok ? 'ready' : 'failed',
    id: null,
    code: outcome.ok ? null : (faults[0]?.code ?? 'invalid-input'),
    faults,
    error: null,
  };
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

function csvFields({ settings, credentials }: AccountFile): Partial<Record<CsvColumn, string>> {
  const { imap, smtp } = settings;
  return {
    name: settings.name,
    address: settings.address,
    displayName: settings.displayName,
    imapHost: imap.host,
    imapPort: String(imap.port),
    imapSecurity: imap.security,
    imapUser: imap.user,
    imapPassword: credentials.imapPassword,
    ...(smtp
      ? {
          smtpHost: smtp.host,
          smtpPort: String(smtp.port),
          smtpSecurity: smtp.security,
          smtpUser: smtp.user,
          smtpPassword: credentials.smtpPassword ?? '',
        }
      : {}),
    archiveAddress: settings.archiveAddress ?? '',
    trust: settings.tls.trust === 'system' ? '' : settings.tls.trust,
  };
}
