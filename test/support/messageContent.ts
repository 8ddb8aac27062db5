/** A mail as the engine hands it out, in full. */
import { MessageContent } from '#shared/domain/message.ts';

/** "Plan", from Ben; `change` says what is another. */
export function messageContent(
  change: Partial<MessageContent> & Pick<MessageContent, 'accountId'>,
): MessageContent {
  return MessageContent.parse({
    id: 7,
    folderId: 1,
    threadId: 7,
    messageId: 'x@post.example',
    inReplyTo: null,
    references: [],
    subject: 'Plan',
    from: { name: 'Ben', address: 'ben@post.example' },
    sender: null,
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
    date: 0,
    flags: { seen: true, flagged: false, answered: false, draft: false, forwarded: false },
    size: 1,
    text: 'Hello',
    html: null,
    attachments: [],
    warnings: [],
    authenticationResults: [],
    listUnsubscribe: null,
    ...change,
  });
}
