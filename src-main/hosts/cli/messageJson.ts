/** A whole message as CLI.md prints it, from the store (`show`) or from a file (`parse`). */
import type { Address, AttachmentRow, MessageWarning } from '#shared/domain/message.ts';
import { cleanFileName } from '#shared/domain/fileName.ts';
import { hasRemoteContent } from '#shared/domain/remoteContent.ts';

export interface PrintableMessage {
  readonly id: number | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: Address | null;
  readonly replyTo: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly date: number | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly AttachmentRow[];
  readonly warnings: readonly MessageWarning[];
}

/** A Message-ID as it stands in a header (RFC 5322, 3.6.4); inside they are kept bare. */
export function bracketed(id: string | null): string | null {
  return id === null ? null : `<${id}>`;
}

export function wholeMessageJson(message: PrintableMessage): Record<string, unknown> {
  return {
    id: message.id,
    messageId: bracketed(message.messageId),
    inReplyTo: bracketed(message.inReplyTo),
    references: message.references.map((id) => `<${id}>`),
    subject: message.subject,
    from: message.from,
    replyTo: message.replyTo,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    date: message.date === null ? null : new Date(message.date).toISOString(),
    text: message.text,
    html: message.html,
    attachments: message.attachments.map(({ id, filename, contentType, size, inline, contentId }) => ({
      id,
      // What a script saves under; what the mail made of it stands in the warnings.
      filename: cleanFileName(filename),
      contentType,
      size,
      inline,
      contentId,
    })),
    remoteContentBlocked: message.html !== null && hasRemoteContent(message.html),
    warnings: message.warnings,
  };
}

const person = ({ name, address }: Address): string => (name === '' ? address : `${name} <${address}>`);

/** For reading in a terminal: control characters of a mail never reach it. */
export function wholeMessageWords(message: PrintableMessage): string {
  const lines = [
    `From: ${message.from ? person(message.from) : ''}`,
    `To: ${message.to.map(person).join(', ')}`,
    ...(message.cc.length ? [`Cc: ${message.cc.map(person).join(', ')}`] : []),
    `Date: ${message.date === null ? '' : new Date(message.date).toISOString()}`,
    `Subject: ${message.subject}`,
    ...message.attachments.map(
      (part) =>
        `Attachment ${part.id}: ${cleanFileName(part.filename)} (${part.contentType}, ${part.size} bytes)`,
    ),
    ...message.warnings.map(
      (warning) => `Warning: ${warning.code}${warning.detail ? ` ${warning.detail}` : ''}`,
    ),
    '',
    message.text ?? '',
  ];

  return lines.join('\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
