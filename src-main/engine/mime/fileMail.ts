/** A mail in a file, to be read: an .eml, or the first one of an mbox. */
import type { ResponseOf } from '#shared/contract/contract.ts';
import { MailFileSplitter } from '#shared/domain/mbox/splitter.ts';
import { PartId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { readIncomingMail } from './incomingMail.ts';
import { readMessage } from './parseMessage.ts';

/** Throws `not-a-mail`. What the file says that a server had found out about the sender is left out: anybody can write that. */
export function readFileMail(content: Uint8Array, now: number): ResponseOf<'mailFiles.open'> {
  const splitter = new MailFileSplitter({ maxMailBytes: content.length });
  const [first] = [...splitter.push(content), ...splitter.end()];
  const incoming = first?.kind === 'mail' ? readIncomingMail(first.raw, first.envelopeDate, now) : null;
  if (incoming === null) throw new MailError('not-a-mail');
  const { attachments, snippet: _, ...message } = readMessage(incoming.raw);
  const parts = attachments.flatMap((attachment) => {
    const id = PartId.safeParse(attachment.partId);
    return id.success ? [{ id: id.data, attachment }] : [];
  });
  return {
    mail: {
      ...message,
      references: [...message.references],
      replyTo: [...message.replyTo],
      to: [...message.to],
      cc: [...message.cc],
      bcc: [...message.bcc],
      warnings: [...message.warnings],
      date: message.date ?? incoming.arrivedAt ?? now,
      size: incoming.raw.length,
      attachments: parts.map(({ id, attachment: { filename, contentType, size, inline, contentId } }) => ({
        id,
        filename,
        contentType,
        size,
        inline,
        contentId,
      })),
      authenticationResults: [],
    },
    parts: parts.map(({ id, attachment }) => ({
      id,
      filename: attachment.filename,
      contentType: attachment.contentType,
      content: new Uint8Array(attachment.content()),
    })),
  };
}
