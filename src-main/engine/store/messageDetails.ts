/** One message with everything its headers told. */
import * as z from 'zod';
import type { AccountId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import { Address } from '#shared/domain/message.ts';
import type { ReadDb } from './handles.ts';
import type { StoredAttachment } from './messageStructure.ts';
import { readStructure } from './texts.repo.ts';

const Recipients = z.object({
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  replyTo: z.array(Address),
  sender: Address.nullable(),
});

export interface StoredMessage extends z.infer<typeof Recipients> {
  readonly id: MessageId;
  readonly accountId: AccountId;
  readonly threadId: ThreadId;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: Address | null;
  /** ms since 1970. */
  readonly date: number;
  readonly size: number;
  readonly attachments: readonly StoredAttachment[];
}

export function getMessage(db: ReadDb, id: MessageId): StoredMessage | null {
  const row = db
    .prepare<
      [number],
      {
        account_id: string;
        thread_id: number;
        message_id: string | null;
        in_reply_to: string | null;
        refs: string | null;
        subject: string;
        from_name: string | null;
        from_address: string | null;
        recipients: string;
        date: number;
        size: number;
        structure: string | null;
      }
    >(
      `SELECT account_id, thread_id, message_id, in_reply_to, refs, subject, from_name, from_address, recipients, date, size, structure
       FROM messages WHERE id = ?`,
    )
    .get(id);
  if (!row) return null;
  return {
    ...Recipients.parse(JSON.parse(row.recipients)),
    id,
    accountId: row.account_id as AccountId,
    threadId: row.thread_id as ThreadId,
    messageId: row.message_id,
    inReplyTo: row.in_reply_to,
    references: row.refs === null ? [] : z.array(z.string()).parse(JSON.parse(row.refs)),
    subject: row.subject,
    from:
      row.from_address === null && row.from_name === null
        ? null
        : { name: row.from_name ?? '', address: row.from_address ?? '' },
    date: row.date,
    size: row.size,
    attachments: readStructure(row.structure)?.attachments ?? [],
  };
}
