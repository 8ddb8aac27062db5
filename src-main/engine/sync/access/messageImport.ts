/**
 * Files mails that come from outside in a folder of a server, one APPEND each. What lies there already is told by the server itself, by
 * Message-ID: it knows what other programs put there since, and whether an APPEND whose answer was lost had arrived.
 */
import { readHeaderBlock } from '#engine/mime/headers.ts';
import type { IncomingMail } from '#engine/mime/incomingMail.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { uidSets } from '#engine/imap/uidSet.ts';
import { bitsOf, flagsForServer, type FlagName } from '#engine/store/flags.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import type { ImportOutcome } from '#shared/contract/mailFiles.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { bytesOf, uidOf } from '../run/headerRow.ts';

/** How often a connection may break before the rest is left. */
const attempts = 3;
/** Message-IDs in one SEARCH: each is a level of nesting, and servers bound those. */
const askedAtOnce = 20;
/** What others may have put there in the meantime. */
const newest = 10;

/**
 * Tells the outcome of each mail, in their order, as soon as it is known. Throws what stops the rest (no connection, no room, a folder
 * that takes none).
 */
export async function fileMails(
  session: AccountSession,
  folder: StoredFolder,
  mails: readonly IncomingMail[],
  told: (outcome: ImportOutcome) => void,
  signal: AbortSignal,
): Promise<void> {
  if (folder.path === '' || folder.localOnly)
    throw new MailError('mailbox-not-found', { folder: folder.path });
  let done = 0;
  /** This one was on its way when the connection broke. */
  let unsure = -1;
  for (let attempt = 1; done < mails.length; attempt += 1) {
    try {
      await session.lanes.withMailbox('sync', folder.path, { reuse: unsure < 0 }, signal, async (mailbox) => {
        if (mailbox.readOnly) throw new MailError('mailbox-read-only', { folder: folder.path });
        const there = await lyingThere(mailbox, mails.slice(done), signal);
        while (done < mails.length) {
          const mail = mails[done] as IncomingMail;
          const { messageId } = mail.headers;
          if (messageId !== null && there.has(messageId)) {
            told({ outcome: unsure === done ? 'imported' : 'duplicate' });
          } else if (messageId === null && unsure === done && (await cameLast(mailbox, mail, signal))) {
            told({ outcome: 'imported' });
          } else {
            unsure = done;
            told(await fileOne(mailbox, mail, signal));
            if (messageId !== null) there.add(messageId);
          }
          done += 1;
        }
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!isMailError(error) || error.retry !== 'now' || attempt >= attempts) throw error;
    }
  }
}

/** What concerns this mail alone is its outcome; what would meet the next one too is thrown. */
async function fileOne(mailbox: Mailbox, mail: IncomingMail, signal: AbortSignal): Promise<ImportOutcome> {
  const { status } = mail;
  const names = (Object.keys(status) as FlagName[]).filter((name) => status[name]);
  const flags = [...flagsForServer(bitsOf(names)), ...mail.keywords].filter((flag) => mailbox.accepts(flag));
  try {
    await mailbox.connection.append(mailbox.path, mail.raw, flags, mail.arrivedAt, signal);
    return { outcome: 'imported' };
  } catch (error) {
    if (!isMailError(error) || (error.code !== 'server-refused' && error.code !== 'message-too-large'))
      throw error;
    return { outcome: 'failed', error: toWire(error) };
  }
}

/** Of a mail without a Message-ID: is its like, by the size, among the newest? */
async function cameLast(mailbox: Mailbox, mail: IncomingMail, signal: AbortSignal): Promise<boolean> {
  let found = false;
  const onRow: Parameters<Mailbox['fetch']>[2]['onRow'] = (row) => {
    found ||= Number(row.items.get('RFC822.SIZE')) === mail.raw.length;
  };
  await mailbox.fetchNewest(newest, 'UID RFC822.SIZE', { onRow }, signal);
  return found;
}

/** Which of their Message-IDs the folder holds. */
async function lyingThere(
  mailbox: Mailbox,
  mails: readonly IncomingMail[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = [...new Set(mails.flatMap(({ headers }) => headers.messageId ?? []))];
  const uids: number[] = [];
  for (let at = 0; at < ids.length; at += askedAtOnce)
    uids.push(...(await mailbox.searchMessageIds(ids.slice(at, at + askedAtOnce), signal)));
  const there = new Set<string>();
  for (const { set } of uidSets([...new Set(uids)].sort((a, b) => a - b)))
    await mailbox.fetch(
      set,
      'UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]',
      {
        onRow: (row) => {
          if (uidOf(row) === null) return;
          const { messageId } = readHeaderBlock(bytesOf(row.items.get('BODY[HEADER.FIELDS]')));
          if (messageId !== null) there.add(messageId);
        },
      },
      signal,
    );
  return there;
}
