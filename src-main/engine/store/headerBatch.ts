/** Takes in messages as their headers tell: stored once for each account and identity, placed in folders, drawn together to conversations. */
import type { MailHeaders } from '#engine/mime/headers.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { deletedBit } from './flags.ts';
import type { WriteDb } from './handles.ts';
import { heldItems, withHeld, type Held } from './heldItems.ts';
import { sameHeaders } from './identity.ts';
import { hasAttachments, type MessageStructure } from './messageStructure.ts';
import { threadLinks, Threads } from './threads.ts';

export interface HeaderRow {
  readonly uid: number;
  /** Bits of flags.ts. */
  readonly flags: number;
  readonly keywords: readonly string[];
  /** INTERNALDATE, ms since 1970. */
  readonly internalDate: number;
  /** RFC822.SIZE, bytes. */
  readonly size: number;
  /** Bounded again here (M03). */
  readonly headers: MailHeaders;
  readonly structure: MessageStructure | null;
  /** identity.ts: messageIdentity(headers, size). */
  readonly identity: string;
  /** The conversation that the server itself puts it in, where it tells. */
  readonly thread?: string | null;
}

export interface StoredPlacement {
  readonly uid: number;
  readonly id: MessageId;
  /** The message itself was not known before: it is news, not a move, a label or a new UIDVALIDITY. */
  readonly fresh: boolean;
}

const maxAddresses = 1000;
const maxSubject = 2000;
const maxName = 500;
const maxStoredReferences = 200;
/** Before this a Date header is absurd (M17): 1980-01-01. */
const earliestDate = 315_532_800_000;
const latenessMs = 2 * 86_400_000;
/** Seconds that still fit 53 bits together with the 20 of the number. */
const latestSecond = 2 ** 33 - 1;
const numbersPerSecond = 2 ** 20;

/** The date that counts: the header's, or the server's where that is missing, absurd, or later than the arrival by more than two days. */
export function effectiveDate(header: number | null, internalDate: number): number {
  const arrived = Number.isFinite(internalDate) && internalDate > 0 ? internalDate : 0;
  if (header === null || !Number.isFinite(header) || header < earliestDate) return arrived;
  return header > arrived + latenessMs && arrived > 0 ? arrived : header;
}

/**
 * Takes in the headers of a folder's messages: one transaction's worth (500 is a good batch). Rows that are there already change
 * nothing but flags, so that an interrupted batch may simply come again. What queued operations hold stays as the user left it.
 * @returns placements that are new in this folder, in the order of `rows`
 */
export function storeHeaders(
  db: WriteDb,
  accountId: AccountId,
  folderId: FolderId,
  rows: readonly HeaderRow[],
): StoredPlacement[] {
  if (rows.length === 0) return [];
  const batch = new HeaderBatch(db, accountId, folderId, rows);
  const added: StoredPlacement[] = [];
  const changed: MessageId[] = [];
  for (const row of rows) {
    const placed = batch.store(row);
    if (placed.state === 'added') added.push({ uid: row.uid, id: placed.id, fresh: placed.fresh });
    if (placed.state !== 'same') changed.push(placed.id);
  }
  if (changed.length > 0) {
    db.changed({ kind: 'messages', accountId, folderId, ids: changed });
    db.changed({ kind: 'folders', accountId });
  }
  return added;
}

type Placed =
  | { readonly state: 'added'; readonly id: MessageId; readonly fresh: boolean }
  | { readonly state: 'changed' | 'same'; readonly id: MessageId };

interface PendingPlacement {
  uid: number;
  message_id: number;
  identity: string;
}

interface ThereRecord {
  uid: number;
  message_id: number;
  identity: string;
  flags: number;
  keywords: string | null;
}

interface KnownRecord {
  id: number;
  copy: number;
}

/** Looks up once for the whole batch what its rows may meet. */
class HeaderBatch {
  readonly #db: WriteDb;
  readonly #accountId: AccountId;
  readonly #folderId: FolderId;
  readonly #threads: Threads;
  readonly #held: Map<number, Held>;
  /** Placements of the folder under the batch's UIDs. */
  readonly #there: Map<number, ThereRecord>;
  /** Messages of the account with the batch's identities. */
  readonly #known: Map<string, KnownRecord[]>;
  /** Placed here by a local act and waiting for their UIDs. */
  readonly #pending: PendingPlacement[];
  /** What ties each row to others. */
  readonly #links: ReadonlyMap<HeaderRow, readonly string[]>;
  /** Of the ids that the batch's rows ask for first, those that are taken. */
  readonly #taken: Set<number>;

  constructor(db: WriteDb, accountId: AccountId, folderId: FolderId, rows: readonly HeaderRow[]) {
    this.#db = db;
    this.#accountId = accountId;
    this.#folderId = folderId;
    this.#threads = new Threads(db, accountId);
    this.#there = new Map(
      db
        .prepare<[number, string], ThereRecord>(
          `SELECT p.uid, p.message_id, m.identity, p.flags, p.keywords FROM placements p JOIN messages m ON m.id = p.message_id
           WHERE p.folder_id = ? AND p.uid IN (SELECT value FROM json_each(?))`,
        )
        .all(folderId, JSON.stringify(rows.map(({ uid }) => uid)))
        .map((there) => [there.uid, there]),
    );
    this.#known = Map.groupBy(
      db
        .prepare<[string, string], KnownRecord & { identity: string }>(
          `SELECT id, copy, identity FROM messages
           WHERE account_id = ? AND identity IN (SELECT value FROM json_each(?)) ORDER BY copy`,
        )
        .all(accountId, JSON.stringify(rows.map(({ identity }) => identity))),
      (known) => known.identity,
    );
    this.#held = heldItems(db, folderId);
    this.#pending = db
      .prepare<[number], PendingPlacement>(
        `SELECT p.uid, p.message_id, m.identity FROM placements p JOIN messages m ON m.id = p.message_id
         WHERE p.folder_id = ? AND p.uid < 0 ORDER BY p.uid DESC`,
      )
      .all(folderId);
    this.#links = new Map(rows.map((row) => [row, linksOf(row)]));
    this.#threads.foresee([...this.#links.values()].flat());
    this.#taken = new Set(
      db
        .prepare<[string], { id: number }>(
          'SELECT id FROM messages WHERE id IN (SELECT value FROM json_each(?))',
        )
        .all(JSON.stringify(rows.map((row) => idFor(secondOf(dateOf(row)), row.uid))))
        .map(({ id }) => id),
    );
  }

  store(row: HeaderRow): Placed {
    const there = this.#there.get(row.uid);
    if (there) {
      if (there.identity === row.identity || sameHeaders(there.identity, row.identity))
        return this.#update(row, there);
      // Another mail under a UID that was taken: the server broke its promise (N11). What it says now counts.
      this.#db.prepare('DELETE FROM placements WHERE folder_id = ? AND uid = ?').run(this.#folderId, row.uid);
    }
    const waiting = this.#takePending(row.identity);
    if (waiting) return this.#bind(row, waiting);
    return this.#place(row);
  }

  #update(row: HeaderRow, there: { message_id: number; flags: number; keywords: string | null }): Placed {
    const id = there.message_id as MessageId;
    const flags = withHeld(row.flags, this.#held.get(id));
    const keywords = keywordText(row.keywords);
    if (flags === there.flags && keywords === there.keywords) return { state: 'same', id };
    this.#db
      .prepare(
        'UPDATE placements SET flags = ?, keywords = ?, hidden = (hidden & 1) | ? WHERE folder_id = ? AND uid = ?',
      )
      .run(flags, keywords, deletedBit(flags), this.#folderId, row.uid);
    this.#remember(row, id, flags);
    return { state: 'changed', id };
  }

  /** The local placement that this row is the server's side of; the size may differ after a move (identity.ts). */
  #takePending(identity: string): PendingPlacement | undefined {
    if (this.#pending.length === 0) return undefined;
    let at = this.#pending.findIndex((pending) => pending.identity === identity);
    if (at < 0) at = this.#pending.findIndex((pending) => sameHeaders(pending.identity, identity));
    return at < 0 ? undefined : this.#pending.splice(at, 1)[0];
  }

  #bind(row: HeaderRow, pending: PendingPlacement): Placed {
    const id = pending.message_id as MessageId;
    const flags = withHeld(row.flags, this.#held.get(id));
    this.#db
      .prepare(
        'UPDATE placements SET uid = ?, flags = ?, keywords = ?, hidden = (hidden & 1) | ? WHERE folder_id = ? AND uid = ?',
      )
      .run(row.uid, flags, keywordText(row.keywords), deletedBit(flags), this.#folderId, pending.uid);
    this.#remember(row, id, flags);
    return { state: 'changed', id };
  }

  /** In a message that is known and does not lie here yet, else in a new one. */
  #place(row: HeaderRow): Placed {
    const known = this.#known.get(row.identity) ?? [];
    const free = known.find(
      ({ id }) =>
        this.#db
          .prepare<[number, number]>('SELECT 1 FROM placements WHERE message_id = ? AND folder_id = ?')
          .get(id, this.#folderId) === undefined,
    );
    if (free) {
      // Read now: an earlier row of this batch may have joined its conversation with another.
      const thread = this.#db
        .prepare<[number], { thread_id: number }>('SELECT thread_id FROM messages WHERE id = ?')
        .get(free.id)?.thread_id;
      this.#insertPlacement(row, free.id, thread ?? free.id);
      return { state: 'added', id: free.id as MessageId, fresh: false };
    }
    const copy = (known.at(-1)?.copy ?? -1) + 1;
    const { id, thread } = this.#insertMessage(row, copy);
    this.#insertPlacement(row, id, thread);
    this.#known.set(row.identity, [...known, { id, copy }]);
    // A second copy in the same folder is shown, and is no news.
    return { state: 'added', id: id as MessageId, fresh: known.length === 0 };
  }

  #insertPlacement(row: HeaderRow, id: number, thread: number): void {
    const held = this.#held.get(id);
    const flags = withHeld(row.flags, held);
    this.#db
      .prepare(
        'INSERT INTO placements (folder_id, uid, message_id, thread_id, flags, keywords, hidden) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        this.#folderId,
        row.uid,
        id,
        thread,
        flags,
        keywordText(row.keywords),
        (held?.hidden ? 1 : 0) | deletedBit(flags),
      );
    this.#remember(row, id, flags);
  }

  /** Servers may send a message twice in one answer. */
  #remember(row: HeaderRow, id: number, flags: number): void {
    const { uid, identity } = row;
    this.#there.set(uid, { uid, message_id: id, identity, flags, keywords: keywordText(row.keywords) });
  }

  #insertMessage(row: HeaderRow, copy: number): { id: number; thread: number } {
    const { headers } = row;
    const date = dateOf(row);
    const id = this.#freeId(date, row.uid);
    const thread = this.#threads.join(id, this.#links.get(row) ?? []);
    this.#db
      .prepare(
        `INSERT INTO messages (id, account_id, identity, copy, message_id, thread_id, subject, from_name, from_address, recipients,
           date, arrived_at, size, in_reply_to, refs, structure, has_attachments)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        this.#accountId,
        row.identity,
        copy,
        headers.messageId,
        thread,
        headers.subject.slice(0, maxSubject),
        headers.from?.name.slice(0, maxName) ?? null,
        headers.from?.address ?? null,
        JSON.stringify({
          to: headers.to.slice(0, maxAddresses),
          cc: headers.cc.slice(0, maxAddresses),
          bcc: headers.bcc.slice(0, maxAddresses),
          replyTo: headers.replyTo.slice(0, maxAddresses),
          sender: headers.sender,
        }),
        date,
        row.internalDate > 0 ? row.internalDate : date,
        row.size,
        headers.inReplyTo,
        headers.references.length === 0
          ? null
          : JSON.stringify(headers.references.slice(-maxStoredReferences)),
        row.structure === null ? null : JSON.stringify(row.structure),
        hasAttachments(row.structure) ? 1 : 0,
      );
    return { id, thread };
  }

  /** The date in seconds, then a number that follows the UID, so that mails of one second stand in the order of their arrival. */
  #freeId(date: number, uid: number): number {
    let second = secondOf(date);
    let number = uid % numbersPerSecond;
    for (let tries = 0; ; tries += 1) {
      const id = idFor(second, number);
      // Only the first was asked for with the whole batch.
      if (!this.#taken.has(id) && (tries === 0 || !this.#isTaken(id))) {
        this.#taken.add(id);
        return id;
      }
      if (tries < 1000) number = (number + 1) % numbersPerSecond;
      else {
        // A second as crowded as that is nobody's real mail: go to the one before.
        second = Math.max(0, second - 1);
        tries = 0;
      }
    }
  }

  #isTaken(id: number): boolean {
    return this.#db.prepare<[number]>('SELECT 1 FROM messages WHERE id = ?').get(id) !== undefined;
  }
}

const dateOf = ({ headers, internalDate }: HeaderRow): number => effectiveDate(headers.date, internalDate);
const secondOf = (date: number): number => Math.min(Math.max(0, Math.floor(date / 1000)), latestSecond);
const idFor = (second: number, number: number): number =>
  second * numbersPerSecond + (number % numbersPerSecond);

function linksOf({ headers, thread }: HeaderRow): string[] {
  const links = threadLinks(headers.messageId, headers.inReplyTo, headers.references);
  return thread == null ? links : [...links, thread];
}

function keywordText(keywords: readonly string[]): string | null {
  return keywords.length === 0 ? null : keywords.join(' ');
}
