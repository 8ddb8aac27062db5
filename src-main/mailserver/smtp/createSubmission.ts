/** The SMTP side: npm smtp-server speaks the protocol, this decides who may send, what is refused, and where a mail goes. */
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { Clock } from '#shared/base/clock.ts';
import type { CommandLog } from '../CommandLog.ts';
import type { Faults } from '../faults/Faults.ts';
import type { LoginRefusal, SmtpMatch } from '../faults/faultSpecs.ts';
import type { Users } from '../storage/Users.ts';
import type { AcceptedMails } from './AcceptedMails.ts';
import { commandLogger } from './commandLogger.ts';
import { deliver } from './deliver.ts';

export type SmtpExtension = 'SIZE' | '8BITMIME' | 'SMTPUTF8' | 'PIPELINING';

export interface SubmissionOptions {
  readonly users: Users;
  readonly domains: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: CommandLog;
  readonly faults: Faults;
  readonly accepted: AcceptedMails;
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** TLS from the first byte. */
  readonly implicitTls: boolean;
  readonly without: readonly SmtpExtension[];
  readonly maxMailBytes: number;
  /** A connection's number, by the port it came from. */
  readonly numberOf: (remotePort: number) => number;
  readonly socketOf: (remotePort: number) => Socket | undefined;
  readonly report: (error: unknown) => void;
}

export interface Submission extends AsyncDisposable {
  /** Takes over a connection that somebody else accepted. */
  accept(socket: Socket): void;
}

type Reply = (error?: Error | null) => void;

export function createSubmission(options: SubmissionOptions): Submission {
  const { faults, users, domains, tls } = options;
  const dropSocket = (session: SMTPServerSession): void => {
    options.socketOf(session.remotePort)?.destroy();
  };
  const logger = commandLogger(options.log, options.clock, options.numberOf);

  /** Answers one step: a fault that is due there, or what `judge` says. */
  const step = (
    match: SmtpMatch,
    session: SMTPServerSession,
    reply: Reply,
    judge: () => Error | null,
  ): void => {
    const fits = (spec: SmtpMatch): boolean =>
      spec.at === match.at && (spec.address === undefined || spec.address === match.address);
    if (faults.take('smtp-hang', fits) !== null) return;
    if (faults.take('smtp-drop', fits) !== null) {
      dropSocket(session);
      return;
    }
    const refusal = faults.take('smtp-refuse', fits);
    reply(refusal === null ? judge() : smtpError(refusal.code, refusal.text ?? 'refused'));
  };

  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Postkorb',
    secure: options.implicitTls,
    ...(tls ?? {}),
    disabledCommands: tls === null ? ['STARTTLS'] : [],
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    maxAllowedUnauthenticatedCommands: false,
    socketTimeout: 10 * 60_000,
    closeTimeout: 1,
    ...(options.without.includes('SIZE') ? {} : { size: options.maxMailBytes }),
    hide8BITMIME: options.without.includes('8BITMIME'),
    hideSMTPUTF8: options.without.includes('SMTPUTF8'),
    hidePIPELINING: options.without.includes('PIPELINING'),
    logger,

    onConnect(session, callback) {
      logger.opened(session.id, session.remotePort);
      if (faults.take('greeting-never', (spec) => spec.protocol === 'smtp') !== null) return;
      const bye = faults.take('greeting-bye', (spec) => spec.protocol === 'smtp');
      if (bye !== null) {
        callback(smtpError(421, bye.text ?? 'service not available'));
        return;
      }
      if (faults.take('starttls-not-offered', (spec) => spec.protocol === 'smtp') !== null) {
        session.disabledCommands = ['STARTTLS'];
      }
      step({ at: 'connect' }, session, callback, () => null);
    },

    onAuth(auth, _session, callback) {
      const login = auth.username ?? '';
      const fault = faults.take(
        'login-refused',
        (spec) => spec.protocol !== 'imap' && (spec.user === undefined || spec.user === login),
      );
      if (fault !== null) {
        callback(loginErrors[fault.reason]());
        return;
      }
      const user = users.byLogin(login);
      const proven =
        auth.method === 'XOAUTH2'
          ? user?.accessToken != null && user.accessToken === auth.accessToken
          : user !== null && user.password === auth.password;
      if (proven) callback(null, { user: login });
      else callback(loginErrors['auth-failed']());
    },

    onMailFrom(address, session, callback) {
      step({ at: 'mail', address: address.address.toLowerCase() }, session, callback, () => null);
    },

    onRcptTo(address, session, callback) {
      step({ at: 'rcpt', address: address.address.toLowerCase() }, session, callback, () => {
        const domain = address.address.slice(address.address.lastIndexOf('@') + 1).toLowerCase();
        return domains.has(domain) && users.byAddress(address.address) === null
          ? smtpError(550, `5.1.1 <${address.address}>: user unknown`)
          : null;
      });
    },

    onData(stream, session, callback) {
      receive(stream, options.maxMailBytes).then(
        (raw) => {
          if (raw === null) {
            callback(smtpError(552, 'message exceeds fixed maximum message size'));
            return;
          }
          const accept = (): void => {
            const mail = {
              from: addressOf(session.envelope.mailFrom),
              to: session.envelope.rcptTo.map((recipient) => recipient.address),
              raw,
              user: typeof session.user === 'string' ? session.user : null,
            };
            deliver(mail, options);
          };
          if (faults.take('smtp-drop', (spec) => spec.at === 'data' && spec.accepted === true) !== null) {
            accept();
            dropSocket(session);
            return;
          }
          step({ at: 'data' }, session, callback, () => {
            accept();
            return null;
          });
        },
        // The client went away in the middle: there is nobody to answer.
        () => {
          callback(smtpError(451, 'message was not received'));
        },
      );
    },
  });
  // A client that vanishes, a handshake that fails: nothing to do here but not to end the process.
  server.on('error', () => undefined);

  return {
    accept: (socket) => {
      server.server.emit('connection', socket);
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const loginErrors: Readonly<Record<LoginRefusal, () => Error>> = {
  'auth-failed': () => smtpError(535, '5.7.8 Authentication credentials invalid'),
  unavailable: () => smtpError(454, '4.7.0 Temporary authentication failure'),
  'too-many-connections': () => smtpError(421, '4.7.0 Too many connections'),
  expired: () => smtpError(535, '5.7.8 Password expired'),
};

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function addressOf(address: SMTPServerAddress | false): string {
  return address === false ? '' : address.address;
}

/** The whole mail, or null where it is too large; it is read to its end in any case, or the answer would not be heard. */
async function receive(stream: SMTPServerDataStream, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length;
    if (bytes <= maxBytes) chunks.push(chunk as Buffer);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : null;
}
