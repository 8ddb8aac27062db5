/** Signing in at a mail provider in the browser (OAuth 2). The engine waits for the browser; no token crosses this contract. */
import * as z from 'zod';
import { command } from './define.ts';

export const SignInProvider = z.object({
  /** "google", "microsoft", or the issuer's address: what `auth.provider` of the settings says. */
  id: z.string(),
  /** As people call it. */
  name: z.string(),
  /** There is a client id, so that it can be begun. */
  configured: z.boolean(),
  /** Passwords are not accepted there (any more), or soon will not be for sending. */
  passwordEnds: z.boolean(),
});
export type SignInProvider = z.infer<typeof SignInProvider>;

/** For the case that the organisation must agree first: where its administrator does that. */
export const AdminApproval = z.object({ url: z.string(), clientId: z.string() });
export type AdminApproval = z.infer<typeof AdminApproval>;

export const signInCommands = {
  /** Who signs in for this mail server; `provider` null: nobody known, it takes a password. */
  'signIn.find': command(
    z.object({ host: z.string().max(253) }),
    z.object({ provider: SignInProvider.nullable() }),
  ),
  /**
   * Begins a sign-in: `url` is for the person's own browser. `address`: the name the provider is told to ask for.
   * Errors: sign-in-not-configured, sign-in-server-fault (its configuration could not be read), not-supported, not-found.
   */
  'signIn.start': command(
    z.object({
      provider: z.string().max(500),
      address: z.string().max(320),
      /** Of the page that the browser shows at the end. */
      language: z.enum(['en', 'de']),
    }),
    z.object({
      id: z.string(),
      url: z.string(),
      name: z.string(),
      /** ms since 1970. */
      expiresAt: z.number(),
      approval: AdminApproval.nullable(),
    }),
  ),
  /**
   * Waits until the person is done, and answers the same again when asked again. `identities`: names and addresses of who signed in, the
   * best one first; empty where the provider does not say.
   * Errors: sign-in-denied, sign-in-timed-out, sign-in-admin-approval, sign-in-client-refused, sign-in-scope, sign-in-not-lasting,
   * sign-in-server-fault, sign-in-failed, cancelled, not-found.
   */
  'signIn.wait': command(z.object({ id: z.string() }), z.object({ identities: z.array(z.string()) })),
  /** Ends it; nothing of it is kept. */
  'signIn.cancel': command(z.object({ id: z.string() }), z.object({})),
};
