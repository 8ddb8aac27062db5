/** Leaving mailing lists: the contract's handlers. */
import { oneClickTarget } from '#engine/mime/oneClick.ts';
import { requestOneClick, type OneClickOptions } from '#engine/net/oneClickRequest.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { mailingListCommands } from '#shared/contract/mailingLists.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface MailingListParts extends Omit<OneClickOptions, 'signal'> {
  /** The whole mail as its server has it. */
  readonly source: (id: MessageId, signal: AbortSignal) => Promise<Uint8Array>;
}

type MailingListCommandName = Extract<CommandName, keyof typeof mailingListCommands>;

export function createMailingListHandlers({
  source,
  ...options
}: MailingListParts): HandlersOf<MailingListCommandName> {
  const target = async (id: MessageId, signal: AbortSignal): Promise<URL | null> =>
    oneClickTarget(await source(id, signal));
  return {
    'mailingLists.oneClick': async ({ id }, signal) => ({
      host: (await target(id, signal))?.hostname ?? null,
    }),
    'mailingLists.leave': async ({ id }, signal) => {
      // Judged anew: whoever asks may be anybody.
      const url = await target(id, signal);
      if (url === null) throw new MailError('not-permitted', { what: 'unsubscribe' });
      await requestOneClick(url, { ...options, signal });
      return {};
    },
  };
}
