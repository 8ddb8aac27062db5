/** A Dovecot with connections of the engine's own to it. */
import type { Clock } from '#shared/base/clock.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { openImapConnection } from '#engine/imap/connection.ts';
import type { ImapConnection } from '#engine/imap/ImapConnection.ts';
import { Lanes } from '#engine/imap/lanes.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { silentLog } from '#test/support/silentLog.ts';

const quietLog = silentLog();

/** The real clock, that a test can put forward: what is measured jumps, what waits goes on. */
export class JumpingClock implements Clock {
  readonly #real = systemClock();
  #ahead = 0;

  jump(ms: number): void {
    this.#ahead += ms;
  }
  now(): number {
    return this.#real.now() + this.#ahead;
  }
  monotonic(): number {
    return this.#real.monotonic() + this.#ahead;
  }
  setTimer(ms: number, fn: () => void): Disposable {
    return this.#real.setTimer(ms, fn);
  }
}

export function settingsFor(server: Pick<Dovecot, 'ports'>, user: string): AccountSettings {
  return {
    name: user,
    address: `${user}@company.test`,
    displayName: user,
    imap: { host: '127.0.0.1', port: server.ports.imap, security: 'none', user },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' },
  };
}

export function openTo(
  server: Pick<Dovecot, 'ports' | 'password'>,
  user: string,
  clock: Clock = systemClock(),
): (signal: AbortSignal) => Promise<ImapConnection> {
  const settings = settingsFor(server, user);
  return (signal) =>
    openImapConnection({
      settings,
      login: { kind: 'password', password: server.password },
      signal,
      clock,
      log: quietLog,
    });
}

export function lanesTo(
  server: Pick<Dovecot, 'ports' | 'password'>,
  user: string,
  { budget = 3, clock = systemClock() }: { budget?: number; clock?: Clock } = {},
): Lanes {
  return new Lanes({ clock, log: quietLog, budget, open: openTo(server, user, clock) });
}

export const never = new AbortController().signal;

export function mails(count: number, from = 1): { raw: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(from + index);
    return {
      raw: `From: Anna <anna@company.test>\r\nTo: bert@company.test\r\nSubject: Mail ${number}\r\nMessage-ID: <m${number}@company.test>\r\nDate: Mon, 01 Jan 2024 00:00:00 +0000\r\n\r\nText of mail ${number}\r\n`,
    };
  });
}
