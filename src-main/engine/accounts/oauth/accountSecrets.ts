/** From what a request says, or what is kept, to what an account is tested, saved and logged in with: passwords or a sign-in. */
import {
  expectedLogins,
  sameAddress,
  type AccountSettings,
  type Credentials,
} from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { SecretStore } from '#engine/ports/ports.ts';
import { passwordAccess, type AccountAccess } from '#engine/secrets/access.ts';
import {
  isGrant,
  readCredentials,
  writeCredentials,
  type AccountSecret,
  type OAuthGrant,
} from '#engine/secrets/credentials.ts';
import type { SignIns } from './signIns.ts';
import type { GrantPlace, TokenKeeper } from './tokenKeeper.ts';

export interface AccountSecretsParts {
  readonly secrets: SecretStore;
  readonly keeper: TokenKeeper;
  readonly signIns: SignIns;
}

/** What a test finds out with an older token, the next login would not. */
const freshMs = 60_000;

export class AccountSecrets {
  readonly #parts: AccountSecretsParts;
  /** By a grant's id: the accounts that were met with it, so that a renewed token is written where it is read. */
  readonly #homes = new Map<string, AccountId>();

  constructor(parts: AccountSecretsParts) {
    this.#parts = parts;
  }

  /**
   * What the request means. Throws `credentials-missing`, `sign-in-expired` where a sign-in is needed and none came, `sign-in-other-account`
   * where somebody else signed in, `not-found` for a sign-in that is not there (any more), and what the secret store throws.
   */
  async of(request: {
    settings: AccountSettings;
    credentials: Credentials | null;
    signIn: string | null;
    keepPasswordsOf: AccountId | null;
    /** Passwords for the case that nothing else is there. */
    otherwise?: Credentials | null;
  }): Promise<AccountSecret> {
    const { settings, credentials, signIn, keepPasswordsOf, otherwise = null } = request;
    const kept = async (): Promise<AccountSecret | null> => {
      if (keepPasswordsOf === null) return null;
      const secret = await readCredentials(this.#parts.secrets, keepPasswordsOf);
      if (secret !== null && isGrant(secret)) this.#homes.set(secret.grant.id, keepPasswordsOf);
      return secret;
    };
    if (settings.auth === undefined) {
      const secret = credentials ?? (await kept()) ?? otherwise;
      // A sign-in that was kept is no password: the settings ask for one now.
      if (secret === null || isGrant(secret)) throw new MailError('credentials-missing');
      return secret;
    }
    const secret = signIn === null ? await kept() : { grant: this.#parts.signIns.grant(signIn) };
    if (secret === null || !isGrant(secret)) throw new MailError('sign-in-expired');
    assertSamePerson(settings, secret.grant);
    if (secret.grant.provider !== settings.auth.provider) throw new MailError('sign-in-expired');
    return secret;
  }

  /** A sign-in's token is renewed where it is not new: the test says what the next login will meet. */
  async assertFresh(secret: AccountSecret, signal: AbortSignal): Promise<void> {
    if (!isGrant(secret)) return;
    await this.#parts.keeper.renewOlderThan(freshMs, this.#placeOf(secret.grant), signal);
  }

  /** What the account logs in with. */
  access(id: AccountId, secret: AccountSecret): AccountAccess {
    if (!isGrant(secret)) return passwordAccess(secret);
    this.#homes.set(secret.grant.id, id);
    return this.#parts.keeper.access(this.#inAccount(id, secret.grant.id));
  }

  /** The same for a sign-in that may be of no account yet. */
  grantAccess(grant: OAuthGrant): AccountAccess {
    return this.#parts.keeper.access(this.#placeOf(grant));
  }

  /** An account was saved with this sign-in. */
  saved(signIn: string): void {
    this.#parts.signIns.saved(signIn);
  }

  #placeOf(grant: OAuthGrant): GrantPlace {
    const place = this.#parts.signIns.place(grant.id);
    if (place !== null) return place;
    const home = this.#homes.get(grant.id);
    if (home !== undefined) return this.#inAccount(home, grant.id);
    throw new MailError('sign-in-expired');
  }

  #inAccount(id: AccountId, grantId: string): GrantPlace {
    const { secrets } = this.#parts;
    const read = async (): Promise<OAuthGrant | null> => {
      const secret = await readCredentials(secrets, id);
      return secret !== null && isGrant(secret) && secret.grant.id === grantId ? secret.grant : null;
    };
    return {
      read,
      write: async (grant) => {
        // Signed in again or removed in the meantime: what comes late is of no use.
        if ((await read()) !== null) await writeCredentials(secrets, id, { grant });
      },
    };
  }
}

/** Throws `sign-in-other-account`. Where the provider does not say who signed in, the mail server has the word. */
function assertSamePerson(settings: AccountSettings, { identities }: OAuthGrant): void {
  const expected = expectedLogins(settings);
  const [first] = identities;
  if (first === undefined) return;
  if (identities.some((one) => expected.some((other) => sameAddress(one, other)))) return;
  throw new MailError('sign-in-other-account', { identity: first, address: expected[0] ?? settings.address });
}
