/** Whole mails of a folder, several in one round trip: for an export, on a connection that lets go for whoever opens a mail. */
import type { FetchLimits } from '#engine/imap/fetchParser.ts';
import { uidSets } from '#engine/imap/uidSet.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { bytesOf, flagsIn, internalDateOf, uidOf } from '../run/headerRow.ts';

export interface FetchedMail {
  readonly raw: Uint8Array<ArrayBuffer>;
  /** Bits of store/flags.ts. */
  readonly flags: number;
  /** INTERNALDATE, ms since 1970; null: the server did not say. */
  readonly date: number | null;
}

const limits: FetchLimits = { responseBytes: 210 * 1024 * 1024, depth: 100 };

/** By UID; what is not there any more is left out. Throws `mailbox-changed`, and what a connection throws. */
export async function fetchMails(
  session: AccountSession,
  folder: StoredFolder,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, FetchedMail>> {
  const found = new Map<number, FetchedMail>();
  if (uids.length === 0) return found;
  const wanted = new Set(uids);
  await session.lanes.withMailbox(
    'sync',
    folder.path,
    { readOnly: true, reuse: true, upTo: uids.reduce((most, uid) => Math.max(most, uid), 0) },
    signal,
    async (mailbox) => {
      if (mailbox.uidValidity !== folder.uidValidity)
        throw new MailError('mailbox-changed', { folder: folder.path });
      for (const { set } of uidSets([...uids].sort((a, b) => a - b)))
        await mailbox.fetch(
          set,
          'UID FLAGS INTERNALDATE BODY.PEEK[]',
          {
            onRow: (row) => {
              const uid = uidOf(row);
              const body = row.items.get('BODY[]');
              if (uid === null || !wanted.has(uid) || body === undefined) return;
              found.set(uid, {
                raw: new Uint8Array(bytesOf(body)),
                flags: flagsIn(row)?.flags ?? 0,
                date: internalDateOf(row.items.get('INTERNALDATE')) || null,
              });
            },
            limits,
          },
          signal,
        );
    },
  );
  return found;
}
