/** Accounts, their health, the outbox, the settings and the first screen, as a person uses them. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakeCompose } from '#test/support/fakeCompose.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { Handlers } from '#shared/contract/contract.ts';
import type { GroupHealth, MemberReport } from '#shared/contract/groupHealth.ts';
import type { GroupAccountRow, Organisation } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import { AccountId, OutboxId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { startBrowser } from './browser.ts';
import { openWindow, type OpenWindow, type WindowOptions } from './openWindow.ts';

let browser: Browser;
let opened: OpenWindow | undefined;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
  expect(faults).toEqual([]);
});

async function open(options: WindowOptions = {}): Promise<{ page: Page; mail: FakeCompose }> {
  opened = await openWindow(browser, options);
  return opened;
}

const noAccounts: AccountRow[] = [];
const button = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole('button', { name, exact: true });
const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });
const axeClean = async (): Promise<void> => {
  expect(await opened?.axe('[role="dialog"]')).toEqual([]);
};

async function openAccounts(page: Page): Promise<Locator> {
  await button(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Accounts' }).click();
  return dialog(page, 'Accounts');
}

async function fillForm(accounts: Locator, address = 'eva@post.test'): Promise<void> {
  await accounts.getByRole('textbox', { name: 'E-mail address' }).fill(address);
  await accounts.getByRole('textbox', { name: 'Account name' }).fill('Eva');
  const incoming = accounts.getByRole('group', { name: 'Incoming (IMAP)' });
  const outgoing = accounts.getByRole('group', { name: 'Outgoing (SMTP)' });
  await incoming.getByLabel('Server').fill('imap.post.test');
  await incoming.getByLabel('User name').fill('eva');
  await incoming.getByLabel('Password').fill('secret');
  await outgoing.getByLabel('Server').fill('smtp.post.test');
  await outgoing.getByLabel('User name').fill('eva');
  await outgoing.getByLabel('Password').fill('secret');
}

test('the first screen leads to the first account: added, tested, saved, and in the tree', async () => {
  const { page, mail } = await open({ accounts: noAccounts });
  await button(page, 'Try the demo').waitFor();
  expect(await opened?.axe('main')).toEqual([]);
  await button(page, 'Add account').click();
  const accounts = dialog(page, 'Accounts');
  await fillForm(accounts);
  const save = button(accounts, 'Save');
  await expect.poll(() => save.isDisabled()).toBe(true);
  await button(accounts, 'Test connection').click();
  const result = accounts.getByRole('list', { name: 'Test result' });
  await expect.poll(() => result.getByRole('listitem').filter({ hasText: 'passed' }).count()).toBe(10);
  await axeClean();
  await save.click();
  await accounts.waitFor({ state: 'detached' });
  await page.getByRole('treeitem', { name: 'Eva' }).waitFor();
  expect([...mail.accounts.values()].map(({ active }) => active)).toEqual([true]);
});

test('the demo is explained where the window cannot start it', async () => {
  const { page } = await open({ accounts: noAccounts });
  await button(page, 'Try the demo').click();
  const demo = dialog(page, 'Try the demo');
  await demo.getByText('npm run demo').first().waitFor();
  await axeClean();
});

test('Save closes again with each tested field that changes, and opens for exactly what passed', async () => {
  const { page } = await open();
  const accounts = await openAccounts(page);
  await button(accounts, 'Add account').click();
  await fillForm(accounts);
  const save = button(accounts, 'Save');
  await button(accounts, 'Test connection').click();
  await expect.poll(() => save.isEnabled()).toBe(true);
  const port = accounts.getByRole('group', { name: 'Incoming (IMAP)' }).getByLabel('Port');
  await port.fill('994');
  await expect.poll(() => save.isDisabled()).toBe(true);
  await accounts.getByText('The settings were changed after the test.').first().waitFor();
  await port.fill('993');
  await expect.poll(() => save.isEnabled()).toBe(true);
  await accounts.getByRole('textbox', { name: 'Account name' }).fill('Renamed');
  await expect.poll(() => save.isEnabled()).toBe(true);
});

test('a failing step says what is wrong and what to try, in the list and at the field', async () => {
  const { page } = await open({
    prepare: (mail) => {
      mail.failingSteps = {
        'imap.login': { code: 'credentials-rejected', params: { host: 'imap.post.test' } },
      };
    },
  });
  const accounts = await openAccounts(page);
  await button(accounts, 'Add account').click();
  await fillForm(accounts);
  await button(accounts, 'Test connection').click();
  const failed = accounts
    .getByRole('list', { name: 'Test result' })
    .getByRole('listitem')
    .filter({ hasText: 'failed' });
  await failed.getByText(/does not accept user name and password/).waitFor();
  await failed.getByText(/app password/).waitFor();
  const password = accounts.getByRole('group', { name: 'Incoming (IMAP)' }).getByLabel('Password');
  await expect.poll(() => password.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => button(accounts, 'Save').isDisabled()).toBe(true);
  await axeClean();
});

test('a certificate that cannot be verified is trusted by its fingerprint, knowingly', async () => {
  const fingerprint = `sha256:${'ab'.repeat(32)}`;
  const { page, mail } = await open({
    prepare: (prepared) => {
      prepared.failingSteps = { 'imap.tls': { code: 'certificate-self-signed', params: {} } };
      prepared.certificate = {
        fingerprint,
        subject: 'CN=mail',
        issuer: 'CN=mail',
        validFrom: '2026-01-01',
        validTo: '2027-01-01',
        names: ['mail.post.test'],
      };
    },
  });
  const accounts = await openAccounts(page);
  await button(accounts, 'Add account').click();
  await fillForm(accounts);
  await button(accounts, 'Test connection').click();
  await accounts.getByText(/AB:AB:AB/).waitFor();
  await axeClean();
  await button(accounts, 'Trust this certificate').click();
  await expect.poll(() => button(accounts, 'Save').isEnabled()).toBe(true);
  await button(accounts, 'Save').click();
  await expect
    .poll(
      () => [...mail.accounts.values()].find(({ settings }) => settings.name === 'Eva')?.settings.tls.trust,
    )
    .toBe(fingerprint);
});

test('clear text needs an express yes; an untested account is saved inactive', async () => {
  const { page, mail } = await open();
  const accounts = await openAccounts(page);
  await button(accounts, 'Add account').click();
  await fillForm(accounts);
  await accounts.getByRole('group', { name: 'Incoming (IMAP)' }).getByLabel('Security').selectOption('none');
  await button(accounts, 'Test connection').click();
  await accounts.getByText('Allow it here, or choose TLS or STARTTLS.').waitFor();
  await accounts.getByRole('checkbox', { name: 'Send the password unencrypted to this server' }).check();
  await button(accounts, 'Save inactive').click();
  await page
    .getByRole('status')
    .getByText(/saved, inactive until a test passes/)
    .waitFor();
  const eva = [...mail.accounts.values()].find(({ settings }) => settings.name === 'Eva');
  expect(eva).toMatchObject({
    active: false,
    settings: { allowPlaintext: true, imap: { security: 'none' } },
  });
});

test('accounts by name, the first marked as default; a changed form asks before it is left', async () => {
  const { page } = await open();
  const accounts = await openAccounts(page);
  const items = accounts.getByRole('list', { name: 'Accounts by name' }).getByRole('listitem');
  await expect.poll(() => items.first().innerText()).toMatch(/Anna Albrecht\s*Default/);
  await expect.poll(() => accounts.getByText('Default', { exact: true }).count()).toBe(1);
  await axeClean();
  await button(accounts, 'Edit Anna Albrecht').click();
  await accounts.getByRole('textbox', { name: 'Sender’s name' }).fill('Changed');
  await page.keyboard.press('Escape');
  await button(page.getByRole('alertdialog', { name: 'Leave without saving?' }), 'Cancel').click();
  await expect
    .poll(() => accounts.getByRole('textbox', { name: 'Sender’s name' }).inputValue())
    .toBe('Changed');
  await button(accounts, 'Save').click();
  await page.getByRole('status').getByText('Account “Anna Albrecht” saved').waitFor();
});

test('an account is removed after asking; a group account cannot be changed', async () => {
  const { page, mail } = await open({
    prepare: (prepared) => {
      const info = [...prepared.accounts.values()].at(-1);
      if (info) info.group = 'Kontor Nord';
    },
  });
  const accounts = await openAccounts(page);
  await expect.poll(() => button(accounts, 'Remove Info').count()).toBe(0);
  await button(accounts, 'Show Info').click();
  await accounts.getByText(/set up by an administrator/).waitFor();
  await expect.poll(() => accounts.getByRole('textbox', { name: 'E-mail address' }).isDisabled()).toBe(true);
  await button(accounts.locator('.subtitle'), 'Back').click();
  await button(accounts, 'Remove Buchhaltung').click();
  await button(page.getByRole('alertdialog'), 'Remove account').click();
  await page.getByRole('status').getByText('Account “Buchhaltung” removed').waitFor();
  expect(mail.accounts.size).toBe(2);
});

function ids(mail: FakeCompose): AccountId[] {
  return [...mail.accounts.keys()];
}

/** An administrator before one group account whose members report, or do not. */
function administrated({ group, name, address, members }: GroupHealth): Partial<Handlers> {
  const people = members.map(({ user }) => user);
  const [me] = people;
  if (me === undefined) throw new Error('nobody');
  const account = { group, name, address, accountId: null, state: 'ready', personalAccount: null } as const;
  return {
    'groups.organisation': () =>
      Promise.resolve({
        organisation: {
          ...{
            id: 'post',
            name: 'Post',
            revision: 1,
            issuedAt: '',
            source: null,
            checkedAt: 1,
            lastError: null,
          },
          ...{
            me,
            admin: true,
            admins: [me],
            users: people,
            fingerprint: '',
            joinLink: null,
            unpublished: [],
          },
          accounts: [{ ...account, members: people, defaultHandler: null, archiveAddress: null }],
        },
      }),
    'groups.health': () =>
      Promise.resolve({ groups: [{ group, name, address, members, server, accountId }] }),
  };
}
const server = { host: 'imap.post.test', port: 993 };
const accountId = AccountId.parse('books');

test('health: the number in the status bar, the reason, a new test that mends it, refused changes, archive copies, and members', async () => {
  const now = Date.now();
  const person = (id: string, name: string) => ({ id: UserId.parse(id), name, address: `${id}@post.test` });
  const report: MemberReport = {
    at: now - 5 * 60_000,
    staleAt: now + 3_600_000,
    state: 'failing',
    lastSuccess: now,
    loginMs: 2400,
    listMs: 30,
    trouble: { code: 'connection-timeout', since: now - 3_600_000, until: null },
    queued: 0,
    failed: 2,
    version: '1.0.0',
  };
  const group: GroupHealth = {
    ...{ group: 'post/books', name: 'Books', address: 'books@post.test', server, accountId },
    members: [
      { user: person('anna', 'Anna Albrecht'), mine: true, report: null },
      { user: person('ben', 'Ben Berger'), mine: false, report },
      { user: person('cleo', 'Cleo Claus'), mine: false, report: { ...report, staleAt: now - 1 } },
    ],
  };
  const { page, mail } = await open({
    prepare: (prepared) => {
      const [first, second] = ids(prepared);
      const account = second && prepared.accounts.get(second);
      if (!first || !account) throw new Error('no accounts');
      account.health = {
        state: 'needs-attention',
        since: 1,
        lastSuccess: null,
        lastError: { code: 'credentials-rejected', params: { host: 'imap.post.test' } },
        nextAttempt: null,
        gapClosed: { messages: 37, from: Date.now() - 7_200_000, until: Date.now() - 3_600_000 },
        server: {
          loginMs: 340,
          listMs: 1200,
          certificateUntil: Date.now() + 5 * 86_400_000,
          tokenUntil: null,
        },
      };
      prepared.operations.push({
        id: 1,
        accountId: first,
        kind: 'move',
        subject: 'Offer',
        error: { code: 'over-quota', params: {} },
        state: 'failed',
        createdAt: 1,
      });
      account.group = group.group;
      const copy = { id: OutboxId.parse(crypto.randomUUID()), sentAt: 1, address: 'archive@elsewhere.test' };
      const last = { at: 1, outcome: 'refused', server: 'smtp.post.test', response: '552 full' } as const;
      prepared.openCopies = [
        {
          accountId: second,
          waiting: 0,
          failed: 1,
          copies: [{ ...copy, subject: 'Bill', state: 'failed', attempts: 720, last }],
        },
      ];
    },
    handlers: administrated(group),
  });
  await button(page, 'Account health, 1 account needs attention').click();
  const health = dialog(page, 'Account health');
  await health.getByText(/does not accept user name and password/).waitFor();
  await axeClean();
  await button(health, 'Give up: Move: Offer').click();
  await expect.poll(() => mail.operations.length).toBe(0);
  const card = health.getByRole('article', { name: 'Buchhaltung' });
  await card.getByText('340 ms', { exact: true }).waitFor();
  await card.getByText('1.2 s', { exact: true }).waitFor();
  await card.getByText(/^valid until/).waitFor();
  await card.getByText(/37 messages were fetched/).waitFor();
  await button(card, 'Test again').click();
  await card.getByText('Working').waitFor();

  // What the archive did not take.
  await card.getByText('Refused: 552 full').waitFor();
  await button(card, 'Try again: archive copies of Buchhaltung').click();
  await page.getByRole('status').getByText('1 archive copy is tried again.').waitFor();
  await expect.poll(() => card.getByText('Bill').count()).toBe(0);

  // Whether one tells the administrators is one's own choice; an administrator sees who does.
  const choice = card.getByRole('checkbox', { name: /Let the administrators know/ });
  expect(await choice.isChecked()).toBe(false);
  await choice.click();
  await expect.poll(() => Object.values(mail.settings.healthReports)).toEqual([true]);
  await health.getByRole('tab', { name: 'Members' }).click();
  const row = (name: string): Locator => health.getByRole('row', { name });
  await row('Ben Berger').getByText('5 minutes ago').waitFor();
  await row('Ben Berger')
    .getByText(/The server imap.post.test did not answer on port 993\./)
    .waitFor();
  await row('Ben Berger').getByText('2 changes refused').waitFor();
  await row('Cleo Claus').getByText('out of date').waitFor();
  await row('Anna Albrecht').getByText('Does not report').waitFor();
  await axeClean();
  await page.keyboard.press('Escape');
  await button(page, 'Account health').waitFor();
});

test('a group account that one signs in to as oneself: asked for at the top, refused by the mailbox, and then ready', async () => {
  const anna = { id: UserId.parse('anna'), name: 'Anna Albrecht', address: 'anna@post.test' };
  const row: GroupAccountRow = {
    group: 'post/info',
    name: 'Info',
    address: 'info@post.test',
    accountId: null,
    state: 'sign-in-missing',
    signIn: { provider: 'microsoft', address: anna.address },
    personalAccount: null,
    members: [anna],
    defaultHandler: null,
    archiveAddress: null,
  };
  const organisation: Organisation = {
    id: 'post',
    name: 'Post',
    revision: 1,
    issuedAt: new Date().toISOString(),
    source: '/post.json',
    checkedAt: Date.now(),
    lastError: null,
    me: anna,
    admin: false,
    admins: [anna],
    users: [anna],
    fingerprint: 'ABCD',
    joinLink: null,
    unpublished: [],
    accounts: [row],
  };
  const kept: unknown[] = [];
  const asked: unknown[] = [];
  const { page } = await open({
    handlers: {
      'groups.organisation': () => Promise.resolve({ organisation }),
      'signIn.start': (request) => {
        asked.push(request);
        const id = String(asked.length);
        return Promise.resolve({ id, url: 'about:blank', name: 'Microsoft', expiresAt: 0, approval: null });
      },
      'signIn.wait': () => Promise.resolve({ identities: [anna.address] }),
      'signIn.cancel': () => Promise.resolve({}),
      'groups.setCredentials': (request) => {
        kept.push(request);
        if (kept.length === 1) throw new MailError('test-failed', { step: 'login', code: 'token-rejected' });
        organisation.accounts = [{ ...row, state: 'ready' }];
        return Promise.resolve({ accountId });
      },
    },
  });
  const banners = page.getByRole('region', { name: 'What the organisation needs from you' });
  await banners.getByText('Sign in to the group account “Info”.').waitFor();
  await button(banners, 'Sign in').click();
  const view = page.getByRole('dialog', { name: /Post/ });
  await view.getByText(/info@post.test is shared with you: sign in as yourself \(anna@post.test\)/).waitFor();
  await axeClean();
  await button(view, 'Sign in with Microsoft').click();
  await view.getByText(/The test failed; nothing was kept\..*does not accept the sign-in/).waitFor();
  await button(view, 'Sign in with Microsoft').click();
  await page.getByRole('status').getByText('“Info” is ready').waitFor();
  await view.getByText('Ready', { exact: true }).waitFor();
  expect(asked).toMatchObject([{ provider: 'microsoft', address: 'anna@post.test' }, {}]);
  expect(kept).toMatchObject([{}, { group: 'post/info', credentials: null, signIn: '2' }]);
  await expect.poll(() => banners.count()).toBe(0);
});

test('outbox: what happened to each mail, taking one back, and settling an uncertain one', async () => {
  const { page, mail } = await open({
    prepare: (prepared) => {
      const [accountId] = ids(prepared);
      if (!accountId) throw new Error('no account');
      const draft = prepared.createDraft(accountId, { to: 'ben@post.test', subject: 'Later', text: 'x' });
      const recipient = (status: 'pending' | 'refused', response = '') => ({
        address: 'ben@post.test',
        status,
        response,
      });
      prepared.addJob(
        {
          accountId,
          subject: 'Later',
          state: 'waiting',
          sendAt: Date.now() + 3_600_000,
          recipients: [recipient('pending')],
        },
        draft.id,
      );
      prepared.addJob({
        accountId,
        subject: 'Unclear',
        state: 'uncertain',
        recipients: [recipient('pending')],
      });
      prepared.addJob({
        accountId,
        subject: 'Refused',
        state: 'failed',
        error: { code: 'recipients-refused', params: {} },
        recipients: [recipient('refused', '550 no such user')],
      });
    },
  });
  await page.getByRole('treeitem', { name: 'Outbox, 3 waiting' }).click();
  const list = page.getByRole('list', { name: 'Outgoing mails' });
  await list.getByText('550 no such user').waitFor();
  expect(await opened?.axe('section[aria-label="Outbox"]')).toEqual([]);
  const entry = (subject: string): Locator => list.getByRole('article').filter({ hasText: subject });
  await button(entry('Unclear'), 'It was sent').click();
  await entry('Unclear').waitFor({ state: 'detached' });
  await button(entry('Later'), 'Take back').click();
  const draft = page.getByRole('dialog', { name: 'Draft: Later' });
  await expect.poll(() => draft.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('Later');
  expect([...mail.jobs.values()].map(({ row }) => row.state).sort()).toEqual(['cancelled', 'failed', 'sent']);
  await button(page, 'Archive copies').click();
  await dialog(page, 'Archive copies').getByText('No archive copies yet').waitFor();
});

test('settings: found by a word, and in force at once', async () => {
  const { page, mail } = await open();
  await page.keyboard.press('Control+,');
  const settings = dialog(page, 'Settings');
  await axeClean();
  await settings.getByRole('searchbox', { name: 'Search settings' }).fill('dark');
  await expect.poll(() => settings.getByRole('combobox').count()).toBe(1);
  await settings.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await axeClean();
  await settings.getByRole('searchbox', { name: 'Search settings' }).fill('proxy');
  await settings.getByRole('combobox', { name: 'Proxy', exact: true }).selectOption({ label: 'This one' });
  await settings.getByRole('button', { name: 'Use this proxy' }).click();
  await settings.getByText('Server and port are needed').waitFor();
  await settings.getByRole('textbox', { name: 'Proxy server' }).fill('proxy.xyz.test');
  await settings.getByRole('textbox', { name: 'User name at the proxy' }).fill('anna');
  await settings.getByLabel('Password at the proxy').fill('geheim');
  await axeClean();
  await settings.getByRole('button', { name: 'Use this proxy' }).click();
  await expect
    .poll(() => mail.settings.proxy)
    .toEqual({ mode: 'manual', type: 'socks5', host: 'proxy.xyz.test', port: 1080, user: 'anna' });
  expect(JSON.stringify(mail.settings)).not.toContain('geheim');
  await settings.getByRole('searchbox', { name: 'Search settings' }).fill('language');
  await settings.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await dialog(page, 'Einstellungen').waitFor();
  expect(mail.settings).toMatchObject({ theme: 'dark', language: 'de' });
});
