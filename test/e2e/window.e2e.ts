/** The window by its names (the table that people and tools rely on), by the keyboard, and by axe. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from './browser.ts';
import { openWindow } from './openWindow.ts';
import type { OpenWindow } from './openWindow.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const messages = [
  { subject: 'First mail', text: 'The first text', seen: false },
  { subject: 'Second mail', html: '<p>The <b>second</b> text</p>', seen: true },
  { subject: 'Third mail', text: 'The third text', seen: true },
];
/** What has the focus, by its accessible name. */
const focused = ({ page }: OpenWindow): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return (
      element?.getAttribute('aria-label') ?? element?.querySelector('.visually-hidden')?.textContent ?? ''
    );
  });

test('everything has the name by which it is found', async () => {
  await using opened = await openWindow(browser, { messages });
  const { page } = opened;
  const tree = page.getByRole('tree', { name: 'Folders' });
  await tree.getByRole('treeitem', { name: 'All inboxes, 1 unread' }).waitFor();
  await tree.getByRole('treeitem', { name: 'Inbox, 1 unread' }).waitFor();
  await tree.getByRole('treeitem', { name: 'Outbox' }).waitFor();
  await tree.getByRole('treeitem', { name: 'Anna Albrecht' }).waitFor();
  const list = page.getByRole('listbox', { name: 'Messages' });
  await expect.poll(() => list.getAttribute('aria-multiselectable')).toBe('true');
  const row = list.getByRole('option', { name: /First mail.*unread/ });
  await expect.poll(() => row.getAttribute('aria-setsize')).toBe('3');
  await expect.poll(() => row.getAttribute('aria-posinset')).toBe('1');
  await page.getByRole('searchbox', { name: 'Search' }).waitFor();
  await opened.open('First mail');
  await expect.poll(() => page.locator('article iframe').getAttribute('title')).toBe('Message content');
  const toolbar = page.getByRole('toolbar', { name: 'Message actions' });
  for (const name of ['Reply', 'Reply all', 'Forward', 'Archive', 'Delete', 'Star', 'Move', 'Spam']) {
    await expect
      .poll(() => toolbar.getByRole('button', { name, exact: true }).count(), { message: name })
      .toBe(1);
  }
  await toolbar.getByRole('button', { name: 'Mark as unread' }).waitFor();
  await expect.poll(() => page.getByRole('status').count()).toBe(1);
  expect(opened.faults).toEqual([]);
});

test('after a deletion the focus stands on the next message, and Undo brings it back', async () => {
  await using opened = await openWindow(browser, { messages });
  const { page } = opened;
  await opened.open('First mail');
  await page.keyboard.press('Delete');
  await expect.poll(() => focused(opened)).toMatch(/Second mail/);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('option', { name: /First mail/ }).waitFor();
  expect(opened.faults).toEqual([]);
});

test('a row that goes elsewhere does not take the focus along', async () => {
  await using opened = await openWindow(browser, { messages });
  const { page, engine } = opened;
  await page.getByRole('option', { name: /First mail/ }).click();
  const first = engine.find('First mail');
  if (!first) throw new Error('no first mail');
  engine.removeElsewhere(first);
  await expect.poll(() => focused(opened)).toMatch(/Second mail/);
});

test('the keyboard goes through the list, the tree, the panes and the palette', async () => {
  await using opened = await openWindow(browser, { messages });
  const { page } = opened;
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('j');
  await expect.poll(() => focused(opened)).toMatch(/First mail/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(opened)).toMatch(/Second mail/);
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByText('2 messages selected').first().waitFor();
  await page.keyboard.press('Shift+F6');
  await expect.poll(() => focused(opened)).toMatch(/All inboxes/);
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(opened)).toBe('Outbox');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'All commands' }).fill('shortcuts');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await expect.poll(() => focused(opened)).toBe('Outbox');
  expect(opened.faults).toEqual([]);
});

test('a search shows its hits, another folder ends it, and long jobs are held up and ended from the status bar', async () => {
  await using opened = await openWindow(browser, { messages });
  const { page, engine } = opened;
  await page.keyboard.press('/');
  await page.keyboard.type('third');
  await expect
    .poll(() => page.getByRole('listbox', { name: 'Messages' }).getByRole('option').count())
    .toBe(1);
  await expect.poll(() => page.locator('mark').first().innerText()).toBe('Third');
  await page.getByRole('treeitem', { name: 'All inboxes' }).click();
  await expect.poll(() => page.getByRole('option').count()).toBe(3);
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('');

  // What takes long stands in the status bar, and is held up, gone on with and ended there.
  const [anna] = engine.accounts;
  if (!anna) throw new Error('no account');
  const texts = engine.jobs.begin({ id: 'a', kind: 'texts', accountId: anna.id, folder: null, total: 3400 });
  const moving = engine.jobs.begin({ id: 'b', kind: 'import', accountId: anna.id, folder: 'Archive' });
  const name = `Fetching texts of ${anna.name}`;
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  const underWay = page.getByRole('dialog', { name: 'Under way' });
  await underWay.getByText('0 of 3,400').waitFor();
  await underWay.getByRole('button', { name: `Pause: ${name}` }).click();
  await underWay.getByText('Paused').waitFor();
  expect(texts.paused).toBe(true);
  expect(await opened.axe('[role=dialog]')).toEqual([]);
  await underWay.getByRole('button', { name: `Resume: ${name}` }).click();
  await underWay.getByText('Paused').waitFor({ state: 'detached' });
  await underWay.getByRole('button', { name: 'Stop: Importing into Archive' }).click();
  await expect.poll(() => moving.signal.aborted).toBe(true);
  for (const job of [texts, moving]) job[Symbol.dispose]();
  await page.getByText('Up to date').waitFor();
  await expect.poll(() => underWay.count()).toBe(0);
  expect(opened.faults).toEqual([]);
});

test('of twenty thousand messages only what is seen is drawn', async () => {
  await using opened = await openWindow(browser, { filler: 20_000 });
  const { page } = opened;
  const list = page.getByRole('listbox', { name: 'Messages' });
  await list.getByRole('option').first().waitFor();
  await expect.poll(() => list.getByRole('option').count()).toBeLessThan(60);
  await page.keyboard.press('j');
  await list.evaluate((box) => box.parentElement?.scrollTo({ top: 100_000 }));
  await expect.poll(() => list.locator('[aria-posinset="1852"]').count()).toBe(1);
  await expect.poll(() => list.getByRole('option').count()).toBeLessThan(60);

  // Where one pane has all the room it is no other list: it scrolls within itself, over the status bar.
  await page.setViewportSize({ width: 640, height: 800 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show folders' }).waitFor();
  await list.getByRole('option').first().waitFor();
  await expect.poll(() => list.getByRole('option').count()).toBeLessThan(60);
});

describe('axe finds nothing', () => {
  test.each([
    ['light', 'en-GB', 'comfortable'],
    ['dark', 'de-DE', 'compact'],
  ] as const)('in the %s theme in %s', async (theme, locale, density) => {
    await using opened = await openWindow(browser, {
      messages: [
        ...messages,
        { subject: 'With pictures', html: '<img src="https://a.example/x.png"><p>Text</p>' },
      ],
      theme,
      locale,
      preferences: { density },
    });
    const { page } = opened;
    await opened.open('With pictures');
    expect(await opened.axe('body')).toEqual([]);
    await page.keyboard.press('v');
    await page.getByRole('dialog').waitFor();
    expect(await opened.axe('[role="dialog"]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await opened.axe('[role="dialog"]')).toEqual([]);
  });
});
