/** A mail that was opened as a file: shown as any other, and in no folder. */
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface OpenedMail {
  readonly message: MessageContent;
  /** The file's own bytes. */
  readonly content: Uint8Array<ArrayBuffer>;
  readonly parts: ResponseOf<'mailFiles.open'>['parts'];
}

export function openedMail(
  content: Uint8Array<ArrayBuffer>,
  answer: ResponseOf<'mailFiles.open'>,
): OpenedMail {
  return {
    content,
    parts: answer.parts,
    message: {
      ...answer.mail,
      // Names of nothing that is stored: no command finds anything by them.
      id: 0 as MessageId,
      accountId: '-' as AccountId,
      folderId: 0 as FolderId,
      threadId: 0 as ThreadId,
      flags: { seen: true, flagged: false, answered: false, draft: false, forwarded: false },
    },
  };
}

/** The engine as what shows the mail sees it: its attachments are here already, everything else is asked as ever. */
export function clientFor(client: EngineClient, { parts }: OpenedMail): EngineClient {
  const call = async (name: string, request: unknown, options?: object): Promise<unknown> => {
    if (name !== 'messages.attachment')
      return (client.call as (name: string, request: unknown, options?: object) => Promise<unknown>)(
        name,
        request,
        options,
      );
    const part = parts.find(({ id }) => id === (request as { part: string }).part);
    if (!part) throw new MailError('not-found', { what: 'attachment' });
    return part;
  };
  return {
    call: call as EngineClient['call'],
    on: (name, listener) => client.on(name, listener),
  };
}
