/** How long the window is deaf to its user while a mailbox comes in: the longest task of its main thread. */
import type { Page } from 'playwright-core';
import { readWindow, serveApp } from '#hosts/cli/serveApp.ts';
import { startBrowser } from '#test/e2e/browser.ts';
import { mails } from '#test/integration/imap/imapHarness.ts';
import { missingServers } from '#test/servers/available.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { corpusUser } from '../bench.ts';
import { settingsOf } from '../engine.ts';
import type { Row } from '../measure.ts';
import { traceTasks } from '../windowTasks.ts';

export const longestTask: Row = {
  name: 'window',
  async measure(bench) {
    const name = `the window's longest task while ${String(bench.messages)} come in`;
    const bound = { atMost: 50 };
    const missing = missingServers('chromium');
    if (missing !== null) return [{ name, value: null, unit: 'ms', bound, figures: {}, note: missing }];
    const server = await bench.dovecotWithCorpus();
    bench.say('the window');
    server.fill('other', 'INBOX', mails(30));
    await using app = await serveApp({
      profile: bench.folder('window'),
      locale: 'en',
      assets: await readWindow(),
      report: (error, why) => bench.say(`${why}: ${String(error)}`),
    });
    await addAccount(app.client, server, 'other');
    await using browser = await startBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    await page.goto(app.url);
    await page.getByRole('option').first().waitFor();

    // The window is up; now comes the account.
    const tracing = await traceTasks(page);
    const id = await addAccount(app.client, server, corpusUser);
    await showInbox(page);
    await untilComplete(app.client, id, bench.messages);
    await page.getByRole('option').first().waitFor();
    const { tasks } = await tracing.end();
    if (tasks.length === 0) throw new Error('no task was seen');
    return [
      {
        name,
        value: Math.max(...tasks.map(({ ms }) => ms)),
        unit: 'ms',
        bound,
        figures: {
          'most CPU ms of one': Math.max(...tasks.map(({ cpuMs }) => cpuMs)),
          'longer than 50 ms': tasks.filter(({ ms }) => ms > 50).length,
          tasks: tasks.length,
        },
      },
    ];
  },
};

async function addAccount(client: EngineClient, server: Dovecot, user: string): Promise<AccountId> {
  const settings = settingsOf({ user, port: server.ports.imap, password: server.password });
  const credentials = { imapPassword: server.password, smtpPassword: null };
  const { token } = await client.call('accounts.test', { settings, credentials });
  const saved = { id: null, settings, credentials, keepPasswordsOf: null, token, active: true };
  return (await client.call('accounts.save', saved)).id;
}

/** Opens the new account's inbox: the list that all these messages come into. */
async function showInbox(page: Page): Promise<void> {
  const inboxes = page.getByRole('treeitem', { name: 'Inbox' });
  await inboxes.nth(1).waitFor();
  // Accounts stand in the order of their names.
  await inboxes.first().click();
}

/** Resolves when all headers and all texts are there. */
async function untilComplete(client: EngineClient, id: AccountId, messages: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let texts = false;
  using _ = client.on('sync.progress', ({ accountId, phase }) => {
    if (accountId !== id) return;
    if (phase === 'texts') texts = true;
    if (phase !== 'idle' || !texts) return;
    client.call('folders.list', { accountId: id }).then(({ folders }) => {
      if (folders.some(({ role, total }) => role === 'inbox' && total === messages)) resolve();
    }, reject);
  });
  await promise;
}
