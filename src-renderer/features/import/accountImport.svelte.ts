/** A file with many accounts as it is imported: read, shown row by row, tested side by side, mended and tried again. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { ImportFormat, ImportRow } from '#shared/contract/discovery.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { Language } from '#shared/i18n/translate.ts';
import type * as z from 'zod';
import { asMailError } from '../../client/latest.ts';
import { SignIn, type SignInParts } from '../accounts/signIn.svelte.ts';
import type { ImportUser } from './userList.ts';

export type RowFilter = 'all' | 'ready' | 'sign-in-needed' | 'failed' | 'imported' | 'skipped';

export interface RowChange {
  readonly settings: AccountSettings;
  /** Left out: as it stands in the file. */
  readonly imapPassword?: string;
  readonly smtpPassword?: string;
}

interface OpenedFile {
  readonly importId: string;
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly format: z.infer<typeof ImportFormat>;
  readonly signer: string | null;
}

export class AccountImport implements Disposable {
  /** null: no file yet. */
  file = $state.raw<OpenedFile | null>(null);
  rows = $state.raw<readonly ImportRow[]>([]);
  reading = $state(false);
  running = $state(false);
  filter = $state<RowFilter>('all');
  /** Why the file is of no use, or why the run ended. */
  error = $state.raw<MailError | null>(null);
  /** One at a time: a person has one browser before him. */
  readonly signIn: SignIn;
  /** The row that is signed in for. */
  signingIn = $state<number | null>(null);
  readonly #client: EngineClient;
  readonly #told: Disposable;
  #abort: AbortController | null = null;
  #disposed = false;
  /** Of this run: how many rows it was begun with. */
  #begun = $state(0);
  readonly counts = $derived.by(() => {
    const counts = {
      ...{ all: this.rows.length, ready: 0, failed: 0, imported: 0, skipped: 0, testing: 0 },
      'sign-in-needed': 0,
    };
    for (const { state } of this.rows) counts[state] += 1;
    return counts;
  });
  readonly shown = $derived.by(() =>
    this.filter === 'all' ? this.rows : this.rows.filter(({ state }) => state === this.filter),
  );
  /** Rows that a run would try: those that can be read and are not here yet. */
  readonly triable = $derived.by(
    () =>
      this.rows.filter(
        ({ state, settings }) =>
          settings !== null && (state === 'ready' || (state === 'failed' && settings.auth === undefined)),
      ).length,
  );
  readonly progress = $derived.by(() => ({
    of: this.#begun,
    done: Math.max(0, this.#begun - this.counts.ready - this.counts.testing),
  }));
  /** The file describes a domain and names nobody: a list of people goes with it. */
  readonly needsUsers = $derived.by(() => this.rows.some(({ code }) => code === 'needs-users'));

  constructor(client: EngineClient, browser: Omit<SignInParts, 'client'>) {
    this.#client = client;
    this.signIn = new SignIn({ client, ...browser });
    this.#told = client.on('import.row', ({ importId, row }) => {
      if (importId === this.file?.importId) this.#replace(row);
    });
  }

  /** Reads a file; what was read before is given up. What is wrong with it as a whole is in `error`. */
  async open(
    name: string,
    content: Uint8Array<ArrayBuffer>,
    users: readonly ImportUser[] = [],
  ): Promise<void> {
    this.error = null;
    this.reading = true;
    try {
      const opened = await this.#client.call('import.open', { content, users: [...users] });
      this.#forget();
      if (this.#disposed) return;
      const { importId, format, signer, rows } = opened;
      this.file = { importId, name, content, format, signer };
      this.rows = rows;
      this.filter = 'all';
    } catch (error) {
      this.error = asMailError(error);
    } finally {
      this.reading = false;
    }
  }

  /** The same file once more, for these people. */
  async withUsers(users: readonly ImportUser[]): Promise<void> {
    if (this.file) await this.open(this.file.name, this.file.content, users);
  }

  /** Back to choosing a file. */
  reset(): void {
    this.#forget();
    this.file = null;
    this.rows = [];
    this.error = null;
  }

  /** Tests and saves these rows, or all that are not here yet. Ends early when it is stopped. */
  async run(lines?: readonly number[]): Promise<void> {
    const { file } = this;
    if (!file || this.running) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.error = null;
    this.running = true;
    // A failed row that is tried again waits like the others.
    this.rows = this.rows.map((row) =>
      row.state === 'failed' && row.settings !== null && (lines?.includes(row.line) ?? true)
        ? { ...row, state: 'ready', code: null, faults: [], error: null }
        : row,
    );
    this.#begun = lines?.length ?? this.counts.ready;
    try {
      const { rows } = await this.#client.call(
        'import.run',
        { importId: file.importId, ...(lines ? { lines: [...lines] } : {}) },
        { signal: abort.signal },
      );
      this.rows = rows;
    } catch (error) {
      const mailError = asMailError(error);
      // Stopped here, or from the status bar of any window.
      if (!abort.signal.aborted && mailError.code !== 'cancelled') this.error = mailError;
    } finally {
      this.running = false;
      this.#abort = null;
    }
  }

  /** Opens the browser for a row, and tries it with what came of it. What went wrong is in `signIn.error` or in the row. */
  async signInFor({ line, settings, address }: ImportRow): Promise<void> {
    const { file } = this;
    if (!file || settings?.auth === undefined) return;
    this.signingIn = line;
    const { provider, login } = settings.auth;
    const done = await this.signIn.start(provider, login ?? address);
    if (done === null || file !== this.file) return;
    try {
      const { importId } = file;
      this.#replace(await this.#client.call('import.signIn', { importId, line, signIn: done.id }));
      this.signIn.saved();
      if (this.signingIn === line) this.signingIn = null;
    } catch (error) {
      this.error = asMailError(error);
    }
  }

  cancelSignIn(): void {
    this.signIn.cancel();
    this.signingIn = null;
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** Throws MailError, and the row stays as it was. */
  async edit(line: number, change: RowChange): Promise<void> {
    if (this.file)
      this.#replace(
        await this.#client.call('import.edit', { importId: this.file.importId, line, ...change }),
      );
  }

  /** Throws MailError. */
  async failedRows(language: Language): Promise<Uint8Array<ArrayBuffer>> {
    const { csv } = await this.#client.call('import.failedRows', {
      importId: this.file?.importId ?? '',
      language,
    });
    return new TextEncoder().encode(csv);
  }

  #replace(row: ImportRow): void {
    this.rows = this.rows.map((one) => (one.line === row.line ? row : one));
  }

  #forget(): void {
    this.stop();
    const { file } = this;
    if (file === null) return;
    // It holds passwords: it is closed as soon as nobody looks at it.
    this.#client.call('import.close', { importId: file.importId }).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.signIn[Symbol.dispose]();
    this.#told[Symbol.dispose]();
    this.#forget();
  }
}
