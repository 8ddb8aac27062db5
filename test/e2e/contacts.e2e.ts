/** Whom mails are written to: completing addresses, the address book, who writes and how they sign, as a person does it. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakeCompose } from '#test/support/fakeCompose.ts';
import { openWindow, type OpenWindow, type WindowOptions } from './openWindow.ts';
import { startBrowser } from './browser.ts';

let browser: Browser;
let opened: OpenWindow | undefined;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
  expect(faults).toEqual([]);
});

async function open(options: WindowOptions = {}): Promise<OpenWindow & { mail: FakeCompose }> {
  opened = await openWindow(browser, { filler: 3, ...options });
  return opened;
}

const box = (within: Locator | Page, name: string): Locator =>
  within.getByRole('textbox', { name, exact: true });
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true });

async function compose(page: Page): Promise<Locator> {
  await button(page, 'New message').click();
  return page.getByRole('dialog', { name: 'New message' });
}

const people: WindowOptions['people'] = [
  { kind: 'person', name: 'Jörg Müller', address: 'j.mueller@werft.test', source: 'written' },
  { kind: 'person', name: 'Müllerei Sonnenhof', address: 'laden@sonnenhof.test', source: 'seen' },
  { kind: 'person', name: 'Clara Muller', address: 'clara@kontor-nord.test', source: 'member' },
  {
    kind: 'group',
    id: 'g1',
    name: 'Müller & Team',
    members: [
      { name: 'Tom', address: 'tom@werft.test' },
      { name: 'Jörg Müller', address: 'j.mueller@werft.test' },
    ],
  },
];

test('addresses are completed by the keyboard alone, and the mail goes to them', async () => {
  const { page, mail, axe } = await open({ people, preferences: { undoSeconds: 0 } });
  const composer = await compose(page);
  await expect
    .poll(() => box(composer, 'To').evaluate((element) => element === document.activeElement))
    .toBe(true);
  await page.keyboard.type('mull');
  const list = page.getByRole('listbox', { name: 'Suggestions for To' });
  await expect.poll(() => list.getByRole('option').count()).toBe(4);
  await page.getByRole('status').getByText('4 suggestions').waitFor();
  const marked = list.getByRole('option', { selected: true });
  await expect.poll(() => marked.textContent()).toContain('Jörg Müller');
  await expect
    .poll(async () => box(composer, 'To').getAttribute('aria-activedescendant'))
    .toBe(await marked.getAttribute('id'));
  expect(await axe('[role="dialog"]')).toEqual([]);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => marked.textContent()).toContain('Clara Muller');
  await page.keyboard.press('Enter');
  await button(composer, 'Clara Muller, clara@kontor-nord.test').waitFor();
  await list.waitFor({ state: 'detached' });

  // Typed and confirmed faster than the answer comes: the first proposal is meant.
  await page.keyboard.type('joerg');
  await page.keyboard.press('Enter');
  await button(composer, 'Jörg Müller, j.mueller@werft.test').waitFor();

  // Escape closes the list and leaves the composer as it is; a group stands for its members, nobody twice.
  await page.keyboard.type('team');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  expect(await box(composer, 'To').inputValue()).toBe('team');
  await page.keyboard.press('ArrowDown');
  await list.getByRole('option', { name: 'Müller & Team' }).click();
  await button(composer, 'Tom, tom@werft.test').waitFor();

  await box(composer, 'Subject').fill('Plan');
  await page.keyboard.press('Control+Enter');
  await composer.waitFor({ state: 'detached' });
  expect([...mail.jobs.values()][0]?.row.recipients.map(({ address }) => address)).toEqual([
    'clara@kontor-nord.test',
    'j.mueller@werft.test',
    'tom@werft.test',
  ]);
});
