/**
 * An organisation from its founding to a member who works in it: two people, two engines, two windows, on the built-in mail server and
 * one file. What is tried here is what docs/admins.md and docs/group-work.md tell people to do.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';
import type { CommandName, EngineApi, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { serveWindow } from '#test/support/windowHost.ts';
import { axeFaults } from './axe.ts';
import { startBrowser } from './browser.ts';

const password = 'geheim';
const owned = new AsyncDisposableStack();
let browser: Browser;
let server: MailServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postkorb-organisation-'));
  owned.defer(() => rmSync(folder, { recursive: true, force: true }));
  server = owned.use(
    await startMailServer({
      domain: 'xyz.test',
      users: ['anna', 'ben', 'cleo', 'info'].map((login) => ({
        login,
        password,
        addresses: [`${login}@xyz.test`],
      })),
    }),
  );
  browser = await startBrowser();
  owned.defer(() => browser.close());
});
afterAll(() => owned.disposeAsync());

const settings = (login: string, name: string): AccountSettings => ({
  name,
  address: `${login}@xyz.test`,
  displayName: name,
  imap: { host: server.host, port: server.ports.imap, security: 'none', user: login },
  smtp: { host: server.host, port: server.ports.smtp, security: 'none', user: login },
  archiveAddress: null,
  tls: { trust: 'system' },
});

interface Person extends AsyncDisposable {
  readonly page: Page;
  readonly faults: string[];
  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>>;
}

/** Somebody with the own mailbox set up, before an open window. */
async function sitDown(login: string, name: string): Promise<Person> {
  await using made = new AsyncDisposableStack();
  const root = join(folder, login);
  const engine = await createEngine({
    clock: systemClock(),
    ids: nodeIds(),
    secrets: memorySecrets(),
    log: silentLog(),
    paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
    locale: 'en',
    machineId: login,
    version: '0.0.0',
  });
  const api: EngineApi = engine.api;
  const served = made.use(await serveWindow(api));
  const call = <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  const own = {
    settings: settings(login, name),
    credentials: { imapPassword: password, smtpPassword: null },
  };
  const { token } = await call('accounts.test', own);
  await call('accounts.save', { ...own, id: null, token, active: true });
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  made.defer(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => void faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(served.host.mintUrl());
  await page.getByRole('tree').waitFor();
  const kept = made.move();
  return { page, faults, call, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const button = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole('button', { name, exact: true });

async function openOrganisation(page: Page): Promise<Locator> {
  await button(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Organisation' }).click();
  return page.getByRole('dialog', { name: /^Organisation/ });
}

/** The rules that the open dialog breaks. */
const broken = (page: Page): Promise<string[]> => axeFaults(page, '[role="dialog"]');

test('founded, filled, published, joined by link and code; a broken file is told, and the last good one stays', async () => {
  await using anna = await sitDown('anna', 'Anna');
  const organisation = await openOrganisation(anna.page);
  await organisation.getByText('This profile belongs to no organisation').waitFor();

  // Anna founds it; she is known from her account.
  await button(organisation, 'Found an organisation').click();
  await button(organisation, 'Found').click();
  await organisation.getByText('This must be filled in.').waitFor();
  await organisation.getByRole('textbox', { name: 'Name of the organisation' }).fill('XYZ GmbH');
  await button(organisation, 'Found').click();
  await organisation.getByText('Nobody else sees anything yet.').waitFor();

  // A person.
  await button(organisation, 'Add person').click();
  await organisation.getByRole('textbox', { name: 'Name' }).fill('Ben Becker');
  await organisation.getByRole('textbox', { name: 'E-mail address' }).fill('anna@xyz.test');
  await button(organisation, 'Save').click();
  await organisation.getByRole('alert').getByText('already here').waitFor();
  await organisation.getByRole('textbox', { name: 'E-mail address' }).fill('ben@xyz.test');
  await button(organisation, 'Save').click();
  await organisation
    .getByRole('list', { name: 'People of the organisation' })
    .getByText('Ben Becker')
    .waitFor();

  // A group account, tested like any other.
  await organisation.getByRole('tab', { name: 'Group accounts' }).click();
  await button(organisation, 'Add group account').click();
  await organisation.getByRole('textbox', { name: 'E-mail address' }).fill('info@xyz.test');
  await organisation.getByRole('textbox', { name: 'Account name' }).fill('Info');
  await organisation.getByRole('checkbox', { name: 'Ben Becker' }).check();
  await organisation.getByRole('checkbox', { name: 'Anna' }).check();
  await organisation.getByRole('combobox', { name: 'Default handler' }).selectOption({ label: 'Anna' });
  for (const [group, port] of [
    ['Incoming (IMAP)', server.ports.imap],
    ['Outgoing (SMTP)', server.ports.smtp],
  ] as const) {
    const fields = organisation.getByRole('group', { name: group });
    await fields.getByLabel('Server').fill(server.host);
    await fields.getByLabel('Security').selectOption('none');
    await fields.getByLabel('Port').fill(port.toString());
    await fields.getByLabel('User name').fill('info');
    await fields.getByRole('textbox', { name: 'Password' }).fill(password);
  }
  await expect.poll(() => button(organisation, 'Save').isDisabled()).toBe(true);
  await button(organisation, 'Test connection').click();
  await expect.poll(() => button(organisation, 'Save').isEnabled()).toBe(true);
  expect(await broken(anna.page)).toEqual([]);
  await button(organisation, 'Save').click();
  const info = organisation.getByRole('list', { name: 'Group accounts' }).getByRole('listitem');
  await info.getByText('Not published').waitFor();

  // What is not published yet, and publishing it.
  await organisation.getByRole('tab', { name: /^Publish/ }).click();
  await organisation.getByText('New group account: Info').waitFor();
  expect(await broken(anna.page)).toEqual([]);
  await organisation.getByRole('textbox', { name: 'Where' }).fill(join(folder, 'xyz.json'));
  await button(organisation, 'Make one').click();
  const code = await organisation.getByRole('textbox', { name: 'Invite code' }).inputValue();
  await button(organisation, 'Publish').click();
  await organisation.getByText('Everything is published').waitFor();
  const link = await organisation.getByRole('textbox', { name: 'Join link' }).inputValue();
  expect(link).toMatch(/^postkorb:\/\/join\?/);
  await organisation.getByRole('tab', { name: 'Group accounts' }).click();
  await info.getByText('Ready').waitFor();

  // Ben has the mailbox as an account of his own, and joins by the link.
  await using ben = await sitDown('ben', 'Ben');
  const own = {
    settings: settings('info', 'Shared'),
    credentials: { imapPassword: password, smtpPassword: null },
  };
  const { token } = await ben.call('accounts.test', own);
  await ben.call('accounts.save', { ...own, id: null, token, active: true });
  const his = await openOrganisation(ben.page);
  await button(his, 'Join an organisation').click();
  await his.getByRole('textbox', { name: 'Join link or file' }).fill('postkorb://join?url=nowhere');
  await button(his, 'Look at it').click();
  await his.getByText(/This is no join link/).waitFor();
  // Where a file alone is named, nothing vouches for it.
  await his.getByRole('textbox', { name: 'Join link or file' }).fill(join(folder, 'xyz.json'));
  await button(his, 'Look at it').click();
  await his.getByRole('checkbox', { name: 'I have compared it' }).waitFor();
  await button(his, 'Join').click();
  await his.getByText('Compare the fingerprint first.').waitFor();
  await button(his, 'Another link').click();
  await his.getByRole('textbox', { name: 'Join link or file' }).fill(link);
  await button(his, 'Look at it').click();
  await his.getByText('The signature is the one that the link names.').waitFor();
  const { organisation: hers } = await anna.call('groups.organisation', {});
  await his.getByText(hers?.fingerprint ?? '').waitFor();
  expect(await broken(ben.page)).toEqual([]);
  await his.getByRole('textbox', { name: 'Your address' }).fill('somebody@xyz.test');
  await button(his, 'Join').click();
  await his.getByText('This address belongs to nobody in “XYZ GmbH”.').waitFor();
  await his.getByRole('textbox', { name: 'Your address' }).fill('ben@xyz.test');
  await his.getByRole('textbox', { name: 'Invite code' }).fill(code.toLowerCase());
  await button(his, 'Join').click();

  // He sees it read-only and why, and is asked before his account becomes the group's.
  await his.getByText('Only an administrator changes this: Anna.').waitFor();
  await button(his, 'Make it the group account').click();
  const asked = ben.page.getByRole('alertdialog');
  await button(asked, 'Make it the group account').click();
  await his.getByRole('list', { name: 'Group accounts' }).getByText('Ready').waitFor();
  expect(await broken(ben.page)).toEqual([]);
  await expect.poll(() => his.getByRole('tab').count()).toBe(2);
  const accounts = (await ben.call('accounts.list', {})).accounts;
  expect(accounts.map(({ name, group }) => [name, group])).toEqual([
    ['Ben', null],
    ['Info', 'xyz-gmbh/info'],
  ]);

  // Anna hears of the key that he enrolled; her next publication carries it.
  await organisation.getByRole('tab', { name: 'People, 1 key to confirm' }).click();
  await expect
    .poll(async () => (await anna.call('groups.draft', {})).requests.map(({ user }) => user.name))
    .toEqual(['Ben Becker']);
  const { organisation: asBen } = await ben.call('groups.organisation', {});
  const requests = organisation.getByRole('region', { name: 'Keys to confirm' });
  await requests.getByText(asBen?.fingerprint ?? '').waitFor();
  expect(await broken(anna.page)).toEqual([]);
  await button(requests, 'Confirm the key of Ben Becker').click();
  await button(anna.page.getByRole('alertdialog'), 'Confirm').click();
  await requests.waitFor({ state: 'detached' });

  // Whoever has such an address types nothing but the password.
  await organisation.getByRole('tab', { name: 'Offered accounts' }).click();
  await button(organisation, 'Offer accounts').click();
  await button(organisation, 'Save').click();
  await organisation.getByText('Something is missing here.').first().waitFor();
  await organisation.getByRole('textbox', { name: 'Address or domain' }).fill('xyz.test');
  for (const [group, port] of [
    ['Incoming (IMAP)', server.ports.imap],
    ['Outgoing (SMTP)', server.ports.smtp],
  ] as const) {
    const fields = organisation.getByRole('group', { name: group });
    await fields.getByLabel('Server').fill(server.host);
    await fields.getByLabel('Security').selectOption('none');
    await fields.getByLabel('Port').fill(port.toString());
    await fields.getByLabel('User name').fill('{local}');
  }
  expect(await broken(anna.page)).toEqual([]);
  await button(organisation, 'Save').click();
  await organisation.getByText('All addresses at xyz.test').waitFor();

  // Rules for everybody; what cannot be meant is said beside its field.
  await organisation.getByRole('tab', { name: 'Rules' }).click();
  await organisation.getByRole('checkbox', { name: 'People may add accounts of their own' }).uncheck();
  await organisation.getByRole('combobox', { name: 'Log' }).selectOption({ label: 'Errors only' });
  await button(organisation, 'Add provider').click();
  const google = organisation.getByRole('group', { name: 'Google' });
  await button(organisation, 'Save').click();
  await google.getByText('Something is missing here.').waitFor();
  await google.getByRole('textbox', { name: 'Client id' }).fill('123.apps.test');
  expect(await broken(anna.page)).toEqual([]);
  await button(organisation, 'Save').click();
  await expect.poll(() => button(organisation, 'Save').isDisabled()).toBe(true);

  await organisation.getByRole('tab', { name: /^Publish/ }).click();
  await organisation.getByText('Ben Becker: confirmed keys').waitFor();
  await organisation.getByText('Rules of the organisation').first().waitFor();
  await button(organisation, 'Publish').click();
  await organisation.getByText('Everything is published').waitFor();
  await button(his, 'Check now').click();
  await his.getByText(/^Revision 2 of/).waitFor();

  // Ben meets the rules where he would do otherwise.
  await button(his, 'Close').click();
  await button(ben.page, 'Menu').click();
  await ben.page.getByRole('menuitem', { name: 'Settings' }).click();
  const preferences = ben.page.getByRole('dialog', { name: 'Settings' });
  await preferences.getByText('Set by your organisation').waitFor();
  await expect.poll(() => preferences.getByRole('combobox', { name: 'Log' }).isDisabled()).toBe(true);
  expect(await preferences.getByRole('combobox', { name: 'Log' }).inputValue()).toBe('error');
  await button(preferences, 'Open accounts').click();
  const listed = ben.page.getByRole('dialog', { name: 'Accounts' });
  await listed.getByText(/^Set by your organisation\. Your organisation provides the accounts/).waitFor();
  await button(listed, 'Add account').click();
  const address = listed.getByRole('textbox', { name: 'E-mail address' });
  await address.fill('cleo@elsewhere.test');
  await address.press('Tab');
  await listed.getByText(/does not let accounts be added/).waitFor();
  await address.fill('cleo@xyz.test');
  await address.press('Tab');
  await listed.getByText('XYZ GmbH has set up this account for you.').waitFor();
  await expect.poll(() => listed.getByRole('textbox').count()).toBe(2);
  expect(await broken(ben.page)).toEqual([]);
  await listed.getByRole('textbox', { name: 'Password' }).fill(password);
  await button(listed, 'Test connection').click();
  await button(listed, 'Save').click();
  await listed.getByText('cleo@xyz.test').first().waitFor();
  await button(listed, 'Close').click();
  await openOrganisation(ben.page);

  // A login page in the file's place: told where it is seen, and what is in force stays.
  const file = join(folder, 'xyz.json');
  expect(readFileSync(file, 'utf8')).not.toContain(password);
  writeFileSync(file, '<!doctype html>');
  await button(his, 'Check now').click();
  await his.getByText(/is no shared config/).waitFor();
  await his.getByText(/^Revision 2 of/).waitFor();
  expect(anna.faults).toEqual([]);
  expect(ben.faults).toEqual([]);
});
