/** What there is to say about how a mail is made; the words are in i18n ("warning.<code>"). */
import type { Address, MessageWarning } from '#shared/domain/message.ts';
import { readsAs } from '#shared/domain/readableAddress.ts';
import { visibleFileName } from '#shared/domain/fileName.ts';
import type { MessageHeaders } from './headers.ts';

const maxWarnings = 50;
const maxNames = 20;

export function headerWarnings(
  headers: Pick<MessageHeaders, 'from' | 'date' | 'limited' | 'severalSenders' | 'duplicates'>,
): MessageWarning[] {
  const warnings: MessageWarning[] = [];
  if (headers.limited) warnings.push({ code: 'headers-limit' });
  if (headers.severalSenders) warnings.push({ code: 'several-senders' });
  for (const name of headers.duplicates) {
    if (name !== 'from') warnings.push({ code: 'duplicate-header', detail: name });
  }
  const claimed = headers.from === null ? null : claimedAddress(headers.from);
  if (claimed !== null) warnings.push({ code: 'name-is-address', detail: claimed });
  if (headers.date === null) warnings.push({ code: 'date-absurd' });
  return warnings;
}

/** The address that a sender's name pretends to be, where it is another than his (M08). */
export function claimedAddress({ name, address }: Address): string | null {
  const claimed = /[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;:]{1,190}\.[^\s<>"'(),;:.]{2,60}/.exec(name)?.[0];
  return claimed === undefined || readsAs(claimed, address) ? null : claimed;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['message/external-body', 'external-body'],
  ['message/partial', 'partial'],
  ['application/pgp-encrypted', 'encrypted'],
]);
const encodings = new Set([
  '',
  '7bit',
  '8bit',
  'binary',
  'base64',
  'quoted-printable',
  'x-uuencode',
  'x-uue',
  'uuencode',
]);

interface NamedPart {
  readonly filename: string;
  readonly contentType: string;
  readonly encoding: string;
}

/** About attachments: kinds that are not what they look like (M13), unknown encodings, names with hidden characters (M05). */
export function partWarnings(parts: readonly NamedPart[]): MessageWarning[] {
  const warnings: MessageWarning[] = [];
  let names = 0;
  for (const { filename, contentType, encoding } of parts) {
    const code = kinds.get(contentType);
    if (code !== undefined) warnings.push({ code });
    if (
      /^application\/(?:x-)?pkcs7-mime$/.test(contentType) &&
      /\.p7m$/i.test(filename) &&
      parts.length === 1
    )
      warnings.push({ code: 'encrypted' });
    if (!encodings.has(encoding)) warnings.push({ code: 'encoding-unknown', detail: encoding.slice(0, 50) });
    const visible = visibleFileName(filename);
    if (visible !== filename && names < maxNames) {
      names += 1;
      warnings.push({ code: 'attachment-name', detail: visible.slice(0, 300) });
    }
  }
  return warnings;
}

/** Each once; a mail of many faults is told by its first fifty. */
export function distinctWarnings(warnings: readonly MessageWarning[]): MessageWarning[] {
  const seen = new Set<string>();
  const distinct: MessageWarning[] = [];
  for (const warning of warnings) {
    const key = `${warning.code} ${warning.detail ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    distinct.push(warning);
    if (distinct.length === maxWarnings) break;
  }
  return distinct;
}
