/** People: the contract's handlers. */
import {
  exportCards,
  importCards,
  removeContact,
  saveContact,
  saveGroup,
  type AddressBookParts,
} from '#engine/contacts/addressBook.ts';
import { complete } from '#engine/contacts/complete.ts';
import {
  contactOfAddress,
  deleteGroup,
  getContact,
  getGroup,
  listCollected,
  listContacts,
  listGroups,
} from '#engine/store/contacts.repo.ts';
import { setHidden } from '#engine/store/correspondents.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { contactCommands, PersonRow, SuggestedPerson } from '#shared/contract/contacts.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import { findableWords, meetsAll, wantedWords } from '#shared/domain/contacts.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface ContactParts extends AddressBookParts {
  readonly store: Store;
  /** Users and group accounts of the organisation. */
  readonly members: () => readonly SuggestedPerson[];
}

type ContactCommandName = Extract<CommandName, keyof typeof contactCommands>;

export function createContactHandlers(parts: ContactParts): HandlersOf<ContactCommandName> {
  const { store, members } = parts;
  const group = (id: string) => {
    const found = getGroup(store.read, id);
    if (found === null) throw new MailError('not-found', { what: 'group' });
    return found;
  };
  return {
    'contacts.complete': async (request) => ({
      suggestions: store.snapshot((db) => complete(db, request, members())),
    }),
    'contacts.hide': async ({ address }) => {
      store.precious((db) => setHidden(db, normaliseAddress(address), true));
      return {};
    },
    'contacts.list': async ({ from, text, limit }) => {
      const wanted = wantedWords(text);
      if (wanted.length === 0 && text.trim() !== '') return { people: [], total: 0 };
      if (from.kind === 'contacts') return listContacts(store.read, wanted, limit);
      if (from.kind === 'collected') return listCollected(store.read, wanted, limit);
      const people = group(from.id)
        .members.filter(({ name, address }) => meetsAll(findableWords(name, address), wanted))
        .map(({ name, address }): PersonRow => ({
          contactId: contactOfAddress(store.read, address)?.id ?? null,
          name,
          organisation: '',
          addresses: [address],
          sent: 0,
        }));
      return { people: people.slice(0, limit), total: people.length };
    },
    'contacts.get': async ({ id }) => {
      const contact = getContact(store.read, id);
      if (contact === null) throw new MailError('not-found', { what: 'contact' });
      const { name, organisation, addresses, phones, note, groups } = contact;
      return { id, name, organisation, addresses, phones, note, groups };
    },
    'contacts.save': async ({ id, content, groups }) => ({
      id: store.precious((db) => saveContact(db, parts, id, content, groups)),
    }),
    'contacts.remove': async ({ id }) => {
      store.precious((db) => removeContact(db, id));
      return {};
    },
    'contacts.groups': async () => ({ groups: listGroups(store.read) }),
    'contacts.group': async ({ id }) => group(id),
    'contacts.saveGroup': async ({ id, name, members: people }) => ({
      id: store.precious((db) => saveGroup(db, parts, id, name, people)),
    }),
    'contacts.removeGroup': async ({ id }) => {
      group(id);
      store.precious((db) => deleteGroup(db, id));
      return {};
    },
    'contacts.import': async ({ content }) => store.precious((db) => importCards(db, parts, content)),
    'contacts.export': async ({ groupId }) => store.snapshot((db) => exportCards(db, groupId)),
  };
}
