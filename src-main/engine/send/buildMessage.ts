/** From a draft to the bytes that are sent: built once, stored, and the same for every attempt, the Sent copy and the archive. */
import MailComposer from 'nodemailer/lib/mail-composer';
import type { DraftContent } from '#shared/contract/compose.ts';
import type { Address } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { encodeFlowed } from '#engine/mime/flowed.ts';

export interface BuildAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly inline: boolean;
  readonly contentId: string | null;
}

export interface BuildInput {
  readonly from: Address;
  /** Who wrote it, where `from` is a mailbox that several share (RFC 5322, 3.6.2). */
  readonly sender?: Address | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  /** Only drafts carry this header; what is sent never does. */
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly content: Pick<DraftContent, 'subject' | 'text' | 'html' | 'inReplyTo' | 'references'>;
  readonly attachments: readonly BuildAttachment[];
  /** Without angle brackets. */
  readonly messageId: string;
  /** ms since 1970 */
  readonly date: number;
}

const mailbox = ({ name, address }: Address): { name: string; address: string } => ({ name, address });

/** RFC 5322 leaves no place for these in a field; a library's escaping is the second wall, this is the first (N20). */
function assertOneLine(field: string, value: string): void {
  if (/[\u0000\r\n\u2028\u2029]/.test(value)) {
    throw new MailError(
      'invalid-input',
      {},
      { faults: [{ path: field, code: 'control-character', message: field }] },
    );
  }
}

/** The library takes an empty text for none at all and fails on it; empty bytes are a part without content. */
const written = (text: string): string | Buffer => (text === '' ? Buffer.alloc(0) : text);

const bracket = (id: string): string => `<${id.replace(/^<|>$/g, '')}>`;

/** The message as RFC 5322 bytes with CRLF line ends. `keepBcc`: a draft for the own Drafts folder. */
export async function buildMessage(input: BuildInput, options: { keepBcc: boolean }): Promise<Uint8Array> {
  const { content } = input;
  assertOneLine('subject', content.subject);
  for (const attachment of input.attachments) assertOneLine('attachment', attachment.filename);
  const composer = new MailComposer({
    from: mailbox(input.from),
    ...(input.sender ? { sender: mailbox(input.sender) } : {}),
    to: input.to.map(mailbox),
    cc: input.cc.map(mailbox),
    ...(options.keepBcc ? { bcc: input.bcc.map(mailbox) } : {}),
    ...(input.replyTo.length > 0 ? { replyTo: input.replyTo.map(mailbox) } : {}),
    subject: content.subject,
    messageId: bracket(input.messageId),
    date: new Date(input.date),
    ...(content.inReplyTo === null ? {} : { inReplyTo: bracket(content.inReplyTo) }),
    ...(content.references.length === 0 ? {} : { references: content.references.map(bracket) }),
    text: {
      content: written(encodeFlowed(content.text)),
      contentType: 'text/plain; charset=utf-8; format=flowed; delsp=no',
    },
    ...(content.html === null ? {} : { html: { content: written(content.html) } }),
    attachments: input.attachments.map((part) => ({
      filename: part.filename,
      contentType: part.contentType,
      content: Buffer.from(part.content.buffer, part.content.byteOffset, part.content.byteLength),
      contentDisposition: part.inline ? 'inline' : 'attachment',
      ...(part.inline && part.contentId !== null ? { cid: part.contentId } : {}),
    })),
    newline: 'win',
    // A draft names no files and no addresses to fetch from; whatever it says is content.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const node = composer.compile();
  node.keepBcc = options.keepBcc;
  return await node.build();
}
