/** The keyboard: shortcuts that a person chooses, and a day's work without a mouse. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anna, ben, FakeGroups } from '#test/support/fakeGroups.ts';
import { startBrowser } from './browser.ts';
import { openWindow } from './openWindow.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

test('shortcuts are those of another program, and one is recorded anew; they count at once and after a restart', async () => {
  await using opened = await openWindow(browser, {
    messages: [
      { subject: 'First mail', text: 'The first text' },
      { subject: 'Second mail', text: 'The second text' },
    ],
  });
  const { page } = opened;
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Change keyboard shortcuts' }).click();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  const keyboard = settings.getByRole('region', { name: 'Keyboard' });
  await keyboard.getByRole('combobox', { name: 'Shortcuts' }).selectOption('Like Thunderbird');
  const archive = keyboard.getByRole('listitem').filter({ hasText: /^Archive/ });
  await expect.poll(() => archive.locator('kbd').allInnerTexts()).toEqual(['A']);

  // A key that somebody else has.
  const reply = keyboard.getByRole('listitem').filter({ hasText: /^Reply(?! all)/ });
  await reply.getByRole('button', { name: 'Record: Reply' }).click();
  await page.keyboard.press('a');
  await reply.getByText('A belongs to “Archive”.').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => reply.locator('kbd').allInnerTexts()).toEqual(['Ctrl', 'R']);
  await reply.getByRole('button', { name: 'Record: Reply' }).click();
  await page.keyboard.press('a');
  await reply.getByRole('button', { name: 'Use it here' }).click();
  await expect.poll(() => reply.locator('kbd').allInnerTexts()).toEqual(['A']);
  await archive.getByText('No shortcut').waitFor();
  expect(await opened.axe('[role="dialog"]')).toEqual([]);

  await settings.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await opened.open('First mail');
  const button = page
    .getByRole('toolbar', { name: 'Message actions' })
    .getByRole('button', { name: 'Reply', exact: true });
  await button.hover();
  await expect.poll(() => page.locator('.tip kbd').allInnerTexts()).toEqual(['A']);
  await page.keyboard.press('a');
  await page.getByRole('dialog', { name: /^Reply/ }).waitFor();

  await opened.reopen();
  await page.getByRole('option', { name: /Second mail/ }).click();
  await page.keyboard.press('a');
  await page.getByRole('dialog', { name: /Second mail/ }).waitFor();
  expect(opened.faults).toEqual([]);
});

test('without a mouse: mail is read, answered, moved, found and claimed', async () => {
  const groups = new FakeGroups({
    addresses: ['info@kontor-nord.test'],
    states: { 'Offer for pallets': { handler: ben } },
  });
  await using opened = await openWindow(browser, {
    groups,
    preferences: { markReadAfterMs: 60_000 },
    messages: [
      { subject: 'Meeting on Monday', text: 'Can you come?' },
      { subject: 'Plan of the harbour', text: 'Two pages.' },
      { account: 2, subject: 'Where is my parcel', text: 'It has not come.' },
      { account: 2, subject: 'Offer for pallets', text: 'Please send an offer.' },
    ],
  });
  const { page, engine } = opened;
  const { keyboard } = page;
  const rows = page.getByRole('listbox', { name: 'Messages' }).getByRole('option');
  const active = (): Promise<string> =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });
  await expect.poll(() => rows.count()).toBe(4);

  // Read: down the list, the whole mail, and back.
  await keyboard.press('j');
  await page.getByRole('article', { name: 'Meeting on Monday' }).waitFor();

  // Answer: what is answered is read, however short it was open.
  await keyboard.press('r');
  const composer = page.getByRole('dialog', { name: 'Reply: Meeting on Monday' });
  await composer.waitFor();
  await expect.poll(active).toBe('Message');
  await keyboard.type('I shall come.');
  await keyboard.press('Control+Enter');
  await page
    .getByRole('status')
    .getByText('Sending')
    .or(page.getByRole('status').getByText('Sent'))
    .first()
    .waitFor();
  await expect.poll(() => composer.count()).toBe(0);
  await expect.poll(() => engine.calls.filter(({ name }) => name === 'outbox.send').length).toBe(1);
  await expect.poll(() => engine.find('Meeting on Monday')?.content.flags.seen).toBe(true);

  // Move, with the folder by a few letters; the next mail has the focus.
  await keyboard.press('j');
  await page.getByRole('article', { name: 'Plan of the harbour' }).waitFor();
  // Kept unread before it counts as read.
  await keyboard.press('u');
  await page.getByRole('status').getByText('Marked as unread').waitFor();
  await keyboard.press('v');
  await page.getByRole('dialog', { name: /^Move/ }).waitFor();
  await keyboard.type('haf');
  await keyboard.press('Enter');
  await expect.poll(() => rows.count()).toBe(3);
  await expect.poll(active).toMatch(/Where is my parcel|Meeting on Monday/);

  // Found again, wherever it lies.
  await keyboard.press('/');
  await keyboard.type('harbour');
  await keyboard.press('Enter');
  await expect.poll(() => rows.count()).toBe(1);
  await keyboard.press('j');
  await page.getByRole('article', { name: 'Plan of the harbour' }).waitFor();

  // Claimed, from the list of what nobody has.
  await keyboard.press('g');
  await keyboard.press('u');
  await page.getByRole('heading', { name: 'Unassigned' }).waitFor();
  await expect.poll(() => rows.count()).toBe(1);
  await keyboard.press('j');
  await expect.poll(active).toMatch(/Where is my parcel/);
  await keyboard.press('t');
  await page.getByRole('status').getByText('You handle it now').waitFor();
  const id = engine.find('Where is my parcel')?.content.id;
  if (id === undefined) throw new Error('no mail');
  expect(groups.state(id).handler).toEqual(anna);

  // Who has what, over all inboxes.
  await keyboard.press('g');
  await keyboard.press('i');
  await expect.poll(() => rows.count()).toBe(3);
  expect(opened.faults).toEqual([]);
});
