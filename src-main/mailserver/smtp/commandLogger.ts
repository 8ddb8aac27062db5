/** Takes smtp-server's log for the record of commands: it is the only place where it tells them (with secrets taken out). */
import type { Clock } from '#shared/base/clock.ts';
import type { CommandLog } from '../CommandLog.ts';

interface Entry {
  readonly tnx?: unknown;
  readonly cid?: unknown;
  readonly user?: unknown;
}

export interface CommandLogger {
  /** From now on commands of this session belong to the connection from this port. */
  opened(session: string, remotePort: number): void;
  trace(): void;
  debug(entry: unknown, ...message: unknown[]): void;
  info(): void;
  warn(): void;
  error(): void;
  fatal(): void;
  level(): void;
}

export function commandLogger(
  log: CommandLog,
  clock: Clock,
  numberOf: (remotePort: number) => number,
): CommandLogger {
  const ports = new Map<string, number>();
  const ignore = (): void => undefined;
  return {
    opened: (session, remotePort) => {
      // Ports come again: one entry a port is enough.
      for (const [other, port] of ports) if (port === remotePort) ports.delete(other);
      ports.set(session, remotePort);
    },
    trace: ignore,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
    level: ignore,
    debug: (entry, label, line) => {
      const { tnx, cid, user } = entry as Entry;
      if (tnx !== 'command' || label !== 'C:' || typeof line !== 'string') return;
      log.add({
        protocol: 'smtp',
        connection: typeof cid === 'string' ? numberOf(ports.get(cid) ?? 0) : 0,
        user: typeof user === 'string' ? user : null,
        command: /^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? '?',
        line,
        at: clock.now(),
      });
    },
  };
}
