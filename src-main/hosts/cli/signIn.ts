/** Signing in from a terminal: the address goes to stderr, the browser is the person's own, and Ctrl+C ends it. */
import type { EngineClient } from '#shared/contract/contract.ts';
import { expectedLogins, type AccountSettings } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Output } from './output.ts';

/** The id of the finished sign-in. Throws the `sign-in-…` errors, and `invalid-input` where the account has passwords. */
export async function signIn(
  client: EngineClient,
  output: Output,
  settings: AccountSettings,
): Promise<string> {
  if (settings.auth === undefined) {
    const fault = { path: 'auth', code: 'invalid', message: 'this account logs in with a password' };
    throw new MailError('invalid-input', {}, { faults: [fault] });
  }
  return signInAt(client, output, {
    provider: settings.auth.provider,
    address: expectedLogins(settings)[0] ?? settings.address,
  });
}

/** The same for whoever knows where, and as whom. */
export async function signInAt(
  client: EngineClient,
  output: Output,
  who: { readonly provider: string; readonly address: string },
): Promise<string> {
  const { id, url, name } = await client.call('signIn.start', { ...who, language: output.language });
  const words = {
    en: `Open this address in a browser on this machine to sign in at ${name}:`,
    de: `Öffnen Sie diese Adresse in einem Browser auf diesem Rechner, um sich bei ${name} anzumelden:`,
  };
  output.note(words[output.language]);
  output.note(url);
  await client.call('signIn.wait', { id });
  return id;
}
