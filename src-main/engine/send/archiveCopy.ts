/**
 * The archive copy: the same bytes in an SMTP transaction of their own, after the mail itself went out. The archive address stands in
 * no header, in no Sent copy and in no recipient's envelope; a refused or unreachable archive holds nothing up, is retried and is
 * written into the ledger.
 */
import type { AccountId } from '#shared/domain/ids.ts';
import { toWire, type MailError } from '#shared/errors/MailError.ts';
import type { Clock, Ids, Log } from '#engine/ports/ports.ts';
import { appendToLedger, attemptsInLedger } from '#engine/store/archiveLedger.repo.ts';
import type { ReadDb } from '#engine/store/handles.ts';
import { jobBytes, type ArchiveState, type StoredJob } from '#engine/store/outbox.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { SendingAccount } from './outbox.ts';
import { sendAs } from './sendAs.ts';

/** Tried for about a month (hourly at the end); after that it counts as failed and a person may ask for it again. */
const maxAttempts = 24 * 30;

export interface ArchiveParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly account: (id: AccountId) => SendingAccount | null;
  readonly signal: AbortSignal;
}

/** ms since 1970; the ledger itself says when it was tried last. */
export function archiveDueAt(db: ReadDb, job: StoredJob): number {
  const { attempts, last } = attemptsInLedger(db, job.id);
  if (last === null) return 0;
  return last + Math.min(60 * 60_000, 30_000 * 2 ** Math.min(attempts - 1, 20));
}

export async function archiveCopy(job: StoredJob, parts: ArchiveParts): Promise<{ archive: ArchiveState }> {
  const { store, clock, signal } = parts;
  const account = parts.account(job.accountId);
  const raw = jobBytes(store.read, job.id);
  const address = job.archiveAddress;
  if (account === null || raw === null || address === null) return { archive: 'failed' };
  const server = account.settings.smtp?.host ?? null;
  const write = (outcome: 'accepted' | 'refused' | 'unreachable', response: string): void => {
    store.precious((db) => {
      appendToLedger(db, {
        outboxId: job.id,
        accountId: job.accountId,
        messageId: job.messageId,
        address,
        at: clock.now(),
        outcome,
        server,
        response,
      });
    });
  };
  const words = (error: MailError): string => {
    const { code, params } = toWire(error);
    return typeof params['answer'] === 'string' && params['answer'] !== '' ? params['answer'] : code;
  };
  const outcome = await sendAs(account, {
    envelope: { from: job.envelope.from, to: [address] },
    raw,
    onDataBegins: () => undefined,
    signal,
  });
  if (outcome.kind === 'accepted') {
    write('accepted', outcome.response);
    return { archive: 'sent' };
  }
  // An answer that was lost is tried again: a second copy in an archive harms nobody, a missing one does.
  write(outcome.kind === 'refused' ? 'refused' : 'unreachable', words(outcome.error));
  const { attempts } = attemptsInLedger(store.read, job.id);
  return { archive: attempts >= maxAttempts ? 'failed' : 'pending' };
}
