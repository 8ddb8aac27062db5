/** Where the window stands: which folder or view, and which search over it. */
import type { SavedSearch } from '#shared/contract/app.ts';
import type { ListSource } from '#shared/contract/messages.ts';
import type { GroupList } from '#shared/domain/group/messageView.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import { accountKey, folderKey, searchKey, smartKey } from '../features/folders/tree.ts';

export type Place =
  | { readonly kind: 'all-inboxes' }
  | { readonly kind: 'folder'; readonly folderId: FolderId }
  | { readonly kind: 'account'; readonly accountId: AccountId }
  | { readonly kind: GroupList }
  | { readonly kind: 'outbox' }
  /** A search that is kept under a name. */
  | { readonly kind: 'saved-search'; readonly search: SavedSearch };

/** One of the lists over all group accounts. */
export function isGroupPlace(place: Place): place is { readonly kind: GroupList } {
  return place.kind === 'handled-by-me' || place.kind === 'unassigned' || place.kind === 'for-information';
}

/** The tree line of a place. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'folder':
      return folderKey(place.folderId);
    case 'account':
      return accountKey(place.accountId);
    case 'saved-search':
      return searchKey(place.search.id);
    default:
      return smartKey(place.kind);
  }
}

export class Navigation {
  place = $state.raw<Place>({ kind: 'all-inboxes' });
  query = $state('');
  /** null: search everywhere. */
  searchAccount = $state<AccountId | null>(null);
  readonly #changed: (source: ListSource | null, how?: { sameSearch: boolean }) => void;

  /** @param changed told of each new source of the message list (null where the place has none), and whether it is a search in other words */
  constructor(changed: (source: ListSource | null, how?: { sameSearch: boolean }) => void) {
    this.#changed = changed;
  }

  get searching(): boolean {
    return this.query.trim() !== '';
  }

  /** What the list shows here. */
  get source(): ListSource | null {
    if (this.searching) {
      const accountId = this.searchAccount;
      return { kind: 'search', query: this.query.trim(), ...(accountId === null ? {} : { accountId }) };
    }
    switch (this.place.kind) {
      case 'all-inboxes':
        return { kind: 'all-inboxes' };
      case 'folder':
        return { kind: 'folder', folderId: this.place.folderId };
      case 'handled-by-me':
      case 'unassigned':
      case 'for-information':
        return { kind: 'group', list: this.place.kind };
      case 'saved-search': {
        const { query, accountId } = this.place.search;
        return { kind: 'search', query, ...(accountId === undefined ? {} : { accountId }) };
      }
      default:
        return null;
    }
  }

  go(place: Place): void {
    this.place = place;
    this.query = '';
    this.#changed(this.source);
  }

  search(query: string): void {
    if (query === this.query) return;
    const was = this.searching;
    this.query = query;
    if (was || this.searching) this.#changed(this.source, { sameSearch: was && this.searching });
  }

  searchIn(accountId: AccountId | null): void {
    this.searchAccount = accountId;
    if (this.searching) this.#changed(this.source, { sameSearch: true });
  }
}
