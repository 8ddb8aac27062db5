/** Signing in at a provider: the contract's handlers. */
import type { OAuthProviders } from '#engine/accounts/oauth/providers.ts';
import type { SignIns } from '#engine/accounts/oauth/signIns.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { signInCommands } from '#shared/contract/signIn.ts';

export interface SignInHandlerParts {
  readonly providers: OAuthProviders;
  readonly signIns: SignIns;
}

type SignInCommandName = Extract<CommandName, keyof typeof signInCommands>;

export function createSignInHandlers({
  providers,
  signIns,
}: SignInHandlerParts): HandlersOf<SignInCommandName> {
  return {
    'signIn.find': async ({ host }) => {
      const provider = await Promise.resolve(providers.byHost(host));
      if (provider === null) return { provider: null };
      const { id, name, client, passwordEnds } = provider;
      return { provider: { id, name, configured: client !== null, passwordEnds } };
    },
    'signIn.start': (request, signal) => signIns.start(request, signal),
    'signIn.wait': async ({ id }, signal) => ({ identities: [...(await signIns.wait(id, signal))] }),
    'signIn.cancel': ({ id }) => {
      signIns.cancel(id);
      return Promise.resolve({});
    },
  };
}
