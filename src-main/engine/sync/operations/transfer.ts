/**
 * One mail from one account's mailbox into another's: the same bytes, flags and date, appended there; the original goes only after that
 * server has confirmed it. What may have arrived in an attempt whose answer was lost is looked for before it is appended again.
 */
import type { FetchLimits } from '#engine/imap/fetchParser.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { flagsForServer, FlagBit } from '#engine/store/flags.ts';
import type { OperationFolder } from '#engine/store/operationKinds.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { bytesOf, flagsIn, internalDateOf, uidOf } from '../run/headerRow.ts';

export interface TransferParts {
  /** The connections of another account. Throws what forbids one. */
  readonly sessionOf: (id: AccountId) => Promise<AccountSession>;
  /** Something came into this account: look soon. */
  readonly kick: (id: AccountId) => void;
}

export interface Original {
  readonly raw: Uint8Array;
  /** As APPEND names them. */
  readonly flags: readonly string[];
  /** INTERNALDATE, ms since 1970; null: the server did not say. */
  readonly date: number | null;
}

interface Transfer {
  readonly original: Original;
  /** Without angle brackets; null: it has none. */
  readonly messageId: string | null;
  readonly target: OperationFolder & { readonly accountId: AccountId };
  /** It was tried before. */
  readonly again: boolean;
}

const limits: FetchLimits = { responseBytes: 210 * 1024 * 1024, depth: 100 };

/** null: it is not there (any more). */
export async function fetchOriginal(
  mailbox: Mailbox,
  uid: number,
  signal: AbortSignal,
): Promise<Original | null> {
  let found: Original | null = null;
  const onRow: Parameters<Mailbox['fetch']>[2]['onRow'] = (row) => {
    const body = row.items.get('BODY[]');
    if (uidOf(row) !== uid || body === undefined) return;
    const flags = flagsIn(row);
    found = {
      raw: Buffer.from(bytesOf(body)),
      flags: [...flagsForServer((flags?.flags ?? 0) & ~FlagBit.deleted), ...(flags?.keywords ?? [])],
      date: internalDateOf(row.items.get('INTERNALDATE')) || null,
    };
  };
  await mailbox.fetch(uid.toString(), 'UID FLAGS INTERNALDATE BODY.PEEK[]', { onRow, limits }, signal);
  return found;
}

/**
 * Resolves when the other server has it. Throws `target-unavailable` (retry later) for what is that account's trouble and passes, so
 * that it is not taken for this account's; what that server refuses for good is thrown as it is.
 */
export async function transferOne(
  parts: TransferParts,
  transfer: Transfer,
  signal: AbortSignal,
): Promise<void> {
  const { original, target } = transfer;
  try {
    const session = await parts.sessionOf(target.accountId);
    if (transfer.again && (await arrived(session, transfer, signal))) return;
    await session.lanes.withConnection('interactive', signal, (connection) =>
      connection.append(target.path, original.raw, original.flags, original.date, signal),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!isMailError(error)) throw error;
    if (error.retry === 'never' && error.needs === undefined) throw error;
    throw new MailError('target-unavailable', { folder: target.path }, { cause: error });
  } finally {
    parts.kick(target.accountId);
  }
}

/** By its Message-ID and its size: another mail with the same Message-ID is not this one. */
async function arrived(
  session: AccountSession,
  { messageId, original, target }: Transfer,
  signal: AbortSignal,
): Promise<boolean> {
  if (messageId === null) return false;
  return session.lanes.withMailbox(
    'interactive',
    target.path,
    { readOnly: true },
    signal,
    async (mailbox) => {
      const uids = await mailbox.searchMessageId(messageId, signal);
      let same = false;
      const onRow: Parameters<Mailbox['fetch']>[2]['onRow'] = (row) => {
        same ||= Number(row.items.get('RFC822.SIZE')) === original.raw.length;
      };
      if (uids.length > 0) await mailbox.fetch(uids.join(','), 'UID RFC822.SIZE', { onRow }, signal);
      return same;
    },
  );
}
