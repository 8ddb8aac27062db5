/** One message over one SMTP connection, and an exact account of how it ended. */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPConnectionCustomAuthHandler } from 'nodemailer/lib/smtp-connection';
import type { AccountSettings } from '#shared/domain/account.ts';
import { needsSmtpUtf8, transmittedAddress } from '#shared/domain/asciiDomain.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { toMailError } from '#engine/imap/errorMapping.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { tlsOptions, verifyPinned } from '#engine/net/tlsOptions.ts';
import type { Login } from '#engine/secrets/access.ts';
import { bearerMechanism, type BearerMechanism } from '#engine/net/bearer.ts';
import { hasReply, mapSmtpError } from './smtpErrors.ts';

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface RecipientOutcome {
  readonly address: string;
  readonly status: 'accepted' | 'refused' | 'deferred';
  readonly response: string;
}

export type SmtpOutcome =
  | { readonly kind: 'accepted'; readonly response: string; readonly recipients: readonly RecipientOutcome[] }
  /** For good: nothing was sent to anybody. */
  | { readonly kind: 'refused'; readonly error: MailError; readonly recipients: readonly RecipientOutcome[] }
  /** For now: nothing was sent to anybody. */
  | {
      readonly kind: 'temporary';
      readonly error: MailError;
      readonly recipients: readonly RecipientOutcome[];
    }
  /** The bytes were on their way and no answer came: the server may have accepted the mail. */
  | { readonly kind: 'unknown'; readonly error: MailError };

export interface SmtpTransaction {
  readonly settings: AccountSettings;
  readonly login: Login;
  readonly envelope: SmtpEnvelope;
  readonly raw: Uint8Array;
  /** Called before the first byte of the mail goes out; what it records is durable when it returns. */
  readonly onDataBegins: () => void;
  /** The server says how large a mail it takes (RFC 1870), in bytes. */
  readonly onSize?: (bytes: number) => void;
  readonly signal: AbortSignal;
  /** Left out: straight out. */
  readonly network?: Network | undefined;
}

const timeouts = {
  connectionTimeout: 20_000,
  greetingTimeout: 20_000,
  socketTimeout: 120_000,
  dnsTimeout: 10_000,
};

/** Never throws for what a server does; `signal` ends the connection at once. */
export async function sendOverSmtp(transaction: SmtpTransaction): Promise<SmtpOutcome> {
  const { settings, signal } = transaction;
  const { smtp } = settings;
  const { network = directNetwork } = transaction;
  if (smtp === null) return { kind: 'refused', error: new MailError('no-smtp'), recipients: [] };
  let tunnel: Socket | undefined;
  try {
    tunnel = await network.through(smtp.host, 'mail')?.(smtp.port, signal);
  } catch (error) {
    const mapped = signal.aborted ? new MailError('cancelled', {}, { cause: error }) : toMailError(error);
    // Nothing was said to the server: whatever keeps the proxy from it, the mail goes out later.
    return { kind: 'temporary', error: mapped, recipients: [] };
  }
  const connection = new SMTPConnection({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: smtp.security === 'starttls',
    ignoreTLS: smtp.security === 'none',
    // A fixed name: the machine's own would tell every recipient where the mail was written.
    name: '[127.0.0.1]',
    tls: tlsOptions(settings, smtp.host, network),
    ...(tunnel === undefined ? {} : { connection: tunnel }),
    ...timeouts,
    socketCloseTimeout: 1000,
    customAuth: { [byTokenName]: byToken },
  });
  let dataBegan = false;
  const onAbort = (): void => {
    connection.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw new MailError('cancelled');
    await connected(connection);
    const socket: unknown = Reflect.get(connection, '_socket');
    verifyPinned(settings, socket as TLSSocket);
    const size: unknown = Reflect.get(connection, '_maxAllowedSize');
    if (typeof size === 'number' && Number.isSafeInteger(size) && size > 0) transaction.onSize?.(size);
    assertTransmittable(transaction.envelope, connection, smtp);
    await loggedIn(connection, smtp, transaction.login);
    const body = Readable.from(
      (function* () {
        transaction.onDataBegins();
        dataBegan = true;
        yield Buffer.from(transaction.raw.buffer, transaction.raw.byteOffset, transaction.raw.byteLength);
      })(),
      { objectMode: false },
    );
    const info = await sent(connection, transaction.envelope, transaction.raw, body);
    return {
      kind: 'accepted',
      response: info.response,
      recipients: recipientOutcomes(
        transaction.envelope,
        info.accepted,
        info.rejectedErrors ?? [],
        info.response,
      ),
    };
  } catch (error) {
    const mapped = signal.aborted
      ? new MailError('cancelled', {}, { cause: error })
      : mapSmtpError(error, smtp);
    if (dataBegan && !hasReply(error))
      return {
        kind: 'unknown',
        error: new MailError('outcome-unknown', { host: smtp.host }, { cause: mapped }),
      };
    const recipients = refusedRecipients(transaction.envelope, error);
    return {
      kind: mapped.retry === 'never' && !signal.aborted ? 'refused' : 'temporary',
      error: mapped,
      recipients,
    };
  } finally {
    signal.removeEventListener('abort', onAbort);
    // An error event after the outcome is known has nobody left to tell.
    connection.on('error', () => undefined);
    connection.quit();
    connection.close();
  }
}

function connected(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => {
      reject(new MailError('connection-closed'));
    });
    connection.connect((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function loggedIn(
  connection: SMTPConnection,
  { host, port, user }: NonNullable<AccountSettings['smtp']>,
  login: Login,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null): void => {
      if (error) reject(error);
      else resolve();
    };
    connection.once('error', reject);
    if (login.kind === 'password') {
      connection.login({ user, pass: login.password }, done);
      return;
    }
    const bearer = bearerMechanism(offeredMechanisms(connection), { host, port, user, token: login.token });
    if (bearer === null) reject(new MailError('auth-not-offered', { host, port }));
    else connection.login({ user, pass: '-', method: byTokenName, options: { bearer } }, done);
  });
}

/** Without the extension, nodemailer would hand the server an address that it has no way to take (RFC 6531, 3.1). */
function assertTransmittable(
  { from, to }: SmtpEnvelope,
  connection: SMTPConnection,
  { host, port }: NonNullable<AccountSettings['smtp']>,
): void {
  const extensions: unknown = Reflect.get(connection, '_supportedExtensions');
  if (Array.isArray(extensions) && extensions.includes('SMTPUTF8')) return;
  const address = [from, ...to].find((one) => needsSmtpUtf8(transmittedAddress(one)));
  if (address !== undefined) throw new MailError('smtputf8-needed', { host, port, address });
}

/** Of the server's last word before the login, its EHLO: nodemailer itself keeps only the mechanisms that it knows. */
function offeredMechanisms(connection: SMTPConnection): Set<string> {
  const answer = connection.lastServerResponse;
  const words = (typeof answer === 'string' ? answer : '')
    .split(/\r?\n/)
    .flatMap((line) => /^250[ -]AUTH[ =](.*)$/i.exec(line)?.[1]?.split(/[ =]+/) ?? []);
  return new Set(words.map((word) => word.toUpperCase()));
}

/** A name of our own: "XOAUTH2" without nodemailer's own token generator would silently become PLAIN. */
const byTokenName = 'POSTKORB-TOKEN';
const byToken: SMTPConnectionCustomAuthHandler = async ({ auth, sendCommand }) => {
  const bearer = auth.credentials.options?.['bearer'] as BearerMechanism;
  let reply = await sendCommand(`AUTH ${bearer.mechanism} ${bearer.initial}`);
  // A refusal comes with its reason first, which asks to be acknowledged.
  if (reply.status === 334) reply = await sendCommand(bearer.acknowledge);
  if (reply.status !== 235) throw new Error('refused');
};

type SendInfo = Parameters<NonNullable<Parameters<SMTPConnection['send']>[2]>>[1];

function sent(
  connection: SMTPConnection,
  envelope: SmtpEnvelope,
  raw: Uint8Array,
  body: Readable,
): Promise<NonNullable<SendInfo>> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => {
      reject(new MailError('connection-closed'));
    });
    const use8BitMime = raw.some((byte) => byte > 127);
    connection.send(
      {
        from: transmittedAddress(envelope.from),
        to: envelope.to.map(transmittedAddress),
        size: raw.byteLength,
        use8BitMime,
      },
      body,
      (error, info) => {
        if (error) reject(error);
        else if (info) resolve(info);
        else reject(new Error('no answer'));
      },
    );
  });
}

interface RejectedError {
  readonly recipient?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

function rejectedOutcome(address: string, errors: readonly RejectedError[]): RecipientOutcome | null {
  const error = errors.find((one) => one.recipient === transmittedAddress(address));
  if (!error) return null;
  const deferred = error.responseCode !== undefined && error.responseCode < 500;
  return { address, status: deferred ? 'deferred' : 'refused', response: error.response ?? '' };
}

function recipientOutcomes(
  envelope: SmtpEnvelope,
  accepted: readonly string[],
  rejected: readonly unknown[],
  response: string,
): RecipientOutcome[] {
  const errors = rejected as readonly RejectedError[];
  return envelope.to.map(
    (address) =>
      rejectedOutcome(address, errors) ?? {
        address,
        status: accepted.includes(transmittedAddress(address)) ? 'accepted' : 'refused',
        response,
      },
  );
}

function refusedRecipients(envelope: SmtpEnvelope, error: unknown): RecipientOutcome[] {
  const errors = (error as { rejectedErrors?: readonly RejectedError[] } | null)?.rejectedErrors;
  if (!errors) return [];
  return envelope.to.flatMap((address) => rejectedOutcome(address, errors) ?? []);
}
