/**
 * Sign-ins under way and just finished. One begins with an address for the browser and ends when the browser comes back to this machine
 * (RFC 8252, 7.3), when the person cancels, or when the time is up. What it brought stays in memory until an account is saved with it.
 */
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import { drop } from '#shared/base/drop.ts';
import type { AdminApproval } from '#shared/contract/signIn.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { Language } from '#shared/i18n/translate.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import type { Ids, Log, RedirectListener } from '#engine/ports/ports.ts';
import type { OAuthGrant } from '#engine/secrets/credentials.ts';
import type { OAuthProvider, OAuthProviders } from './providers.ts';
import { donePage, faultPage, notePage, type RedirectPage } from './redirectPage.ts';
import type { GrantPlace } from './tokenKeeper.ts';
import { newProof, type Proof, type TokenEndpoint } from './tokenEndpoint.ts';

/** From the browser's start to its return: passwords, second factors and a telephone that has to be found. */
const limitMs = 10 * 60_000;
/** From the browser's return to its page. */
const exchangeMs = 30_000;
/** A finished sign-in that nothing was saved of. */
const keepMs = 60 * 60_000;
const maxOpen = 4;

export interface SignInsParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly providers: OAuthProviders;
  readonly endpoint: TokenEndpoint;
  /** null: no browser can come back to this host. */
  readonly redirects: RedirectListener | null;
}

export interface StartedSignIn {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly expiresAt: number;
  readonly approval: AdminApproval | null;
}

interface SignIn {
  readonly id: string;
  readonly provider: OAuthProvider;
  readonly address: string;
  readonly language: Language;
  readonly proof: Proof;
  readonly abort: AbortController;
  readonly outcome: PromiseWithResolvers<readonly string[]>;
  state: 'waiting' | 'exchanging' | 'done' | 'failed';
  grant: OAuthGrant | null;
  listener: AsyncDisposable | null;
  timer: Disposable | null;
}

export class SignIns implements AsyncDisposable {
  readonly #parts: SignInsParts;
  readonly #open = new Map<string, SignIn>();
  readonly #closing = new Set<Promise<void>>();

  constructor(parts: SignInsParts) {
    this.#parts = parts;
  }

  async start(
    wanted: { provider: string; address: string; language: Language },
    signal: AbortSignal,
  ): Promise<StartedSignIn> {
    const { providers, redirects, endpoint, clock, ids } = this.#parts;
    const provider = providers.find(wanted.provider);
    if (provider === null) throw new MailError('not-found', { what: 'provider' });
    if (provider.client === null) throw new MailError('sign-in-not-configured', { provider: provider.name });
    if (redirects === null) throw new MailError('not-supported');
    const id = ids.uuid();
    const listener = await redirects.listen(provider.redirectHost, (query) => this.#browserCame(id, query));
    try {
      const proof = newProof(`http://${provider.redirectHost}:${String(listener.port)}`);
      const url = await endpoint.authorizationUrl(provider, proof, wanted.address, signal);
      this.#makeRoom();
      const signIn: SignIn = {
        id,
        provider,
        address: wanted.address,
        language: wanted.language,
        proof,
        abort: new AbortController(),
        outcome: Promise.withResolvers(),
        state: 'waiting',
        grant: null,
        listener,
        timer: null,
      };
      // Whoever waits hears of it; where nobody does, nothing is lost.
      signIn.outcome.promise.catch(() => undefined);
      signIn.timer = clock.setTimer(limitMs, () => {
        this.#fail(signIn, new MailError('sign-in-timed-out', { provider: provider.name }));
      });
      this.#open.set(id, signIn);
      return {
        id,
        url,
        name: provider.name,
        expiresAt: clock.now() + limitMs,
        approval: provider.approval(wanted.address),
      };
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Who signed in. Throws what went wrong; asked again, the answer is the same. */
  wait(id: string, signal: AbortSignal): Promise<readonly string[]> {
    return untilAborted(this.#get(id).outcome.promise, signal);
  }

  cancel(id: string): void {
    const signIn = this.#open.get(id);
    if (!signIn) return;
    this.#fail(signIn, new MailError('cancelled'));
    this.#forget(signIn);
  }

  /** What a finished one brought. Throws `not-found`. */
  grant(id: string): OAuthGrant {
    const { grant } = this.#get(id);
    if (grant === null) throw new MailError('not-found', { what: 'sign-in' });
    return grant;
  }

  /** Where that grant lies; null: it is no sign-in of this session that is not saved yet. */
  place(id: string): GrantPlace | null {
    const signIn = this.#open.get(id);
    if (!signIn?.grant) return null;
    return {
      read: () => Promise.resolve(signIn.grant),
      write: (grant) => {
        signIn.grant = grant;
        return Promise.resolve();
      },
    };
  }

  /** It was saved elsewhere. */
  saved(id: string): void {
    const signIn = this.#open.get(id);
    if (signIn) this.#forget(signIn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signIn of [...this.#open.values()]) {
      this.#fail(signIn, new MailError('cancelled'));
      this.#forget(signIn);
    }
    await Promise.allSettled(this.#closing);
  }

  async #browserCame(id: string, query: URLSearchParams): Promise<RedirectPage> {
    const signIn = this.#open.get(id);
    if (!signIn) return notePage('over', 'en');
    const { language, provider } = signIn;
    // A code that was not asked for, from whatever page or program found the port: the sign-in goes on waiting for its own.
    if (query.get('state') !== signIn.proof.state) return notePage('foreign', language);
    if (signIn.state !== 'waiting') return notePage('over', language);
    signIn.state = 'exchanging';
    try {
      using deadline = new Deadline(this.#parts.clock, exchangeMs, signIn.abort.signal);
      const tokens = await this.#parts.endpoint.exchange(provider, signIn.proof, query, deadline.signal);
      if (tokens.refreshToken === null)
        throw new MailError('sign-in-not-lasting', { provider: provider.name });
      this.#succeed(signIn, {
        id: signIn.id,
        provider: provider.id,
        identities: [...tokens.identities],
        refreshToken: tokens.refreshToken,
        accessToken: tokens.accessToken,
        obtainedAt: tokens.obtainedAt,
        expiresAt: tokens.expiresAt,
      });
      return donePage(tokens.identities[0] ?? null, language);
    } catch (thrown) {
      const error = this.#inWords(signIn, thrown);
      this.#fail(signIn, error);
      return faultPage(error, language);
    }
  }

  /** The link for the administrator belongs to the error that asks for him. */
  #inWords({ provider, address }: SignIn, thrown: unknown): MailError {
    const error = isMailError(thrown) ? thrown : new MailError('internal', {}, { cause: thrown });
    if (error.code !== 'sign-in-admin-approval') return error;
    const approval = provider.approval(address);
    if (approval === null) return error;
    return new MailError(
      error.code,
      { ...error.params, url: approval.url, client: approval.clientId },
      { cause: error },
    );
  }

  #succeed(signIn: SignIn, grant: OAuthGrant): void {
    signIn.state = 'done';
    signIn.grant = grant;
    this.#parts.log.info('signed in', { provider: signIn.provider.id });
    this.#stopListening(signIn);
    signIn.timer = this.#parts.clock.setTimer(keepMs, () => this.#forget(signIn));
    signIn.outcome.resolve(grant.identities);
  }

  #fail(signIn: SignIn, error: MailError): void {
    if (signIn.state === 'done' || signIn.state === 'failed') return;
    signIn.state = 'failed';
    signIn.abort.abort(error);
    this.#parts.log.info('a sign-in failed', { provider: signIn.provider.id, code: error.code });
    this.#stopListening(signIn);
    signIn.timer = this.#parts.clock.setTimer(keepMs, () => this.#forget(signIn));
    signIn.outcome.reject(error);
  }

  /** The page that is being answered is answered to its end. */
  #stopListening(signIn: SignIn): void {
    signIn.timer?.[Symbol.dispose]();
    signIn.timer = null;
    const { listener } = signIn;
    signIn.listener = null;
    if (listener === null) return;
    const closing = Promise.resolve(listener[Symbol.asyncDispose]()).finally(() =>
      this.#closing.delete(closing),
    );
    this.#closing.add(closing);
    drop(closing, 'closing the way back from the browser', (error, why) =>
      this.#parts.log.warn(why, { error }),
    );
  }

  #forget(signIn: SignIn): void {
    this.#stopListening(signIn);
    this.#open.delete(signIn.id);
  }

  /** Somebody who begins again and again means the last one. */
  #makeRoom(): void {
    while (this.#open.size >= maxOpen) {
      const oldest = this.#open.values().next().value;
      if (oldest === undefined) return;
      this.#fail(oldest, new MailError('cancelled'));
      this.#forget(oldest);
    }
  }

  #get(id: string): SignIn {
    const signIn = this.#open.get(id);
    if (!signIn) throw new MailError('not-found', { what: 'sign-in' });
    return signIn;
  }
}
