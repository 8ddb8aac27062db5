/** The keyboard: shortcuts that a person chooses. */
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
