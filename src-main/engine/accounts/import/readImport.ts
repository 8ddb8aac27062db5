/** A file with many accounts, in any of the formats, into rows. */
import type { ProviderOf } from '#engine/accounts/accountFile.ts';
import { readAutoconfig } from './autoconfigXml.ts';
import { readCsv } from './csv.ts';
import { rowOf, unusableFile, type ImportFormat, type ImportRow, type ImportUser } from './importRow.ts';
import { readMobileconfig } from './mobileconfig.ts';
import { isSigned, openSigned } from './signedProfile.ts';
import { decodeFile } from './textEncoding.ts';

export interface ImportFile {
  readonly format: ImportFormat;
  readonly rows: readonly ImportRow[];
  /** Who signed it, of a signed profile. */
  readonly signer: string | null;
}

export interface ReadImportOptions {
  /** null: found out from the content. */
  readonly format: ImportFormat | null;
  readonly users?: readonly ImportUser[];
  readonly now: Date;
  /** Who signs in for a mail server, where a file does not say. */
  readonly providerOf: ProviderOf;
}

/** Far above fifty thousand accounts; a larger file is something else. */
export const maxImportBytes = 20 * 1024 * 1024;
const maxXmlBytes = 5 * 1024 * 1024;

/** Errors: invalid-input where the file as a whole is of no use, with the reason; a fault of one row is in that row. */
export async function readImport(bytes: Uint8Array, options: ReadImportOptions): Promise<ImportFile> {
  if (bytes.byteLength > maxImportBytes) {
    throw unusableFile(
      'too-large',
      `the file has ${Math.round(bytes.byteLength / 1e6)} MB; at most 20 MB are read`,
    );
  }
  const { providerOf } = options;
  const format = options.format ?? detectFormat(bytes);
  if (format === 'csv') return { format, rows: readCsv(bytes, providerOf), signer: null };
  if (format === 'postkorb')
    return { format, rows: readPostkorb(decodeFile(bytes), providerOf), signer: null };
  if (bytes.byteLength > maxXmlBytes) throw unusableFile('too-large', 'at most 5 MB of XML are read');
  if (format === 'autoconfig') {
    return { format, rows: readAutoconfig(decodeFile(bytes), options.users ?? [], providerOf), signer: null };
  }
  if (!isSigned(bytes))
    return { format, rows: readMobileconfig(decodeFile(bytes), providerOf), signer: null };
  const { content, signer } = await openSigned(bytes, options.now);
  return { format, rows: readMobileconfig(decodeFile(content), providerOf), signer };
}

export function detectFormat(bytes: Uint8Array): ImportFormat {
  if (isSigned(bytes)) return 'mobileconfig';
  const start = decodeFile(bytes.subarray(0, 4000)).trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return 'postkorb';
  if (start.startsWith('<')) return /<clientConfig/i.test(start) ? 'autoconfig' : 'mobileconfig';
  return 'csv';
}

/** One account file (CLI.md), a list of them, or {"accounts": [...]}. */
function readPostkorb(text: string, providerOf: ProviderOf): ImportRow[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unusableFile('not-json', 'this is not valid JSON');
  }
  const wrapped = typeof json === 'object' && json !== null && 'accounts' in json ? json.accounts : json;
  const list: readonly unknown[] = Array.isArray(wrapped) ? wrapped : [wrapped];
  return list.map((value, at) => rowOf(at + 1, value, providerOf));
}
