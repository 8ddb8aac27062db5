/** Tidying up a real mailbox, by hand and by keyboard: what is done to many mails at once and to folders, and all of it taken back. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot, type StoredMessage } from '#test/servers/dovecot.ts';
import { startBrowser } from './browser.ts';
import { sitDown, type Desk } from './desk.ts';

const user = 'clara@xyz.test';
const numbers = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'] as const;

function mail(subject: string, minute: number, flags: StoredMessage['flags'] = []): StoredMessage {
  const date = new Date(Date.now() - 24 * 3_600_000 + minute * 60_000);
  return {
    date,
    flags,
    raw:
      `From: Berta <berta@outside.test>\r\nTo: ${user}\r\nSubject: ${subject}\r\nDate: ${date.toUTCString()}\r\n` +
      `Message-ID: <${subject}@outside.test>\r\n\r\nText of ${subject}.\r\n`,
  };
}

describeWith(['dovecot', 'chromium'], 'tidying up a real mailbox', () => {
  const owned = new AsyncDisposableStack();
  let dovecot: Dovecot;
  let browser: Browser;
  let desk: Desk | undefined;

  beforeAll(async () => {
    dovecot = owned.use(await startDovecot());
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());
  afterEach(async () => {
    const faults = desk?.faults ?? [];
    await desk?.[Symbol.asyncDispose]();
    desk = undefined;
    expect(faults).toEqual([]);
  });

  test('many at once: archived, deleted, marked as spam, starred, read and moved, each carried to the server and taken back there', async () => {
    dovecot.fill(
      user,
      'INBOX',
      numbers.map((name, at) => mail(`Mail ${name}`, at, ['\\Seen'])),
    );
    dovecot.fill(
      user,
      'Projekt',
      ['Plan A', 'Plan B'].map((name, at) => mail(name, at)),
    );
    dovecot.fill(user, 'Trash', [mail('Old news', 0, ['\\Seen'])]);
    desk = await sitDown(browser, 'clara', { dovecot, settings: { markReadAfterMs: 60_000 } });
    const { page, row, said, onServer } = desk;
    const { keyboard } = page;
    const all = (...but: string[]) =>
      numbers.map((name) => `Mail ${name}`).filter((subject) => !but.includes(subject));
    const subjects = async (folder: string): Promise<string[]> =>
      (await desk!.look(folder)).map(({ subject }) => subject).sort();
    const holds = (folder: string, wanted: readonly string[]): Promise<void> =>
      expect.poll(() => subjects(folder)).toEqual([...wanted].sort());
    await desk.go('Inbox');
    await expect.poll(() => page.getByRole('option').count()).toBe(6);

    // What two keys do to two mails, and what takes it back; each time the server is asked.
    const both = ['Mail Five', 'Mail Six'];
    const chooseBoth = async (): Promise<void> => {
      await row(/Mail Six/).click();
      await row(/Mail Five/).click({ modifiers: ['Control'] });
      await page.getByText('2 messages selected').first().waitFor();
    };
    for (const [key, folder, words] of [
      ['e', 'Archive', '2 messages archived'],
      ['Delete', 'Trash', '2 messages moved to the trash'],
      ['!', 'Junk', '2 messages moved to spam'],
    ] as const) {
      await chooseBoth();
      await keyboard.press(key);
      await said(words);
      await holds('INBOX', all(...both));
      await holds(folder, [...both, ...(folder === 'Trash' ? ['Old news'] : [])]);
      if (key === 'e') await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
      else await keyboard.press('z');
      await row(/Mail Six/).waitFor();
      await holds('INBOX', all());
    }
    const flags = async (subject: string): Promise<string[]> =>
      [...((await desk!.look('INBOX')).find((one) => one.subject === subject)?.flags ?? [])]
        .filter((flag) => flag === '\\Seen' || flag === '\\Flagged')
        .sort();
    for (const [key, words, wanted] of [
      ['s', '2 messages starred', ['\\Flagged', '\\Seen']],
      ['u', '2 messages marked as unread', []],
    ] as const) {
      await chooseBoth();
      await keyboard.press(key);
      await said(words);
      for (const subject of both) await expect.poll(() => flags(subject)).toEqual(wanted);
      await keyboard.press('z');
      for (const subject of both) await expect.poll(() => flags(subject)).toEqual(['\\Seen']);
    }

    // Dragged to a folder, by the keyboard to another, and back.
    await row(/Mail One/).click();
    await row(/Mail Three/).click({ modifiers: ['Shift'] });
    await page.getByText('3 messages selected').first().waitFor();
    await row(/Mail Two/).dragTo(desk.folder('Projekt'));
    await said('3 messages moved to “Projekt”');
    await holds('Projekt', ['Mail One', 'Mail Two', 'Mail Three', 'Plan A', 'Plan B']);
    await row(/Mail Four/).click();
    await keyboard.press('v');
    await page.getByRole('dialog', { name: /^Move/ }).waitFor();
    await keyboard.type('proj');
    await page.getByRole('option', { name: 'Projekt' }).waitFor();
    await keyboard.press('Enter');
    await holds('INBOX', both);
    await keyboard.press('z');
    await holds('INBOX', ['Mail Four', ...both]);

    // A folder as a whole: read, a favourite, out of sight and back as it was, which never was subscribed.
    await desk.choose('Projekt', 'Mark all as read');
    await said('2 messages marked as read');
    await onServer('Projekt').toEqual(
      expect.arrayContaining([
        ['Plan A', '\\Seen'],
        ['Plan B', '\\Seen'],
      ]),
    );
    const subscribed = async (): Promise<string> => dovecot.doveadm('mailbox', 'list', '-s', '-u', user);
    expect(await subscribed()).not.toContain('Projekt');
    await desk.choose('Projekt', 'Unsubscribe folder');
    await desk.folder('Projekt').waitFor({ state: 'detached' });
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await desk.folder('Projekt').waitFor();
    await desk.choose('Projekt', 'Add to favourites');
    await expect.poll(() => desk!.folder('Projekt').count()).toBe(2);

    // The trash is emptied after a question, for good.
    await desk.choose('Trash', 'Empty “Trash” …');
    const question = page.getByRole('alertdialog', { name: 'Empty “Trash”?' });
    await question.getByText('This cannot be undone').waitFor();
    await desk.button('Empty', question).click();
    await said('Deleted for good');
    await holds('Trash', []);

    // Meanwhile mails arrive, and nobody looks at the window: the system is asked to tell of them.
    await page.evaluate(() => {
      const told: string[] = [];
      document.hasFocus = () => false;
      class Recorded extends EventTarget {
        static readonly permission = 'granted';
        constructor(title: string, { body = '' }: NotificationOptions = {}) {
          super();
          told.push(`${title}: ${body}`);
        }
        close(): void {
          // Nothing is shown.
        }
      }
      Object.assign(window, { Notification: Recorded, told });
    });
    const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
    const tellOf = async (folder: string, level: string): Promise<void> => {
      await desk!.choose(folder, 'Notifications');
      await page.getByRole('menuitemcheckbox', { name: level, exact: true }).click();
      await said(`New mail in “${folder}”: ${level}`);
    };
    await desk.go('Inbox');
    await dovecot.deliver(user, mail('Just now', 2000).raw);
    await row(/Just now.*unread/).waitFor();
    await expect.poll(told).toEqual(['Berta: Just now']);
    // Each folder as it was asked for: the inbox keeps quiet now, and a folder tells that never did.
    await tellOf('Inbox', 'quietly, in the window');
    await dovecot.deliver(user, mail('Without a sound', 2001).raw);
    await row(/Without a sound.*unread/).waitFor();
    await said('Berta: Without a sound');
    await tellOf('Archive', 'with a notification');
    await using other = await dovecot.client(user);
    await other.append('Archive', Buffer.from(mail('Filed by a rule', 2002).raw));
    await desk.call('sync.run', {});
    await expect.poll(told).toEqual(['Berta: Just now', 'Berta: Filed by a rule']);
    expect(await subscribed()).not.toContain('Projekt');
  });
});
