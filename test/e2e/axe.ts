/** What axe-core finds wrong with a page, for every suite that looks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const axe = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

/** The rules that what `selector` finds breaks as it stands, each with the place and why. */
export async function axeFaults(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async (within) => {
    interface AxeNode {
      html: string;
      failureSummary?: string;
    }
    const { violations } = await (
      window as unknown as {
        axe: {
          run: (
            within: string,
            options: object,
          ) => Promise<{ violations: { id: string; nodes: AxeNode[] }[] }>;
        };
      }
    ).axe.run(within, {
      // Some releases count it as an experiment: who speaks to the window says what is seen.
      rules: { 'label-content-name-mismatch': { enabled: true } },
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
  }, selector);
}
