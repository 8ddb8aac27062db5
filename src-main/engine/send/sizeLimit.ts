/** The largest mail that an account's outgoing server takes, as it said when it was last spoken to. */
import type { ReadDb } from '#engine/store/handles.ts';
import { readValue, writeValue } from '#engine/store/settings.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { AccountId } from '#shared/domain/ids.ts';

const key = (id: AccountId): string => `smtp.size.${id}`;

export function sizeLimitOf(db: ReadDb, id: AccountId): number | null {
  const value = readValue(db, key(id));
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

export function noteSizeLimit(store: Store, id: AccountId, bytes: number): void {
  if (sizeLimitOf(store.read, id) === bytes) return;
  store.write((db) => {
    writeValue(db, key(id), bytes);
    db.changed({ kind: 'accounts' });
  });
}
