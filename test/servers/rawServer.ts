/** A server of a few lines, for what no honest server does: silence, lies, and bytes that must not be there. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Everything it was sent so far, over all connections. */
  received(): string;
}

/** `talk` is given each connection; errors of it are the peer's business. */
export async function startRawServer(
  talk: (socket: Socket) => void,
  options: { certificate?: ServerCertificate } = {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];
  const server = createServer((plain) => {
    const { certificate } = options;
    const socket = certificate ? new TLSSocket(plain, { isServer: true, ...certificate }) : plain;
    for (const one of new Set([plain, socket])) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.once('close', () => sockets.delete(one));
    }
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: () => Buffer.concat(received).toString('latin1'),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Calls `answer` for each line that comes and sends what it returns. */
export function onLines(socket: Socket, answer: (line: string) => string): void {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end).replace(/\r$/, '');
      text = text.slice(end + 1);
      const said = answer(line);
      if (said !== '') socket.write(said);
    }
  });
}

/** The skeleton of an IMAP server; `answers` overrides by command, each given the tag. */
export function talkImap(
  answers: Readonly<Record<string, (tag: string, socket: Socket) => string>>,
  greeting = '* OK ready\r\n',
  capability = 'IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR',
): (socket: Socket) => void {
  return (socket) => {
    socket.write(greeting);
    onLines(socket, (line) => {
      const [tag = '*', command = ''] = line.split(' ');
      const own = answers[command.toUpperCase()];
      if (own) return own(tag, socket);
      if (command.toUpperCase() === 'CAPABILITY') return `* CAPABILITY ${capability}\r\n${tag} OK done\r\n`;
      return `${tag} OK done\r\n`;
    });
  };
}

/** The skeleton of an SMTP server; `answers` overrides by verb. */
export function talkSmtp(
  answers: Readonly<Record<string, (socket: Socket) => string>>,
  offers: readonly string[] = ['STARTTLS', 'AUTH PLAIN'],
  greeting = '220 ready\r\n',
): (socket: Socket) => void {
  return (socket) => {
    socket.write(greeting);
    onLines(socket, (line) => {
      const verb = (line.split(' ')[0] ?? '').toUpperCase();
      const own = answers[verb];
      if (own) return own(socket);
      if (verb === 'EHLO') {
        const lines = ['raw.test', ...offers];
        return lines.map((text, at) => `250${at === lines.length - 1 ? ' ' : '-'}${text}\r\n`).join('');
      }
      if (verb === 'AUTH') return '235 welcome\r\n';
      return '250 fine\r\n';
    });
  };
}
