/**
 * The proof that exactly these settings and passwords passed a test. Saving asks for it, so that a window cannot save what was not
 * tested, nor test one thing and save another. Also the digest that the circuit breaker is keyed by.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import { secretIdentity, type AccountSecret } from '#engine/secrets/credentials.ts';
import type { AccountSettings } from '#shared/domain/account.ts';

const validMs = 30 * 60_000;

export interface TestProof {
  /** Given to a slow account: look only every so many minutes. */
  readonly pollMinutes: number | null;
  /** What the outgoing server takes at most, in bytes; null: not known. */
  readonly sizeLimit: number | null;
}

export interface TestTokens {
  issue(settings: AccountSettings, credentials: AccountSecret, proof: TestProof): string;
  /** null: no proof for these settings and passwords, or too old. */
  verify(token: string, settings: AccountSettings, credentials: AccountSecret): TestProof | null;
}

/**
 * The tested part of the settings in one canonical text: what decides how the servers are reached and who we are to them. Account
 * name, display name and archive address are not part of it.
 */
export function testedFields(settings: AccountSettings): string {
  const server = (one: AccountSettings['smtp']): unknown =>
    one === null ? null : [one.host.toLowerCase(), one.port, one.security, one.user];
  return JSON.stringify([
    settings.address,
    server(settings.imap),
    server(settings.smtp),
    settings.tls.trust,
    settings.allowPlaintext === true,
    ...(settings.auth === undefined ? [] : [[settings.auth.provider, settings.auth.login ?? null]]),
  ]);
}

function digest(
  key: Uint8Array,
  settings: AccountSettings,
  credentials: AccountSecret,
  more: string,
): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([testedFields(settings), ...secretIdentity(credentials), more]))
    .digest('base64url');
}

/** Tokens are worth something to the engine that gave them alone: the key is random and lives as long as it. */
export function createTestTokens(clock: Clock): TestTokens {
  const key = randomBytes(32);
  return {
    issue(settings, credentials, { pollMinutes, sizeLimit }) {
      const head = [Math.round(clock.now() + validMs), pollMinutes ?? 0, sizeLimit ?? 0].join('.');
      return `${head}.${digest(key, settings, credentials, head)}`;
    },
    verify(token, settings, credentials) {
      const match = /^((\d{1,16})\.(\d{1,6})\.(\d{1,15}))\.([\w-]{43})$/.exec(token);
      if (!match) return null;
      const [, head = '', expires, minutes, size, given = ''] = match;
      const expected = digest(key, settings, credentials, head);
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return null;
      if (Number(expires) < clock.now()) return null;
      return { pollMinutes: Number(minutes) || null, sizeLimit: Number(size) || null };
    },
  };
}

/** What the circuit breaker is keyed by. `key` comes from the secret store: without it the digest tells nothing about a password. */
export function breakerDigest(
  key: Uint8Array,
  settings: AccountSettings,
  credentials: AccountSecret,
): string {
  return digest(key, settings, credentials, 'breaker');
}
