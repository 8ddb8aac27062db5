/** Mails out to files and in from files, as the window does it: one job at a time, with its progress, and an end at any moment. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { FileSink, HostBridge } from '#shared/contract/host.ts';
import type { ExportSource, MailFileFormat } from '#shared/contract/mailFiles.ts';
import { cleanFileName } from '#shared/domain/fileName.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { FolderRow, MessageRow } from '#shared/domain/message.ts';
import { isMailError, MailError, toWire, type WireError } from '#shared/errors/MailError.ts';
import { asJob, type Pace } from '#shared/mailFiles/heldJob.ts';
import { exportMails } from '#shared/mailFiles/exportMails.ts';
import { importFile, type ImportCount } from '#shared/mailFiles/importFile.ts';
import { mailFileName } from '#shared/mailFiles/mailFileName.ts';
import type { ComposeRequest } from '../../app/composeRequests.ts';
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import { folderName } from '../folders/folderNames.ts';
import { messageCount, refOf } from '../list/rows.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import { visibleHtml } from '../../mail-frame/quote.ts';
import { bytesOf, pickFiles } from './filePicking.ts';
import { openedMail, type OpenedMail } from './openedMail.ts';

export interface MailFilesParts {
  readonly client: EngineClient;
  readonly host: HostBridge;
  readonly accounts: Accounts;
  readonly announcer: Announcer;
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
  readonly explain: (error: unknown) => string;
  /** Opens the composer. */
  readonly answer: (request: ComposeRequest) => void;
}

interface MailFileJob {
  readonly kind: 'import' | 'export';
  /** As a person reads it; empty: several mails that were chosen. */
  readonly folder: string;
  readonly accountId?: AccountId;
}

/** What one run of such a job works with. */
interface Step {
  readonly signal: AbortSignal;
  readonly pace: Pace;
}

/** A mail that was not taken, in words that are made when they are shown. */
export interface FailedMail {
  readonly file: string;
  /** Which mail of the file; null: the file as a whole. */
  readonly at: number | null;
  readonly error: WireError;
}

/** What is opened to be read is held whole. */
const largestOpened = 48 * 1024 * 1024;
/** A browser's line to the engine carries frames of 70 MB, and bytes as base64; within the desktop there is no such bound. */
const maxMailBytes = { browser: 48 * 1024 * 1024, desktop: 200 * 1024 * 1024 } as const;
const acceptedFiles = '.eml,.mbox,.mbx,message/rfc822,application/mbox,text/plain,application/octet-stream';

export class MailFiles implements Disposable {
  readonly #parts: MailFilesParts;
  #abort: AbortController | null = null;

  constructor(parts: MailFilesParts) {
    this.#parts = parts;
  }

  /** One mail as a file where the person says; several as files in a folder. */
  async saveAsEml(rows: readonly MessageRow[]): Promise<void> {
    const { host, i18n } = this.#parts;
    const [row] = rows;
    if (!row) return;
    const one = messageCount(rows) === 1;
    await this.#run({ kind: 'export', folder: '' }, async (signal, pace) => {
      const folder = one ? undefined : await host.chooseFolder();
      if (folder === null) return null;
      let saved = 0;
      const failed = await this.#each(
        source(rows),
        'eml',
        { signal, pace },
        async ({ subject, date, content }) => {
          const name = mailFileName(subject || i18n.t('common.noSubject'), localDay(date));
          const sink = await host.createFile(name, folder);
          if (sink === null) throw new MailError('cancelled');
          await written(sink, () => sink.write(content));
          saved += 1;
        },
      );
      return this.#exported(saved, failed);
    });
  }

  /** All of them in one file. */
  async saveAsMbox(rows: readonly MessageRow[]): Promise<void> {
    const { i18n } = this.#parts;
    const [row] = rows;
    if (!row) return;
    const name = `${localDay(row.date)} ${row.subject || i18n.t('common.noSubject')}`;
    await this.#run({ kind: 'export', folder: '' }, (signal, pace) =>
      this.#toMbox(name, source(rows), { signal, pace }),
    );
  }

  async exportFolder(folder: FolderRow): Promise<void> {
    const name = folderName(folder, this.#parts.i18n.t);
    const job = { kind: 'export', folder: name, accountId: folder.accountId } as const;
    await this.#run(job, (signal, pace) =>
      this.#toMbox(name, { kind: 'folder', folderId: folder.id }, { signal, pace }),
    );
  }

  /** Asks for the files first; null: and then for the folder. */
  async chooseAndImport(folder: FolderRow | null): Promise<void> {
    const files = await pickFiles({ accept: acceptedFiles, multiple: true });
    if (files.length === 0) return;
    if (folder === null) this.#parts.dialogs.show({ kind: 'import-target', files });
    else await this.importFiles(folder, files);
  }

  /** Asks for a file, and shows the mail in it. */
  async chooseAndOpen(): Promise<void> {
    const { announcer, explain } = this.#parts;
    const [file] = await pickFiles({ accept: acceptedFiles, multiple: false });
    if (!file) return;
    if (file.size > largestOpened) {
      announcer.fail(explain(new MailError('mail-too-large', { size: file.size, limit: largestOpened })));
      return;
    }
    await this.open(new Uint8Array(await file.arrayBuffer()));
  }

  /** Shows a mail that is in no folder. */
  async open(content: Uint8Array<ArrayBuffer>): Promise<void> {
    const { announcer, client, dialogs, explain } = this.#parts;
    try {
      const answer = await client.call('mailFiles.open', { content });
      dialogs.show({ kind: 'opened-mail', mail: openedMail(content, answer) });
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  /** Answers or forwards it, from the account that it went to, else from the default account. */
  async answer(
    { content, message, parts }: OpenedMail,
    kind: 'reply' | 'reply-all' | 'forward',
  ): Promise<void> {
    const { accounts, announcer, answer, client, explain, i18n } = this.#parts;
    try {
      // Pictures inside the mail are not taken along: nothing stored has them.
      const quoteHtml = message.attachments.some(({ inline }) => inline) ? null : await visibleHtml(message);
      const begun = await client.call('mailFiles.answer', {
        content,
        kind,
        quoteHtml,
        locale: i18n.locale,
      });
      const wentTo = new Set([...message.to, ...message.cc].map(({ address }) => address.toLowerCase()));
      const account = accounts.rows.find(
        ({ address, canSend }) => canSend && wentTo.has(address.toLowerCase()),
      );
      answer({
        kind: 'answer',
        content: begun.content,
        ...(account ? { accountId: account.id } : {}),
        ...(kind === 'forward' ? { files: parts.map(fileOfPart) } : {}),
      });
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  /** As a file to import. */
  fileOf({ content, message }: OpenedMail): File {
    return new File(
      [content],
      mailFileName(message.subject || this.#parts.i18n.t('common.noSubject'), localDay(message.date)),
    );
  }

  async importFiles(folder: FolderRow, files: readonly File[]): Promise<void> {
    const { client, explain, host, i18n } = this.#parts;
    const name = folderName(folder, i18n.t);
    const sum: ImportCount = { imported: 0, duplicates: 0, removed: 0, failed: [] };
    const failed: FailedMail[] = [];
    const job = { kind: 'import', folder: name, accountId: folder.accountId } as const;
    await this.#run(job, async (signal, pace) => {
      // A folder that was made here, and mails that were removed from it: the server has to know first.
      await client.call('operations.flush', { accountId: folder.accountId }, { signal });
      const total = files.reduce((bytes, { size }) => bytes + size, 0);
      let before = 0;
      let stopped = '';
      for (const file of files) {
        const count: ImportCount = { imported: 0, duplicates: 0, removed: 0, failed: [] };
        const target = { client, folderId: folder.id, maxMailBytes: maxMailBytes[host.kind] };
        try {
          await importFile(target, readable(file), count, signal, (read) => pace(before + read, total));
        } catch (error) {
          if (signal.aborted) stopped = i18n.t('mailFiles.stopped');
          else if (isMailError(error) && (error.code === 'not-a-mail' || error.code === 'file-unreadable'))
            failed.push({ file: file.name, at: null, error: toWire(error) });
          else stopped = explain(error);
        }
        sum.imported += count.imported;
        sum.duplicates += count.duplicates;
        sum.removed += count.removed;
        for (const { at, error } of count.failed) failed.push({ file: file.name, at, error });
        before += file.size;
        if (stopped !== '') break;
      }
      return { ...this.#imported(sum, failed, name, stopped), ...(signal.aborted ? { fault: false } : {}) };
    });
  }

  async #toMbox(name: string, from: ExportSource, step: Step): Promise<Told | null> {
    const sink = await this.#parts.host.createFile(cleanFileName(`${name.replace(/[/\\]/g, '-')}.mbox`));
    if (sink === null) return null;
    let saved = 0;
    const failed = await written(sink, () =>
      this.#each(from, 'mbox', step, async ({ content }) => {
        await sink.write(content);
        saved += 1;
      }),
    );
    return this.#exported(saved, failed);
  }

  async #each(
    from: ExportSource,
    format: MailFileFormat,
    { signal, pace }: Step,
    take: (entry: { subject: string; date: number; content: Uint8Array }) => Promise<void>,
  ): Promise<FailedMail[]> {
    const { client, i18n } = this.#parts;
    const failed: FailedMail[] = [];
    for await (const step of exportMails(client, from, format, signal)) {
      for (const entry of step.entries) {
        await take(entry);
        signal.throwIfAborted();
      }
      for (const { subject, error } of step.failed)
        failed.push({ file: subject || i18n.t('common.noSubject'), at: null, error });
      await pace(step.done, step.total);
    }
    return failed;
  }

  #exported(count: number, failed: readonly FailedMail[]): Told {
    const { t } = this.#parts.i18n;
    const words = [
      t('mailFiles.saved', { count }),
      failed.length > 0 ? t('mailFiles.failed', { count: failed.length }) : '',
    ];
    return { words, failed, fault: false };
  }

  #imported(sum: ImportCount, failed: readonly FailedMail[], folder: string, stopped: string): Told {
    const { t } = this.#parts.i18n;
    const { imported, duplicates, removed } = sum;
    const nothing = imported + duplicates + removed === 0;
    const words = [
      stopped,
      nothing && (stopped !== '' || failed.length > 0)
        ? ''
        : t('mailFiles.imported', { count: imported, folder }),
      duplicates > 0 ? t('mailFiles.duplicates', { count: duplicates }) : '',
      removed > 0 ? t('mailFiles.removed', { count: removed }) : '',
      failed.length > 0 ? t('mailFiles.notImported', { count: failed.length }) : '',
    ];
    return { words, failed, fault: stopped !== '' || (nothing && failed.length > 0) };
  }

  /** Runs the one job, and tells how it ended. */
  async #run(
    job: MailFileJob,
    work: (signal: AbortSignal, pace: Pace) => Promise<Told | null>,
  ): Promise<void> {
    const { announcer, client, dialogs, explain, i18n } = this.#parts;
    if (this.#abort !== null) {
      announcer.fail(i18n.t('mailFiles.busy'));
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    let scope: AbortSignal = abort.signal;
    try {
      const { kind, folder, accountId = null } = job;
      const init = { id: crypto.randomUUID(), kind, accountId, folder: folder === '' ? null : folder };
      const told = await asJob(client, init, abort.signal, (pace, signal) => work((scope = signal), pace));
      if (told === null) return;
      const { failed, fault, words } = told;
      announcer.show(words.filter((sentence) => sentence !== '').join(' '), {
        tone: fault ? 'error' : 'plain',
        replaces: 'mail-files',
        ms: failed.length > 0 || fault ? 20_000 : 8_000,
        ...(failed.length === 0
          ? {}
          : {
              action: {
                label: i18n.t('mailFiles.details'),
                run: () => dialogs.show({ kind: 'mail-file-faults', failed, direction: job.kind }),
              },
            }),
      });
    } catch (error) {
      if (scope.aborted) announcer.show(i18n.t('mailFiles.stopped'));
      else if (!isMailError(error) || error.code !== 'cancelled') announcer.fail(explain(error));
    } finally {
      this.#abort = null;
    }
  }

  [Symbol.dispose](): void {
    this.#abort?.abort(new MailError('cancelled'));
  }
}

/** To be attached under a name that meets no file system as it stands. */
function fileOfPart({ filename, contentType, content }: OpenedMail['parts'][number]): File {
  return new File([content], cleanFileName(filename), { type: contentType });
}

interface Told {
  readonly words: readonly string[];
  readonly failed: readonly FailedMail[];
  readonly fault: boolean;
}

function source(rows: readonly MessageRow[]): ExportSource {
  return { kind: 'messages', refs: rows.slice(0, 10_000).map(refOf) };
}

/** Kept when all of it was written, and not at all otherwise. */
async function written<T>(sink: FileSink, work: () => Promise<T>): Promise<T> {
  let whole = false;
  try {
    const result = await work();
    whole = true;
    return result;
  } finally {
    await sink.close(whole);
  }
}

/** A folder that was dropped, or a file that went: the browser says so when it is read. */
async function* readable(file: File): AsyncGenerator<Uint8Array> {
  try {
    yield* bytesOf(file);
  } catch (cause) {
    if (cause instanceof DOMException) throw new MailError('file-unreadable', { file: file.name }, { cause });
    throw cause;
  }
}

/** "2025-03-05", by the clock of the place. */
function localDay(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
