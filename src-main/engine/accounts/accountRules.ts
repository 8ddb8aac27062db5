/** What may be saved beside the accounts that are there: one account a mailbox, and no archive inside the system. */
import { mailboxKey, archiveConflict, type KnownAccount } from '#shared/domain/archiveAddress.ts';
import { normaliseAddress, type AccountSettings } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { StoredAccount } from '#engine/store/accounts.repo.ts';

/** Addresses beyond its own accounts that belong to the system: users and group accounts of an organisation, by the name they have there. */
export type SystemAddresses = () => readonly { readonly name: string; readonly address: string }[];

/** The account's address, and its logins where those are addresses: mail to any of them arrives here. */
export function addressesOf(settings: AccountSettings): string[] {
  const logins = [settings.imap.user, settings.smtp?.user ?? ''].filter((user) => user.includes('@'));
  return [settings.address, ...logins];
}

/** The same as they may stand in stored mails, in lower case: a domain beyond ASCII in either form. */
export function spelledAddressesOf(settings: AccountSettings): string[] {
  const spellings = addressesOf(settings).flatMap((address) => {
    const plain = address.toLowerCase();
    return [plain, normaliseAddress(plain), readableAddress(plain)];
  });
  return [...new Set(spellings)];
}

function known(id: AccountId, settings: AccountSettings): KnownAccount {
  return {
    id,
    name: settings.name,
    addresses: addressesOf(settings),
    archiveAddress: settings.archiveAddress,
  };
}

const login = ({ imap }: AccountSettings): string =>
  `${imap.user.toLowerCase()} ${imap.host.toLowerCase().replace(/\.$/, '')}`;

/** Throws `duplicate-account` or `archive-address-inside`, naming the other side. `id`: the account that is edited, null for a new one. */
export function checkAccountRules(
  id: AccountId | null,
  settings: AccountSettings,
  accounts: readonly StoredAccount[],
  system: SystemAddresses,
): void {
  const others = accounts.filter((account) => account.id !== id);
  const twin = others.find(
    (other) =>
      mailboxKey(other.settings.address) === mailboxKey(settings.address) ||
      login(other.settings) === login(settings),
  );
  if (twin) throw new MailError('duplicate-account', { account: twin.settings.name });
  const candidate = known(id ?? AccountId.parse('candidate'), settings);
  const conflict = archiveConflict(candidate, [
    ...others.map((other) => known(other.id, other.settings)),
    ...system().map(({ name, address }, index) => ({
      id: AccountId.parse(`system-${index}`),
      name,
      addresses: [address],
      archiveAddress: null,
    })),
  ]);
  if (conflict) {
    throw new MailError('archive-address-inside', { address: conflict.address, account: conflict.account });
  }
}
