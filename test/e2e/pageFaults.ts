/** Errors of a page and of its console: no test of the window passes with one. */
import type { Page } from 'playwright-core';

/** A list that grows while the page lives. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => void faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    // Told of every handler in a text that is merely parsed to be cleaned: nothing of it runs.
    const harmless = message.text().startsWith('Executing inline event handler violates');
    if (message.type() === 'error' && !harmless) faults.push(message.text());
  });
  return faults;
}
