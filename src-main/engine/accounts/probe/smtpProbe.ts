/**
 * Tries an SMTP server: resolve, connect, tls, login, sender. No mail is sent: the sender is announced (and our own address as its
 * recipient, because many servers judge the sender only then), and taken back.
 */
import type { Socket } from 'node:net';
import type { CertificateInfo } from '#engine/imap/certificate.ts';
import { addressesFor, dial, encrypt, speaksTls, type HostAddress } from '#engine/net/dial.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import type { Network } from '#engine/net/network.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';
import { refusedLogin, secretOf, type Login } from '#engine/secrets/access.ts';
import { bearerMechanism } from '#engine/net/bearer.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { ServerTest, TestStep } from '#shared/contract/accounts.ts';
import { isLoopbackHost, type AccountSettings } from '#shared/domain/account.ts';
import { needsSmtpUtf8, transmittedAddress } from '#shared/domain/asciiDomain.ts';
import { isMailError, MailError, type MailErrorCode } from '#shared/errors/MailError.ts';
import { printable, SmtpDialogue, type SmtpReply } from './smtpDialogue.ts';
import { Stages, timedOut } from './stages.ts';

export interface SmtpProbe {
  readonly settings: AccountSettings;
  readonly smtp: NonNullable<AccountSettings['smtp']>;
  readonly login: Login;
  readonly clock: Clock;
  readonly network: Network;
  /** Ends the probe wherever it stands; the step that ran is the one that failed. */
  readonly signal: AbortSignal;
  readonly onStep?: ((step: TestStep) => void) | undefined;
  /** The largest mail that the server takes, in bytes, where it says so (SIZE, RFC 1870). */
  readonly onSize?: (bytes: number) => void;
}

/** A server that says nothing for so long in clear text is asked whether it would rather speak TLS. */
const silenceBeforeTlsProbeMs = 2000;
/** A fixed name: the machine's own would tell the server more than it needs (an address literal, RFC 5321, 4.1.3). */
const ehloName = '[127.0.0.1]';

/** Never throws for what a server does. */
export async function probeSmtp(probe: SmtpProbe): Promise<ServerTest> {
  const stages = new Stages(probe.clock, 'resolve', probe.onStep);
  const run = new SmtpRun(probe, stages);
  try {
    await run.toTheEnd();
    return { ok: true, steps: stages.steps, certificate: run.certificate };
  } catch (error) {
    stages.fail(run.explain(error));
    return { ok: false, steps: stages.steps, certificate: run.certificate };
  } finally {
    run.close();
  }
}

class SmtpRun {
  certificate: ServerTest['certificate'] = null;
  readonly #probe: SmtpProbe;
  readonly #stages: Stages;
  readonly #where: { host: string; port: number };
  #socket: Socket | null = null;
  #dialogue: SmtpDialogue | null = null;
  #greeted = false;
  #ended = false;

  constructor(probe: SmtpProbe, stages: Stages) {
    this.#probe = probe;
    this.#stages = stages;
    this.#where = { host: probe.smtp.host, port: probe.smtp.port };
  }

  async toTheEnd(): Promise<void> {
    const { smtp, settings, signal, clock, network } = this.#probe;
    if (smtp.security === 'none' && settings.allowPlaintext !== true && !isLoopbackHost(smtp.host)) {
      throw new MailError('plaintext-not-allowed', this.#where);
    }
    const addresses = await addressesFor(smtp.host, network, signal);
    this.#stages.pass('connect');
    this.#socket = await dial({ ...this.#where, addresses, clock, network }, signal);
    let offers: Offers;
    if (smtp.security === 'tls') {
      this.#stages.pass('tls');
      const secure = await this.#encrypt(this.#socket);
      this.#stages.pass('login');
      await this.#greet(secure);
      offers = await this.#ehlo();
    } else {
      await this.#greetOrTls(this.#socket, addresses);
      this.#stages.pass('tls');
      offers = await this.#ehlo();
      if (smtp.security === 'starttls') {
        await this.#startTls(offers);
        // Whatever was said before TLS may be forged: it is asked for again (RFC 3207, 4.2).
        offers = await this.#ehlo();
      }
      this.#stages.pass('login');
    }
    if (offers.size !== null) this.#probe.onSize?.(offers.size);
    await this.#login(offers);
    this.#stages.pass('sender');
    await this.#sender(offers);
    this.#stages.pass(null);
  }

  /** An abort means the time was up in this step, and says so in words for this step. */
  explain(error: unknown): MailError {
    const { signal } = this.#probe;
    const reason: unknown = signal.reason;
    if (signal.aborted && isMailError(reason) && reason.code === 'deadline-exceeded') {
      // Once the socket stands, what is missing is a word of the server.
      if (this.#stages.running === 'connect' && this.#socket !== null)
        return new MailError('greeting-timeout', this.#where);
      return timedOut(this.#stages.running, this.#greeted, this.#where);
    }
    return isMailError(error) ? error : mapSocketError(signal.aborted ? reason : error, this.#where);
  }

  close(): void {
    this.#ended = true;
    const socket = this.#socket;
    if (socket === null) return;
    socket.on('error', () => undefined);
    if (socket.destroyed || !socket.writable || this.#dialogue === null) {
      socket.destroy();
      return;
    }
    // Politeness without waiting for an answer.
    socket.end('QUIT\r\n', () => socket.destroy());
  }

  async #encrypt(socket: Socket): Promise<Socket> {
    const { settings, signal, network } = this.#probe;
    const secure = await encrypt(
      {
        socket,
        network,
        ...this.#where,
        trust: settings.tls.trust,
        onCertificate: (certificate: CertificateInfo) => {
          this.certificate = { ...certificate, names: [...certificate.names] };
        },
      },
      signal,
    );
    this.#socket = secure;
    return secure;
  }

  async #greet(socket: Socket): Promise<void> {
    this.#dialogue = new SmtpDialogue(socket, this.#where, this.#probe.signal);
    const reply = await this.#dialogue.reply();
    this.#greeted = true;
    if (reply.code === 220) return;
    throw this.#refused(reply, reply.code < 500 ? 'server-busy' : 'server-refused');
  }

  /** In clear text a silent server is often one that waits for a TLS handshake. */
  async #greetOrTls(socket: Socket, addresses: readonly HostAddress[]): Promise<void> {
    const { clock, network, signal } = this.#probe;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = clock.setTimer(silenceBeforeTlsProbeMs, () => {
      void speaksTls({ ...this.#where, addresses, clock, network }, signal).then((yes) => {
        if (yes && !this.#greeted && !this.#ended) reject(new MailError('plain-on-tls-port', this.#where));
      });
    });
    try {
      await Promise.race([this.#greet(socket), promise]);
    } finally {
      timer[Symbol.dispose]();
    }
  }

  async #ehlo(): Promise<Offers> {
    const reply = await this.#command(`EHLO ${ehloName}`);
    if (reply.code !== 250) throw this.#refused(reply, reply.code < 500 ? 'server-busy' : 'server-refused');
    return readOffers(reply);
  }

  async #startTls(offers: Offers): Promise<void> {
    if (!offers.starttls) throw new MailError('starttls-not-offered', this.#where);
    const reply = await this.#command('STARTTLS');
    if (reply.code !== 220) throw this.#refused(reply, 'starttls-not-offered');
    const plain = this.#socket;
    const dialogue = this.#dialogue;
    if (plain === null || dialogue === null) throw new MailError('internal');
    if (dialogue.unread) throw new MailError('starttls-injection', this.#where);
    dialogue.release();
    this.#dialogue = null;
    const secure = await this.#encrypt(plain).catch((error: unknown) => {
      // The port was the right one: it offered STARTTLS.
      const wrongPort = isMailError(error) && error.code === 'tls-on-plain-port';
      throw wrongPort ? new MailError('tls-failed', error.params, { cause: error }) : error;
    });
    this.#dialogue = new SmtpDialogue(secure, this.#where, this.#probe.signal);
  }

  async #login(offers: Offers): Promise<void> {
    const { smtp, login } = this.#probe;
    const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
    const password = secretOf(login);
    const bearer =
      login.kind === 'token' ? bearerMechanism(offers.auth, { ...smtp, token: login.token }) : null;
    let reply: SmtpReply;
    if (bearer !== null) {
      reply = await this.#command(`AUTH ${bearer.mechanism} ${bearer.initial}`);
      // A refusal comes with its reason first, which asks to be acknowledged.
      if (reply.code === 334) reply = await this.#command(bearer.acknowledge);
    } else if (login.kind === 'password' && offers.auth.has('PLAIN')) {
      reply = await this.#command(`AUTH PLAIN ${base64(`\u0000${smtp.user}\u0000${password}`)}`);
    } else if (login.kind === 'password' && offers.auth.has('LOGIN')) {
      reply = await this.#command('AUTH LOGIN');
      if (reply.code === 334) reply = await this.#command(base64(smtp.user));
      if (reply.code === 334) reply = await this.#command(base64(password));
    } else {
      const hidden = smtp.security === 'none' && offers.starttls;
      throw new MailError(hidden ? 'login-disabled' : 'auth-not-offered', {
        ...this.#where,
        offered: [...offers.auth].join(' '),
      });
    }
    if (reply.code === 235) return;
    throw refusedLogin(login, this.#refused(reply, loginFault(reply)));
  }

  async #sender(offers: Offers): Promise<void> {
    const address = transmittedAddress(this.#probe.settings.address);
    const international = needsSmtpUtf8(address);
    if (international && !offers.smtputf8)
      throw new MailError('smtputf8-needed', { ...this.#where, address });
    const from = await this.#command(`MAIL FROM:<${address}>${international ? ' SMTPUTF8' : ''}`);
    if (from.code !== 250) {
      const code = from.code < 500 ? 'smtp-temporary' : 'sender-refused';
      throw this.#refused(from, code, { address });
    }
    // Postfix and others keep their judgement of the sender until a recipient is named.
    const to = await this.#command(`RCPT TO:<${address}>`);
    if (to.code >= 500 && blamesSender(to)) throw this.#refused(to, 'sender-refused', { address });
    await this.#command('RSET');
  }

  #command(line: string): Promise<SmtpReply> {
    if (this.#dialogue === null) return Promise.reject(new MailError('internal'));
    return untilAborted(this.#dialogue.command(line), this.#probe.signal);
  }

  #refused(reply: SmtpReply, code: MailErrorCode, more: Record<string, string> = {}): MailError {
    const response = this.#withoutPassword(printable(`${String(reply.code)} ${reply.lines.join(' ')}`));
    const busy = /too many (simultaneous |concurrent )?(connections|sessions)/i.test(response);
    return new MailError(busy ? 'too-many-connections' : code, { ...this.#where, ...more, response });
  }

  /** Should a server echo what it was sent (R20). */
  #withoutPassword(text: string): string {
    const { login, smtp } = this.#probe;
    const password = secretOf(login);
    const plain = Buffer.from(`\u0000${smtp.user}\u0000${password}`).toString('base64');
    return [plain, Buffer.from(password).toString('base64'), password]
      .filter((secret) => secret.length > 3)
      .reduce((shown, secret) => shown.replaceAll(secret, '…'), text);
  }
}

interface Offers {
  readonly starttls: boolean;
  readonly smtputf8: boolean;
  readonly auth: ReadonlySet<string>;
  /** null: it does not say, or knows no limit. */
  readonly size: number | null;
}

function readOffers(reply: SmtpReply): Offers {
  const words = reply.lines.slice(1).map((line) => line.trim().toUpperCase());
  // "AUTH=LOGIN" is what old servers wrote.
  const auth = words
    .filter((line) => /^AUTH[ =]/.test(line))
    .flatMap((line) => line.slice(5).split(/[ =]+/))
    .filter((word) => word !== '');
  return {
    starttls: words.includes('STARTTLS'),
    smtputf8: words.includes('SMTPUTF8'),
    auth: new Set(auth),
    size: Number(words.map((line) => /^SIZE (\d{1,15})$/.exec(line)?.[1]).find(Boolean) ?? 0) || null,
  };
}

/** RFC 4954, 6: what the refusal of a login says about trying again. */
function loginFault(reply: SmtpReply): MailErrorCode {
  if (reply.code < 500) return 'login-refused';
  if (reply.code === 504) return 'auth-not-offered';
  if (reply.code === 538) return 'login-disabled';
  return 'credentials-rejected';
}

/** A refused RCPT that is about the sender: RFC 3463's 5.1.7 and 5.1.8, or the words of the common servers. */
function blamesSender(reply: SmtpReply): boolean {
  const text = reply.lines.join(' ');
  return /^5\.1\.[78]\b/.test(text) || /sender|not owned by|mail from|spoof/i.test(text);
}
