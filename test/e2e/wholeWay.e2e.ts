import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startMailServers, type MailServers } from '#test/integration/cli/mailServers.ts';
import { describeWith } from '#test/servers/available.ts';
import { look } from '#test/servers/mailbox.ts';
import { startBrowser } from './browser.ts';

/** One mail on its whole way: sent through Postfix, received in Dovecot, read and answered in the window, found in Sent, archived. */
describeWith(['dovecot', 'postfix', 'chromium'], 'a mail on its whole way', () => {
  const owned = new AsyncDisposableStack();
  let servers: MailServers;
  let browser: Browser;

  beforeAll(async () => {
    servers = owned.use(await startMailServers());
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());

  test('sent through Postfix, shown in the window, answered there, once in Sent, and archived without a trace', async () => {
    await using anna = await servers.bench('anna');
    await using bert = await servers.bench('bert', { archiveAddress: 'archive@elsewhere.test' });
    const served = bert.start('serve');
    const { url } = await served.line<{ url?: string }>((line) => line.url !== undefined);
    const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
    await page.goto(url ?? '');
    await page.getByRole('treeitem', { name: 'Inbox' }).first().waitFor();

    await anna.ok(
      ...['send', '--account', anna.account, '--to', 'bert@xyz.test'],
      ...['--subject', 'Größe der Tür', '--text', 'Passt 90 cm?'],
    );
    const row = page.getByRole('option', { name: /Größe der Tür/ });
    await row.waitFor();
    await row.click();
    await page.getByRole('article', { name: 'Größe der Tür' }).waitFor();
    await page.frameLocator('iframe[title="Message content"]').getByText('Passt 90 cm?').waitFor();

    await page
      .getByRole('toolbar', { name: 'Message actions' })
      .getByRole('button', { name: 'Reply', exact: true })
      .click();
    const composer = page.getByRole('dialog', { name: /^Reply:/ });
    await composer.getByRole('textbox', { name: 'Message' }).click();
    await page.keyboard.type('Ja, genau.');
    await composer.getByRole('button', { name: 'Send', exact: true }).click();

    const arrived = async (user: string, folder?: string) =>
      (await look(servers.dovecot, user, folder)).filter(({ subject }) => subject.startsWith('Re:'));
    await expect.poll(async () => (await arrived('anna@xyz.test')).length, { timeout: 40_000 }).toBe(1);
    await expect.poll(async () => (await arrived('bert@xyz.test', 'Sent')).length).toBe(1);
    await expect.poll(async () => (await arrived('archive@elsewhere.test')).length).toBe(1);
    const [answer] = await arrived('anna@xyz.test');
    const [filed] = await arrived('bert@xyz.test', 'Sent');
    for (const copy of [answer, filed]) expect(copy?.raw.toString('latin1')).not.toContain('elsewhere.test');
    expect(answer?.raw.toString('latin1')).toContain('Ja, genau.');
    const [question] = (await look(servers.dovecot, 'bert@xyz.test')).filter(({ raw }) =>
      raw.toString('latin1').includes('Passt 90 cm?'),
    );
    await expect
      .poll(async () =>
        (await look(servers.dovecot, 'bert@xyz.test'))
          .find(({ uid }) => uid === question?.uid)
          ?.flags.has('\\Answered'),
      )
      .toBe(true);
    await keepFolders(page);
    await page.close();
    expect(await served.end('SIGINT')).toBe(0);
  });

  /** Folders of one's own: the server has them as the window shows them. */
  async function keepFolders(page: Page): Promise<void> {
    const line = (name: string) => page.getByRole('treeitem', { name, exact: true });
    const choose = async (name: string, entry: string) => {
      await line(name).click({ button: 'right' });
      await page.getByRole('menuitem', { name: entry }).click();
    };
    const name = async (typed: string, confirm: string) => {
      await page.getByRole('textbox', { name: 'Folder name' }).fill(typed);
      await page.getByRole('dialog').getByRole('button', { name: confirm }).click();
    };
    const onServer = () =>
      expect.poll(async () =>
        (await servers.dovecot.doveadm('mailbox', 'list', '-u', 'bert@xyz.test')).split('\n'),
      );
    const account = await page
      .locator('[role="treeitem"][aria-level="1"]:has-text("bert")')
      .first()
      .getAttribute('aria-label');
    const root = account ?? 'bert';
    await choose(root, 'New folder …');
    await name('Projekte', 'Create');
    await choose(root, 'New folder …');
    await name('Größe', 'Create');
    await onServer().toEqual(expect.arrayContaining(['Projekte', 'Größe']));
    await choose('Größe', 'Move folder …');
    await page.getByRole('option', { name: 'Projekte' }).click();
    await onServer().toEqual(expect.arrayContaining(['Projekte', 'Projekte/Größe']));
    await choose('Größe', 'Rename …');
    await name('Maße', 'Rename');
    await choose('Maße', 'Move folder …');
    await page.getByRole('option', { name: 'Top level' }).click();
    await onServer().toEqual(expect.arrayContaining(['Projekte', 'Maße']));
    await seeSubscriptions(page, choose, root);
    await choose('Maße', 'Delete folder …');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await onServer().not.toEqual(expect.arrayContaining(['Maße']));
    await line('Maße').waitFor({ state: 'detached' });
  }

  /** A folder is unsubscribed, leaves the tree, and comes back from the list of all; the server is told each time. */
  async function seeSubscriptions(
    page: Page,
    choose: (name: string, entry: string) => Promise<void>,
    root: string,
  ): Promise<void> {
    const inTree = page
      .getByRole('tree', { name: 'Folders', exact: true })
      .getByRole('treeitem', { name: 'Maße', exact: true });
    const subscribed = () =>
      expect.poll(async () =>
        (await servers.dovecot.doveadm('mailbox', 'list', '-s', '-u', 'bert@xyz.test')).split('\n'),
      );
    await subscribed().toEqual(expect.arrayContaining(['Projekte', 'Maße']));
    await choose('Maße', 'Unsubscribe folder');
    await inTree.waitFor({ state: 'detached' });
    await subscribed().not.toContain('Maße');
    await choose(root, 'Subscribed folders …');
    const dialog = page.getByRole('dialog', { name: 'Subscribed folders' });
    const offered = dialog.getByRole('treeitem', { name: 'Maße', exact: true });
    await expect.poll(() => offered.getAttribute('aria-checked')).toBe('false');
    await offered.click();
    await expect.poll(() => offered.getAttribute('aria-checked')).toBe('true');
    const only = dialog.getByRole('checkbox', { name: 'Show subscribed folders only' });
    await only.check();
    await page.keyboard.press('Escape');
    await inTree.waitFor();
    await choose(root, 'Subscribed folders …');
    await expect.poll(() => only.isChecked()).toBe(true);
    await only.uncheck();
    await page.keyboard.press('Escape');
    await subscribed().toContain('Maße');
  }
});
