/** Who a mail is from: an account's own name and address, or a further one of it. */
import { listAccounts, type StoredAccount } from '#engine/store/accounts.repo.ts';
import type { ReadDb } from '#engine/store/handles.ts';
import { listStoredIdentities, type StoredIdentity } from '#engine/store/writing.repo.ts';
import type { Identity, Signature } from '#shared/contract/writing.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { MessageContent } from '#shared/domain/message.ts';

/** The signature that the organisation sets for a group account; null: none. */
export type GroupSignature = (group: string) => Signature | null;

function mainOf(account: StoredAccount, kept: StoredIdentity | undefined, group: Signature | null): Identity {
  const { id, settings } = account;
  return {
    id,
    accountId: id,
    main: true,
    name: settings.displayName,
    address: settings.address,
    replyTo: kept?.replyTo ?? '',
    signature: group ?? kept?.signature ?? null,
    managed: group !== null,
  };
}

/** Of all accounts; of each its own name and address first. */
export function listIdentities(db: ReadDb, groupSignature: GroupSignature): Identity[] {
  const kept = Map.groupBy(listStoredIdentities(db), ({ accountId }) => accountId);
  return listAccounts(db).flatMap((account) => {
    const own = kept.get(account.id) ?? [];
    const group = account.group === null ? null : groupSignature(account.group);
    const further = own
      .filter(({ main }) => !main)
      .map((identity): Identity => ({ ...identity, managed: false }));
    return [
      mainOf(
        account,
        own.find(({ main }) => main),
        group,
      ),
      ...further,
    ];
  });
}

/** null: it is gone, or another account's. `id` null: the account's own. */
export function findIdentity(
  db: ReadDb,
  groupSignature: GroupSignature,
  accountId: AccountId,
  id: string | null,
): Identity | null {
  return (
    listIdentities(db, groupSignature).find(
      (identity) => identity.accountId === accountId && identity.id === (id ?? accountId),
    ) ?? null
  );
}

/**
 * Which of an account's identities answers a mail: the one that it was sent to, in To before Cc; of an own mail the one that sent it. null:
 * the account's own name and address.
 */
export function answeringIdentity(
  identities: readonly Identity[],
  accountId: AccountId,
  original: Pick<MessageContent, 'from' | 'to' | 'cc' | 'bcc'>,
): string | null {
  const own = identities.filter((identity) => identity.accountId === accountId);
  const lists = [original.from === null ? [] : [original.from], original.to, original.cc, original.bcc];
  for (const list of lists) {
    const addresses = new Set(list.map(({ address }) => normaliseAddress(address)));
    const met = own.find(({ address }) => addresses.has(normaliseAddress(address)));
    if (met) return met.main ? null : met.id;
  }
  return null;
}
