/** What is wrong with a row or a file, in the reader's words. The engine's own words are in English and stand in where there are none. */
import type { ImportRow } from '#shared/contract/discovery.ts';
import type { Fault, MailError } from '#shared/errors/MailError.ts';
import { toWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import type { Language, MessageKey, Translate } from '#shared/i18n/translate.ts';

const byCode: Readonly<Record<string, MessageKey>> = {
  missing: 'import.fault.missing',
  'unknown-key': 'import.fault.unknownKey',
  'duplicate-row': 'import.fault.duplicateRow',
  'needs-users': 'import.fault.needsUsers',
  'no-imap': 'import.fault.noImap',
  'too-many-fields': 'import.fault.tooManyFields',
};
const byField: Readonly<Record<string, MessageKey>> = {
  port: 'import.fault.port',
  security: 'import.fault.security',
  address: 'import.fault.address',
  archiveAddress: 'import.fault.address',
  host: 'import.fault.host',
  trust: 'import.fault.trust',
};
const byFile: Readonly<Record<string, MessageKey>> = {
  'too-large': 'import.file.tooLarge',
  'too-many-rows': 'import.file.tooManyRows',
  empty: 'import.file.empty',
  'no-header': 'import.file.noHeader',
  'not-a-table': 'import.file.notATable',
  'not-json': 'import.file.notJson',
  'not-xml': 'import.file.notXml',
  'xml-entities': 'import.file.entities',
  'not-a-profile': 'import.file.notAProfile',
  'no-mail': 'import.file.noMail',
  'no-provider': 'import.file.noProvider',
  truncated: 'import.file.truncated',
  'not-signed-data': 'import.file.truncated',
  'bad-signature': 'import.file.badSignature',
  'signature-expired': 'import.file.signatureExpired',
};

type Plain = (key: MessageKey) => string;

function faultText({ path, code, message }: Fault, t: Plain): string {
  const key = byCode[code] ?? byField[path.split('.').at(-1) ?? ''];
  const words = key ? t(key) : message;
  return path === 'file' || path === '' ? words : `${path}: ${words}`;
}

export interface Reason {
  readonly message: string;
  /** What to try. */
  readonly hint: string;
}

/** Why a row failed; null: it did not. */
export function reasonOf(row: ImportRow, t: Translate, language: Language): Reason | null {
  if (row.state !== 'failed' && row.state !== 'skipped') return null;
  if (row.faults.length > 0)
    return { message: row.faults.map((fault) => faultText(fault, t as Plain)).join('; '), hint: '' };
  if (row.error) return errorText(row.error, language);
  return { message: row.code ?? '', hint: '' };
}

/** Why the file as a whole is of no use. */
export function fileFault(error: MailError, t: Translate, language: Language): Reason {
  const fault = error.code === 'invalid-input' ? error.faults?.[0] : undefined;
  if (!fault) return errorText(toWire(error), language);
  // The names stand in the engine's own words, between quotes.
  const names = [...fault.message.matchAll(/"([^"]+)"/g)].map(([, name]) => name).join(', ');
  if (fault.code === 'unknown-column')
    return { message: t('import.file.unknownColumn', { names }), hint: '' };
  if (fault.code === 'duplicate-column')
    return { message: t('import.file.duplicateColumn', { names }), hint: '' };
  const key = byFile[fault.code];
  return { message: key ? (t as Plain)(key) : fault.message, hint: '' };
}
