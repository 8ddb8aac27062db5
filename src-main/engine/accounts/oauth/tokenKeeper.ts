/**
 * Keeps tokens fresh: renewed before they end, once at a time for each sign-in however many ask, and not at all after the provider refused.
 * A renewed token is written before it is used, since many providers take the one before it back.
 */
import type { Clock } from '#shared/base/clock.ts';
import { SingleFlight } from '#shared/base/singleFlight.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import type { Log } from '#engine/ports/ports.ts';
import type { AccountAccess, Login } from '#engine/secrets/access.ts';
import type { OAuthGrant } from '#engine/secrets/credentials.ts';
import type { OAuthProviders } from './providers.ts';
import type { TokenEndpoint } from './tokenEndpoint.ts';

/** Where a grant lies: the secret store for an account, the memory for a sign-in that nothing was saved of yet. */
export interface GrantPlace {
  /** null: there is none (any more). */
  read(): Promise<OAuthGrant | null>;
  write(grant: OAuthGrant): Promise<void>;
}

export interface TokenKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly providers: OAuthProviders;
  readonly endpoint: Pick<TokenEndpoint, 'refresh'>;
}

/** A token is renewed so long before its end, or at half of its life where that is short. */
const marginMs = 5 * 60_000;
/** After a failure the same answer is given for so long, so that parallel work does not ask one after the other. */
const holdMs = 5_000;

export class TokenKeeper {
  readonly #parts: TokenKeeperParts;
  readonly #flights = new SingleFlight<string, OAuthGrant>();
  /** What is newer than what the place holds, where that could not be written. */
  readonly #unwritten = new Map<string, OAuthGrant>();
  readonly #held = new Map<string, { error: MailError; until: number }>();
  readonly #abort = new AbortController();

  constructor(parts: TokenKeeperParts) {
    this.#parts = parts;
  }

  /** What logs in as whoever gave this grant. */
  access(place: GrantPlace): AccountAccess {
    const login = async (grant: Promise<OAuthGrant>): Promise<Login> => ({
      kind: 'token',
      token: (await grant).accessToken,
    });
    return {
      login: (_server, signal) => login(this.#fresh(place, signal)),
      another: (refused, signal) => login(this.#newerThan(place, refused, signal)),
    };
  }

  /** Renews what is older than `ms`: a test must say what the next login will meet. Throws as a login does. */
  async renewOlderThan(ms: number, place: GrantPlace, signal: AbortSignal): Promise<void> {
    const grant = await this.#read(place);
    if (this.#parts.clock.now() - grant.obtainedAt > ms) await this.#renew(place, grant, signal);
  }

  /** Ends what is under way. */
  [Symbol.dispose](): void {
    this.#abort.abort(new MailError('cancelled'));
  }

  async #fresh(place: GrantPlace, signal: AbortSignal): Promise<OAuthGrant> {
    const { clock } = this.#parts;
    const grant = await this.#read(place);
    const margin = Math.min(marginMs, (grant.expiresAt - grant.obtainedAt) / 2);
    if (clock.now() < grant.expiresAt - margin) return grant;
    try {
      return await this.#renew(place, grant, signal);
    } catch (error) {
      // A sign-in server that is away for a moment costs nothing while the token lasts.
      if (isMailError(error) && error.retry !== 'never' && clock.now() < grant.expiresAt) return grant;
      throw error;
    }
  }

  async #newerThan(place: GrantPlace, refused: Login, signal: AbortSignal): Promise<OAuthGrant> {
    const grant = await this.#read(place);
    // Another connection may have renewed it in between.
    if (refused.kind === 'token' && refused.token !== grant.accessToken) return grant;
    return this.#renew(place, grant, signal);
  }

  async #read(place: GrantPlace): Promise<OAuthGrant> {
    const stored = await place.read();
    if (stored === null) throw new MailError('sign-in-expired');
    const grant = this.#unwritten.get(stored.id) ?? stored;
    if (grant.refreshToken === null) throw this.#expired(grant);
    return grant;
  }

  #renew(place: GrantPlace, known: OAuthGrant, signal: AbortSignal): Promise<OAuthGrant> {
    const { id } = known;
    const held = this.#held.get(id);
    if (held && held.until > this.#parts.clock.monotonic()) return Promise.reject(held.error);
    this.#held.delete(id);
    const flight = this.#flights.run(id, async () => {
      try {
        return await this.#ask(place, known);
      } catch (error) {
        if (isMailError(error) && error.code !== 'cancelled')
          this.#held.set(id, { error, until: this.#parts.clock.monotonic() + holdMs });
        throw error;
      }
    });
    // One caller that gives up takes nothing from the others.
    return untilAborted(flight, signal);
  }

  async #ask(place: GrantPlace, known: OAuthGrant): Promise<OAuthGrant> {
    const { providers, endpoint, log } = this.#parts;
    const grant = await this.#read(place);
    // Renewed since the caller looked.
    if (grant.accessToken !== known.accessToken) return grant;
    const provider = providers.find(grant.provider);
    if (provider?.client == null)
      throw new MailError('sign-in-not-configured', { provider: provider?.name ?? grant.provider });
    const refreshToken = grant.refreshToken ?? '';
    try {
      const tokens = await endpoint.refresh(provider, refreshToken, this.#abort.signal);
      const renewed: OAuthGrant = {
        ...grant,
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken ?? refreshToken,
        obtainedAt: tokens.obtainedAt,
        expiresAt: tokens.expiresAt,
      };
      await this.#write(place, renewed);
      log.info('renewed a sign-in', { provider: provider.id });
      return renewed;
    } catch (error) {
      const code = isMailError(error) ? error.code : 'internal';
      log.warn('could not renew a sign-in', { provider: provider.id, code });
      // Refused once is refused for good: it is not asked again, in this session or another.
      if (code === 'sign-in-expired')
        await this.#write(place, { ...grant, refreshToken: null, accessToken: '' });
      throw error;
    }
  }

  async #write(place: GrantPlace, grant: OAuthGrant): Promise<void> {
    try {
      await place.write(grant);
      this.#unwritten.delete(grant.id);
    } catch (error) {
      // The tokens before these count no more: what came is used, and written with the next renewal.
      this.#unwritten.set(grant.id, grant);
      this.#parts.log.error('could not keep a renewed sign-in', { error });
    }
  }

  #expired(grant: OAuthGrant): MailError {
    const name = this.#parts.providers.find(grant.provider)?.name ?? grant.provider;
    return new MailError('sign-in-expired', { provider: name });
  }
}
