/** A log that says nothing. */
import type { Log } from '#engine/ports/ports.ts';

export function silentLog(): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    child: () => log,
  };
  return log;
}
