/** People: the contract's handlers. */
import { complete } from '#engine/contacts/complete.ts';
import { setHidden } from '#engine/store/correspondents.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { contactCommands, SuggestedPerson } from '#shared/contract/contacts.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import { normaliseAddress } from '#shared/domain/account.ts';

export interface ContactParts {
  readonly store: Store;
  /** Users and group accounts of the organisation. */
  readonly members: () => readonly SuggestedPerson[];
}

type ContactCommandName = Extract<CommandName, keyof typeof contactCommands>;

export function createContactHandlers({ store, members }: ContactParts): HandlersOf<ContactCommandName> {
  return {
    'contacts.complete': (request) =>
      Promise.resolve({ suggestions: store.snapshot((db) => complete(db, request, members())) }),
    'contacts.hide': ({ address }) => {
      store.precious((db) => setHidden(db, normaliseAddress(address), true));
      return Promise.resolve({});
    },
  };
}
