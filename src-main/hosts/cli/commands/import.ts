/** account import: many accounts from one file. A row that fails is reported with its line and stops no other. */
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import type { ImportRow } from '#shared/contract/discovery.ts';
import type { RequestOf } from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { describeError, invalid, table, type Language } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

type Format = NonNullable<RequestOf<'import.open'>['format']>;
type Users = NonNullable<RequestOf<'import.open'>['users']>;
const formats: readonly Format[] = ['postkorb', 'csv', 'autoconfig', 'mobileconfig'];

interface ImportFlags {
  readonly format?: string;
  readonly dryRun?: boolean;
  readonly users?: string;
  readonly failed?: string;
}

async function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new MailError('file-unreadable', { file }, { cause });
  }
}

/** One user a line: address, password, name, with a tab, semicolon or comma between them. */
async function readUsers(file: string): Promise<Users> {
  const text = new TextDecoder().decode(await read(file)).replace(/^\uFEFF/, '');
  return text
    .split(/\r?\n/)
    .map((line, at) => ({ line, at: at + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, at }) => {
      const [address = '', password = '', name] = line.split(/[\t;,]/).map((cell) => cell.trim());
      if (address === '') {
        throw invalid(`${file}, line ${at}`, 'invalid', 'each line is: address, password, name');
      }
      return { address, password, ...(name ? { name } : {}) };
    });
}

function failure(row: ImportRow, language: Language): { line: number; code: string; message: string } {
  const message =
    row.faults.length > 0
      ? row.faults.map(({ path, message: words }) => `${path}: ${words}`).join('; ')
      : row.error
        ? describeError(row.error, language).message
        : '';
  return { line: row.line, code: row.code ?? 'invalid-input', message };
}

/** @param account the `account` command that this belongs to */
export function registerImportCommand(account: Command, { run }: CommandContext): void {
  account
    .command('import <file>')
    .description('many accounts at once: Postkorb JSON, CSV, Thunderbird autoconfig XML, Apple .mobileconfig')
    .option('--format <format>', `${formats.join(' | ')}; without it found out from the content`)
    .option('--dry-run', 'read and check the file; test and save nothing')
    .option('--users <file>', 'for files with placeholders: one "address, password, name" a line')
    .option('--failed <file>', 'write the rows that failed, with the reason, to this file as CSV')
    .action((file: string, flags: ImportFlags) =>
      run(async (options) => {
        const { output } = options;
        const format = flags.format as Format | undefined;
        if (format !== undefined && !formats.includes(format)) {
          throw invalid('--format', 'invalid', `there is no format "${format}": ${formats.join(', ')}`);
        }
        const content = await read(file);
        const users = flags.users === undefined ? [] : await readUsers(flags.users);
        return withEngine(options, async (client) => {
          const opened = await client.call('import.open', { content, format: format ?? null, users });
          const { importId } = opened;
          if (opened.signer !== null) output.note(`signed by ${opened.signer}`);
          const { rows } = flags.dryRun ? opened : await client.call('import.run', { importId });
          if (flags.failed !== undefined) {
            const { csv } = await client.call('import.failedRows', { importId, language: output.language });
            await writeFile(flags.failed, csv, { mode: 0o600 }).catch((cause: unknown) => {
              throw new MailError('file-unreadable', { file: flags.failed ?? '' }, { cause });
            });
          }
          await client.call('import.close', { importId });
          const named = ({ line, name, address, id }: ImportRow) => ({ line, id, name, address });
          const result = {
            format: opened.format,
            imported: rows.filter(({ state }) => state === 'imported').map(named),
            failed: rows
              .filter(({ state }) => state === 'failed')
              .map((row) => failure(row, output.language)),
            /** They wait for their people: in the window, or by `account add` and a sign-in. */
            signInNeeded: rows
              .filter(({ state }) => state === 'sign-in-needed')
              .map((row) => ({ ...named(row), provider: row.settings?.auth?.provider ?? null })),
            skipped: rows
              .filter(({ state }) => state === 'skipped')
              .map((row) => ({ ...failure(row, output.language), address: row.address })),
            ...(flags.dryRun ? { ready: rows.filter(({ state }) => state === 'ready').map(named) } : {}),
          };
          output.result(result, () =>
            table(
              rows.map((row) => [
                String(row.line),
                row.state,
                row.address,
                row.state === 'failed' || row.state === 'skipped'
                  ? failure(row, output.language).message
                  : '',
              ]),
            ),
          );
          return result.failed.length === 0 ? 0 : 1;
        });
      }),
    );
}
