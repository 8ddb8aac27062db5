/** What an account logs in with, at the moment it logs in: its passwords, or a token that is renewed when it has to be. */
import type { Credentials } from '#shared/domain/account.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';

/** One login. A token goes by XOAUTH2 or OAUTHBEARER, whichever the server offers. */
export type Login =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface AccountAccess {
  /** Throws `credentials-missing`, `secrets-unavailable`, and what the renewal of a token throws. */
  login(server: 'imap' | 'smtp', signal: AbortSignal): Promise<Login>;
  /** The server refused this one: another to try, or null where there is none. Throws what a renewal throws. */
  another(refused: Login, signal: AbortSignal): Promise<Login | null>;
}

/** The password for SMTP: its own where there is one, else that of IMAP, as most providers have it. */
export function passwordAccess({ imapPassword, smtpPassword }: Credentials): AccountAccess {
  return {
    login: (server) =>
      Promise.resolve({
        kind: 'password',
        password: server === 'imap' ? imapPassword : (smtpPassword ?? imapPassword),
      }),
    another: () => Promise.resolve(null),
  };
}

/** What must appear in no error and no log. */
export function secretOf(login: Login): string {
  return login.kind === 'password' ? login.password : login.token;
}

/** A refused token is not a wrong password: the words, and what to do, are others. */
export function refusedLogin(login: Login, error: MailError): MailError {
  return login.kind === 'token' && error.code === 'credentials-rejected'
    ? new MailError('token-rejected', error.params, { cause: error })
    : error;
}

/** Logs in by `attempt`; where the server refuses a token, once more with a renewed one. Throws what the last attempt threw. */
export async function withLogin<T>(
  access: AccountAccess,
  server: 'imap' | 'smtp',
  signal: AbortSignal,
  attempt: (login: Login) => Promise<T>,
): Promise<T> {
  const first = await access.login(server, signal);
  try {
    return await attempt(first);
  } catch (error) {
    if (!isMailError(error) || error.code !== 'credentials-rejected') throw error;
    const second = await access.another(first, signal);
    if (second === null) throw refusedLogin(first, error);
    try {
      return await attempt(second);
    } catch (again) {
      throw isMailError(again) ? refusedLogin(second, again) : again;
    }
  }
}
