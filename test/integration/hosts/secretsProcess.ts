/** Opens the secrets of the profile named by its argument and does what it is told, a JSON line for a JSON line, until its input ends. */
import { createInterface } from 'node:readline';
import { readCredentials, writeCredentials, deleteCredentials } from '#engine/secrets/credentials.ts';
import type { Credentials } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import { openProfilePaths } from '#hosts/node/paths.ts';
import { openSecretStore } from '#hosts/node/secretStore.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { silentLog } from '#test/support/silentLog.ts';

export type SecretsOrder =
  | { readonly act: 'read'; readonly account: string }
  | { readonly act: 'delete'; readonly account: string }
  | { readonly act: 'write'; readonly account: string; readonly credentials: Credentials }
  | { readonly act: 'kind' };
export type SecretsAnswer = { readonly value: unknown } | { readonly error: string };

const notes: string[] = [];
const secrets = await openSecretStore({
  profile: openProfilePaths(process.argv[2] ?? ''),
  log: silentLog(),
  clock: systemClock(),
  keychain: 'auto',
  note: (line) => notes.push(line),
});

async function obey(order: SecretsOrder): Promise<unknown> {
  if (order.act === 'kind') return { kind: secrets.kind, notes };
  const id = AccountId.parse(order.account);
  if (order.act === 'read') return await readCredentials(secrets, id);
  if (order.act === 'delete') await deleteCredentials(secrets, id);
  else await writeCredentials(secrets, id, order.credentials);
  return null;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: SecretsAnswer;
  try {
    answer = { value: await obey(JSON.parse(line) as SecretsOrder) };
  } catch (error) {
    answer = { error: isMailError(error) ? error.code : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
