/** Identities and templates: the contract's handlers. */
import type { SystemAddresses } from '#engine/accounts/accountRules.ts';
import type { Clock, Ids } from '#engine/ports/ports.ts';
import { listIdentities, type GroupSignature } from '#engine/send/identities.ts';
import { getAccount, listAccounts } from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import {
  deleteIdentity,
  deleteTemplate,
  listStoredIdentities,
  listTemplates,
  putIdentity,
  putTemplate,
} from '#engine/store/writing.repo.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { writingCommands } from '#shared/contract/writing.ts';
import { sameAddress } from '#shared/domain/account.ts';
import { mailboxKey } from '#shared/domain/archiveAddress.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface WritingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly groupSignature: GroupSignature;
}

type WritingCommandName = Extract<CommandName, keyof typeof writingCommands>;

/** Further addresses of the user, which no archive may be. */
export function identityAddresses(store: Store): SystemAddresses {
  return () =>
    listStoredIdentities(store.read)
      .filter(({ main }) => !main)
      .map(({ name, address }) => ({ name: name || address, address }));
}

export function createWritingHandlers(parts: WritingParts): HandlersOf<WritingCommandName> {
  const { store, clock, ids, groupSignature } = parts;
  const known = () => listIdentities(store.read, groupSignature);
  return {
    'identities.list': async () => {
      const sending = new Set(
        listAccounts(store.read)
          .filter(({ settings }) => settings.smtp !== null)
          .map(({ id }) => id),
      );
      return { identities: known().filter(({ accountId }) => sending.has(accountId)) };
    },
    'identities.save': async ({ accountId, id, name, address, replyTo, signature }) => {
      const account = getAccount(store.read, accountId);
      if (account === null) throw new MailError('not-found', { what: 'account' });
      const before = id === null ? null : known().find((one) => one.id === id && one.accountId === accountId);
      if (before === undefined) throw new MailError('not-found', { what: 'identity' });
      const main = before?.main ?? false;
      if ((account.group !== null && !main) || before?.managed) throw new MailError('not-permitted', {});
      if (!main) {
        const taken = known().some(
          (one) => one.id !== id && sameAddress(one.address, address) && one.name === name,
        );
        if (taken)
          throw new MailError(
            'invalid-input',
            {},
            {
              faults: [{ path: 'address', code: 'address-taken', message: address }],
            },
          );
        const archive = listAccounts(store.read).find(
          ({ settings }) =>
            settings.archiveAddress !== null && mailboxKey(settings.archiveAddress) === mailboxKey(address),
        );
        if (archive)
          throw new MailError('archive-address-inside', { address, account: archive.settings.name });
      }
      const key = before?.id ?? ids.uuid();
      store.precious((db) =>
        putIdentity(db, { id: key, accountId, main, name, address, replyTo, signature }, clock.now()),
      );
      return { id: key };
    },
    'identities.remove': async ({ id }) => {
      const found = known().find((one) => one.id === id);
      if (!found || found.main) throw new MailError('not-found', { what: 'identity' });
      store.precious((db) => deleteIdentity(db, id));
      return {};
    },
    'templates.list': async () => ({ templates: listTemplates(store.read) }),
    'templates.save': async ({ id, ...content }) => {
      const all = listTemplates(store.read);
      if (id !== null && !all.some((one) => one.id === id))
        throw new MailError('not-found', { what: 'template' });
      const wanted = content.name.toLowerCase();
      if (all.some((one) => one.id !== id && one.name.toLowerCase() === wanted))
        throw new MailError(
          'invalid-input',
          {},
          {
            faults: [{ path: 'name', code: 'name-taken', message: content.name }],
          },
        );
      const key = id ?? ids.uuid();
      store.precious((db) => putTemplate(db, { id: key, ...content }, clock.now()));
      return { id: key };
    },
    'templates.remove': async ({ id }) => {
      store.precious((db) => deleteTemplate(db, id));
      return {};
    },
  };
}
