/** The handlers that know nothing of groups, with what a group adds: marks on rows, and the log's pass beside the mail's. */
import type { Handlers } from '#shared/contract/contract.ts';
import { isMailError, toWire } from '#shared/errors/MailError.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { GroupWork } from '#engine/groups/groupWork.ts';
import type { GroupArea } from './groups.ts';

export function groupAware(
  handlers: Partial<Handlers>,
  groups: GroupArea,
  work: GroupWork,
  store: Store,
): Partial<Handlers> {
  const {
    'messages.list': list,
    'messages.conversation': conversation,
    'messages.rows': rows,
    'sync.run': run,
  } = handlers;
  return {
    ...(list && {
      'messages.list': async (request, signal) => {
        const page = await list(request, signal);
        return { ...page, messages: groups.mark(page.messages) };
      },
    }),
    ...(conversation && {
      'messages.conversation': async (request, signal) => {
        const page = await conversation(request, signal);
        return { ...page, messages: groups.mark(page.messages) };
      },
    }),
    ...(rows && {
      'messages.rows': async (request, signal) => ({
        messages: groups.mark((await rows(request, signal)).messages),
      }),
    }),
    ...(run && {
      'sync.run': async (request, signal) => {
        const result = await run(request, signal);
        const grouped = new Set(
          listAccounts(store.read).flatMap(({ id, group }) => (group === null ? [] : [id])),
        );
        const accounts = await Promise.all(
          result.accounts.map(async (account) => {
            if (!account.ok || !grouped.has(account.id)) return account;
            try {
              await work.pass(account.id, signal);
              return account;
            } catch (error) {
              if (!isMailError(error) || signal.aborted) throw error;
              return { ...account, ok: false, error: toWire(error) };
            }
          }),
        );
        return { accounts };
      },
    }),
  };
}
