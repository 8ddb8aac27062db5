/** Where the day is spent: real mail servers and a web server, five filled mailboxes, an organisation, and two colleagues at work. */
import { picturePng } from '#hosts/node/demo/picturePng.ts';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import type { EngineConnection } from '#hosts/node/connectEngine.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { openCliBench, type CliBench } from '#test/integration/cli/cli.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startNginx } from '#test/servers/nginx.ts';
import { startPostfix } from '#test/servers/postfix.ts';
import { startLine, type Line } from './line.ts';
import { arrival, mailbox, type Arrival } from './mails.ts';

export const inviteCode = 'KLEE-BLATT-1234';
export const mailboxes = {
  work: { name: 'Work', address: 'anna@xyz.test', displayName: 'Anna Albrecht', share: 0.38, as: 'anna' },
  home: {
    name: 'Home',
    address: 'anna.albrecht@outside.test',
    displayName: 'Anna Albrecht',
    share: 0.14,
    as: 'clara',
  },
  club: {
    name: 'Rowing club',
    address: 'kasse@elsewhere.test',
    displayName: 'Ruderverein, Kasse',
    share: 0.08,
    as: 'ben',
  },
  info: { name: 'Info', address: 'info@xyz.test', displayName: 'XYZ GmbH', share: 0.3, as: 'info' },
  service: {
    name: 'Service',
    address: 'service@xyz.test',
    displayName: 'XYZ Service',
    share: 0.1,
    as: 'info',
  },
} as const;
export type MailboxName = keyof typeof mailboxes;
export const personal = ['work', 'home', 'club'] as const satisfies readonly MailboxName[];

/** A colleague whose computer is on: he sees what comes, and acts when the day's script says so. */
export class Colleague implements AsyncDisposable {
  readonly name: string;
  readonly cli: CliBench;
  #engine: EngineConnection | null = null;

  constructor(name: string, ca: string) {
    this.name = name;
    this.cli = openCliBench({ ca });
  }

  async start(): Promise<void> {
    await this.cli.start('watch').said('watching');
    this.#engine = await connectEngine({ profile: this.cli.profile });
  }

  get client(): EngineConnection['client'] {
    if (this.#engine === null) throw new Error(`${this.name} is not at work`);
    return this.#engine.client;
  }

  /** The group's mail of this subject as this profile knows it, once it is there. */
  async mail(subject: string): Promise<MessageId> {
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      const { messages } = await this.client.call('messages.list', {
        source: { kind: 'all-inboxes' },
        limit: 200,
      });
      const found = messages.find((row) => row.subject === subject);
      if (found) return found.id;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${this.name} does not see “${subject}”`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]();
    await this.cli[Symbol.asyncDispose]();
  }
}

export interface Office extends AsyncDisposable {
  readonly dovecot: Dovecot;
  readonly ca: string;
  readonly ports: { readonly imaps: number; readonly smtps: number };
  readonly joinLink: string;
  readonly ben: Colleague;
  readonly clara: Colleague;
  readonly arrivals: readonly (Arrival & { readonly mailbox: MailboxName })[];
  /** Brings the next mail to a mailbox, by LMTP as a mail server does. */
  deliver(mailbox: MailboxName, withPicture?: boolean): Promise<Arrival>;
  /** Takes this process off the network, or (null) brings it back. */
  cut(pid: number | null): void;
}

export async function openOffice(messages: number, say: (line: string) => void): Promise<Office> {
  await using owned = new AsyncDisposableStack();
  const authority = createAuthority();
  const dovecot = owned.use(await startDovecot({ authority }));
  // Each of the three accounts has a domain of its own.
  const postfix = owned.use(
    await startPostfix(dovecot, { config: 'smtpd_recipient_restrictions = reject_unlisted_recipient' }),
  );
  const web = owned.use(await startNginx({ certificate: authority.issue() }));
  const lines: Line[] = [];
  for (const port of [dovecot.ports.imaps, postfix.ports.smtps, web.ports.https]) {
    lines.push(owned.use(await startLine(port)));
  }
  const [imaps = 0, smtps = 0, https = 0] = lines.map(({ port }) => port);

  const now = Date.now();
  for (const [at, { address, share, as }] of Object.values(mailboxes).entries()) {
    for (const [folder, mails] of mailbox(address, Math.round(messages * share), now, { as, seed: at + 1 })) {
      dovecot.fill(address, folder, mails);
    }
  }
  say(`${String(messages)} mails in five mailboxes`);

  const ben = owned.use(new Colleague('Ben Becker', authority.cert));
  const clara = owned.use(new Colleague('Clara Conrad', authority.cert));
  const admin = ben.cli;
  await admin.ok('group', 'init', '--organisation', 'XYZ GmbH', '--me', 'ben@xyz.test', '--name', ben.name);
  await admin.ok('group', 'user', 'add', 'anna@xyz.test', '--name', 'Anna Albrecht');
  await admin.ok('group', 'user', 'add', 'clara@xyz.test', '--name', clara.name);
  for (const name of ['info', 'service'] as const) {
    const { address, displayName, name: label } = mailboxes[name];
    const server = (port: number): object => {
      return { host: 'localhost', port, security: 'tls', user: address, password: dovecot.password };
    };
    const file = admin.write(`${name}.json`, {
      name: label,
      address,
      displayName,
      imap: server(imaps),
      smtp: server(smtps),
      archiveAddress: null,
      tls: { trust: 'system' },
    });
    await admin.ok(
      ...['group', 'account', 'add', file, '--members', 'anna@xyz.test,ben@xyz.test,clara@xyz.test'],
      ...(name === 'service' ? ['--default-handler', 'anna@xyz.test'] : []),
    );
  }
  const place = `https://localhost:${String(https)}/dav/xyz.json`;
  const { joinLink } = await admin.ok<{ joinLink: string }>(
    ...['group', 'publish', '--to', place, '--invite-code', inviteCode],
  );
  await clara.cli.ok('group', 'join', joinLink, '--me', 'clara@xyz.test', '--invite-code', inviteCode);
  await Promise.all([ben.start(), clara.start()]);
  say('the organisation is founded, and two colleagues are at work');

  const arrivals: (Arrival & { mailbox: MailboxName })[] = [];
  const kept = owned.move();
  return {
    dovecot,
    ca: authority.cert,
    ports: { imaps, smtps },
    joinLink,
    ben,
    clara,
    arrivals,
    async deliver(name, withPicture = false) {
      const picture = withPicture ? picturePng(3) : undefined;
      const made = arrival(arrivals.length + 1, mailboxes[name].address, Date.now(), picture);
      arrivals.push({ ...made, mailbox: name });
      await dovecot.deliver(mailboxes[name].address, made.raw, made.from.address);
      return made;
    },
    cut(pid) {
      for (const line of lines) line.cut(pid);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
