/** What stands in the outbox when the program is to end. */
import type { EngineClient } from '#shared/contract/contract.ts';
import { countOnItsWay } from '#shared/domain/onItsWay.ts';

/** Mails that would go out if the program stayed. */
export async function countUnsent(client: EngineClient): Promise<number> {
  const { entries } = await client.call('outbox.list', {});
  return countOnItsWay(entries, Date.now());
}

/** Resolves when the server has answered for each mail that is being handed over. */
export async function letThrough(client: EngineClient): Promise<void> {
  const { entries } = await client.call('outbox.list', {});
  const sending = entries.filter(({ state }) => state === 'sending');
  await Promise.allSettled(sending.map(({ id }) => client.call('outbox.settle', { id })));
}
