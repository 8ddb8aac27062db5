/** Many accounts from a file, in the built window before the real engine and a real mail server. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';
import { openCliBench } from '#test/integration/cli/cli.ts';
import type { ImportRow } from '#shared/contract/discovery.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { axeFaults } from './axe.ts';
import { startBrowser } from './browser.ts';
import { openWindow } from './openWindow.ts';

let server: MailServer;
let browser: Browser;
const people = ['anna', 'ben', 'clara'];

beforeAll(async () => {
  server = await startMailServer({
    domain: 'company.test',
    users: people.map((login) => ({ login, password: `secret of ${login}` })),
  });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

/** A table as a spreadsheet saves it. Of Ben the password is wrong, and Dora's port is none. */
function table(): string {
  const row = (name: string, password: string, port = String(server.ports.imap)): string =>
    [
      name,
      `${name}@company.test`,
      '127.0.0.1',
      port,
      'none',
      name,
      password,
      '127.0.0.1',
      server.ports.smtp,
      'none',
    ].join(';');
  return [
    'name;address;imapHost;imapPort;imapSecurity;imapUser;imapPassword;smtpHost;smtpPort;smtpSecurity',
    row('anna', 'secret of anna'),
    row('ben', 'mistyped'),
    row('clara', 'secret of clara'),
    row('dora', 'secret of dora', 'many'),
  ].join('\r\n');
}

test('each account of a table is tested; what passed is added, what failed says why, is mended in place and tried again', async () => {
  await using cli = openCliBench();
  const served = cli.start('serve');
  const { url } = await served.line<{ url?: string }>((line) => line.url !== undefined);
  const page = await browser.newPage({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(40_000);
  await page.goto(url ?? '');
  await page.getByRole('button', { name: 'Add account' }).waitFor();

  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('import');
  await page.getByRole('option', { name: /Import accounts/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Import accounts' });
  const choose = async (name: string, content: string): Promise<void> => {
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  };
  // A file that is none of it is refused in words, where it was chosen.
  await choose('letter.json', '{ "dear": ');
  await dialog.getByText('This is not valid JSON.').waitFor();
  await choose('accounts.csv', table());
  const rowOf = (name: string) => dialog.getByRole('row').filter({ hasText: `${name}@company.test` });
  await rowOf('dora')
    .getByText(/imap\.port: a whole number/)
    .waitFor();
  await rowOf('anna').getByText('Not tested yet').waitFor();

  await dialog.getByRole('button', { name: 'Test and add 3 accounts' }).click();
  await rowOf('anna').getByText('Added', { exact: true }).waitFor();
  await rowOf('clara').getByText('Added', { exact: true }).waitFor();
  await rowOf('ben')
    .getByText(/does not accept user name and password/)
    .waitFor();

  // What failed goes back to whoever made the table, with the reasons.
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save what failed' }).click();
  const failed = readFileSync(await (await download).path(), 'utf8');
  expect(failed).toContain('ben@company.test');
  expect(failed).not.toContain('anna@company.test');

  await dialog.getByRole('button', { name: 'Edit ben@company.test' }).click();
  expect(await axeFaults(page, '[role="dialog"]')).toEqual([]);
  await dialog.getByLabel('Password').first().fill('secret of ben');
  await dialog.getByRole('button', { name: 'Apply and test' }).click();
  await rowOf('ben').getByText('Added', { exact: true }).waitFor();

  // Dora is not saved: leaving asks first.
  await page.keyboard.press('Escape');
  const question = page.getByRole('alertdialog', { name: 'Leave the import?' });
  await question.getByRole('button', { name: 'Leave', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  for (const name of people) await page.getByRole('treeitem', { name, exact: true }).waitFor();
  await page.close();
  expect(await served.end('SIGINT')).toBe(0);
});

test('a file that describes servers and names nobody asks whose accounts they are', async () => {
  await using cli = openCliBench();
  const served = cli.start('serve');
  const { url } = await served.line<{ url?: string }>((line) => line.url !== undefined);
  const page = await browser.newPage({ locale: 'de-DE', viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(40_000);
  await page.goto(url ?? '');
  await page.getByRole('button', { name: 'Konto hinzufügen' }).waitFor();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('importieren');
  await page.getByRole('option', { name: /Konten aus einer Datei/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Konten importieren' });
  const serverOf = (type: string, port: number): string =>
    `<${type} type="${type === 'incomingServer' ? 'imap' : 'smtp'}"><hostname>127.0.0.1</hostname><port>${port}</port><socketType>plain</socketType><username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></${type}>`;
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'company.xml',
    mimeType: 'text/xml',
    buffer: Buffer.from(
      `<clientConfig version="1.1"><emailProvider id="company.test"><domain>company.test</domain>${serverOf('incomingServer', server.ports.imap)}${serverOf('outgoingServer', server.ports.smtp)}</emailProvider></clientConfig>`,
    ),
  });
  const people = dialog.getByRole('textbox', { name: 'Wessen Konten sind es?' });
  await people.fill('anna@company.test;secret of anna;Anna Albrecht\nclara');
  await dialog.getByText('Keine brauchbare Adresse mit Passwort in Zeile 2.').waitFor();
  await people.fill('anna@company.test;secret of anna;Anna Albrecht');
  await dialog.getByRole('button', { name: 'Für 1 Person verwenden' }).click();
  await dialog.getByRole('button', { name: '1 Konto testen und hinzufügen' }).click();
  await dialog.getByRole('row').getByText('Hinzugefügt', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Schließen' }).last().click();
  await page.getByRole('treeitem', { name: 'anna@company.test' }).waitFor();
  await page.close();
  expect(await served.end('SIGINT')).toBe(0);
});

test('an account that signs in at a provider has a button in its row, says what went wrong, and is added when its person signed in', async () => {
  const row = (line: number, name: string): ImportRow => ({
    line,
    name,
    address: `${name}@company.test`,
    settings: {
      name,
      address: `${name}@company.test`,
      displayName: '',
      imap: { host: 'outlook.office365.com', port: 993, security: 'tls', user: `${name}@company.test` },
      smtp: null,
      archiveAddress: null,
      tls: { trust: 'system' },
      auth: { method: 'oauth2', provider: 'microsoft' },
    },
    state: 'sign-in-needed',
    id: null,
    code: null,
    faults: [],
    error: null,
  });
  const ready: ImportRow = { ...row(2, 'clara'), state: 'ready' };
  const asked: string[] = [];
  const tested = Promise.withResolvers<void>();
  let files = 0;
  await using opened = await openWindow(browser, {
    handlers: {
      'import.open': () =>
        Promise.resolve({
          importId: 'i',
          format: 'csv',
          signer: null,
          rows: (files += 1) === 1 ? [row(2, 'anna'), row(3, 'ben')] : [ready],
        }),
      'import.run': async () => {
        await tested.promise;
        return { rows: [{ ...ready, state: 'imported', id: AccountId.parse('clara') }] };
      },
      'import.close': () => Promise.resolve({}),
      'signIn.start': ({ address }) => {
        asked.push(address);
        const id = String(asked.length);
        return Promise.resolve({ id, url: 'about:blank', name: 'Microsoft', expiresAt: 0, approval: null });
      },
      'signIn.wait': ({ id }) =>
        id === '1'
          ? Promise.reject(new MailError('sign-in-denied', { provider: 'Microsoft' }))
          : Promise.resolve({ identities: ['anna@company.test'] }),
      'signIn.cancel': () => Promise.resolve({}),
      'import.signIn': ({ line }) =>
        Promise.resolve({ ...row(line, 'anna'), state: 'imported', id: AccountId.parse('new') }),
    },
  });
  const { page } = opened;
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('import');
  await page.getByRole('option', { name: /Import accounts/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Import accounts' });
  const file = { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x') };
  await dialog.locator('input[type=file]').setInputFiles(file);
  const anna = dialog.getByRole('row').filter({ hasText: 'anna@company.test' });
  await anna.getByText('Sign-in needed').waitFor();
  // Nothing of it can be tested before.
  expect(await dialog.getByRole('button', { name: /Test and add/ }).count()).toBe(0);
  expect(await opened.axe('[role="dialog"]')).toEqual([]);
  await anna.getByRole('button', { name: 'Sign in: anna@company.test' }).click();
  await anna.getByText(/The sign-in at Microsoft was declined/).waitFor();
  await anna.getByRole('button', { name: 'Sign in: anna@company.test' }).click();
  await anna.getByText('Added', { exact: true }).waitFor();
  expect(asked).toEqual(['anna@company.test', 'anna@company.test']);
  await dialog.getByRole('button', { name: /Sign-in needed\s*1/ }).click();
  await expect.poll(() => dialog.getByRole('row').filter({ hasText: '@company.test' }).count()).toBe(1);

  // A run is a job like others, and the dialog lies over the status bar: it is held up here as well.
  await dialog.getByRole('button', { name: 'Another file' }).click();
  await dialog.locator('input[type=file]').setInputFiles(file);
  using job = opened.engine.jobs.begin({ id: 'accounts i', kind: 'accounts', accountId: null, folder: null });
  await dialog.getByRole('button', { name: 'Test and add 1 account' }).click();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByText('Paused: 0 of 1 tested').waitFor();
  expect(job.paused).toBe(true);
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await dialog.getByRole('button', { name: 'Pause' }).waitFor();
  tested.resolve();
  await dialog.getByText('Added', { exact: true }).waitFor();
  expect(opened.faults).toEqual([]);
});
