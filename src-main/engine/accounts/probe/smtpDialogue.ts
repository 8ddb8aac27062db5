/** Lines of SMTP over a socket (RFC 5321): one command, one reply. */
import type { Socket } from 'node:net';
import { untilAborted } from '#shared/base/untilAborted.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface SmtpReply {
  readonly code: number;
  /** The texts of all its lines. */
  readonly lines: readonly string[];
}

/** Far above any honest reply (an EHLO answer is a few hundred bytes), far below what would hurt (N08). */
const maxReplyBytes = 64 * 1024;

export class SmtpDialogue {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #where: { readonly host: string; readonly port: number };
  readonly #waiting: { resolve: (reply: SmtpReply) => void; reject: (error: unknown) => void }[] = [];
  #text = '';
  #failure: unknown = null;
  #replies: SmtpReply[] = [];

  constructor(socket: Socket, where: { host: string; port: number }, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    this.#where = where;
    socket.on('data', this.#onData);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** Bytes that came and were not asked for: after STARTTLS they are an attack (N02). */
  get unread(): boolean {
    return this.#text !== '' || this.#replies.length > 0;
  }

  /** The next reply; rejects with a MailError when the connection ends, speaks something else, or the signal is aborted. */
  reply(): Promise<SmtpReply> {
    const ready = this.#replies.shift();
    if (ready) return Promise.resolve(ready);
    if (this.#failure !== null) return Promise.reject(this.#failure as Error);
    const promise = new Promise<SmtpReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    return untilAborted(promise, this.#signal);
  }

  /** Sends one line and awaits its reply. Anything with a control character never reaches the wire. */
  command(line: string): Promise<SmtpReply> {
    if (/[\u0000-\u001f\u007f]/.test(line)) return Promise.reject(new MailError('invalid-input'));
    if (this.#failure !== null) return Promise.reject(this.#failure as Error);
    this.#socket.write(`${line}\r\n`);
    return this.reply();
  }

  /** Takes the hands off the socket, which goes on under TLS. */
  release(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('error', this.#onError);
    this.#socket.off('close', this.#onClose);
    this.#socket.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#text += chunk.toString('utf8');
    if (this.#text.startsWith('\u0015\u0003')) {
      this.#fail(new MailError('plain-on-tls-port', this.#where));
      return;
    }
    if (this.#text.length > maxReplyBytes) {
      this.#fail(new MailError('response-too-large', this.#where));
      return;
    }
    for (;;) {
      const taken = takeReply(this.#text);
      if (taken === null) return;
      if (taken === 'foreign') {
        this.#fail(new MailError('unexpected-greeting', { ...this.#where, response: printable(this.#text) }));
        return;
      }
      this.#text = taken.rest;
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(taken.reply);
      else this.#replies.push(taken.reply);
    }
  };

  readonly #onError = (error: unknown): void => {
    this.#fail(mapSocketError(error, this.#where));
  };

  readonly #onClose = (): void => {
    this.#fail(new MailError('connection-closed', this.#where));
  };

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#socket.destroy();
  }
}

/** The first whole reply in `text` (RFC 5321, 4.2), null while there is none, 'foreign' for what is no SMTP. */
function takeReply(text: string): { reply: SmtpReply; rest: string } | 'foreign' | null {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length > at + 3 && !/^\d{3}/.test(text.slice(at)) ? 'foreign' : null;
    const line = text.slice(at, end).replace(/\r$/, '');
    const match = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line);
    if (!match) return 'foreign';
    lines.push(match[3] ?? '');
    at = end + 1;
    if (match[2] !== '-') return { reply: { code: Number(match[1]), lines }, rest: text.slice(at) };
  }
}

/** Foreign text for an error parameter: one line, no control characters, at most 200 characters. */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
