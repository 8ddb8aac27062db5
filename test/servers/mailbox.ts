/** What an independent client sees in a mailbox: the other side of what the engine says. */
import type { ImapFlow } from 'imapflow';
import type { Dovecot } from './dovecot.ts';

export interface SeenMessage {
  readonly uid: number;
  readonly subject: string;
  readonly messageId: string;
  readonly flags: ReadonlySet<string>;
  readonly raw: Buffer;
}

/** Everything in a folder, by UID. A folder that is not there is an error. */
export async function look(dovecot: Dovecot, user: string, folder = 'INBOX'): Promise<SeenMessage[]> {
  await using client = await dovecot.client(user);
  return await seenIn(client, folder);
}

/** The same by a client that is connected already. */
export async function seenIn(client: ImapFlow, folder: string): Promise<SeenMessage[]> {
  const { exists } = await client.mailboxOpen(folder, { readOnly: true });
  if (exists === 0) return [];
  const all = await client.fetchAll('1:*', { uid: true, flags: true, envelope: true, source: true });
  return all
    .map((message) => ({
      uid: message.uid,
      subject: message.envelope?.subject ?? '',
      messageId: message.envelope?.messageId ?? '',
      flags: message.flags ?? new Set<string>(),
      raw: message.source ?? Buffer.alloc(0),
    }))
    .sort((a, b) => a.uid - b.uid);
}

/** Waits, by IDLE, until `count` messages are there at least, and returns all; rejects after 40 s with what is there. */
export async function arrived(
  dovecot: Dovecot,
  user: string,
  count: number,
  folder = 'INBOX',
): Promise<SeenMessage[]> {
  await using client = await dovecot.client(user);
  const { exists } = await client.mailboxOpen(folder, { readOnly: true });
  if (exists < count) {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${user} has fewer than ${String(count)} messages in ${folder} after 40 s`));
      }, 40_000);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      client.on('exists', ({ count: now }: { count: number }) => {
        if (now >= count) done();
      });
      client.idle().catch(reject);
    });
  }
  return await look(dovecot, user, folder);
}
