/**
 * The built-in mail server: IMAP and SMTP on real loopback sockets, mailboxes in memory, faults on cue. It is what the demo runs on,
 * and what the tests use where no Dovecot is installed or where a server must misbehave.
 */
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '#shared/base/clock.ts';
import { CommandLog } from './CommandLog.ts';
import { Faults } from './faults/Faults.ts';
import type { Protocol } from './faults/faultSpecs.ts';
import { offeredCapabilities } from './imap/capabilities.ts';
import type { ImapCapability } from './imap/capabilities.ts';
import { imapCommands } from './imap/commands.ts';
import { ImapSession } from './imap/ImapSession.ts';
import type { ImapSurroundings } from './imap/ImapSession.ts';
import { AcceptedMails } from './smtp/AcceptedMails.ts';
import { createSubmission } from './smtp/createSubmission.ts';
import type { SmtpExtension } from './smtp/createSubmission.ts';
import { deliver } from './smtp/deliver.ts';
import { createMailUser } from './storage/MailUser.ts';
import type { MailUser, MailUserOptions } from './storage/MailUser.ts';
import { Users } from './storage/Users.ts';
import { wallClock } from './wallClock.ts';
import { Listener } from './wire/Listener.ts';
import type { WireFault } from './wire/wireFault.ts';

export interface MailServerOptions {
  readonly clock?: Clock;
  /** Mail to any other domain leaves the organisation, which here means: it is kept in `accepted`. */
  readonly domain: string;
  /** Further domains of the organisation. */
  readonly moreDomains?: readonly string[];
  readonly users: readonly MailUserOptions[];
  /** PEM. With it STARTTLS is offered on the plain ports, and there are two further ports with TLS from the first byte. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What the servers shall not be able to do. */
  readonly without?: { readonly imap?: readonly ImapCapability[]; readonly smtp?: readonly SmtpExtension[] };
  /** Bytes of the largest mail; default 50 MB. */
  readonly maxMailBytes?: number;
  /** Where the UIDVALIDITY numbers begin; default 1. */
  readonly uidValidity?: number;
  /** Faults of the server itself; default: thrown, which ends the process. */
  readonly report?: (error: unknown) => void;
}

export interface MailServerPorts {
  /** Clear text, STARTTLS where there is a certificate. */
  readonly imap: number;
  readonly smtp: number;
  /** TLS from the first byte; 0 without a certificate. */
  readonly imaps: number;
  readonly smtps: number;
}

export interface MailServer extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly ports: MailServerPorts;
  readonly faults: Faults;
  /** Every command that came in. */
  readonly log: CommandLog;
  /** Every mail that was accepted by SMTP, also what left the organisation. */
  readonly accepted: AcceptedMails;
  /** Connections that are open right now. */
  readonly connections: number;
  /** The user, or an error. */
  user(login: string): MailUser;
  addUser(options: MailUserOptions): MailUser;
  removeUser(login: string): void;
  /** As if it had come from outside: into the INBOX of each local recipient. */
  deliver(raw: Buffer, to: readonly string[], from?: string): void;
  /** Ends every connection; new ones are taken in. */
  dropConnections(protocol?: Protocol): void;
  /** Ends every connection and refuses new ones until `goUp`, which listens on the same ports again. */
  goDown(): Promise<void>;
  goUp(): Promise<void>;
}

const defaultMaxMailBytes = 50_000_000;
/** Room between the mailboxes of two users. */
const uidValidityStep = 10_000;

export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const clock = options.clock ?? wallClock();
  const maxMailBytes = options.maxMailBytes ?? defaultMaxMailBytes;
  const report =
    options.report ??
    ((error: unknown): void => {
      throw error;
    });
  await using owned = new AsyncDisposableStack();
  const users = owned.use(new Users());
  const log = new CommandLog();
  const faults = new Faults();
  owned.defer(() => {
    faults.clear();
  });
  const accepted = new AcceptedMails();
  const domains = new Set(
    [options.domain, ...(options.moreDomains ?? [])].map((domain) => domain.toLowerCase()),
  );
  let nextUidValidity = options.uidValidity ?? 1;
  const addUser = (user: MailUserOptions): MailUser => {
    const added = createMailUser(user, {
      domain: options.domain,
      uidValidity: nextUidValidity,
      onError: report,
    });
    users.add(added);
    nextUidValidity += uidValidityStep;
    return added;
  };
  options.users.forEach(addUser);

  let connections = 0;
  const numbers = new Map<number, { number: number; socket: Socket }>();
  const register = (socket: Socket): number => {
    connections += 1;
    const port = socket.remotePort ?? 0;
    numbers.set(port, { number: connections, socket });
    socket.on('close', () => {
      if (numbers.get(port)?.socket === socket) numbers.delete(port);
    });
    return connections;
  };

  const surroundings: ImapSurroundings = {
    users,
    clock,
    log,
    faults,
    capabilities: offeredCapabilities(options.without?.imap ?? []),
    commands: imapCommands,
    secureContext: options.tls === undefined ? null : tls.createSecureContext(options.tls),
    maxMailBytes,
    report,
  };
  const acceptImap = (secure: boolean) => (socket: Socket) => {
    const number = register(socket);
    if (!secure || surroundings.secureContext === null) {
      new ImapSession(socket, false, number, surroundings);
      return;
    }
    const secured = new tls.TLSSocket(socket, { isServer: true, secureContext: surroundings.secureContext });
    secured.on('error', () => socket.destroy());
    secured.once('secure', () => {
      new ImapSession(secured, true, number, surroundings);
    });
  };
  const acceptSmtp = (implicitTls: boolean) => {
    const submission = owned.use(
      createSubmission({
        users,
        domains,
        clock,
        log,
        faults,
        accepted,
        tls: options.tls ?? null,
        implicitTls,
        without: options.without?.smtp ?? [],
        maxMailBytes,
        numberOf: (port) => numbers.get(port)?.number ?? 0,
        socketOf: (port) => numbers.get(port)?.socket,
        report,
      }),
    );
    return (socket: Socket) => {
      register(socket);
      submission.accept(socket);
    };
  };

  const wireFault = (protocol: Protocol) => (): WireFault | null => {
    const fault = faults.take('wire', (spec) => spec.protocol === undefined || spec.protocol === protocol);
    if (fault !== null) return fault;
    if (protocol === 'imap') return null;
    const injection = faults.take('starttls-injection', (spec) => spec.protocol === 'smtp');
    if (injection === null) return null;
    const bytes = injection.bytes ?? '250 injected\r\n';
    return { effect: 'insert', direction: 'to-client', afterLine: 'Ready to start TLS', bytes };
  };
  const listen = async (protocol: Protocol, onConnection: (socket: Socket) => void): Promise<Listener> => {
    const wire = wireFault(protocol);
    return owned.use(await Listener.open({ port: 0, clock, wireFault: wire, onConnection, report }));
  };
  const imap = [await listen('imap', acceptImap(false))];
  const smtp = [await listen('smtp', acceptSmtp(false))];
  if (options.tls !== undefined) {
    imap.push(await listen('imap', acceptImap(true)));
    smtp.push(await listen('smtp', acceptSmtp(true)));
  }
  const all = [...imap, ...smtp];
  const portOf = (listeners: readonly Listener[], at: number): number => listeners[at]?.port ?? 0;

  const kept = owned.move();
  return {
    host: '127.0.0.1',
    ports: { imap: portOf(imap, 0), smtp: portOf(smtp, 0), imaps: portOf(imap, 1), smtps: portOf(smtp, 1) },
    faults,
    log,
    accepted,
    get connections() {
      return numbers.size;
    },
    user: (login) => {
      const user = users.byLogin(login);
      if (user === null) throw new Error(`there is no user "${login}"`);
      return user;
    },
    addUser,
    removeUser: (login) => {
      users.remove(login);
    },
    deliver: (raw, to, from = '') => {
      const strangers = to.filter((address) => users.byAddress(address) === null);
      if (strangers.length > 0) throw new Error(`no mailbox for ${strangers.join(', ')}`);
      deliver({ from, to, raw, user: null }, { users, domains, clock, accepted: new AcceptedMails() });
    },
    dropConnections: (protocol) => {
      for (const listener of protocol === undefined ? all : protocol === 'imap' ? imap : smtp) {
        listener.dropConnections();
      }
    },
    goDown: async () => {
      await Promise.all(all.map((listener) => listener.close()));
    },
    goUp: async () => {
      for (const listener of all) await listener.listen();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
