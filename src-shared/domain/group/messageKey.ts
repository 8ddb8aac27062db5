/**
 * What events call a mail by: its Message-ID, or a digest of its header where it has none. Two mails with one Message-ID in a group
 * mailbox are one case: a copy that arrived by a second way is not answered twice (G14).
 */
import * as z from 'zod';

const maxLength = 500;

export const MessageKey = z
  .string()
  .min(3)
  .max(maxLength)
  .regex(/^[^\u0000-\u0020\u007f<>]+$/)
  .brand<'MessageKey'>();
export type MessageKey = z.infer<typeof MessageKey>;

/**
 * `messageId` with or without its angle brackets; `headerDigest` is the lower-case hex SHA-256 of the header block as received (CRLF
 * line ends, without the empty line), for a mail without a usable Message-ID.
 */
export function messageKey(messageId: string | null, headerDigest: () => string): MessageKey {
  return keyOfMessageId(messageId) ?? (`sha256:${headerDigest()}` as MessageKey);
}

/** null: no Message-ID that could name a mail. */
export function keyOfMessageId(messageId: string | null): MessageKey | null {
  if (messageId === null) return null;
  const bare = messageId.replace(/\s+/g, '').replace(/^<+|>+$/g, '');
  const parsed = MessageKey.safeParse(bare);
  return parsed.success ? parsed.data : null;
}
