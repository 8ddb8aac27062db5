/** A whole message from its bytes: for mails in files, and wherever no server has taken one apart. */
import type { Address, MessageWarning } from '#shared/domain/message.ts';
import { visibleFileName } from '#shared/domain/fileName.ts';
import { decodePart } from './decodePart.ts';
import { readHeaderBlock } from './headers.ts';
import { maxDepth, maxParts, readMimeTree, type MimeNode, type MimeTree } from './mimeTree.ts';
import { readText } from './readText.ts';
import { readStructure } from './structure.ts';

export interface ParsedAttachment {
  /** The IMAP part number, the same that a server's BODYSTRUCTURE gives. */
  readonly partId: string;
  /** As the mail gives it (domain/fileName.ts cleans it). */
  readonly filename: string;
  readonly contentType: string;
  /** Decoded bytes. */
  readonly size: number;
  readonly inline: boolean;
  readonly contentId: string | null;
  /** The decoded bytes, made when they are asked for. */
  content(): Uint8Array;
}

export interface ParsedMessage {
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: Address | null;
  readonly sender: Address | null;
  readonly replyTo: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  /** ms since 1970; null: missing, unreadable or absurd. */
  readonly date: number | null;
  readonly text: string | null;
  /** As received and hostile. */
  readonly html: string | null;
  readonly snippet: string;
  readonly attachments: readonly ParsedAttachment[];
  readonly warnings: readonly MessageWarning[];
  readonly authenticationResults: readonly string[];
  readonly listUnsubscribe: string | null;
}

/** Never throws for what a mail contains; what was beyond a limit or against the rules stands in `warnings`. */
export function parseMessage(raw: Uint8Array): Promise<ParsedMessage> {
  return Promise.resolve(readMessage(raw));
}

/** The same at once. */
export function readMessage(raw: Uint8Array): ParsedMessage {
  const tree = readMimeTree(raw);
  const { root, bytes } = tree;
  const headers = readHeaderBlock(bytes.subarray(root.headerStart, root.bodyStart));
  const structure = readStructure(root);
  const nodes = nodesByPart(root);
  const bytesOf = (part: string): Uint8Array => {
    const node = nodes.get(part);
    return node === undefined ? new Uint8Array() : bytes.subarray(node.bodyStart, node.bodyEnd);
  };
  const { text, html, snippet, warnings } = readText(structure, bytesOf);
  const attachments = structure.attachments.map(
    ({ part, encoding, size, filename, contentType, inline, contentId }): ParsedAttachment => ({
      partId: part,
      filename,
      contentType,
      size: isIdentity(encoding) ? size : decodePart(bytesOf(part), encoding).length,
      inline,
      contentId,
      content: () => decodePart(bytesOf(part), encoding),
    }),
  );
  const all = [
    ...treeWarnings(tree),
    ...headerWarnings(headers),
    ...partWarnings(root),
    ...warnings,
    ...nameWarnings(attachments),
    ...(bytes.length === 0 ? [{ code: 'empty' }] : []),
  ];
  const { messageId, inReplyTo, references, subject, from, sender, replyTo, to, cc, bcc, date } = headers;
  const { authenticationResults, listUnsubscribe } = headers;
  return {
    ...{ messageId, inReplyTo, references, subject, from, sender, replyTo, to, cc, bcc, date },
    ...{ text, html, snippet, attachments, warnings: distinct(all), authenticationResults, listUnsubscribe },
  };
}

function isIdentity(encoding: string): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
}

/** Leaves by number; an enclosed message is reached as a whole by its wrapper's. */
function nodesByPart(root: MimeNode): Map<string, MimeNode> {
  const nodes = new Map<string, MimeNode>();
  const waiting: MimeNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const part = node.part ?? '1';
    if (!node.type.startsWith('multipart/') || node.childNodes === undefined || node.childNodes.length === 0)
      nodes.set(part, node);
    if (node.type.startsWith('multipart/') && node.childNodes !== undefined) {
      for (const child of node.childNodes) waiting.push(child);
    }
  }
  return nodes;
}

function treeWarnings({ faults }: MimeTree): MessageWarning[] {
  return [...faults].map((code) => {
    if (code === 'parts-limit') return { code, detail: maxParts.toString() };
    return code === 'nesting-limit' ? { code, detail: maxDepth.toString() } : { code };
  });
}

function headerWarnings(headers: ReturnType<typeof readHeaderBlock>): MessageWarning[] {
  const { from } = headers;
  const warnings: MessageWarning[] = [];
  if (headers.limited) warnings.push({ code: 'headers-limit' });
  if (headers.severalSenders) warnings.push({ code: 'several-senders' });
  for (const name of headers.duplicates)
    if (name !== 'from') warnings.push({ code: 'duplicate-header', detail: name });
  const claimed = from === null ? null : claimedAddress(from);
  if (claimed !== null) warnings.push({ code: 'name-is-address', detail: claimed });
  if (headers.date === null) warnings.push({ code: 'date-absurd' });
  return warnings;
}

/** The address that a sender's name pretends to be, where it is another than his (M08). */
export function claimedAddress({ name, address }: Address): string | null {
  const claimed = /[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;:]{1,190}\.[^\s<>"'(),;:.]{2,60}/.exec(name)?.[0];
  return claimed === undefined || claimed.toLowerCase() === address.toLowerCase() ? null : claimed;
}

const encryptedTypes = new Set(['multipart/encrypted', 'application/pgp-encrypted']);

function partWarnings(root: MimeNode): MessageWarning[] {
  const warnings: MessageWarning[] = [];
  const waiting: MimeNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { type, encoding = '7bit' } = node;
    if (type === 'message/external-body') warnings.push({ code: 'external-body' });
    else if (type === 'message/partial') warnings.push({ code: 'partial' });
    else if (encryptedTypes.has(type) || isEncryptedSmime(node)) warnings.push({ code: 'encrypted' });
    if (!knownEncodings.has(encoding))
      warnings.push({ code: 'encoding-unknown', detail: encoding.slice(0, 50) });
    if (type.startsWith('multipart/')) waiting.push(...(node.childNodes ?? []).slice(0, maxParts));
  }
  return warnings;
}

const knownEncodings = new Set([
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

function isEncryptedSmime({ type, parameters }: MimeNode): boolean {
  if (type !== 'application/pkcs7-mime' && type !== 'application/x-pkcs7-mime') return false;
  return (parameters?.['smime-type'] ?? 'enveloped-data').toLowerCase() !== 'signed-data';
}

function nameWarnings(attachments: readonly ParsedAttachment[]): MessageWarning[] {
  return attachments
    .filter(({ filename }) => visibleFileName(filename) !== filename)
    .slice(0, 20)
    .map(({ filename }) => ({ code: 'attachment-name', detail: visibleFileName(filename).slice(0, 300) }));
}

/** Each once; a mail of many faults is told by its first fifty. */
function distinct(warnings: readonly MessageWarning[]): MessageWarning[] {
  const seen = new Set<string>();
  return warnings
    .filter(({ code, detail }) => {
      const key = `${code} ${detail ?? ''}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, 50);
}
