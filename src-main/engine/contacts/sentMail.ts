/** Whom a mail went to that the outbox got out: names from its header, and blind copies from its envelope. */
import { readHeaderBlock } from '#engine/mime/headers.ts';
import type { WriteDb } from '#engine/store/handles.ts';
import { findByMessageId } from '#engine/store/messages.repo.ts';
import type { StoredJob } from '#engine/store/outbox.repo.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import { collectSent } from './collect.ts';

/** Counts once: a server that files what it sends may have shown the mail in Sent already. */
export function collectSentMail(db: WriteDb, job: StoredJob, raw: Uint8Array): void {
  if (findByMessageId(db, job.accountId, job.messageId).length > 0) return;
  const end = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).indexOf('\r\n\r\n');
  const { to, cc, date } = readHeaderBlock(end < 0 ? raw : raw.subarray(0, end));
  const names = new Map([...to, ...cc].map(({ name, address }) => [normaliseAddress(address), name]));
  const people = job.recipients
    .filter(({ status }) => status === 'accepted')
    .map(({ address }) => ({ name: names.get(normaliseAddress(address)) ?? '', address }));
  collectSent(db, people, date ?? job.createdAt);
}
