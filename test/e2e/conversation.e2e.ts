/** Conversations as a person meets them: in the list, in the reader, by mouse and by keyboard. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes, redPixel } from '#test/support/fakeMail.ts';
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
/** An hour ago, and yet today: the list gives the time of what is of today. */
const anHourAgo = Math.max(now - hour, new Date(now).setHours(0, 0, 0, 0));
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
  { thread: 'a', subject: 'Re: Offer', from: clara, date: anHourAgo, seen: false, text: 'I order it now.' },
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

test('a list is put in order, filtered, filed by dragging, and laid out as its reader likes', async () => {
  await using opened = await openWindow(browser, {
    messages: [
      ...exchange,
      {
        ...{ subject: 'Holiday picture', from: ben, date: now - 3 * hour, seen: true, flagged: true },
        attachments: [
          { filename: 'beach.png', contentType: 'image/png', content: redPixel },
          { filename: 'notes.txt', contentType: 'text/plain', content: bytes('Bring a towel.') },
          { filename: 'plan.pdf', contentType: 'application/pdf', content: bytes('%PDF-1.7') },
        ],
      },
      { subject: 'Old news', from: clara, role: 'trash', seen: true },
    ],
    preferences: { markReadAfterMs: 60_000 },
  });
  const { page, engine } = opened;
  const list = page.getByRole('listbox', { name: 'Messages' });
  const subjects = async (): Promise<string[]> =>
    (await list.getByRole('option').allInnerTexts()).map(
      (text) => /Re: Offer|Offer|Another matter|Holiday picture/.exec(text)?.[0] ?? text,
    );
  await expect.poll(subjects).toEqual(['Re: Offer', 'Holiday picture', 'Another matter']);

  // Filters are switches; what passes none says so, with the way back.
  const bar = page.getByRole('group', { name: 'Filter and order' });
  await bar.getByRole('button', { name: 'Only flagged' }).click();
  await expect.poll(subjects).toEqual(['Holiday picture']);
  await bar.getByRole('button', { name: 'Only unread' }).click();
  await page.getByText('Nothing passes the filter').waitFor();
  await page.getByRole('button', { name: 'Show all messages' }).click();
  await expect.poll(() => list.getByRole('option').count()).toBe(3);

  // Sorted by anything but the date, each message is a row of its own; the order is there again after a start.
  await bar.getByRole('button', { name: 'Order' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Subject' }).click();
  const bySubject = ['Another matter', 'Holiday picture', 'Offer', 'Re: Offer', 'Re: Offer'];
  await expect.poll(subjects).toEqual(bySubject);
  await opened.reopen();
  await expect.poll(subjects).toEqual(bySubject);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'All commands' }).fill('Sort by: Date');
  await page.keyboard.press('Enter');
  await expect.poll(subjects).toEqual(['Re: Offer', 'Holiday picture', 'Another matter']);

  // A picture, a text and a PDF are looked at, one after the other.
  await opened.open('Holiday picture');
  await page.getByRole('button', { name: 'Look at beach.png' }).click();
  const preview = page.getByRole('dialog', { name: 'beach.png' });
  await expect
    .poll(() =>
      preview.getByRole('img', { name: 'beach.png' }).evaluate((img: HTMLImageElement) => img.naturalWidth),
    )
    .toBe(1);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog', { name: 'notes.txt' }).getByText('Bring a towel.').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByRole('button', { name: 'Look at plan.pdf' }).count()).toBe(1);

  // The reader goes where it is wanted.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'All commands' }).fill('Reading pane: below');
  await page.keyboard.press('Enter');
  await page.getByRole('separator', { name: 'Height of the message list' }).waitFor();
  const reader = page.getByRole('toolbar', { name: 'Message actions' });
  const under = async (): Promise<boolean> =>
    ((await reader.boundingBox())?.y ?? 0) > ((await list.boundingBox())?.y ?? 0);
  await expect.poll(under).toBe(true);

  // Two at once onto a folder of the account.
  await list.getByRole('option', { name: /Another matter/ }).click({ modifiers: ['Control'] });
  await page.getByText('2 messages selected').first().waitFor();
  const folder = page.getByRole('treeitem', { name: 'Reisen' });
  await list.getByRole('option', { name: /Another matter/ }).dragTo(folder);
  await page.getByRole('status').getByText('2 messages moved to “Reisen”').waitFor();
  await expect.poll(() => list.getByRole('option').count()).toBe(1);

  // A favourite stands at the top; the trash is emptied after a question.
  await folder.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Add to favourites' }).click();
  await page.getByRole('treeitem', { name: 'Reisen · Anna Albrecht' }).waitFor();
  await page.getByRole('treeitem', { name: 'Trash' }).first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Empty “Trash” …' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Empty' }).click();
  await page.getByRole('status').getByText('Deleted for good').waitFor();
  expect(engine.find('Old news')).toBeUndefined();
  expect(await opened.axe('body')).toEqual([]);
  expect(opened.faults).toEqual([]);
});
