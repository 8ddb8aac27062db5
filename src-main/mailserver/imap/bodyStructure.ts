/** ENVELOPE and BODYSTRUCTURE as IMAP writes them (RFC 9051 section 7.5.2). Strings are one character a byte. */
import { nstring, quotedOrLiteral } from './wire.ts';
import { readAddresses } from '../mime/addresses.ts';
import { fieldValue, readParameters } from '../mime/headers.ts';
import type { HeaderField, ParameterisedValue } from '../mime/headers.ts';
import type { MimePart } from '../mime/parseMime.ts';

export function envelope(fields: readonly HeaderField[]): string {
  const from = addressList(fields, 'from');
  const value = (name: string): string => nstring(fieldValue(fields, name)?.replace(/[ \t]+/g, ' ') ?? null);
  return `(${[
    value('date'),
    value('subject'),
    from,
    addressList(fields, 'sender', from),
    addressList(fields, 'reply-to', from),
    addressList(fields, 'to'),
    addressList(fields, 'cc'),
    addressList(fields, 'bcc'),
    value('in-reply-to'),
    value('message-id'),
  ].join(' ')})`;
}

/** Sender and Reply-To fall back to From where they are missing or empty. */
function addressList(fields: readonly HeaderField[], name: string, fallback = 'NIL'): string {
  const addresses = fields
    .filter((field) => field.name === name)
    .flatMap((field) => readAddresses(field.value));
  if (addresses.length === 0) return fallback;
  const written = addresses.map(
    ({ name: display, mailbox, host }) =>
      `(${nstring(display === '' ? null : display)} NIL ${nstring(mailbox)} ${nstring(host)})`,
  );
  return `(${written.join('')})`;
}

/** `extended`: BODYSTRUCTURE, else the BODY without extension data. */
export function bodyStructure(raw: Buffer, part: MimePart, extended: boolean): string {
  if (part.children.length > 0) {
    const children = part.children.map((child) => bodyStructure(raw, child, extended)).join('');
    const basic = `${children} ${quotedOrLiteral(part.subtype)}`;
    if (!extended) return `(${basic})`;
    return `(${basic} ${parameterList(part.parameters)} ${dispositionEtc(part)})`;
  }
  const fields: string[] = [
    quotedOrLiteral(part.type),
    quotedOrLiteral(part.subtype),
    parameterList(textDefaults(part)),
    nstring(fieldValue(part.fields, 'content-id')),
    nstring(fieldValue(part.fields, 'content-description')),
    quotedOrLiteral(
      readParameters(fieldValue(part.fields, 'content-transfer-encoding') ?? '7bit').value.toLowerCase() ||
        '7bit',
    ),
    (part.end - part.bodyStart).toString(),
  ];
  if (part.embedded !== null) {
    fields.push(
      envelope(part.embedded.fields),
      bodyStructure(raw, part.embedded, extended),
      lines(raw, part.bodyStart, part.end).toString(),
    );
  } else if (part.type === 'text') fields.push(lines(raw, part.bodyStart, part.end).toString());
  if (extended) fields.push(nstring(fieldValue(part.fields, 'content-md5')), dispositionEtc(part));
  return `(${fields.join(' ')})`;
}

/** A text without a charset is US-ASCII by definition, and servers say so. */
function textDefaults(part: MimePart): ParameterisedValue['parameters'] {
  if (part.type !== 'text' || part.parameters.some(([name]) => name === 'charset')) return part.parameters;
  return [...part.parameters, ['charset', 'us-ascii']];
}

function dispositionEtc(part: MimePart): string {
  const disposition =
    part.disposition === null || part.disposition.value === ''
      ? 'NIL'
      : `(${quotedOrLiteral(part.disposition.value.toLowerCase())} ${parameterList(part.disposition.parameters)})`;
  const language = fieldValue(part.fields, 'content-language');
  const languages = (language ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const languageList = languages.length === 0 ? 'NIL' : `(${languages.map(quotedOrLiteral).join(' ')})`;
  return `${disposition} ${languageList} ${nstring(fieldValue(part.fields, 'content-location'))}`;
}

function parameterList(parameters: ParameterisedValue['parameters']): string {
  if (parameters.length === 0) return 'NIL';
  return `(${parameters.map(([name, value]) => `${quotedOrLiteral(name)} ${quotedOrLiteral(value)}`).join(' ')})`;
}

function lines(raw: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = raw.indexOf(10, start); at >= 0 && at < end; at = raw.indexOf(10, at + 1)) count += 1;
  return count;
}
