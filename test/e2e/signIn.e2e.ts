/** An account without a password, as a person adds it: the button, the provider's own pages in a tab, and signing in again when it ended. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SharedConfig } from '#shared/domain/group/config.ts';
import { openCliBench } from '#test/integration/cli/cli.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startPostfix, type Postfix } from '#test/servers/postfix.ts';
import { clientId, startSignInServer, type SignInServer } from '#test/servers/signInServer.ts';
import { axeFaults } from './axe.ts';
import { startBrowser } from './browser.ts';

describeWith(['dovecot', 'postfix', 'chromium'], 'an account that signs in', () => {
  const owned = new AsyncDisposableStack();
  let provider: SignInServer;
  let dovecot: Dovecot;
  let postfix: Postfix;
  let browser: Browser;
  /** What is given out from now on opens the mailbox that the group shares. */
  let shared = false;

  beforeAll(async () => {
    provider = owned.use(await startSignInServer({ mailboxOf: (user) => (shared ? 'info@xyz.test' : user) }));
    dovecot = owned.use(
      await startDovecot({ introspection: { url: provider.introspectionUrl, mailbox: 'mailbox' } }),
    );
    postfix = owned.use(await startPostfix(dovecot));
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());

  test('is added by a button and the provider’s pages, fetches mail, and signs in again when the provider ended it', async () => {
    await using bench = openCliBench();
    mkdirSync(bench.profile, { recursive: true });
    writeFileSync(
      join(bench.profile, 'oauth-clients.json'),
      JSON.stringify({
        [provider.issuer]: {
          clientId,
          name: 'Example',
          hosts: ['127.0.0.1'],
          scopes: ['openid', 'email', 'offline_access', 'mail'],
        },
      }),
    );
    await dovecot.deliver(
      'anna@xyz.test',
      'From: c@outside.test\r\nSubject: Without a password\r\nMessage-ID: <1@outside.test>\r\n\r\nHello\r\n',
    );
    const served = bench.start('serve');
    const { url } = await served.line<{ url?: string }>((line) => line.url !== undefined);
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(url ?? '');

    await page.getByRole('button', { name: 'Add account' }).first().click();
    const accounts = page.getByRole('dialog', { name: 'Accounts' });
    await accounts.getByRole('textbox', { name: 'E-mail address' }).fill('anna@xyz.test');
    await accounts.getByRole('textbox', { name: 'Account name' }).fill('Anna');
    for (const [name, port] of [
      ['Outgoing (SMTP)', postfix.ports.plain],
      ['Incoming (IMAP)', dovecot.ports.imap],
    ] as const) {
      const server = accounts.getByRole('group', { name });
      await server.getByLabel('Server').fill('127.0.0.1');
      await server.getByLabel('Security').selectOption('none');
      await server.getByLabel('Port').fill(String(port));
      await server.getByLabel('User name').fill('anna@xyz.test');
    }
    const signIn = accounts.getByRole('button', { name: 'Sign in with Example' });
    await signIn.waitFor();
    expect(await accounts.getByLabel('Password').count()).toBe(0);
    const opened = context.waitForEvent('page');
    await signIn.click();
    const tab = await opened;
    await accounts.getByText('Waiting for your browser').waitFor();
    await throughThePages(tab, 'anna@xyz.test');
    await accounts.getByText('Signed in as anna@xyz.test').waitFor();
    await accounts.getByText(/The test passed/).waitFor();
    await accounts.getByRole('button', { name: 'Save', exact: true }).click();
    await accounts.waitFor({ state: 'detached' });
    await page.getByRole('option', { name: /Without a password/ }).waitFor();

    // The password was changed elsewhere: nothing that was given counts any more.
    await provider.forget();
    await dovecot.doveadm('kick', 'anna@xyz.test');
    await page.getByRole('button', { name: /Account health.*1/ }).click();
    const health = page.getByRole('dialog', { name: 'Account health' });
    await health.getByText('The sign-in at Example has expired.').waitFor();
    const again = context.waitForEvent('page');
    await health.getByRole('button', { name: 'Sign in again' }).click();
    await throughThePages(await again, 'anna@xyz.test');
    await health.getByText('Working').waitFor();
    expect(provider.tokenRequests).toEqual({ code: 2, refresh: 1 });
    await health.getByRole('button', { name: 'Close', exact: true }).click();

    // An administrator: a group account with a password, published, and then one that each member signs in to.
    const button = (name: string): Locator => organisation.getByRole('button', { name, exact: true });
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Organisation' }).click();
    const organisation = page.getByRole('dialog', { name: /^Organisation/ });
    await button('Found an organisation').click();
    await organisation.getByRole('textbox', { name: 'Name of the organisation' }).fill('XYZ');
    await organisation.getByRole('textbox', { name: 'Your name' }).fill('Anna');
    await button('Found').click();
    await organisation.getByRole('tab', { name: 'Group accounts' }).click();
    await button('Add group account').click();
    await organisation.getByRole('textbox', { name: 'E-mail address' }).fill('info@xyz.test');
    await organisation.getByRole('textbox', { name: 'Account name' }).fill('Info');
    await organisation.getByRole('checkbox', { name: 'Anna', exact: true }).check();
    for (const [name, port] of [
      ['Outgoing (SMTP)', postfix.ports.plain],
      ['Incoming (IMAP)', dovecot.ports.imap],
    ] as const) {
      const server = organisation.getByRole('group', { name });
      await server.getByLabel('Server').fill('127.0.0.1');
      await server.getByLabel('Security').selectOption('none');
      await server.getByLabel('Port').fill(String(port));
      await server.getByLabel('User name').fill('info@xyz.test');
    }
    await button('Use a password instead').click();
    const incoming = organisation.getByRole('group', { name: 'Incoming (IMAP)' });
    await incoming.getByRole('textbox', { name: 'Password' }).fill(dovecot.password);
    await button('Test connection').click();
    await organisation.getByText(/The test passed/).waitFor();
    await button('Save').click();
    const row = organisation.getByRole('list', { name: 'Group accounts' }).getByRole('listitem');
    await row.getByText('Not published').waitFor();
    const publish = async (): Promise<void> => {
      await organisation.getByRole('tab', { name: /^Publish/ }).click();
      await button('Publish').click();
      await organisation.getByText('Everything is published').waitFor();
      await organisation.getByRole('tab', { name: 'Group accounts' }).click();
      await row.getByText('Ready').waitFor();
    };
    await organisation.getByRole('tab', { name: /^Publish/ }).click();
    await organisation.getByRole('textbox', { name: 'Where' }).fill(join(bench.folder, 'xyz.json'));
    await publish();

    shared = true;
    await button('Edit Info').click();
    const asMember = context.waitForEvent('page');
    await button('Sign in with Example').click();
    await organisation.getByText('Every member signs in as himself').waitFor();
    expect(await organisation.getByLabel('Password').count()).toBe(0);
    await button('Sign in with Example').click();
    await throughThePages(await asMember, 'anna@xyz.test');
    await organisation.getByText('Signed in as anna@xyz.test').waitFor();
    await organisation.getByText(/The test passed/).waitFor();
    expect(await axeFaults(page, '[role="dialog"]')).toEqual([]);
    await button('Save').click();
    await publish();
    const { payload } = JSON.parse(readFileSync(join(bench.folder, 'xyz.json'), 'utf8')) as {
      payload: string;
    };
    const [info] = (JSON.parse(Buffer.from(payload, 'base64').toString()) as SharedConfig).groupAccounts;
    expect(info).toMatchObject({ auth: { provider: provider.issuer }, credentials: null });
    expect(JSON.stringify(info?.auth)).not.toContain('anna');
    await context.close();
    expect(await served.end('SIGINT')).toBe(0);
  });
});

/** What the provider asks, and our page at the end. */
async function throughThePages(tab: Page, user: string): Promise<void> {
  const login = tab.locator('input[name="login"]');
  const consent = tab.locator('form:has(input[value="consent"]) button[type="submit"]');
  await login.or(consent).first().waitFor();
  if (await login.isVisible()) {
    await login.fill(user);
    await tab.locator('input[name="password"]').fill('x');
    await tab.locator('button[type="submit"]').click();
  }
  await consent.click();
  await tab.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await tab.getByText(`You signed in as ${user}.`).waitFor();
  await tab.close();
}
