/** What the commands of "group" share: how people and groups are named, by whoever types and in what is printed. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupAccountRow, Person } from '#shared/contract/groups.ts';
import { EmailAddress, normaliseAddress } from '#shared/domain/account.ts';
import { invalid } from './output.ts';

/** A person as the command line names him. */
export const who = (person: Person | null): string | null =>
  person === null ? null : person.address || person.name;
/** What stands between commas. */
export const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Throws `invalid-input` at `option`. */
export function address(text: string, option: string): string {
  if (!EmailAddress.safeParse(text).success)
    throw invalid(option, 'invalid', `"${text}" is no e-mail address`);
  return text;
}

/** A group account of the organisation: by its id there, its account's id here, its address or its name. Throws `invalid-input`. */
export async function findGroup(client: EngineClient, named: string): Promise<GroupAccountRow> {
  const { organisation } = await client.call('groups.organisation', {});
  const rows = organisation?.accounts ?? [];
  const found =
    rows.find(({ group, accountId }) => [group, group.split('/')[1], accountId].includes(named)) ??
    rows.find((row) => normaliseAddress(row.address) === normaliseAddress(named)) ??
    rows.find(({ name }) => name === named);
  if (!found)
    throw invalid(
      'GROUP',
      'not-found',
      `there is no group account "${named}"; "postkorb group sync" lists them`,
    );
  return found;
}
