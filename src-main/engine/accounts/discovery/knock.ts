/** Is there an IMAP or SMTP server behind this port? Looks at the greeting, and at STARTTLS where that is how it is encrypted; no login. */
import type { Socket } from 'node:net';
import { SmtpDialogue } from '#engine/accounts/probe/smtpDialogue.ts';
import { dial, encrypt, type HostAddress } from '#engine/net/dial.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import type { Network } from '#engine/net/network.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { Security } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface Door {
  readonly kind: 'imap' | 'smtp';
  readonly host: string;
  readonly port: number;
  readonly security: Exclude<Security, 'none'>;
}

/** Resolves where such a server answers with a certificate that verifies; throws the reason where not. */
export async function knock(
  door: Door,
  options: { addresses: readonly HostAddress[]; clock: Clock; network: Network; signal: AbortSignal },
): Promise<void> {
  const { host, port, security, kind } = door;
  const { addresses, clock, network, signal } = options;
  let socket: Socket = await dial({ host, port, addresses, clock, network }, signal);
  const secure = async (): Promise<void> => {
    socket = await encrypt(
      { socket, host, port, network, trust: 'system', onCertificate: () => undefined },
      signal,
    );
  };
  try {
    if (security === 'tls') await secure();
    if (kind === 'smtp') {
      const dialogue = new SmtpDialogue(socket, { host, port }, signal);
      await expectCode(dialogue.reply(), 220, door);
      const hello = await expectCode(dialogue.command('EHLO [127.0.0.1]'), 250, door);
      if (security === 'starttls') {
        if (!hello.some((line) => /^STARTTLS$/i.test(line)))
          throw new MailError('starttls-not-offered', { host });
        await expectCode(dialogue.command('STARTTLS'), 220, door);
        dialogue.release();
        await secure();
      }
      return;
    }
    const greeting = await readUntil(socket, /\r?\n/, signal);
    if (!/^\* (OK|PREAUTH)\b/i.test(greeting)) throw new MailError('unexpected-greeting', { host, port });
    if (security === 'starttls') {
      socket.write('a STARTTLS\r\n');
      const answer = await readUntil(socket, /^a [^\r\n]*\r?\n/im, signal);
      if (!/^a OK\b/im.test(answer)) throw new MailError('starttls-not-offered', { host });
      await secure();
    }
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

async function expectCode(
  reply: Promise<{ code: number; lines: readonly string[] }>,
  code: number,
  { host, port }: Door,
): Promise<readonly string[]> {
  const answer = await reply;
  if (answer.code !== code) throw new MailError('unexpected-greeting', { host, port });
  return answer.lines;
}

const maxGreeting = 8192;

function readUntil(socket: Socket, end: RegExp, signal: AbortSignal): Promise<string> {
  let text = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    if (end.test(text)) resolve(text);
    else if (text.length > maxGreeting) reject(new MailError('unexpected-greeting'));
  };
  const onEnd = (): void => reject(new MailError('connection-closed'));
  socket.on('data', onData);
  socket.once('error', reject);
  socket.once('close', onEnd);
  return untilAborted(promise, signal).finally(() => {
    socket.off('data', onData);
    socket.off('close', onEnd);
  });
}
