/**
 * One IMAP connection, from the name of the server to a logged-in session, told stage by stage. A connection lives once: whoever
 * wants another opens another (ImapFlow does not reconnect, by design).
 */
import dns from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import { ImapFlow } from 'imapflow';
import type { Clock } from '#shared/base/clock.ts';
import { forbiddenPlaintext, isLoopbackHost } from '#shared/domain/account.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { secretOf, type Login } from '#engine/secrets/access.ts';
import type { Log } from '../ports/ports.ts';
import type { CertificateInfo } from './certificate.ts';
import { printable, toMailError } from './errorMapping.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { quirksFor } from './quirks.ts';
import { createTransport } from './transport.ts';
import { ImapConnection } from './ImapConnection.ts';

/** The steps of a connection test that lie before the folders. `tls` is left out where the settings want none. */
export type ConnectionStage = 'resolve' | 'connect' | 'tls' | 'login';

export interface StageReport {
  readonly stage: ConnectionStage;
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: MailError;
}

export interface OpenImapOptions {
  readonly settings: Pick<AccountSettings, 'imap' | 'tls' | 'allowPlaintext' | 'smtp'> &
    Partial<Pick<AccountSettings, 'address'>>;
  readonly login: Login;
  /** Aborting it ends the attempt at once, wherever it stands; its reason is thrown (a Deadline's signal: `deadline-exceeded`). */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  /** Left out: straight out. */
  readonly network?: Network | undefined;
  /** Each stage once, when it is over; the failing one last. */
  readonly onStage?: (report: StageReport) => void;
  readonly onCertificate?: (certificate: CertificateInfo) => void;
}

/** A clear-text server that says nothing for this long is asked whether it would rather speak TLS. */
const silenceBeforeTlsProbeMs = 2_500;
/** Far above any mail that a server accepts today; far below what would end the process (N08). */
const maxLiteralBytes = 200 * 1024 * 1024;
const maxLineBytes = 16 * 1024 * 1024;

/**
 * Opens a connection and logs in. Throws MailError, with `stage` in its parameters; when it throws, nothing is left open.
 */
export async function openImapConnection(options: OpenImapOptions): Promise<ImapConnection> {
  const { settings, login, signal, clock, log, network = directNetwork } = options;
  const { host, port, security, user } = settings.imap;
  const stages = new StageClock(clock, options.onStage);
  const sockets = new Set<net.Socket>();
  let client: ImapFlow | undefined;
  const abandon = (): void => {
    client?.close();
    for (const socket of sockets) socket.destroy();
  };
  try {
    signal.throwIfAborted();
    if (forbiddenPlaintext({ ...settings, smtp: null } as AccountSettings).includes('imap')) {
      throw new MailError('plaintext-not-allowed', { host });
    }
    const way = network.through(host, 'mail');
    const addresses = way === null ? await untilAborted(resolve(host), signal) : [];
    stages.pass('resolve', 'connect');
    const tunnel = way === null ? null : await way(port, signal);
    if (tunnel !== null) sockets.add(tunnel);

    let secured = false;
    const transport = createTransport({
      security,
      trust: settings.tls.trust,
      addresses,
      tunnel,
      context: network.context(),
      onSocket: (socket) => sockets.add(socket),
      onConnected: () => {
        stages.pass('connect', security === 'none' ? 'login' : 'tls');
      },
      onSecure: () => {
        secured = true;
        stages.pass('tls', 'login');
      },
      onGreeting: () => {
        greeted.abort();
      },
      onCertificate: (certificate) => options.onCertificate?.(certificate),
    });
    const greeted = new AbortController();
    const quirks = quirksFor(host);
    client = new ImapFlow({
      host,
      port,
      secure: security === 'tls',
      // Never undefined: that would be opportunistic, and an attacker can take the offer away (N01).
      ...(security === 'tls' ? {} : { doSTARTTLS: security === 'starttls' }),
      transport,
      auth: {
        user,
        ...(login.kind === 'token'
          ? { accessToken: login.token }
          : {
              pass: login.password,
              ...(quirks.loginMethod === undefined ? {} : { loginMethod: quirks.loginMethod }),
            }),
      },
      clientInfo: { name: 'Postkorb', vendor: 'Postkorb', 'support-url': false },
      logger: false,
      disableAutoIdle: true,
      // Deflating on the same machine costs more than it saves: 22 s instead of 1 s for a 600 MB mailbox.
      disableCompression: isLoopbackHost(host),
      disableIMAP4rev2: quirks.noImap4rev2 === true,
      qresync: quirks.noQresync !== true,
      connectionTimeout: 60_000,
      greetingTimeout: 30_000,
      socketTimeout: 60_000,
      maxLiteralSize: maxLiteralBytes,
      maxLineLength: maxLineBytes,
      maxResponseSize: maxLiteralBytes + maxLineBytes,
      maxLockHoldTime: false,
    });
    const session = client;
    // Errors after login reach the caller as rejected commands and as `close`; without a listener Node would end the process.
    session.on('error', (error: unknown) => {
      log.debug('connection error', { host, code: toMailError(error).code });
    });
    let commands = 0;
    session.on('response', () => {
      commands += 1;
    });
    const connected = session.connect();
    const spoken =
      security === 'tls' ? connected : speakingTlsInstead(connected, options, sockets, greeted.signal);
    await untilAborted(spoken, signal);
    if (security !== 'none' && !secured) throw new MailError('tls-failed', { host });
    stages.pass('login', null);
    return new ImapConnection({ client: session, host, quirks, clock, commands: () => commands });
  } catch (error) {
    abandon();
    const fault = withStage(
      signal.aborted ? reasonOf(signal) : toMailError(error, { host, port }),
      stages.current,
      secretOf(login),
    );
    stages.fail(fault);
    throw fault;
  }
}

/** Measures each stage from the end of the one before; each is told once. */
class StageClock {
  #current: ConnectionStage | null = 'resolve';
  #since: number;
  readonly #clock: Clock;
  readonly #report: ((report: StageReport) => void) | undefined;

  constructor(clock: Clock, report: ((report: StageReport) => void) | undefined) {
    this.#clock = clock;
    this.#report = report;
    this.#since = clock.monotonic();
  }

  get current(): ConnectionStage | null {
    return this.#current;
  }

  pass(stage: ConnectionStage, next: ConnectionStage | null): void {
    if (this.#current !== stage) return;
    this.#report?.({ stage, ok: true, ms: this.#elapsed() });
    this.#current = next;
    this.#since = this.#clock.monotonic();
  }

  fail(error: MailError): void {
    if (this.#current === null) return;
    this.#report?.({ stage: this.#current, ok: false, ms: this.#elapsed(), error });
    this.#current = null;
  }

  #elapsed(): number {
    return Math.round(this.#clock.monotonic() - this.#since);
  }
}

async function resolve(host: string): Promise<{ address: string; family: number }[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = net.isIP(bare);
  if (family !== 0) return [{ address: bare, family }];
  return dns.lookup(bare, { all: true, order: 'verbatim' });
}

/**
 * A server that stays silent on a clear-text connection is often one that waits for a TLS handshake. Asking it on a second
 * socket turns "no greeting" into the answer a person needs.
 */
async function speakingTlsInstead(
  connected: Promise<void>,
  { settings, clock, network = directNetwork }: OpenImapOptions,
  sockets: Set<net.Socket>,
  greeted: AbortSignal,
): Promise<void> {
  const { host, port } = settings.imap;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.setTimer(silenceBeforeTlsProbeMs, () => {
    if (greeted.aborted) return;
    // Through a proxy it is not asked: its name is not to be looked up here.
    if (network.through(host, 'mail') !== null) return;
    const probe = tls.connect({ host, port, rejectUnauthorized: false });
    sockets.add(probe);
    probe.on('error', () => probe.destroy());
    probe.once('secureConnect', () => {
      probe.destroy();
      if (!greeted.aborted) reject(new MailError('plain-on-tls-port', { host, port }));
    });
  });
  try {
    await Promise.race([connected, promise]);
  } finally {
    timer[Symbol.dispose]();
    connected.catch(() => undefined);
  }
}

/** The promise, or the signal's reason as soon as it is aborted; the loser's rejection is not lost on the process. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolvePromise, reject) => {
    const onAbort = (): void => {
      reject(reasonOf(signal));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolvePromise, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function reasonOf(signal: AbortSignal): MailError {
  return toMailError(signal.reason);
}

/** Adds where it happened, and takes the secret out should a server have echoed it (R20). */
function withStage(error: MailError, stage: ConnectionStage | null, secret: string): MailError {
  const params = Object.fromEntries(
    Object.entries(error.params).map(([key, value]) => [
      key,
      typeof value === 'string' && secret.length > 3 ? printable(value.replaceAll(secret, '…')) : value,
    ]),
  );
  return new MailError(error.code, stage === null ? params : { ...params, stage }, {
    cause: error.cause,
    ...(error.faults ? { faults: error.faults } : {}),
  });
}
