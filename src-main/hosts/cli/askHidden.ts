/** A question at the terminal whose answer is not shown. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { MailError } from '#shared/errors/MailError.ts';

/** Throws `cancelled` when the person ends it (Ctrl+C, Ctrl+D). */
export async function askHidden(question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  process.stderr.write(question);
  const ended = Promise.withResolvers<never>();
  terminal.once('SIGINT', () => ended.reject(new MailError('cancelled')));
  terminal.once('close', () => ended.reject(new MailError('cancelled')));
  try {
    return await Promise.race([terminal.question(''), ended.promise]);
  } finally {
    ended.promise.catch(() => undefined);
    terminal.close();
    process.stderr.write('\n');
  }
}
