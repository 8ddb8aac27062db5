/**
 * Which parts of a message are its text and which are attachments: one rule for list, search, reader and reply (M12), whether the tree
 * comes from a server's BODYSTRUCTURE or from the bytes themselves.
 *
 * The text: of alternatives the last HTML and the last plain text (RFC 2046 section 5.1.4); of parts in a row the first HTML is what is
 * shown, and all plain texts are one text. Where HTML is shown, the plain ones beside it are listed as attachments too, so that nothing
 * is hidden. HTML parts are never joined (EFAIL, H18). Whatever has a file name, or is said to be an attachment, is one.
 */
import libmime from 'libmime';
import type { MessageStructure, StoredAttachment, StoredTextPart } from '#engine/store/messageStructure.ts';
import { maxTextBytes } from './decodePart.ts';
import { headerText } from './headers.ts';

/** A part as BODYSTRUCTURE tells it (RFC 9051 section 7.5.2); imapflow's own nodes fit. */
export interface StructureNode {
  readonly part?: string | undefined;
  /** Lower case: "text/plain". */
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Content-ID, with its brackets. */
  readonly id?: string | undefined;
  readonly encoding?: string | undefined;
  /** Encoded bytes. */
  readonly size?: number | undefined;
  readonly disposition?: string | undefined;
  readonly dispositionParameters?: Readonly<Record<string, string>> | undefined;
  readonly childNodes?: readonly StructureNode[] | undefined;
  /** Of a message: its own header's, decoded, where it was read. */
  readonly subject?: string | undefined;
}

const maxAttachments = 30_000;
const maxPlainParts = 20;
const maxWalkDepth = 150;

/** A part that may be shown as text. */
interface TextLeaf {
  readonly node: StructureNode;
}

interface Found {
  html: TextLeaf | null;
  readonly plain: TextLeaf[];
  readonly attachments: StructureNode[];
  /** What is shown inside the HTML or plain text, by its own mark or by standing in multipart/related. */
  readonly inline: Set<StructureNode>;
}

/** Never throws; bounded in depth and parts. */
export function readStructure(root: StructureNode): MessageStructure {
  if (isUndivided(root)) return { textParts: [wholeBody(root)], attachments: [] };
  const found = walk(root, 0);
  if (found.html === null && found.plain.length === 0) promote(found);
  const texts = [...found.plain.slice(0, maxPlainParts), ...(found.html === null ? [] : [found.html])];
  const attachments = [...found.attachments, ...found.plain.slice(maxPlainParts).map(({ node }) => node)];
  return {
    textParts: texts.map(({ node }) => textPart(node)),
    attachments: attachments
      .slice(0, maxAttachments)
      .map((node) => attachment(node, found.inline.has(node)))
      .sort(byPart),
  };
}

/**
 * A multipart whose boundary never comes has no parts; servers that must name one say "1 text/plain, 0 bytes". Its text is the body as
 * a whole (M09), which IMAP calls TEXT.
 */
function isUndivided({ type, childNodes = [], part }: StructureNode): boolean {
  if (!type.startsWith('multipart/') || part !== undefined) return false;
  const [child] = childNodes;
  if (child === undefined) return true;
  return childNodes.length === 1 && child.type === 'text/plain' && child.size === 0;
}

function wholeBody({ parameters }: StructureNode): StoredTextPart {
  const boundary = parameters?.['boundary']?.slice(0, 200);
  return {
    part: 'TEXT',
    contentType: 'text/plain',
    parameters: boundary === undefined ? {} : { boundary },
    encoding: '7bit',
    // Nobody says how long it is.
    size: maxTextBytes,
  };
}

function nothing(): Found {
  return { html: null, plain: [], attachments: [], inline: new Set() };
}

const validType = /^[^\s/()<>@,;:\\"[\]?=]+\/[^\s/()<>@,;:\\"[\]?=]+$/;

function walk(given: StructureNode, depth: number): Found {
  // RFC 2045 section 5.2: what has no proper type is plain text.
  const node = validType.test(given.type) ? given : { ...given, type: 'text/plain' };
  const children = node.childNodes;
  if (
    !node.type.startsWith('multipart/') ||
    children === undefined ||
    children.length === 0 ||
    depth > maxWalkDepth
  )
    return leaf(node);
  switch (node.type) {
    case 'multipart/alternative':
      return alternatives(children, depth);
    case 'multipart/related':
      return related(node, children, depth);
    case 'multipart/encrypted':
      return { ...nothing(), attachments: [...children] };
    default:
      return inARow(children, depth);
  }
}

/** Kinds of text that are no reading matter by themselves. */
const files =
  /^text\/(?:calendar|vcard|x-vcard|directory|csv|tab-separated-values|css|xml|xsl|javascript|ecmascript|rfc822-headers|x-amp-html|rtf|x-[\w.-]+)$/;

function leaf(node: StructureNode): Found {
  const found = nothing();
  const text = shownAs(node);
  const named = fileNameOf(node) !== null || node.disposition === 'attachment';
  if (text === 'html' && !named) found.html = { node };
  else if (text === 'plain' && !named) found.plain.push({ node });
  else {
    found.attachments.push(node);
    if (node.disposition === 'inline' || (node.id !== undefined && node.disposition === undefined))
      found.inline.add(node);
  }
  return found;
}

function shownAs(node: StructureNode): 'html' | 'plain' | null {
  if (node.type === 'text/html') return 'html';
  // A multipart whose parts cannot be told apart is read as the text that it looks like.
  if (node.type.startsWith('multipart/')) return (node.childNodes ?? []).length === 0 ? 'plain' : null;
  return node.type.startsWith('text/') && !files.test(node.type) ? 'plain' : null;
}

function alternatives(children: readonly StructureNode[], depth: number): Found {
  const merged = nothing();
  let plainIsPlain = false;
  for (const child of children) {
    const found = walk(named(child), depth + 1);
    const isPlain = child.type === 'text/plain' || child.type.startsWith('multipart/');
    if (found.html !== null) merged.html = found.html;
    // Of text/plain and text/enriched the former is the readable one.
    if (
      found.plain.length > 0 &&
      (found.html === null || merged.plain.length === 0) &&
      (isPlain || !plainIsPlain)
    ) {
      merged.plain.splice(0, merged.plain.length, ...found.plain);
      plainIsPlain = isPlain;
    }
    for (const node of found.attachments) {
      if (node !== child || !/^text\/(?:x-amp-html|x-watch-html|enriched|richtext)$/.test(node.type))
        merged.attachments.push(node);
    }
    for (const node of found.inline) merged.inline.add(node);
  }
  return merged;
}

/** A name on an alternative does not make it a file. */
function named(child: StructureNode): StructureNode {
  if (shownAs(child) === null || child.disposition === 'attachment' || fileNameOf(child) === null)
    return child;
  const { charset = '', format = '', delsp = '' } = child.parameters ?? {};
  return { ...child, parameters: { charset, format, delsp }, dispositionParameters: {} };
}

/** The root (by "start", else the first) is the text; the others are what it shows (RFC 2387). */
function related(node: StructureNode, children: readonly StructureNode[], depth: number): Found {
  const start = node.parameters?.['start'];
  const root =
    children.find((child) => start !== undefined && start !== '' && child.id === start) ?? children[0];
  if (root === undefined) return leaf(node);
  const found = walk(root, depth + 1);
  for (const child of children) {
    if (child === root) continue;
    const more = walk(child, depth + 1);
    const rest = [...more.plain, ...(more.html === null ? [] : [more.html])].map((text) => text.node);
    // Some put the text and its files all into "related", with no HTML that could show them.
    if (found.html === null && found.plain.length === 0 && rest.length > 0) {
      found.html = more.html;
      found.plain.push(...more.plain);
    } else found.attachments.push(...rest);
    found.attachments.push(...more.attachments);
    for (const part of more.attachments) {
      if (part.disposition !== 'attachment' || part.id !== undefined) found.inline.add(part);
    }
  }
  return found;
}

function inARow(children: readonly StructureNode[], depth: number): Found {
  const merged = nothing();
  /** Plain texts that stand beside the HTML, not in its own alternatives. */
  const beside: StructureNode[] = [];
  for (const child of children) {
    const found = walk(child, depth + 1);
    if (found.html !== null && merged.html === null) merged.html = found.html;
    else {
      if (found.html !== null) merged.attachments.push(found.html.node);
      beside.push(...found.plain.map(({ node }) => node));
    }
    merged.plain.push(...found.plain);
    merged.attachments.push(...found.attachments);
    for (const node of found.inline) merged.inline.add(node);
  }
  if (merged.html !== null) {
    for (const node of beside) {
      merged.attachments.push(node);
      merged.inline.add(node);
    }
  }
  return merged;
}

/** No text at all: the first text that has a name, but is not called an attachment, is one; it stays a file as well. */
function promote(found: Found): void {
  const at = found.attachments.findIndex(
    (node) => shownAs(node) !== null && node.disposition !== 'attachment',
  );
  const node = found.attachments[at];
  if (node === undefined) return;
  if (shownAs(node) === 'html') found.html = { node };
  else found.plain.push({ node });
}

function partNumber(node: StructureNode): string {
  return node.part === undefined || node.part === '' ? '1' : node.part;
}

function textPart(node: StructureNode): StoredTextPart {
  const parameters: Record<string, string> = {};
  for (const name of ['charset', 'format', 'delsp']) {
    const value = node.parameters?.[name];
    if (typeof value === 'string' && value !== '') parameters[name] = value.slice(0, 100);
  }
  return {
    part: partNumber(node),
    contentType: shownAs(node) === 'html' ? 'text/html' : 'text/plain',
    parameters,
    encoding: node.type.startsWith('multipart/') ? '7bit' : (node.encoding ?? '7bit').toLowerCase(),
    size: boundedSize(node.size),
  };
}

function attachment(node: StructureNode, inline: boolean): StoredAttachment {
  const encoding = (node.encoding ?? '7bit').toLowerCase();
  return {
    part: partNumber(node),
    filename: fileNameOf(node) ?? defaultName(node),
    contentType: contentTypeOf(node.type),
    encoding,
    size: decodedSize(boundedSize(node.size), encoding),
    inline,
    contentId: contentId(node.id),
  };
}

function contentTypeOf(type: string): string {
  return /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/.test(type) ? type : 'application/octet-stream';
}

function boundedSize(size: number | undefined): number {
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : 0;
}

/** Base64 in lines of 76 and a CRLF gives 57 bytes a line. */
function decodedSize(encoded: number, encoding: string): number {
  return encoding === 'base64' ? Math.floor((encoded * 57) / 78) : encoded;
}

const lineEnds = /[\u0000\r\n\u2028\u2029]+/g;

/**
 * The name as the mail gives it, hidden characters and paths and all: domain/fileName.ts judges and cleans it where it is shown and
 * saved. null: none.
 */
function fileNameOf(node: StructureNode): string | null {
  const given = node.dispositionParameters?.['filename'] || node.parameters?.['name'] || '';
  const name = given.slice(0, 1000).replace(lineEnds, ' ').toWellFormed().trim();
  return name === '' ? null : name;
}

/** Where the usual one of several is not the first of libmime's. */
const endings: ReadonlyMap<string, string> = new Map([
  ['application/pgp-signature', 'asc'],
  ['application/pkcs7-mime', 'p7m'],
  ['application/pkcs7-signature', 'p7s'],
  ['text/vcard', 'vcf'],
  ['text/x-vcard', 'vcf'],
  ['text/directory', 'vcf'],
  ['message/delivery-status', 'txt'],
  ['message/disposition-notification', 'txt'],
  ['text/rfc822-headers', 'txt'],
]);

function defaultName(node: StructureNode): string {
  const number = partNumber(node).replaceAll('.', '-');
  if (node.type === 'message/rfc822' || node.type === 'message/global') {
    const subject = headerText(node.childNodes?.[0]?.subject ?? '', 100);
    return `${subject === '' ? `message-${number}` : subject}.eml`;
  }
  if (node.type.startsWith('multipart/')) return `part-${number}.eml`;
  if (node.type === 'application/ms-tnef') return 'winmail.dat';
  const ending = endings.get(node.type) ?? libmime.detectExtension(node.type);
  return `part-${number}.${/^\w{1,10}$/.test(ending) ? ending : 'bin'}`;
}

function contentId(raw: string | undefined): string | null {
  const id = (raw ?? '').trim().replace(/^<|>$/g, '').slice(0, 500);
  return id === '' ? null : id;
}

/** In the order of the mail: "2" before "10", "1.2" before "2". */
function byPart(a: StoredAttachment, b: StoredAttachment): number {
  const left = a.part.split('.');
  const right = b.part.split('.');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = Number(left[at]) - Number(right[at]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
