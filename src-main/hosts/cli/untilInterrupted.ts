/** Waits for the person, or the system, to end a command that runs until then. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves at the first Ctrl+C (or the like), so that the command can put everything away; a second one ends the process at once,
 * for whoever does not want to wait for that.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    let interrupted = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (!interrupted) {
        interrupted = true;
        resolve();
        return;
      }
      for (const name of signals) process.off(name, onSignal);
      process.kill(process.pid, signal);
    };
    for (const name of signals) process.on(name, onSignal);
  });
}
