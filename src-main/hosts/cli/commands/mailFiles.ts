/** export, import: mails as files, out of a folder and into one. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MailFileFormat } from '#shared/contract/mailFiles.ts';
import { freeFileName } from '#shared/domain/fileName.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import { isMailError, MailError, toWire, type WireError } from '#shared/errors/MailError.ts';
import { asJob } from '#shared/mailFiles/heldJob.ts';
import { exportMails, type ExportStep } from '#shared/mailFiles/exportMails.ts';
import { importFile, type ImportCount } from '#shared/mailFiles/importFile.ts';
import { mailFileName } from '#shared/mailFiles/mailFileName.ts';
import { describeError, invalid, type Language, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findAccount, findFolder, withEngine } from '../session.ts';
import { untilInterrupted } from '../untilInterrupted.ts';

/** What the engine takes as one mail. */
const maxMailBytes = 200 * 1024 * 1024;
/** The file's own fault, and not the server's. */
const unusable: ReadonlySet<string> = new Set(['file-unreadable', 'not-a-mail', 'mail-too-large']);
/** Progress is told so often. */
const toldEveryMs = 2_000;

interface FailedJson {
  readonly code: string;
  readonly message: string;
}

function failure(error: WireError, language: Language): FailedJson {
  const { code, message } = describeError(error, language);
  return { code, message };
}

function unwritable(file: string, cause: unknown): MailError {
  const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  return full
    ? new MailError('disk-full', {}, { cause })
    : new MailError('file-unreadable', { file }, { cause });
}

/** Where the mails of an export go, one after the other. */
interface Sink {
  write(entry: ExportStep['entries'][number]): Promise<void>;
  /** `whole`: everything is there; else nothing is left that looks as if it were. */
  close(whole: boolean): Promise<void>;
}

/** Under another name until it is whole. */
async function oneFile(file: string): Promise<Sink> {
  const part = `${file}.part`;
  const handle = await open(part, 'w').catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
  return {
    async write({ content }) {
      await handle.appendFile(content).catch((cause: unknown) => {
        throw unwritable(file, cause);
      });
    },
    async close(whole) {
      await handle.close();
      try {
        if (whole) await rename(part, file);
        else await rm(part, { force: true });
      } catch (cause) {
        throw unwritable(file, cause);
      }
    },
  };
}

/** A file for each mail; none that lies there is overwritten. */
async function folderOfFiles(folder: string): Promise<Sink> {
  let taken: Set<string>;
  try {
    await mkdir(folder, { recursive: true });
    taken = new Set((await readdir(folder)).map((name) => name.toLowerCase()));
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return {
    async write({ subject, date, content }) {
      const day = new Date(date).toISOString().slice(0, 10);
      const name = freeFileName(mailFileName(subject || 'mail', day), taken);
      taken.add(name.toLowerCase());
      try {
        const handle = await open(join(folder, name), 'wx');
        await using _ = handle;
        await handle.writeFile(content);
      } catch (cause) {
        throw unwritable(join(folder, name), cause);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Aborted by Ctrl+C, so that what was begun is put away. */
function interruption(): AbortSignal {
  const abort = new AbortController();
  void untilInterrupted().then(() => abort.abort(new MailError('cancelled')));
  return abort.signal;
}

function teller(output: Output): (line: () => string) => void {
  let next = performance.now() + toldEveryMs;
  return (line) => {
    if (performance.now() < next) return;
    next = performance.now() + toldEveryMs;
    output.note(line());
  };
}

/** So that a window on the same profile shows it, and can hold it up. */
function jobOf(kind: 'import' | 'export', { accountId, name }: FolderRow) {
  return { id: randomUUID(), kind, accountId, folder: name };
}

async function runExport(
  client: EngineClient,
  folder: FolderRow,
  { out, format }: { out: string; format: MailFileFormat },
  output: Output,
): Promise<number> {
  const signal = interruption();
  const tell = teller(output);
  const result = { messages: 0, bytes: 0, failed: [] as ({ id: number } & FailedJson)[] };
  const sink = format === 'mbox' ? await oneFile(out) : await folderOfFiles(out);
  let whole = false;
  try {
    const source = { kind: 'folder', folderId: folder.id } as const;
    await asJob(client, jobOf('export', folder), signal, async (pace, scope) => {
      for await (const step of exportMails(client, source, format, scope)) {
        for (const entry of step.entries) {
          await sink.write(entry);
          result.messages += 1;
          result.bytes += entry.content.length;
        }
        for (const { id, error } of step.failed)
          result.failed.push({ id, ...failure(error, output.language) });
        tell(() => `${step.done} of ${step.total}`);
        await pace(step.done, step.total);
      }
    });
    whole = true;
  } finally {
    await sink.close(whole);
  }
  output.result(result, () => [
    `${result.messages} messages, ${result.bytes} bytes: ${out}`,
    ...result.failed.map(({ id, message }) => `  ${id}: ${message}`),
  ]);
  return result.failed.length === 0 ? 0 : 1;
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    if ((await stat(file)).isDirectory()) throw new Error('a folder');
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer;
  } catch (cause) {
    if (isMailError(cause)) throw cause;
    throw new MailError('file-unreadable', { file }, { cause });
  }
}

/** 0: it will be told when it is read. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function runImport(
  client: EngineClient,
  folder: FolderRow,
  files: readonly string[],
  output: Output,
): Promise<number> {
  const interrupted = interruption();
  const { accountId, id: folderId } = folder;
  const sizes = await Promise.all(files.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  const tell = teller(output);
  const result = {
    imported: 0,
    duplicates: 0,
    removed: 0,
    failed: [] as ({ file: string; at: number | null } & FailedJson)[],
  };
  await asJob(client, jobOf('import', folder), interrupted, async (pace, signal) => {
    for (const [at, file] of files.entries()) {
      const count: ImportCount = { imported: 0, duplicates: 0, removed: 0, failed: [] };
      try {
        await importFile({ client, folderId, maxMailBytes }, bytesOf(file), count, signal, (read) => {
          tell(() => `${file}: ${count.imported} imported`);
          return pace(before + read, total);
        });
      } catch (error) {
        signal.throwIfAborted();
        if (!isMailError(error)) throw error;
        result.failed.push({ file, at: null, ...failure(toWire(error), output.language) });
        // A file that cannot be used stops no other; a server that cannot be reached does.
        if (error.code !== 'file-unreadable' && error.code !== 'not-a-mail') {
          add(result, count, file, output.language);
          break;
        }
      }
      add(result, count, file, output.language);
      before += sizes[at] ?? 0;
    }
  });
  if (result.imported > 0) {
    // So that the next command sees them.
    const { accounts } = await client.call('sync.run', { accountId });
    for (const { error } of accounts) if (error) output.note(describeError(error, output.language).message);
  }
  output.result(result, () => [
    `${result.imported} imported, ${result.duplicates} there already` +
      (result.removed === 0 ? '' : `, ${result.removed} left out (removed in their own program)`),
    ...result.failed.map(
      ({ file, at, message }) => `  ${file}${at === null ? '' : `, mail ${at}`}: ${message}`,
    ),
  ]);
  if (result.failed.length === 0) return 0;
  const nothing = result.imported + result.duplicates + result.removed === 0;
  return nothing && result.failed.every(({ code }) => unusable.has(code)) ? 2 : 1;
}

function add(
  result: {
    imported: number;
    duplicates: number;
    removed: number;
    failed: ({ file: string; at: number | null } & FailedJson)[];
  },
  count: ImportCount,
  file: string,
  language: Language,
): void {
  result.imported += count.imported;
  result.duplicates += count.duplicates;
  result.removed += count.removed;
  for (const { at, error } of count.failed) result.failed.push({ file, at, ...failure(error, language) });
}

export function registerMailFileCommands({ program, run }: CommandContext): void {
  program
    .command('export')
    .description('the mails of a folder as a file: an mbox, or a folder with one .eml for each')
    .requiredOption('--account <id>', 'the account (id, name or address)')
    .requiredOption('--folder <path>', 'the folder (path or role)')
    .requiredOption('--out <file>', 'the mbox, replaced where it exists; with --format eml a folder')
    .option('--format <mbox|eml>', 'default: mbox')
    .action((flags: { account: string; folder: string; out: string; format?: string }) =>
      run((options) => {
        const format = flags.format ?? 'mbox';
        if (format !== 'mbox' && format !== 'eml')
          throw invalid('--format', 'invalid', `there is no format "${format}": mbox, eml`);
        return withEngine(options, async (client) => {
          const account = await findAccount(client, flags.account);
          const folder = await findFolder(client, account.id, flags.folder);
          return await runExport(client, folder, { out: flags.out, format }, options.output);
        });
      }),
    );

  program
    .command('import <file...>')
    .description('files mails from .eml and mbox files in a folder of the server')
    .requiredOption('--account <id>', 'the account (id, name or address)')
    .requiredOption('--folder <path>', 'the folder (path or role)')
    .action((files: string[], flags: { account: string; folder: string }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const account = await findAccount(client, flags.account);
          const folder = await findFolder(client, account.id, flags.folder);
          // A folder that was made here, or mails that were removed from it: the server has to know first.
          await client.call('operations.flush', { accountId: account.id });
          const status = await runImport(client, folder, files, options.output);
          return status;
        }),
      ),
    );
}
