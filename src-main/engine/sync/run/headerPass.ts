/** Headers of a folder's messages into the store: in chunks, each committed together with the position that it leads to. */
import { collectMet } from '#engine/contacts/collect.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { uidSet } from '#engine/imap/uidSet.ts';
import type { FetchRow } from '#engine/imap/fetchParser.ts';
import { savePosition } from '#engine/store/folders.repo.ts';
import type { FolderPosition, StoredFolder } from '#engine/store/folders.repo.ts';
import { effectiveDate, storeHeaders } from '#engine/store/headerBatch.ts';
import { announceOnce } from '#engine/store/messages.repo.ts';
import type { HeaderRow } from '#engine/store/headerBatch.ts';
import { FlagBit } from '#engine/store/flags.ts';
import type { WriteDb } from '#engine/store/handles.ts';
import { quarantine } from '#engine/store/placements.repo.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import { headerItems, readHeaderRow, uidOf } from './headerRow.ts';
import { fetchSplitting } from './fetchSplitting.ts';
import type { VisitParts } from './visitParts.ts';
import { assertSameFolder } from './visitParts.ts';

/** Rows that are written in one transaction: some 80 ms, so that whoever reads meanwhile hardly notices. Fewer cost a commit more often. */
const rowsPerWrite = 1000;

/** A new mail that a person should hear of. */
export interface Arrival {
  readonly id: MessageId;
  readonly from: string;
  readonly subject: string;
}

export interface HeaderPassResult {
  readonly added: number;
  /** Of those asked for, the ones that were answered: stored or put aside. */
  readonly answered: ReadonlySet<number>;
  readonly lowest: number | null;
  readonly highest: number | null;
  /** Messages that were not known before. */
  readonly fresh: number;
}

interface PassOptions {
  /** Announce what is new to the account (new mail in the inbox). */
  readonly announce: boolean;
  /** Written in the transaction of the last rows. `seen`: what was answered. */
  readonly position?: (seen: { lowest: number | null; highest: number | null }) => Partial<FolderPosition>;
}

/** Takes in one command's rows as they come. */
class HeaderSink {
  readonly answered = new Set<number>();
  added = 0;
  fresh = 0;
  lowest: number | null = null;
  highest: number | null = null;
  readonly #parts: VisitParts;
  readonly #folder: StoredFolder;
  readonly #uidValidity: string;
  readonly #announce: boolean;
  #rows: HeaderRow[] = [];
  #aside: { uid: number; reason: string }[] = [];

  constructor(parts: VisitParts, folder: StoredFolder, uidValidity: string, announce: boolean) {
    this.#parts = parts;
    this.#folder = folder;
    this.#uidValidity = uidValidity;
    this.#announce = announce;
  }

  row(row: FetchRow, asked: (uid: number) => boolean): void {
    const uid = uidOf(row);
    // Rows for messages that nobody asked for are flags that changed, or a server's mistake (N09).
    if (uid === null || !asked(uid) || this.answered.has(uid)) return;
    try {
      const read = readHeaderRow(row, uid);
      if (read === null) return;
      this.#rows.push(read);
    } catch (error) {
      this.#parts.log.error('a message header could not be read', { folder: this.#folder.id, uid, error });
      this.#aside.push({ uid, reason: 'header-unreadable' });
    }
    this.#answered(uid);
    if (this.#rows.length >= rowsPerWrite) this.write(null);
  }

  putAside(uid: number, reason: string): void {
    this.#aside.push({ uid, reason });
    this.#answered(uid);
  }

  #answered(uid: number): void {
    this.answered.add(uid);
    if (this.lowest === null || uid < this.lowest) this.lowest = uid;
    if (this.highest === null || uid > this.highest) this.highest = uid;
  }

  /** What has gathered, and with it the position, in one transaction. */
  write(position: PassOptions['position'] | null): void {
    const rows = this.#rows;
    const aside = this.#aside;
    this.#rows = [];
    this.#aside = [];
    if (rows.length === 0 && aside.length === 0 && position == null) return;
    const { store, accountId, clock } = this.#parts;
    const arrivals: Arrival[] = [];
    store.write((db) => {
      assertSameFolder(db, this.#folder.id, this.#uidValidity);
      const placed = storeHeaders(db, accountId, this.#folder.id, rows);
      this.added += placed.length;
      const fresh = placed.filter((one) => one.fresh);
      this.fresh += fresh.length;
      this.#collectPeople(db, rows, fresh);
      if (this.#announce && fresh.length > 0) this.#collectArrivals(db, rows, fresh, arrivals);
      for (const { uid, reason } of aside)
        quarantine(db, { accountId, folderId: this.#folder.id, uid, reason, at: clock.now() });
      if (position != null)
        savePosition(db, this.#folder.id, position({ lowest: this.lowest, highest: this.highest }));
    });
    this.#parts.progress.did(rows.length);
    if (arrivals.length > 0) this.#parts.onArrivals(this.#folder, arrivals);
  }

  #collectPeople(
    db: WriteDb,
    rows: readonly HeaderRow[],
    fresh: readonly { uid: number; id: MessageId }[],
  ): void {
    const uids = new Set(fresh.map(({ uid }) => uid));
    const mails = rows
      .filter(({ uid }) => uids.has(uid))
      .map(({ headers, internalDate, flags }) => ({
        messageId: headers.messageId,
        from: headers.from,
        recipients: [...headers.to, ...headers.cc, ...headers.bcc],
        date: effectiveDate(headers.date, internalDate),
        flags,
        role: this.#folder.role,
      }));
    collectMet(db, mails, this.#parts.clock.now());
  }

  #collectArrivals(
    db: WriteDb,
    rows: readonly HeaderRow[],
    fresh: readonly { uid: number; id: MessageId }[],
    arrivals: Arrival[],
  ): void {
    const byUid = new Map(rows.map((row) => [row.uid, row]));
    for (const { uid, id } of fresh) {
      const row = byUid.get(uid);
      // Read, or thrown away, on another machine already: no news any more.
      if (row === undefined || (row.flags & (FlagBit.seen | FlagBit.deleted | FlagBit.draft)) !== 0) continue;
      if (!announceOnce(db, this.#parts.accountId, row.identity, this.#parts.clock.now())) continue;
      const { from, subject } = row.headers;
      arrivals.push({ id, from: from === null ? '' : from.name || readableAddress(from.address), subject });
    }
  }

  result(): HeaderPassResult {
    const { added, answered, lowest, highest, fresh } = this;
    return { added, answered, lowest, highest, fresh };
  }
}

/** The newest `count` messages of a folder that nothing is known of. */
export async function storeNewest(
  parts: VisitParts,
  folder: StoredFolder,
  mailbox: Mailbox,
  count: number,
  options: PassOptions,
  signal: AbortSignal,
): Promise<HeaderPassResult> {
  const sink = new HeaderSink(parts, folder, mailbox.uidValidity, options.announce);
  await mailbox.fetchNewest(
    count,
    headerItems(mailbox.connection),
    {
      onRow: (row) => {
        sink.row(row, () => true);
      },
      onUnreadable: unreadable(parts, folder),
    },
    signal,
  );
  sink.write(options.position ?? null);
  return sink.result();
}

/** These messages. Those that are gone meanwhile are not in `answered`. */
export async function storeHeadersOf(
  parts: VisitParts,
  folder: StoredFolder,
  mailbox: Mailbox,
  uids: readonly number[],
  options: PassOptions,
  signal: AbortSignal,
): Promise<HeaderPassResult> {
  const sink = new HeaderSink(parts, folder, mailbox.uidValidity, options.announce);
  const asked = new Set(uids);
  await fetchSplitting(
    uids,
    () => mailbox.connection.usable,
    (some) =>
      mailbox
        .fetch(
          uidSet(some),
          headerItems(mailbox.connection),
          {
            onRow: (row) => {
              sink.row(row, (uid) => asked.has(uid));
            },
            onUnreadable: unreadable(parts, folder),
          },
          signal,
        )
        .then(() => undefined),
    (uid, error) => {
      parts.log.warn('the server refuses a message', { folder: folder.id, uid, error });
      sink.putAside(uid, 'server-refused');
    },
  );
  sink.write(options.position ?? null);
  return sink.result();
}

/** All from a UID on, up to and with `to` where that is known. */
export async function storeFrom(
  parts: VisitParts,
  folder: StoredFolder,
  mailbox: Mailbox,
  range: { readonly from: number; readonly to: number | null },
  options: PassOptions,
  signal: AbortSignal,
): Promise<HeaderPassResult> {
  const sink = new HeaderSink(parts, folder, mailbox.uidValidity, options.announce);
  const { from, to } = range;
  await mailbox.fetch(
    `${from.toString()}:${to === null ? '*' : to.toString()}`,
    headerItems(mailbox.connection),
    {
      // "*" is the last message, also when its UID is below `from` (RFC 9051 section 9).
      onRow: (row) => {
        sink.row(row, (uid) => uid >= from);
      },
      onUnreadable: unreadable(parts, folder),
    },
    signal,
  );
  sink.write(options.position ?? null);
  return sink.result();
}

function unreadable(parts: VisitParts, folder: StoredFolder): (line: string) => void {
  return () => {
    // Not the line itself: it may be a mail's.
    parts.log.warn('a FETCH response could not be read', { folder: folder.id });
  };
}
