/** What an import reads: one row an account, good or with every reason why not. A bad row stops no other. */
import {
  parseAccountFileValue,
  type AccountFile,
  type ProviderOf,
  type SignInFile,
} from '#engine/accounts/accountFile.ts';
import { isMailError, MailError, type Fault } from '#shared/errors/MailError.ts';

export const importFormats = ['postkorb', 'csv', 'autoconfig', 'mobileconfig'] as const;
export type ImportFormat = (typeof importFormats)[number];

export interface ImportRow {
  /** Where it stands: a line of the file, or the number of the account in it. Counted from 1. */
  readonly line: number;
  /** What could be read for telling the row apart; '' where nothing. */
  readonly name: string;
  readonly address: string;
  readonly outcome:
    | { readonly ok: true; readonly account: AccountFile | SignInFile }
    | { readonly ok: false; readonly faults: readonly Fault[] };
}

/** Somebody whose settings a file describes without naming him: for files with placeholders. */
export interface ImportUser {
  readonly address: string;
  /** '': he signs in at a provider. */
  readonly password: string;
  readonly name?: string | undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 320) : '');

/** A row from a value in the form of an account file (CLI.md). */
export function rowOf(line: number, value: unknown, providerOf: ProviderOf): ImportRow {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const named = { line, name: text(fields['name']), address: text(fields['address']) };
  try {
    return { ...named, outcome: { ok: true, account: parseAccountFileValue(value, providerOf) } };
  } catch (error) {
    if (!isMailError(error)) throw error;
    return { ...named, outcome: { ok: false, faults: error.faults ?? [] } };
  }
}

export function badRow(
  line: number,
  fault: Fault,
  named: { name?: string; address?: string } = {},
): ImportRow {
  return {
    line,
    name: named.name ?? '',
    address: named.address ?? '',
    outcome: { ok: false, faults: [fault] },
  };
}

/** The file as a whole cannot be used. */
export function unusableFile(code: string, message: string): MailError {
  return new MailError('invalid-input', {}, { faults: [{ path: 'file', code, message }] });
}
