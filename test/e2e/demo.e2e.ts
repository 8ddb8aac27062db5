/** Group work as the demo shows it: three people, three engines, three windows, on one group mailbox. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDemo, type Demo } from '#hosts/cli/runDemo.ts';
import { readWindow } from '#hosts/cli/serveApp.ts';
import { startBrowser } from './browser.ts';

const owned = new AsyncDisposableStack();
const reports: string[] = [];
let browser: Browser;
let demo: Demo;
beforeAll(async () => {
  browser = await startBrowser();
  owned.defer(() => browser.close());
  demo = owned.use(
    await runDemo({
      folder: undefined,
      locale: 'en',
      assets: await readWindow(),
      report: (error, why) => void reports.push(`${why}: ${String(error)}`),
    }),
  );
});
afterAll(async () => {
  await owned.disposeAsync();
  expect(reports).toEqual([]);
});

async function sitDown(name: string): Promise<Page> {
  const person = demo.people.find((one) => one.name.startsWith(name));
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  await page.goto(person?.url ?? '');
  await page.getByRole('tree', { name: 'Folders' }).waitFor();
  return page;
}

const row = (page: Page, subject: string) =>
  page.getByRole('listbox', { name: 'Messages' }).getByRole('option', { name: subject }).first();
const said = (page: Page, text: string | RegExp) =>
  page.getByRole('status').getByText(text).first().waitFor();

async function showUnassigned(page: Page): Promise<void> {
  await page.getByRole('treeitem', { name: /^Unassigned/ }).click();
  await page.getByRole('heading', { name: 'Unassigned' }).waitFor();
}

/** Opens a mail in the list that is shown; what is not read after a moment is left alone here. */
async function open(page: Page, subject: string): Promise<void> {
  await row(page, subject).click();
  await page.getByRole('article', { name: subject }).waitFor();
}

test('three people see at once who has a mail, who is answering it, and whom a note is for', async () => {
  const [anna, ben, clara] = await Promise.all([sitDown('Anna'), sitDown('Ben'), sitDown('Clara')]);
  await Promise.all([anna, ben, clara].map(showUnassigned));
  const subject = await row(anna, '').locator('.subject').innerText();

  // Taken by one, it leaves the others' list of what nobody has, and says whose it is wherever it stands.
  await open(anna, subject);
  await anna.keyboard.press('t');
  await said(anna, 'You handle it now');
  for (const page of [ben, clara]) {
    await expect.poll(() => row(page, subject).count()).toBe(0);
    await page.getByRole('treeitem', { name: /^For information/ }).click();
    await open(page, subject);
    await page.locator('article').getByRole('button', { name: 'Group: handled by Anna Albrecht' }).waitFor();
  }

  // Over all inboxes as well the list can be that of one handler.
  await clara.getByRole('treeitem', { name: /^All inboxes/ }).click();
  const byHandler = clara.getByRole('button', { name: 'Only of one handler' });
  await byHandler.click();
  await clara.getByRole('menuitemcheckbox', { name: 'Handled by nobody' }).click();
  await expect.poll(() => row(clara, subject).count()).toBe(0);
  await byHandler.click();
  await clara.getByRole('menuitemcheckbox', { name: 'Anna Albrecht' }).click();
  await row(clara, subject).waitFor();
  const names = clara.getByRole('listbox', { name: 'Messages' }).getByRole('option');
  await expect
    .poll(async () =>
      (await names.allInnerTexts()).every((name) => name.includes('handled by Anna Albrecht')),
    )
    .toBe(true);
  await byHandler.click();
  await clara.getByRole('menuitemcheckbox', { name: 'Whoever handles it' }).click();
  await clara.getByRole('treeitem', { name: /^For information/ }).click();
  await open(clara, subject);

  // Who is about to answer what somebody else has is told so, and may leave a note instead.
  await ben.keyboard.press('r');
  const question = ben.getByRole('alertdialog', { name: 'Anna Albrecht handles this message' });
  await question.getByRole('button', { name: 'Add a note' }).click();
  const dialog = ben.getByRole('dialog', { name: 'Group', exact: true });
  const note = dialog.getByRole('textbox', { name: 'Note' });
  await note.fill('I know them, @Anna');
  await dialog.getByRole('option', { name: 'Anna Albrecht' }).waitFor();
  await note.press('Enter');
  await note.press('Control+Enter');
  await dialog.getByRole('list', { name: 'Notes' }).getByText('@Anna Albrecht').waitFor();
  await said(anna, `Ben Becker mentioned you in a note on “${subject}”`);

  // While she answers the others see it; what she finished and they have read is no news to them any more.
  await anna.locator('article').focus();
  await anna.keyboard.press('r');
  const composer = anna.getByRole('dialog', { name: /^Reply:/ });
  await composer.waitFor();
  await clara.locator('article').getByText('Anna Albrecht is answering').waitFor();
  await composer.getByRole('button', { name: 'Discard' }).click();
  await composer.waitFor({ state: 'detached' });
  await clara.locator('article').getByText('Anna Albrecht is answering').waitFor({ state: 'detached' });
  await anna.locator('article').focus();
  await anna.keyboard.press('d');
  for (const page of [ben, clara]) await expect.poll(() => row(page, subject).count()).toBe(0);
  await anna.locator('article').getByText('Done, handled by you').waitFor();

  // What was noted is found by its words, wherever the mail stands by now.
  await clara.keyboard.press('/');
  await clara.keyboard.type('note:"know them"');
  await row(clara, subject).getByRole('button', { name: 'Group: handled by Anna Albrecht' }).click();
  await clara.getByRole('dialog', { name: 'Group', exact: true }).locator('mark').first().waitFor();
});
