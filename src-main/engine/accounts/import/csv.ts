/**
 * Accounts from a table: columns by name (docs/importing.md), delimiter and encoding found out, and the traps of spreadsheets undone:
 * "993,0" for a port, ="0123" for a text, a leading apostrophe, blanks around everything, thousands separators.
 */
import { parse } from 'csv-parse/sync';
import type { ProviderOf } from '#engine/accounts/accountFile.ts';
import { badRow, rowOf, unusableFile, type ImportRow } from './importRow.ts';
import { decodeFile } from './textEncoding.ts';

/** The name of a column in the documentation, and what else it is called in the wild (compared without case, blanks and marks). */
const columns = {
  name: ['account', 'accountname', 'kontoname', 'konto'],
  address: ['email', 'emailaddress', 'mail', 'adresse', 'emailadresse'],
  displayName: ['fullname', 'anzeigename', 'absendername', 'sendername'],
  imapHost: ['imapserver', 'incominghost', 'incomingserver', 'eingangsserver'],
  imapPort: ['incomingport', 'eingangsport'],
  imapSecurity: ['incomingsecurity', 'eingangssicherheit'],
  imapUser: ['imapusername', 'imaplogin', 'user', 'username', 'login', 'benutzername', 'benutzer'],
  imapPassword: ['password', 'passwort', 'kennwort', 'incomingpassword'],
  smtpHost: ['smtpserver', 'outgoinghost', 'outgoingserver', 'ausgangsserver'],
  smtpPort: ['outgoingport', 'ausgangsport'],
  smtpSecurity: ['outgoingsecurity', 'ausgangssicherheit'],
  smtpUser: ['smtpusername', 'smtplogin', 'outgoinguser'],
  smtpPassword: ['outgoingpassword'],
  archiveAddress: ['archive', 'archiv', 'archivadresse', 'archivierungsemailadresse'],
  trust: ['certificate', 'fingerprint', 'zertifikat'],
  allowPlaintext: ['plaintext'],
  auth: ['authentication', 'signin', 'anmeldung', 'authentifizierung'],
  provider: ['issuer', 'anbieter'],
  login: ['signinas', 'anmeldenals'],
} as const satisfies Record<string, readonly string[]>;
export type CsvColumn = keyof typeof columns;
export const csvColumns = Object.keys(columns) as CsvColumn[];
/** In a file that came back with failed rows. */
const ignored = new Set(['reason', 'grund', 'line', 'zeile']);

export const maxCsvRows = 50_000;
const maxFieldLength = 2000;

const plain = (header: string): string =>
  header
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]/g, '');

const byHeader = new Map<string, CsvColumn>(
  csvColumns.flatMap((column) => [column, ...columns[column]].map((name) => [plain(name), column] as const)),
);

/** Errors: invalid-input for a file that is no such table at all (unknown columns are named). */
export function readCsv(bytes: Uint8Array, providerOf: ProviderOf): ImportRow[] {
  const text = decodeFile(bytes);
  const delimiter = findDelimiter(text);
  const records = parseRecords(text, delimiter);
  const header = records[0];
  if (header === undefined) throw unusableFile('empty', 'the file holds no rows');
  const known = header.record.map((name) => byHeader.get(plain(name)));
  if (!known.includes('address')) {
    throw unusableFile(
      'no-header',
      `the first row must name the columns; "address" is needed (${csvColumns.join(', ')})`,
    );
  }
  const unknown = header.record.filter(
    (name, at) => known[at] === undefined && name.trim() !== '' && !ignored.has(plain(name)),
  );
  if (unknown.length > 0) {
    throw unusableFile(
      'unknown-column',
      `there is no column ${unknown.map((name) => `"${name}"`).join(', ')}`,
    );
  }
  const twice = known.find((column, at) => column !== undefined && known.indexOf(column) !== at);
  if (twice !== undefined) throw unusableFile('duplicate-column', `the column "${twice}" stands there twice`);
  if (records.length - 1 > maxCsvRows) throw unusableFile('too-many-rows', `more than ${maxCsvRows} rows`);

  const seen = new Map<string, number>();
  return records
    .slice(1)
    .filter(({ record }) => record.some((cell) => cell.trim() !== ''))
    .map(({ record, line }) => {
      if (record.length > known.length && record.slice(known.length).some((cell) => cell.trim() !== '')) {
        return badRow(line, {
          path: `line ${line}`,
          code: 'too-many-fields',
          message: `${record.length} fields for ${known.length} columns; is a text with "${delimiter}" in it not quoted?`,
        });
      }
      const fields: Partial<Record<CsvColumn, string>> = {};
      record.forEach((cell, at) => {
        const column = known[at];
        if (column !== undefined) fields[column] = tidy(cell, column);
      });
      const address = (fields.address ?? '').toLowerCase();
      const earlier = seen.get(address);
      if (address !== '' && earlier !== undefined) {
        return badRow(
          line,
          {
            path: 'address',
            code: 'duplicate-row',
            message: `this address stands in line ${earlier} already`,
          },
          { name: fields.name ?? '', address: fields.address ?? '' },
        );
      }
      seen.set(address, line);
      return rowOf(line, accountValue(fields), providerOf);
    });
}

interface CsvRecord {
  readonly record: string[];
  /** Of the row's first character, from 1. */
  readonly line: number;
}

function parseRecords(text: string, delimiter: string): CsvRecord[] {
  let before = 1;
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 64 * 1024,
      info: true,
    }).map((entry: unknown) => {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      const line = before;
      before = info.lines + 1;
      return { record, line };
    });
  } catch (error) {
    const at = /line (\d+)/i.exec(error instanceof Error ? error.message : '')?.[1];
    throw unusableFile(
      'not-a-table',
      `this is no table of comma-separated values${at ? ` (line ${at})` : ''}`,
    );
  }
}

/** The one of the usual delimiters that cuts the first row into the most columns that are known. */
function findDelimiter(text: string): string {
  const first = text.slice(0, 20_000).split(/\r\n|\n|\r/, 1)[0] ?? '';
  let best = ',';
  let most = -1;
  for (const delimiter of [';', ',', '\t', '|']) {
    const cells = first.split(delimiter).map((cell) => plain(cell.replace(/^\s*"|"\s*$/g, '')));
    const known = cells.filter((cell) => byHeader.has(cell)).length;
    if (known > most) {
      most = known;
      best = delimiter;
    }
  }
  return best;
}

/** Passwords are the one thing that is taken to the letter. */
function tidy(cell: string, column: CsvColumn): string {
  if (column === 'imapPassword' || column === 'smtpPassword') return cell.slice(0, maxFieldLength);
  const formula = /^="(.*)"$/s.exec(cell.trim());
  const text = (formula?.[1] ?? cell)
    .trim()
    .replace(/^'(?=.)/, '')
    .slice(0, maxFieldLength);
  if (column !== 'imapPort' && column !== 'smtpPort') return text;
  return text.replace(/[.,]0+$/, '').replace(/^(\d{1,2})[.,'\s](\d{3})$/, '$1$2');
}

const security: Readonly<Record<string, string>> = {
  ssl: 'tls',
  'ssl/tls': 'tls',
  'tls/ssl': 'tls',
  tls: 'tls',
  starttls: 'starttls',
  none: 'none',
  plain: 'none',
  keine: 'none',
};

function accountValue(fields: Partial<Record<CsvColumn, string>>): unknown {
  const get = (column: CsvColumn): string => fields[column] ?? '';
  const address = get('address');
  const server = (side: 'imap' | 'smtp', defaults: { port: number }): Record<string, unknown> => {
    const typedPort = get(`${side}Port`);
    const port = typedPort === '' ? defaults.port : /^\d+$/.test(typedPort) ? Number(typedPort) : typedPort;
    const typed = get(`${side}Security`).toLowerCase();
    return {
      host: get(`${side}Host`),
      port,
      security:
        typed === '' ? (port === 143 || port === 587 ? 'starttls' : 'tls') : (security[typed] ?? typed),
      user: get(`${side}User`) || (side === 'smtp' ? get('imapUser') : '') || address,
    };
  };
  const smtpPassword = get('smtpPassword');
  const auth = authOf(fields);
  const trust = get('trust');
  const plaintext = get('allowPlaintext').toLowerCase();
  return {
    name: get('name') || address,
    address,
    displayName: get('displayName'),
    imap: {
      ...server('imap', { port: 993 }),
      ...(auth.signsIn ? {} : { password: get('imapPassword') }),
    },
    smtp:
      get('smtpHost') === ''
        ? null
        : {
            ...server('smtp', { port: 465 }),
            ...(smtpPassword === '' || auth.signsIn ? {} : { password: smtpPassword }),
          },
    archiveAddress: get('archiveAddress') || null,
    ...(trust === '' ? {} : { tls: { trust } }),
    ...(['yes', 'true', '1', 'ja'].includes(plaintext) ? { allowPlaintext: true } : {}),
    ...auth.value,
  };
}

/** A password beside "oauth2" is of no use to anybody, and is passed over. */
function authOf(fields: Partial<Record<CsvColumn, string>>): { signsIn: boolean; value: object } {
  const { auth = '', provider = '', login = '' } = fields;
  const said = auth.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (['oauth', 'oauth2', 'xoauth2', 'oauthbearer', 'modernauth'].includes(said)) {
    const more = {
      ...(provider === '' ? {} : { provider }),
      ...(login === '' ? {} : { login }),
    };
    return { signsIn: true, value: { auth: { method: 'oauth2', ...more } } };
  }
  return { signsIn: false, value: said === '' || said === 'password' ? {} : { auth } };
}
