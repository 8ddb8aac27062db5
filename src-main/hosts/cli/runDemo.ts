/** The demo: the built-in mail server with an organisation's mail in it, and one whole app for each person. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { demoAccounts, startDemoMailServer } from '#hosts/node/demo/demoAccounts.ts';
import { demoPassword, people } from '#hosts/node/demo/organisation.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { invalid } from './output.ts';
import { serveApp } from './serveApp.ts';

export interface DemoOptions {
  /** Where the profiles shall lie; undefined: in a temporary folder that goes with the demo. */
  readonly folder: string | undefined;
  /** BCP 47. */
  readonly locale: string;
  /** The window's files. */
  readonly assets: Assets;
  readonly report: (error: unknown, why: string) => void;
}

export interface DemoPersonServed {
  readonly name: string;
  readonly address: string;
  readonly url: string;
  /** The person's profile, for a desktop window onto the same engine. */
  readonly profile: string;
}

export interface Demo extends AsyncDisposable {
  readonly people: readonly DemoPersonServed[];
  /** Resolves when an engine is gone for good. */
  readonly lost: Promise<unknown>;
}

/** Says that a folder holds a demo and nothing else, so that the next demo may begin afresh in it. */
const marker = 'postkorb-demo.json';
/** A demo is shown around: its addresses stay good for a working day. Nothing but made-up mail lies behind them. */
const tokenLifeMs = 10 * 3_600_000;

/** Throws MailError `invalid-input` for a folder that holds something else. */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  await using owned = new AsyncDisposableStack();
  const folder = openFolder(options.folder, owned);
  // The passwords of a demo have no business in anybody's keychain.
  process.env['POSTKORB_KEYCHAIN'] = 'off';
  const server = owned.use(
    await startDemoMailServer(systemClock(), (error) => {
      options.report(error, 'the built-in mail server');
    }),
  );
  const started = await Promise.allSettled(
    people.map(async (person) => {
      const profile = join(folder, person.login);
      const { assets, locale, report } = options;
      const app = await serveApp({ profile, locale, assets, tokenLifeMs, report });
      return { app, accounts: demoAccounts(person, server), person, profile };
    }),
  );
  // Those that did start must end again, also where another did not.
  for (const result of started) if (result.status === 'fulfilled') owned.use(result.value.app);
  const apps = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  await Promise.all(
    apps.flatMap(({ app, accounts }) => accounts.map((settings) => addAccount(app.client, settings))),
  );
  const kept = owned.move();
  return {
    people: apps.map(({ app, person: { name, address }, profile }) => ({
      name,
      address,
      url: app.url,
      profile,
    })),
    lost: Promise.race(apps.map(({ app }) => app.lost)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function openFolder(asked: string | undefined, owned: AsyncDisposableStack): string {
  if (asked === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'postkorb-demo-'));
    owned.defer(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });
    return folder;
  }
  const folder = resolve(asked);
  const marked = join(folder, marker);
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(marked)) {
    throw invalid(
      '--profile',
      'not-empty',
      `"${folder}" holds something that is no demo; name an empty folder`,
    );
  }
  // The mail server's mailboxes are made anew each time, so what an earlier demo knew of them is of no use.
  for (const { login } of people)
    rmSync(join(folder, login), { recursive: true, force: true, maxRetries: 3 });
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(marked, '{}\n');
  } catch (cause) {
    throw new MailError('file-unreadable', { file: folder }, { cause });
  }
  return folder;
}

/** As a person would do it: tested, then saved. */
async function addAccount(client: EngineClient, settings: AccountSettings): Promise<void> {
  const credentials = { imapPassword: demoPassword, smtpPassword: demoPassword };
  const test = await client.call('accounts.test', { settings, credentials });
  await client.call('accounts.save', {
    settings,
    credentials,
    id: null,
    token: test.token,
    active: true,
  });
}
