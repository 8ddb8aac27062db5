import { expect, test } from 'vitest';
import { findGroup } from '#hosts/cli/groupWords.ts';
import type { ResponseOf } from '#shared/contract/contract.ts';
import type { GroupAccountRow } from '#shared/contract/groups.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

const row = (
  id: string,
  name: string,
  address: string,
  accountId: string | null = null,
): GroupAccountRow => ({
  group: `xyz/${id}`,
  name,
  address,
  accountId: accountId === null ? null : AccountId.parse(accountId),
  state: 'ready',
  personalAccount: null,
  members: [],
  defaultHandler: null,
  archiveAddress: null,
});
const rows = [
  // Its name is another's id.
  row('service', 'info', 'service@xyz.test'),
  row('info', 'Info', 'info@xyz.test', '1f0e'),
];
const client = new ScriptedClient({
  'groups.organisation': () =>
    ({ organisation: { accounts: rows } }) as unknown as ResponseOf<'groups.organisation'>,
});

test.each(['info', 'xyz/info', 'Info', 'INFO@XYZ.test', '1f0e'])(
  'a group account is found as %s',
  async (named) => {
    expect((await findGroup(client, named)).group).toBe('xyz/info');
  },
);

test('one that is not there is said so, at the argument', async () => {
  await expect(findGroup(client, 'sales')).rejects.toMatchObject({
    code: 'invalid-input',
    faults: [{ path: 'GROUP', code: 'not-found' }],
  });
});
