/** The demo's mailboxes on the built-in server, and the account settings that lead to them. */
import type { Clock } from '#shared/base/clock.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { demoDomain, demoPassword, people, shared, sharedAddresses } from './organisation.ts';
import type { DemoPerson } from './organisation.ts';
import { seedMailServer } from './seedMailServer.ts';

/** Listens on loopback with everybody's mail in it. `report`: faults of the server itself. */
export async function startDemoMailServer(
  clock: Clock,
  report: (error: unknown) => void,
): Promise<MailServer> {
  const server = await startMailServer({
    clock,
    domain: demoDomain,
    users: [
      ...people.map(({ login, address }) => ({ login, password: demoPassword, addresses: [address] })),
      { login: shared.login, password: demoPassword, addresses: sharedAddresses },
    ],
    report,
  });
  seedMailServer(server, clock.now());
  return server;
}

/** The accounts that a person finds set up: the own mailbox, which comes first by its name, and the shared one. */
export function demoAccounts(person: DemoPerson, server: MailServer): AccountSettings[] {
  const account = (name: string, login: string, address: string, displayName: string): AccountSettings => ({
    name,
    address,
    displayName,
    imap: { host: server.host, port: server.ports.imap, security: 'none', user: login },
    smtp: { host: server.host, port: server.ports.smtp, security: 'none', user: login },
    archiveAddress: null,
    tls: { trust: 'system' },
  });
  const [first = person.name] = person.name.split(' ');
  return [
    account(first, person.login, person.address, person.name),
    account('Info', shared.login, shared.address, shared.name),
  ];
}
