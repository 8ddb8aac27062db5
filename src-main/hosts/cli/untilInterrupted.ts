/** Waits for the person, or the system, to end a command that runs until then. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl+C may arrive several times: from the terminal, and again from npm and whatever else started this process. */
const sameMs = 700;

/**
 * Resolves at the first Ctrl+C (or the like), so that the command can put everything away; a second one ends the process at once,
 * for whoever does not want to wait for that.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first === null) {
        first = performance.now();
        resolve();
        return;
      }
      if (performance.now() - first < sameMs) return;
      for (const name of signals) process.off(name, onSignal);
      process.kill(process.pid, signal);
    };
    for (const name of signals) process.on(name, onSignal);
  });
}
