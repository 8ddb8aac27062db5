/** The demo's mailboxes on the built-in server, and the account settings that lead to them. */
import type { Clock } from '#shared/base/clock.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { demoDomain, demoPassword, people, shared, sharedAddresses } from './organisation.ts';
import type { Correspondent, Insider } from './script.ts';
import { seededChance } from './random.ts';
import { demoMails, seedMailServer } from './seedMailServer.ts';
import { teamHistory, type TeamHistory } from './teamHistory.ts';
import type { DatedMail } from './timeline.ts';

const seed = 7;

export interface DemoMailServer extends AsyncDisposable {
  readonly server: MailServer;
  readonly mails: readonly DatedMail[];
  /** What the group did about the mails of the shared mailbox. */
  readonly history: TeamHistory;
}

/** Listens on loopback with everybody's mail in it. `report`: faults of the server itself. */
export async function startDemoMailServer(
  clock: Clock,
  report: (error: unknown) => void,
): Promise<DemoMailServer> {
  const server = await startMailServer({
    clock,
    domain: demoDomain,
    users: [
      ...people.map(({ login, address }) => ({ login, password: demoPassword, addresses: [address] })),
      { login: shared.login, password: demoPassword, addresses: sharedAddresses },
    ],
    report,
  });
  const now = clock.now();
  const mails = demoMails(now);
  const history = teamHistory(mails, now, seededChance(seed));
  seedMailServer(server, mails, history.taken, now);
  return { server, mails, history, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The settings that lead to a mailbox of the demo. */
export function demoAccount(
  name: string,
  owner: Correspondent & { readonly login: Insider },
  server: MailServer,
): AccountSettings {
  return {
    name,
    address: owner.address,
    displayName: owner.name,
    imap: { host: server.host, port: server.ports.imap, security: 'none', user: owner.login },
    smtp: { host: server.host, port: server.ports.smtp, security: 'none', user: owner.login },
    archiveAddress: null,
    tls: { trust: 'system' },
  };
}
