/** Makes stored mail searchable, in portions between which others get their turn. */
import { delay } from '#shared/base/clock.ts';
import type { Clock } from '#engine/ports/ports.ts';
import { indexBatch } from '#engine/store/searchIndex.ts';
import type { Store } from '#engine/store/store.ts';

const perWrite = 150;

/** Up to `atMost` messages, newest first; fewer when there are no more. */
export async function indexMessages(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  atMost: number,
  signal: AbortSignal,
): Promise<void> {
  let left = atMost;
  while (left > 0) {
    const wanted = Math.min(left, perWrite);
    const done = store.write((db) => indexBatch(db, wanted));
    left -= done;
    if (done < wanted) return;
    await delay(clock, 0, signal);
  }
}
