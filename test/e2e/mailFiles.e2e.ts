import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { startMailServers, type MailServers } from '#test/integration/cli/mailServers.ts';
import { invoicePdf } from '#hosts/node/demo/invoicePdf.ts';
import { describeWith } from '#test/servers/available.ts';
import { look } from '#test/servers/mailbox.ts';
import { axeFaults } from './axe.ts';
import { startBrowser } from './browser.ts';

const user = 'anna@xyz.test';
const bill = invoicePdf({
  seller: 'Berta Braun',
  buyer: 'XYZ GmbH',
  number: 'R-2024-17',
  date: '5 March 2024',
  language: 'en',
  lines: [['Door', 1, 49_000]],
});

function mail(name: string, body = `Text of ${name}.`): string {
  return (
    `From: Berta Braun <berta@outside.test>\r\nTo: ${user}\r\nSubject: ${name}\r\nDate: Tue, 05 Mar 2024 10:00:00 +0000\r\n` +
    `Message-ID: <${name.replaceAll(' ', '-')}@outside.test>\r\n\r\n${body}\r\n`
  );
}
const mbox = (...mails: string[]): string =>
  mails.map((one) => `From - Tue Mar  5 10:00:00 2024\n${one.replaceAll('\r\n', '\n')}\n`).join('');

async function downloaded(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const waiting = page.waitForEvent('download');
  await act();
  const download = await waiting;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'latin1') };
}

/** As a person drops files of the system. */
async function drop(target: Locator, files: readonly { name: string; content: string }[]): Promise<void> {
  const transfer = await target.evaluateHandle((_element, given) => {
    const data = new DataTransfer();
    for (const { name, content } of given) data.items.add(new File([content], name));
    return data;
  }, files);
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  await target.dispatchEvent('drop', { dataTransfer: transfer });
}

/** The window's calls on their way to the engine: how many imports it asked for, and a step of a job that is kept back. */
async function holdingSteps(page: Page) {
  let imports = 0;
  let wanted: PromiseWithResolvers<() => void> | null = null;
  await page.routeWebSocket(/./, (socket) => {
    const engine = socket.connectToServer();
    socket.onMessage((message) => {
      const text = String(message);
      if (text.includes('"mailFiles.import"')) imports += 1;
      const waiting = text.includes('"jobs.step"') ? wanted : null;
      if (waiting === null) engine.send(message);
      else {
        wanted = null;
        waiting.resolve(() => engine.send(message));
      }
    });
  });
  return {
    imports: () => imports,
    nextStep: () => (wanted = Promise.withResolvers<() => void>()).promise,
  };
}

describeWith(['dovecot', 'postfix', 'chromium'], 'mails as files in the window', () => {
  const owned = new AsyncDisposableStack();
  let servers: MailServers;
  let browser: Browser;

  beforeAll(async () => {
    servers = owned.use(await startMailServers());
    servers.dovecot.fill(user, 'INBOX', [
      { raw: mail('First letter', 'From here on'), date: new Date(Date.UTC(2024, 2, 5, 10)) },
      { raw: mail('Second letter'), date: new Date(Date.UTC(2024, 2, 5, 11)), flags: ['\\Seen'] },
    ]);
    servers.dovecot.fill(user, 'Archive', []);
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());

  test('saved as EML, exported as mbox, dropped on a folder and on the list, opened, looked into, answered and filed: each mail once, and what was not taken is named', async () => {
    await using anna = await servers.bench('anna');
    const served = anna.start('serve');
    const { url } = await served.line<{ url?: string }>((line) => line.url !== undefined);
    const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
    const calls = await holdingSteps(page);
    await page.goto(url ?? '');
    const inbox = page.getByRole('treeitem', { name: /^Inbox/ });
    const archive = page.getByRole('treeitem', { name: /^Archive/ });
    await inbox.click();
    const rows = page.getByRole('option');
    await expect.poll(() => rows.count()).toBe(2);

    await rows.filter({ hasText: 'First letter' }).click({ button: 'right' });
    const saved = await downloaded(page, () => page.getByRole('menuitem', { name: 'Save as EML' }).click());
    expect(saved.name).toBe('2024-03-05 First letter.eml');
    expect(saved.text).toBe(mail('First letter', 'From here on'));

    await inbox.click({ button: 'right' });
    const exported = await downloaded(page, () =>
      page.getByRole('menuitem', { name: 'Export folder …' }).click(),
    );
    expect(exported.name).toBe('Inbox.mbox');
    expect(exported.text).toContain('\n>From here on\n');
    await page.getByText('2 mails saved.').waitFor();

    await drop(archive, [
      { name: 'inbox.mbox', content: exported.text },
      { name: 'more.mbox', content: mbox(mail('Third letter'), 'no mail\r\n\r\n', mail('Third letter')) },
    ]);
    await page.getByText('3 mails imported into Archive. 1 was there already. 1 was not taken.').waitFor();
    await page.getByRole('button', { name: 'Details' }).click();
    const dialog = page.getByRole('dialog', { name: 'Not imported' });
    await dialog.getByText('more.mbox, mail 2').waitFor();
    expect(await axeFaults(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    const told = async () =>
      (await look(servers.dovecot, user, 'Archive')).map(({ subject, flags }) => [
        subject,
        flags.has('\\Seen'),
      ]);
    expect(await told()).toEqual([
      ['First letter', false],
      ['Second letter', true],
      ['Third letter', false],
    ]);

    await archive.click();
    await expect.poll(() => rows.count()).toBe(3);
    await drop(page.getByRole('listbox', { name: 'Messages' }), [
      { name: 'letter.eml', content: mail('Fourth letter') },
      { name: 'picture.eml', content: '\u0089PNG' },
    ]);
    await page.getByText('1 mail imported into Archive. 1 was not taken.').waitFor();
    await expect.poll(() => rows.count()).toBe(4);

    const chooser = page.waitForEvent('filechooser');
    await archive.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Import mail …' }).click();
    await (await chooser).setFiles(anna.write('again.eml', mail('Fourth letter')));
    await page.getByText('0 mails imported into Archive. 1 was there already.').waitFor();
    if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'] });

    // A mail that is in no folder: read, its files looked at, answered, and filed.
    const palette = async (command: string): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill(command);
      await page.getByRole('option', { name: command }).first().click();
    };
    const letter =
      `From: Berta Braun <berta@outside.test>\r\nTo: ${user}\r\nSubject: From a file\r\nDate: Tue, 05 Mar 2024 10:00:00 +0000\r\n` +
      'Authentication-Results: mx.xyz.test; spf=pass smtp.mailfrom=outside.test; dmarc=pass header.from=outside.test\r\n' +
      'Message-ID: <file@outside.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
      '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Read me <b>first</b></p>\r\n' +
      '--b\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\nsome notes\r\n' +
      `--b\r\nContent-Type: application/pdf; name=bill.pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${bill.toString('base64')}\r\n` +
      '--b\r\nContent-Type: application/pdf; name=broken.pdf\r\nContent-Disposition: attachment; filename=broken.pdf\r\n\r\n%PDF-1.7 and no more\r\n--b--\r\n';
    const file = anna.write('letter.eml', letter);
    const openLetter = async (): Promise<Locator> => {
      const asked = page.waitForEvent('filechooser');
      await palette('Open mail file …');
      await (await asked).setFiles(file);
      const opened = page.getByRole('dialog', { name: 'From a file' });
      await opened.frameLocator('iframe').getByText('Read me first').waitFor();
      return opened;
    };
    const opened = await openLetter();
    await opened.getByText('It is in none of your folders').waitFor();
    expect(await opened.getByRole('img', { name: /verified/i }).count()).toBe(0);
    if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}.opened.png` });
    await opened.getByRole('button', { name: 'Look at notes.txt' }).click();
    await page.getByRole('dialog', { name: 'notes.txt' }).getByText('some notes').waitFor();
    await page.getByRole('button', { name: 'Next attachment' }).click();
    const pdf = page.getByRole('dialog', { name: 'bill.pdf' });
    await pdf
      .getByRole('group', { name: 'Page 1 of 1' })
      .getByText('R-2024-17')
      .waitFor({ state: 'attached' });
    const drawn = await pdf.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      return data.some((value, at) => at % 4 === 0 && value < 100);
    });
    expect(drawn).toBe(true);
    expect(await axeFaults(page, '[role=dialog]')).toEqual([]);
    if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}.pdf.png` });
    await page.getByRole('button', { name: 'Next attachment' }).click();
    await page.getByText('It is damaged, or no PDF file.').waitFor();
    await page.keyboard.press('Escape');
    await opened.getByRole('button', { name: 'Import into folder …' }).click();
    await page
      .getByRole('dialog', { name: 'Import into' })
      .getByRole('option', { name: /^Archive/ })
      .click();
    await page.getByText('1 mail imported into Archive.', { exact: true }).waitFor();
    await expect.poll(() => rows.count()).toBe(5);
    await (await openLetter()).getByRole('button', { name: 'Reply', exact: true }).click();
    const composer = page.getByRole('dialog', { name: 'Reply: From a file' });
    await composer
      .getByRole('textbox', { name: 'To' })
      .or(composer.getByText('berta@outside.test'))
      .first()
      .waitFor();
    await composer.getByText('Read me first').waitFor();
    if (process.env['SHOT']) await page.screenshot({ path: `${process.env['SHOT']}.reply.png` });
    await composer.getByRole('button', { name: 'Discard' }).click();
    await composer.waitFor({ state: 'detached' });
    // Forwarded it takes its files along.
    await (await openLetter()).getByRole('button', { name: 'Forward', exact: true }).click();
    const forward = page.getByRole('dialog', { name: 'Forward: From a file' });
    await forward.getByText('Read me first').waitFor();
    const files = forward.getByRole('list', { name: 'Attachments' }).getByRole('listitem');
    await expect.poll(() => files.count()).toBe(3);
    await expect.poll(() => forward.getByRole('button', { name: 'Remove bill.pdf' }).count()).toBe(1);
    await expect
      .poll(() => forward.getByRole('textbox', { name: 'Subject' }).inputValue())
      .toBe('Fwd: From a file');
    await forward.getByRole('button', { name: 'Discard' }).click();

    // A large import is held up from the status bar, and gone on with.
    const many = Array.from({ length: 80 }, (_, at) => `Mail ${at + 1}`);
    const first = calls.nextStep();
    await drop(archive, [
      { name: 'much.mbox', content: mbox(...many.slice(0, 60).map((name) => mail(name))) },
      { name: 'rest.mbox', content: mbox(...many.slice(60).map((name) => mail(name))) },
    ]);
    const release = await first;
    const importing = 'Importing into Archive';
    await page.getByRole('button', { name: importing }).click();
    const underWay = page.getByRole('dialog', { name: 'Under way' });
    await underWay.getByRole('button', { name: `Pause: ${importing}` }).click();
    await underWay.getByText('Paused').waitFor();
    const before = calls.imports();
    release();
    // What other work asks goes on: an answer to it comes later than whatever the import would have asked.
    await page.getByRole('treeitem', { name: /^Inbox/ }).click();
    await expect.poll(() => rows.count()).toBe(2);
    expect(calls.imports()).toBe(before);
    expect((await look(servers.dovecot, user, 'Archive')).length).toBeLessThan(5 + 80);
    await underWay.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: importing }).click();
    await underWay.getByRole('button', { name: `Resume: ${importing}` }).click();
    await page.getByText('80 mails imported into Archive.', { exact: true }).waitFor();
    const filed = (await look(servers.dovecot, user, 'Archive')).map(({ subject }) => subject);
    expect(filed.filter((subject) => subject.startsWith('Mail ')).sort()).toEqual([...many].sort());
    expect(filed).toHaveLength(5 + 80);
    await page.close();
    expect(await served.end('SIGINT')).toBe(0);
  });
});
