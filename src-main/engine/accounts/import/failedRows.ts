/** The rows that failed, as a table to be mended in a spreadsheet and imported again: the columns of an import, and the reason. */
import type { CsvColumn } from './csv.ts';

export interface FailedRow {
  readonly fields: Readonly<Partial<Record<CsvColumn, string>>>;
  readonly line: number;
  readonly reason: string;
}

const order: readonly CsvColumn[] = [
  'name',
  'address',
  'displayName',
  'imapHost',
  'imapPort',
  'imapSecurity',
  'imapUser',
  'imapPassword',
  'smtpHost',
  'smtpPort',
  'smtpSecurity',
  'smtpUser',
  'smtpPassword',
  'archiveAddress',
  'trust',
  'auth',
  'provider',
  'login',
];

/** UTF-8 with a byte order mark, so that spreadsheets read umlauts; CRLF as RFC 4180 says. */
export function failedRowsCsv(rows: readonly FailedRow[]): string {
  const lines = [
    [...order, 'line', 'reason'],
    ...rows.map(({ fields, line, reason }) => [
      ...order.map((column) => fields[column] ?? ''),
      String(line),
      reason,
    ]),
  ];
  return `\uFEFF${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A cell that a spreadsheet would run as a formula is marked as text (I01); an import takes the mark off again. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
