/** Somebody at the window with an account at a real Dovecot and a real Postfix, and the engine that carries it out in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { Settings } from '#shared/contract/app.ts';
import type { CommandName, EngineApi, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { seenIn, type SeenMessage } from '#test/servers/mailbox.ts';
import type { Postfix } from '#test/servers/postfix.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { serveWindow } from '#test/support/windowHost.ts';
import { watchFaults } from './pageFaults.ts';

export interface DeskOptions {
  readonly dovecot: Dovecot;
  readonly postfix?: Postfix;
  readonly settings?: Partial<Settings>;
  /** PEM of an authority that web servers are trusted by. */
  readonly authority?: string;
  readonly locale?: string;
}

export interface Desk extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the page and of its console. */
  readonly faults: readonly string[];
  /** As another window would ask this engine. */
  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>>;
  /** Changes settings as another window would, and waits until this one knows. */
  prefer(settings: Partial<Settings>): Promise<void>;
  row(name: string | RegExp): Locator;
  button(name: string | RegExp, within?: Page | Locator): Locator;
  /** A line of the folder tree, whatever is unread in it. */
  folder(name: string): Locator;
  go(folder: string): Promise<void>;
  /** From the context menu of a folder. */
  choose(folder: string, entry: string): Promise<void>;
  /** By the palette. */
  command(name: string): Promise<void>;
  /** Waits until the status region says it. */
  said(text: string | RegExp): Promise<void>;
  /** What another program sees in a folder of this account, until it is as expected. */
  onServer(folder: string): ReturnType<typeof expect.poll>;
  look(folder: string): Promise<SeenMessage[]>;
}

/** `login`@xyz.test, with the account added and tested, before an open window. */
export async function sitDown(browser: Browser, login: string, options: DeskOptions): Promise<Desk> {
  const { dovecot, postfix, authority } = options;
  const user = `${login}@xyz.test`;
  await using made = new AsyncDisposableStack();
  const root = mkdtempSync(join(tmpdir(), 'postkorb-desk-'));
  made.defer(() => rmSync(root, { recursive: true, force: true }));
  const { api } = await createEngine({
    clock: systemClock(),
    ids: nodeIds(),
    secrets: memorySecrets(),
    log: silentLog(),
    paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
    locale: 'en',
    machineId: login,
    version: '0.0.0',
    // The web servers of these tests are on this machine.
    options: { allowLoopback: true },
  });
  let settingsRead = 0;
  const watched: EngineApi = {
    async dispatch(name, request, signal) {
      const answer = await api.dispatch(name, request, signal);
      if (name === 'settings.get') settingsRead += 1;
      return answer;
    },
    onEvent: (listener) => api.onEvent(listener),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
  const served = made.use(await serveWindow(watched));
  const call = <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  const caFile = join(root, 'ca.pem');
  if (authority !== undefined) writeFileSync(caFile, authority);
  await call('settings.set', {
    ...options.settings,
    ...(authority === undefined ? {} : { caFiles: [caFile] }),
  });
  const server = (port: number): AccountSettings['imap'] => {
    return { host: '127.0.0.1', port, security: 'none', user };
  };
  const account = {
    settings: {
      name: login,
      address: user,
      displayName: `${login.charAt(0).toUpperCase()}${login.slice(1)} of XYZ`,
      imap: server(dovecot.ports.imap),
      smtp: postfix ? server(postfix.ports.plain) : null,
      archiveAddress: null,
      tls: { trust: 'system' as const },
    },
    credentials: { imapPassword: dovecot.password, smtpPassword: null },
  };
  const { token } = await call('accounts.test', account);
  await call('accounts.save', { ...account, id: null, token, active: true });

  const context = await browser.newContext({
    locale: options.locale ?? 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  made.defer(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const faults = watchFaults(page);
  await page.goto(served.host.mintUrl());
  const tree = page.getByRole('tree').first();
  await tree.waitFor();
  const folder = (name: string): Locator =>
    tree.getByRole('treeitem', { name: new RegExp(`^${name}(?:, \\d+ unread)?$`) });
  // One connection for all looks: a login for each is what a test would spend most of its time on.
  const client = await dovecot.client(user);
  const look = (name: string): Promise<SeenMessage[]> => seenIn(client, name);
  const kept = made.move();
  return {
    page,
    faults,
    call,
    async prefer(settings) {
      const before = settingsRead;
      await call('settings.set', settings);
      await expect.poll(() => settingsRead).toBeGreaterThan(before);
    },
    row: (name) => page.getByRole('listbox', { name: 'Messages' }).getByRole('option', { name }),
    button: (name, within = page) => within.getByRole('button', { name, exact: true }),
    folder,
    async go(name) {
      await folder(name).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    },
    async choose(name, entry) {
      await folder(name).click({ button: 'right' });
      await page.getByRole('menuitem', { name: entry }).click();
    },
    async command(name) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'All commands' }).fill(name);
      await page.getByRole('option', { name }).first().click();
    },
    said: (text) => page.getByRole('status').getByText(text).first().waitFor(),
    onServer: (name) =>
      expect.poll(async () =>
        (await look(name)).map(
          ({ subject, flags }) =>
            [subject, ...[...flags].filter((flag) => flag !== '\\Recent').sort()] as const,
        ),
      ),
    look,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** As a person drops files of the system. */
export async function dropFiles(
  target: Locator,
  files: readonly { readonly name: string; readonly type?: string; readonly base64: string }[],
): Promise<void> {
  const transfer = await target.evaluateHandle((_element, given) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([content], name, { type: type ?? '' }));
    }
    return data;
  }, files);
  for (const event of ['dragenter', 'dragover', 'drop'])
    await target.dispatchEvent(event, { dataTransfer: transfer });
}
