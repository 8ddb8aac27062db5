/** The keyboard: shortcuts that a person chooses, and a day's work without a mouse. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot, type StoredMessage } from '#test/servers/dovecot.ts';
import { look } from '#test/servers/mailbox.ts';
import { startPostfix } from '#test/servers/postfix.ts';
import { startBrowser } from './browser.ts';
import { sitDown, type Desk } from './desk.ts';
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

describeWith(['dovecot', 'postfix', 'chromium'], 'before real servers', () => {
  test('without a mouse: mail is read, answered, moved, found and claimed', async () => {
    await using dovecot = await startDovecot();
    await using postfix = await startPostfix(dovecot);
    const stored = (to: string, subject: string, text: string, minute: number): StoredMessage => {
      const date = new Date(Date.now() - 3_600_000 + minute * 60_000);
      return {
        date,
        raw:
          `From: Berta <berta@xyz.test>\r\nTo: ${to}\r\nSubject: ${subject}\r\nDate: ${date.toUTCString()}\r\n` +
          `Message-ID: <${String(minute)}@outside.test>\r\n\r\n${text}\r\n`,
      };
    };
    dovecot.fill('anna@xyz.test', 'INBOX', [
      stored('anna@xyz.test', 'Plan of the harbour', 'Two pages.', 3),
      stored('anna@xyz.test', 'Meeting on Monday', 'Can you come?', 4),
    ]);
    dovecot.fill('anna@xyz.test', 'Hafen', []);
    dovecot.fill('info@xyz.test', 'INBOX', [
      stored('info@xyz.test', 'Offer for pallets', 'Please send an offer.', 1),
      stored('info@xyz.test', 'Where is my parcel', 'It has not come.', 2),
    ]);
    await using desk = await sitDown(browser, 'anna', {
      dovecot,
      postfix,
      settings: { markReadAfterMs: 60_000, undoSeconds: 0 },
    });
    await shareInfo(desk, dovecot);
    const { page } = desk;
    const { keyboard } = page;
    const rows = page.getByRole('listbox', { name: 'Messages' }).getByRole('option');
    const active = (): Promise<string> =>
      page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
      });
    await page.getByRole('treeitem', { name: /^Unassigned, 2/ }).waitFor();
    await expect.poll(() => rows.count()).toBe(4);

    // Read: down the list, the whole mail.
    await keyboard.press('j');
    await page.getByRole('article', { name: 'Meeting on Monday' }).waitFor();

    // Answer: what is answered is read, however short it was open.
    await keyboard.press('r');
    const composer = page.getByRole('dialog', { name: 'Reply: Meeting on Monday' });
    await composer.waitFor();
    await expect.poll(active).toBe('Message');
    await keyboard.type('I shall come.');
    await keyboard.press('Control+Enter');
    await expect.poll(() => composer.count()).toBe(0);
    await expect
      .poll(async () => (await look(dovecot, 'berta@xyz.test')).map(({ subject }) => subject))
      .toEqual(['Re: Meeting on Monday']);
    await desk.onServer('INBOX').toContainEqual(['Meeting on Monday', '\\Answered', '\\Seen']);

    // Move, with the folder by a few letters; the next mail has the focus.
    await keyboard.press('j');
    await page.getByRole('article', { name: 'Plan of the harbour' }).waitFor();
    // Kept unread before it counts as read.
    await keyboard.press('u');
    await desk.said('Marked as unread');
    await keyboard.press('v');
    await page.getByRole('dialog', { name: /^Move/ }).waitFor();
    await keyboard.type('haf');
    await keyboard.press('Enter');
    await expect.poll(() => rows.count()).toBe(3);
    await expect.poll(active).toMatch(/Where is my parcel|Meeting on Monday/);
    await desk.onServer('Hafen').toEqual([['Plan of the harbour']]);

    // Found again, wherever it lies.
    const search = async (words: string): Promise<void> => {
      await keyboard.press('/');
      await keyboard.press('Control+a');
      await keyboard.type(words);
      await keyboard.press('Enter');
    };
    await search('harbour');
    await expect.poll(() => rows.count()).toBe(1);
    await keyboard.press('j');
    await page.getByRole('article', { name: 'Plan of the harbour' }).waitFor();

    // Claimed, from the list of what nobody has; the group's log on the server says so.
    await keyboard.press('g');
    await keyboard.press('u');
    await page.getByRole('heading', { name: 'Unassigned' }).waitFor();
    await expect.poll(() => rows.count()).toBe(2);
    await keyboard.press('j');
    await expect.poll(active).toMatch(/Where is my parcel/);
    await keyboard.press('t');
    await desk.said('You handle it now');
    await expect
      .poll(async () => (await look(dovecot, 'info@xyz.test', 'Postkorb')).map(({ subject }) => subject))
      .toContainEqual(expect.stringMatching(/Where is my parcel/));

    // Who has what, found by it.
    await search('handler:anna');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Where is my parcel')]);
    await search('handler:none');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('Offer for pallets')]);
    await search('status:done');
    await expect.poll(() => rows.count()).toBe(0);
    expect(desk.faults).toEqual([]);
  });
});

/** Anna founds the organisation and shares info@xyz.test in it, as an administrator does by the dialogs. */
async function shareInfo(desk: Desk, dovecot: Dovecot): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postkorb-organisation-'));
  const settings = {
    name: 'Info',
    address: 'info@xyz.test',
    displayName: 'XYZ',
    imap: { host: '127.0.0.1', port: dovecot.ports.imap, security: 'none' as const, user: 'info@xyz.test' },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' as const },
  };
  const credentials = { imapPassword: dovecot.password, smtpPassword: null };
  try {
    await desk.call('groups.init', { organisation: 'XYZ', address: 'anna@xyz.test', name: 'Anna' });
    const { token } = await desk.call('accounts.test', { settings, credentials });
    await desk.call('groups.addAccount', {
      settings,
      credentials,
      token: token ?? '',
      members: ['anna@xyz.test'],
      defaultHandler: null,
    });
    await desk.call('groups.publish', { to: join(folder, 'xyz.json') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
