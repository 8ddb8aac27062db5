/** The demo: the built-in mail server with an organisation's mail in it, and one whole app for each person who works there. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineClient } from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { createTranslate, resolveLanguage } from '#shared/i18n/translate.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { demoAccount, startDemoMailServer } from '#hosts/node/demo/demoAccounts.ts';
import { foundOrganisation } from '#hosts/node/demo/foundOrganisation.ts';
import { demoPassword, organisationName, people } from '#hosts/node/demo/organisation.ts';
import type { DemoPerson } from '#hosts/node/demo/organisation.ts';
import { openFileSecrets } from '#hosts/node/fileSecrets.ts';
import { openProfilePaths } from '#hosts/node/paths.ts';
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
  readonly organisation: string;
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
  const clock = systemClock();
  const { server, mails, history } = owned.use(
    await startDemoMailServer(clock, (error) => {
      options.report(error, 'the built-in mail server');
    }),
  );
  const profileOf = (login: string): string => join(folder, login);
  const joinLink = await foundOrganisation({
    folder,
    server,
    mails,
    history,
    clock,
    t: createTranslate(resolveLanguage('system', options.locale)),
    secrets: (who) => {
      const { secrets: file, secretsKey: keyFile } = openProfilePaths(profileOf(who));
      return openFileSecrets({ file, keyFile });
    },
  });
  const started = await Promise.allSettled(
    people.map(async (person) => {
      const profile = profileOf(person.login);
      const { assets, locale, report } = options;
      const app = await serveApp({ profile, locale, assets, tokenLifeMs, report });
      return { app, person, profile };
    }),
  );
  // Those that did start must end again, also where another did not.
  for (const result of started) if (result.status === 'fulfilled') owned.use(result.value.app);
  const apps = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  await Promise.all(apps.map(({ app, person }) => settleIn(app.client, person, server, joinLink)));
  const kept = owned.move();
  return {
    organisation: organisationName,
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

/** As a person would do it: the own mailbox tested, then saved; and the organisation joined, which brings the group's. */
async function settleIn(
  client: EngineClient,
  person: DemoPerson,
  server: MailServer,
  joinLink: string,
): Promise<void> {
  const [first = person.name] = person.name.split(' ');
  const settings = demoAccount(first, person, server);
  const credentials = { imapPassword: demoPassword, smtpPassword: demoPassword };
  const test = await client.call('accounts.test', { settings, credentials });
  await client.call('accounts.save', {
    settings,
    credentials,
    id: null,
    token: test.token,
    active: true,
  });
  await client.call('groups.join', { from: joinLink, me: person.address });
}
