/** Conversations as a person meets them: in the list, in the reader, by mouse and by keyboard. */
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

const now = Date.now();
const hour = 3_600_000;
const ben = { name: 'Ben Berger', address: 'ben@xyz.test' };
const clara = { name: 'Clara Claussen', address: 'clara@xyz.test' };
const anna = { name: 'Anna Albrecht', address: 'anna@kontor-nord.test' };
const exchange = [
  { thread: 'a', subject: 'Offer', from: ben, date: now - 9 * hour, seen: true, text: 'Two weeks.' },
  {
    ...{ thread: 'a', subject: 'Re: Offer', from: anna, role: 'sent' as const, date: now - 8 * hour },
    ...{ seen: true, text: 'Would one week do?' },
  },
  {
    ...{ thread: 'a', subject: 'Re: Offer', from: ben, date: now - 2 * hour, seen: false },
    text: 'One week is possible.\n\n> Would one week do?',
  },
  { thread: 'a', subject: 'Re: Offer', from: clara, date: now - hour, seen: false, text: 'I order it now.' },
  { subject: 'Another matter', from: clara, date: now - 5 * hour, seen: true, text: 'Nothing urgent.' },
];

test('a conversation is one row, is read as a whole, and acted on as a whole or message by message', async () => {
  await using opened = await openWindow(browser, {
    messages: exchange,
    preferences: { markReadAfterMs: 0 },
  });
  const { page, engine } = opened;
  const list = page.getByRole('listbox', { name: 'Messages' });
  await expect.poll(() => list.getByRole('option').count()).toBe(2);
  const row = list.getByRole('option', {
    name: /^Ben, me, Clara, Re: Offer.*unread, conversation of 4 messages, 2 of them unread/,
  });
  await row.click();

  // The unread ones are open, oldest first; what was read before is a line each.
  const articles = page.getByRole('article', { name: 'Re: Offer' });
  await expect.poll(() => articles.count()).toBe(2);
  await page
    .frameLocator('article iframe >> nth=0')
    .getByText('One week is possible.')
    .waitFor({ state: 'visible' });
  await page.frameLocator('article iframe >> nth=1').getByText('I order it now.').waitFor();
  const sent = page.getByRole('button', { name: /^Me Would one week do/ });
  await sent.waitFor();
  expect(await page.getByRole('toolbar', { name: 'Message actions' }).count()).toBe(1);
  // Seen, so read: in the list as well.
  await list.getByRole('option', { name: /Re: Offer, \d\d:\d\d, conversation of 4 messages$/ }).waitFor();

  // The keyboard goes along the messages, and Enter opens the one that it stands on.
  await page.keyboard.press('F6');
  await page.keyboard.press('p');
  await expect.poll(() => sent.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await expect.poll(() => articles.count()).toBe(3);
  await page.keyboard.press(':');
  await expect.poll(() => page.getByRole('article').count()).toBe(0);
  await page.keyboard.press(';');
  await expect.poll(() => page.getByRole('article').count()).toBe(4);

  // One message alone goes; the conversation stays, and the reader with it.
  await page
    .getByRole('article', { name: 'Offer', exact: true })
    .getByRole('button', { name: 'Actions' })
    .click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect.poll(() => page.getByRole('article').count()).toBe(3);
  await list.getByRole('option', { name: /Re: Offer.*conversation of 3 messages/ }).waitFor();
  expect(engine.find('Offer')?.content.folderId).toBe(engine.folder('trash').id);

  // An answer arrives while it is open.
  engine.deliver({ thread: 'a', subject: 'Re: Offer', from: ben, text: 'Thank you.', date: now });
  await page.getByRole('button', { name: /^Ben Berger Thank you.*unread/ }).waitFor();

  // All of it that lies in the inbox goes, what was sent stays in Sent.
  await page
    .getByRole('toolbar', { name: 'Message actions' })
    .getByRole('button', { name: 'Archive' })
    .click();
  await page.getByRole('status').getByText('3 messages archived').waitFor();
  await expect.poll(() => list.getByRole('option').count()).toBe(1);
  await page.getByRole('treeitem', { name: 'Sent' }).first().click();
  await expect.poll(() => list.getByRole('option').count()).toBe(1);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await page
    .getByRole('treeitem', { name: /^Inbox/ })
    .first()
    .click();
  await expect.poll(() => list.getByRole('option').count()).toBe(2);

  // Who wants each mail for itself has it so, at once.
  await page.keyboard.press('Control+,');
  await page.getByRole('checkbox', { name: 'Show mails as conversations' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => list.getByRole('option').count()).toBe(4);
  expect(opened.faults).toEqual([]);
});

test('a conversation of two hundred unread messages opens at once: only what comes near is fetched and drawn', async () => {
  await using opened = await openWindow(browser, {
    messages: Array.from({ length: 200 }, (_, at) => ({
      thread: 'long',
      subject: 'Long talk',
      date: now - at * hour,
      seen: false,
      text: `Message ${200 - at}`,
    })),
    preferences: { markReadAfterMs: 60_000 },
  });
  const { page, engine } = opened;
  await page.getByRole('option', { name: /Long talk/ }).click();
  await page.frameLocator('article iframe >> nth=0').getByText('Message 1', { exact: true }).waitFor();
  await page.getByText('200 messages · 200 unread').waitFor();
  const fetched = (): number => engine.calls.filter(({ name }) => name === 'messages.get').length;
  expect(fetched()).toBeLessThan(40);
  expect(await page.locator('article').count()).toBeLessThan(40);
  expect(opened.faults).toEqual([]);
});
