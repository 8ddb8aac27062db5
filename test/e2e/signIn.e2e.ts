/** An account without a password, as a person adds it: the button, the provider's own pages in a tab, and signing in again when it ended. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCliBench } from '#test/integration/cli/cli.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startPostfix, type Postfix } from '#test/servers/postfix.ts';
import { clientId, startSignInServer, type SignInServer } from '#test/servers/signInServer.ts';
import { startBrowser } from './browser.ts';

describeWith(['dovecot', 'postfix', 'chromium'], 'an account that signs in', () => {
  const owned = new AsyncDisposableStack();
  let provider: SignInServer;
  let dovecot: Dovecot;
  let postfix: Postfix;
  let browser: Browser;

  beforeAll(async () => {
    provider = owned.use(await startSignInServer());
    dovecot = owned.use(await startDovecot({ introspection: { url: provider.introspectionUrl } }));
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
    await page.getByRole('option', { name: /Without a password/ }).waitFor({ timeout: 30_000 });

    // The password was changed elsewhere: nothing that was given counts any more.
    await provider.forget();
    await dovecot.doveadm('kick', 'anna@xyz.test');
    await page.getByRole('button', { name: /Account health.*1/ }).click({ timeout: 30_000 });
    const health = page.getByRole('dialog', { name: 'Account health' });
    await health.getByText('The sign-in at Example has expired.').waitFor();
    const again = context.waitForEvent('page');
    await health.getByRole('button', { name: 'Sign in again' }).click();
    await throughThePages(await again, 'anna@xyz.test');
    await health.getByText('Working').waitFor();
    expect(provider.tokenRequests).toEqual({ code: 2, refresh: 1 });
    await context.close();
    expect(await served.end('SIGINT')).toBe(0);
  }, 120_000);
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
