/** One-time tokens and the sessions that they are exchanged for. Only digests are kept: what a dump of this process shows opens nothing. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';

export interface Sessions {
  /** A new one-time token of 256 bits, good for one exchange within its life. */
  mint(): string;
  /** A new session's secret, or null where the token is unknown, used or too old. */
  exchange(token: string): string | null;
  isOpen(secret: string): boolean;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly tokenLifeMs: number;
  readonly maxSessions: number;
}

const maxTokens = 100;
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64');
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Found by digest: how long a look-up takes says nothing about how much of a guess was right. */
export function createSessions({ clock, tokenLifeMs, maxSessions }: SessionOptions): Sessions {
  const tokens = new Map<string, number>();
  const sessions = new Set<string>();
  const forgetOldest = (kept: { keys(): MapIterator<string>; delete(key: string): boolean }): void => {
    const oldest = kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
  };
  return {
    mint() {
      const token = newSecret();
      if (tokens.size >= maxTokens) forgetOldest(tokens);
      tokens.set(digestOf(token), clock.monotonic() + tokenLifeMs);
      return token;
    },
    exchange(token) {
      if (!secretPattern.test(token)) return null;
      const digest = digestOf(token);
      const until = tokens.get(digest);
      tokens.delete(digest);
      if (until === undefined || clock.monotonic() > until) return null;
      if (sessions.size >= maxSessions) forgetOldest(sessions);
      const secret = newSecret();
      sessions.add(digestOf(secret));
      return secret;
    },
    isOpen: (secret) => secretPattern.test(secret) && sessions.has(digestOf(secret)),
  };
}
