/** Real clients for the built-in server: imapflow, nodemailer, and a bare socket for what no library would say. */
import net from 'node:net';
import { ImapFlow } from 'imapflow';
import type { ImapFlowOptions } from 'imapflow';
import nodemailer from 'nodemailer';
import type { MailServer } from '#mailserver/startMailServer.ts';

export const password = 'correct horse';

export interface Client extends AsyncDisposable {
  readonly imap: ImapFlow;
  /** What the connection complained about after the login. */
  readonly errors: unknown[];
}

export async function connectImap(
  server: MailServer,
  login: string,
  options: Partial<ImapFlowOptions> = {},
): Promise<Client> {
  const errors: unknown[] = [];
  const imap = new ImapFlow({
    host: server.host,
    port: server.ports.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: login, pass: password },
    logger: false,
    disableAutoIdle: true,
    qresync: true,
    ...options,
  });
  imap.on('error', (error: unknown) => errors.push(error));
  await imap.connect();
  return {
    imap,
    errors,
    async [Symbol.asyncDispose]() {
      if (imap.usable) await imap.logout().catch(() => undefined);
      imap.close();
    },
  };
}

export function smtpTransport(server: MailServer, login: string, options: Record<string, unknown> = {}) {
  const transport = nodemailer.createTransport({
    host: server.host,
    port: server.ports.smtp,
    ignoreTLS: true,
    auth: { user: login, pass: password },
    ...options,
  });
  return Object.assign(transport, {
    [Symbol.dispose]() {
      transport.close();
    },
  });
}

/** Says lines and reads until a pattern came. */
export interface RawClient extends Disposable {
  send(text: string): void;
  /** Everything since the last call, up to the end of the first line that fits; what is there when the connection ends. */
  until(pattern: RegExp): Promise<string>;
  readonly closed: Promise<void>;
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = net.connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  let text = '';
  let wake: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve();
      wake();
    });
  });
  socket.on('error', () => undefined);
  socket.on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    closed,
    send: (line) => {
      socket.write(line, 'latin1');
    },
    until: async (pattern) => {
      for (;;) {
        let at = 0;
        for (let feed = text.indexOf('\n', at); feed >= 0; feed = text.indexOf('\n', at)) {
          const line = text.slice(at, feed);
          at = feed + 1;
          if (!pattern.test(line)) continue;
          const read = text.slice(0, at);
          text = text.slice(at);
          return read;
        }
        if (socket.closed) {
          const rest = text;
          text = '';
          return rest;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

/** One connection logged in by hand: `command` gives everything up to the tagged answer. */
export async function rawImap(server: MailServer, login: string) {
  const client = await connectRaw(server.ports.imap);
  await client.until(/^\* OK/);
  let tags = 0;
  const command = async (line: string): Promise<string> => {
    tags += 1;
    const tag = `r${tags.toString()}`;
    client.send(`${tag} ${line}\r\n`);
    return client.until(new RegExp(`^${tag} `));
  };
  await command(`LOGIN ${login} "${password}"`);
  return { ...client, command };
}
