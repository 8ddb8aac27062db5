/** A whole message from its bytes: for mails in files, and wherever no server has taken one apart. */
import type { MessageWarning } from '#shared/domain/message.ts';
import { decodePart } from './decodePart.ts';
import { readHeaderBlock, type MailHeaders } from './headers.ts';
import { distinctWarnings, headerWarnings, partWarnings } from './messageWarnings.ts';
import { maxDepth, maxParts, readMimeTree, type MimeNode, type MimeTree } from './mimeTree.ts';
import { readEmbedded, readText } from './readText.ts';
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

export interface ParsedMessage extends MailHeaders {
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
    const node = part === 'TEXT' ? root : nodes.get(part);
    return node === undefined ? new Uint8Array() : bytes.subarray(node.bodyStart, node.bodyEnd);
  };
  const { text, html, snippet, embedded, warnings } = readText(structure, bytesOf);
  const attachments = structure.attachments.map(({ part, encoding, size, ...rest }): ParsedAttachment => ({
    partId: part,
    filename: rest.filename,
    contentType: rest.contentType,
    size: isIdentity(encoding) ? size : decodePart(bytesOf(part), encoding).length,
    inline: rest.inline,
    contentId: rest.contentId,
    content: () => decodePart(bytesOf(part), encoding),
  }));
  for (const { part, filename, contentType, size, inline, contentId } of embedded) {
    const content = (): Uint8Array => readEmbedded(structure, part, bytesOf)?.content ?? new Uint8Array();
    attachments.push({ partId: part, filename, contentType, size, inline, contentId, content });
  }
  const all = [
    ...treeWarnings(tree),
    ...headerWarnings(headers),
    ...warnings,
    ...partWarnings(structure.attachments),
    ...(bytes.length === 0 ? [{ code: 'empty' }] : []),
  ];
  const { messageId, inReplyTo, references, subject, from, sender, replyTo, to, cc, bcc, date } = headers;
  const { authenticationResults, listUnsubscribe } = headers;
  return {
    ...{ messageId, inReplyTo, references, subject, from, sender, replyTo, to, cc, bcc, date },
    ...{
      text,
      html,
      snippet,
      attachments,
      warnings: distinctWarnings(all),
      authenticationResults,
      listUnsubscribe,
    },
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
