/** Searching: searches that are kept, what the box proposes, and what is done with what was found. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from './browser.ts';
import { openWindow } from './openWindow.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const messages = [
  { subject: 'Invoice April', text: 'The first' },
  { subject: 'Invoice May', text: 'The second', seen: true },
  { subject: 'Lunch', text: 'The third' },
];

test('a search is kept under a name, opened like a folder, follows new mail, and can be renamed, moved and removed', async () => {
  const onServer = [{ subject: 'Invoice of old', text: 'Only the server has it', seen: true }];
  await using opened = await openWindow(browser, { messages, onServer });
  const { page, engine } = opened;
  const tree = page.getByRole('tree', { name: 'Folders' });
  const keep = async (query: string, name: string): Promise<void> => {
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    await page.getByRole('button', { name: 'Save search' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.keyboard.press('Enter');
    await tree.getByRole('treeitem', { name, selected: true }).waitFor();
  };
  await page.getByRole('option').first().waitFor();
  await keep('before:soon', 'Broken');
  const fault = '“before:soon” is not understood. It is looked for as words.';
  await page.locator('p', { hasText: fault }).first().waitFor();
  await keep('invoice', 'Invoices');
  await tree.getByRole('treeitem', { name: 'Invoices, 1 unread' }).waitFor();
  await expect.poll(() => page.getByRole('option').count()).toBe(2);
  await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Invoices');
  engine.deliver({ subject: 'Invoice June', text: 'The fourth' });
  await expect.poll(() => page.getByRole('option').count()).toBe(3);
  await tree.getByRole('treeitem', { name: 'Invoices, 2 unread' }).waitFor();

  // What is not here: offered at the end of what is, with the same words in the palette.
  const asking = Promise.withResolvers<void>();
  engine.hold('search.onServer', asking.promise);
  await page.getByRole('button', { name: 'Search on the server' }).click();
  await page.getByText('Searching on the server …').first().waitFor();
  asking.resolve();
  await page.locator('p', { hasText: '1 more message was found on the server.' }).waitFor();
  await page.getByRole('option', { name: /Invoice of old/ }).waitFor();
  engine.fail('search.onServer', 'network-unreachable');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'All commands' }).fill('on the server');
  await page.keyboard.press('Enter');
  await page.locator('.line p', { hasText: /network/i }).waitFor();
  await page.getByRole('button', { name: 'Search again' }).waitFor();

  await opened.reopen();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'All commands' }).fill('invoices saved');
  await page.keyboard.press('Enter');
  const invoices = tree.getByRole('treeitem', { name: 'Invoices' });
  await expect.poll(() => invoices.getAttribute('aria-selected')).toBe('true');
  await invoices.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Move up' }).click();
  await expect.poll(() => invoices.getAttribute('aria-posinset')).toBe('1');
  await invoices.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('broken');
  await page.keyboard.press('Enter');
  await page.getByText('There is a saved search of this name already.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Bills');
  await page.keyboard.press('Enter');
  const bills = tree.getByRole('treeitem', { name: 'Bills, 2 unread' });
  await bills.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await expect.poll(() => bills.count()).toBe(0);
  await tree.getByRole('treeitem', { name: /^All inboxes/, selected: true }).waitFor();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await bills.waitFor();
  expect(opened.faults).toEqual([]);
});

test('the box proposes operators and values to the keyboard, and leaves Enter to whoever just types', async () => {
  await using opened = await openWindow(browser, {
    messages,
    people: [{ kind: 'person', name: 'Ben Berger', address: 'ben@xyz.test', source: 'written' }],
  });
  const { page } = opened;
  await page.getByRole('option').first().waitFor();
  const box = page.getByRole('searchbox', { name: 'Search' });
  const proposed = page.getByRole('grid', { name: 'Suggestions for the search' });
  const inList = () => page.evaluate(() => document.activeElement?.closest('[role="listbox"]') != null);

  // Something is proposed, and Enter means what was typed.
  await page.keyboard.press('/');
  await page.keyboard.type('in');
  await proposed.getByRole('row', { name: 'in: The folder that it lies in' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(inList).toBe(true);
  await expect.poll(() => box.inputValue()).toBe('in');
  await expect.poll(() => proposed.count()).toBe(0);

  await page.keyboard.press('/');
  await page.keyboard.type('fro');
  await proposed.getByRole('row', { name: /^from:/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await expect
    .poll(() => box.getAttribute('aria-activedescendant'))
    .toBe(await proposed.getByRole('row').first().getAttribute('id'));
  expect(await opened.axe('[role="search"]')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(() => box.inputValue()).toBe('from:');
  await page.keyboard.type('be');
  await proposed.getByRole('row', { name: 'Ben Berger ben@xyz.test' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect.poll(() => box.inputValue()).toBe('from:ben@xyz.test ');
  await page.keyboard.type('in:haf');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => box.inputValue()).toBe('from:ben@xyz.test in:"Hafen Süd" ');
  await page.keyboard.press('Enter');

  // What was searched for is there again; Esc closes before it clears.
  await page.keyboard.press('/');
  await page.keyboard.press('Delete');
  await page.keyboard.press('ArrowDown');
  await proposed.getByRole('row', { name: /^from:ben@xyz\.test in:/ }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => proposed.count()).toBe(0);
  expect(opened.faults).toEqual([]);
});
