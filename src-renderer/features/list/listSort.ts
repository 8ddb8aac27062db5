/** How each list is sorted, remembered over starts; and in what words it is said. */
import { ListSort, newestFirst, type ListSource } from '#shared/contract/messages.ts';
import type { Translate } from '#shared/i18n/translate.ts';

const storageKey = 'postkorb.sort';
/** Lists that nobody looked at for long are forgotten. */
const most = 200;

export const sortKeys = ['date', 'sender', 'subject', 'size'] as const satisfies readonly ListSort['by'][];

/** null: lists like this one have no order of their own. */
function keyOf(source: ListSource | null): string | null {
  if (source?.kind === 'folder') return `folder:${source.folderId}`;
  return source?.kind === 'all-inboxes' ? source.kind : null;
}

function readAll(storage: Storage): [string, unknown][] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return (stored as unknown[]).filter(
      (entry): entry is [string, unknown] =>
        Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string',
    );
  } catch {
    return [];
  }
}

export function rememberedSort(storage: Storage, source: ListSource | null): ListSort {
  const key = keyOf(source);
  const found = readAll(storage).find(([one]) => one === key)?.[1];
  return ListSort.safeParse(found).data ?? newestFirst;
}

export function rememberSort(storage: Storage, source: ListSource | null, sort: ListSort): void {
  const key = keyOf(source);
  if (key === null) return;
  const others = readAll(storage).filter(([one]) => one !== key);
  const entries = sort.by === 'date' && !sort.ascending ? others : [[key, sort], ...others];
  try {
    storage.setItem(storageKey, JSON.stringify(entries.slice(0, most)));
  } catch {
    // Not remembered for the next start, that is all.
  }
}

export function isNewestFirst({ by, ascending }: ListSort): boolean {
  return by === 'date' && !ascending;
}

/** What a person expects of a first choice: dates and sizes from the top, names from A. */
export function firstDirection(by: ListSort['by']): ListSort {
  return { by, ascending: by === 'sender' || by === 'subject' };
}

export function sortWords({ by, ascending }: ListSort, t: Translate): string {
  return `${t(`list.sort.${by}`)}, ${directionWords({ by, ascending }, t)}`;
}

export function directionWords({ by, ascending }: ListSort, t: Translate): string {
  if (by === 'date') return t(ascending ? 'list.sort.oldest' : 'list.sort.newest');
  if (by === 'size') return t(ascending ? 'list.sort.smallest' : 'list.sort.largest');
  return t(ascending ? 'list.sort.up' : 'list.sort.down');
}
