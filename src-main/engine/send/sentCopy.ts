/** The copy in Sent: its own job, looked for by Message-ID before it is appended, so that there is exactly one. */
import { isMailError, toWire } from '#shared/errors/MailError.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { jobBytes, type JobChange, type StoredJob } from '#engine/store/outbox.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { MailboxAccess } from './mailboxAccess.ts';

export const maxSentAttempts = 12;

export interface SentCopyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailbox: MailboxAccess;
  readonly signal: AbortSignal;
}

/** When to try (again); `nextAttemptAt` is free for this once the mail itself needs no attempt. */
export function sentCopyDueAt(job: StoredJob): number {
  return job.sentAttempts === 0 ? 0 : (job.nextAttemptAt ?? 0);
}

/** What is to be recorded of this attempt. A failure is retried with growing waits and is shown in the end; it never resends the mail. */
export async function fileSentCopy(job: StoredJob, parts: SentCopyParts): Promise<JobChange> {
  const { mailbox, store, clock, log, signal } = parts;
  const raw = jobBytes(store.read, job.id);
  if (raw === null) return { sentCopy: 'failed' };
  try {
    // An account that was added a moment ago has sent before its folders were read.
    const folder =
      mailbox.folderFor(job.accountId, 'sent') ?? (await mailbox.learnFolder(job.accountId, 'sent', signal));
    if (folder === null) return { sentCopy: 'failed' };
    const already = await mailbox.findByMessageId(job.accountId, folder, job.messageId, signal);
    const filed =
      already ?? (await mailbox.append(job.accountId, folder, raw, ['\\Seen'], job.createdAt, signal));
    return { sentCopy: 'filed', sentFolder: filed.folder, sentUid: filed.uid, nextAttemptAt: null };
  } catch (error) {
    const attempts = job.sentAttempts + 1;
    log.warn('the copy in Sent could not be filed', { code: toWire(error).code, attempts });
    const forGood =
      attempts >= maxSentAttempts ||
      (isMailError(error) && error.retry === 'never' && error.needs === undefined);
    if (forGood) return { sentCopy: 'failed', sentAttempts: attempts };
    return {
      sentAttempts: attempts,
      nextAttemptAt: clock.now() + Math.min(60 * 60_000, 15_000 * 2 ** attempts),
    };
  }
}
