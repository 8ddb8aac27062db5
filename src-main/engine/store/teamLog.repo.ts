/** A group account's team log as far as it was read, and the events of our own that wait for it. */
import type { MessageStates } from '#shared/domain/group/logState.ts';
import type { EventId, IgnoredReason, TeamEvent } from '#shared/domain/group/events.ts';
import type { LogEntry } from '#shared/domain/group/fold.ts';
import type { Incomplete, LogHeader, LogState, MessageState } from '#shared/domain/group/logState.ts';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import type { PublicKey } from '#shared/domain/group/config.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredLog {
  readonly header: LogHeader;
  readonly incomplete: Incomplete | null;
  readonly context: string;
  readonly readUid: number;
  readonly baseUid: number;
  /** What the base holds lies in the folder under new UIDs and is being read again: no further links of the chain. */
  readonly moved: boolean;
  readonly ignored: Partial<Record<IgnoredReason, number>>;
}

export function getLog(db: ReadDb, accountId: AccountId): StoredLog | null {
  const row = db
    .prepare<
      [string],
      {
        header: string;
        incomplete: string | null;
        context: string;
        read_uid: number;
        base_uid: number;
        moved: number;
        ignored: string;
      }
    >('SELECT * FROM team_logs WHERE account_id = ?')
    .get(accountId);
  if (!row) return null;
  return {
    // An older version wrote it without what members tell of their connections.
    header: { tellings: {}, ...(JSON.parse(row.header) as Omit<LogHeader, 'tellings'>) },
    incomplete: row.incomplete === null ? null : (JSON.parse(row.incomplete) as Incomplete),
    context: row.context,
    readUid: row.read_uid,
    baseUid: row.base_uid,
    moved: row.moved === 1,
    ignored: JSON.parse(row.ignored) as StoredLog['ignored'],
  };
}

export function saveLog(db: WriteDb, accountId: AccountId, log: StoredLog): void {
  db.prepare(
    `INSERT INTO team_logs (account_id, header, incomplete, context, read_uid, base_uid, moved, ignored) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id) DO UPDATE SET header = excluded.header, incomplete = excluded.incomplete, context = excluded.context,
       read_uid = excluded.read_uid, base_uid = excluded.base_uid, moved = excluded.moved, ignored = excluded.ignored`,
  ).run(
    accountId,
    JSON.stringify(log.header),
    log.incomplete === null ? null : JSON.stringify(log.incomplete),
    log.context,
    log.readUid,
    log.baseUid,
    log.moved ? 1 : 0,
    JSON.stringify(log.ignored),
  );
}

/** Everything that was read of the log, and what was made of it. What waits to be written stays. */
export function forgetLog(db: WriteDb, accountId: AccountId): void {
  db.prepare('DELETE FROM team_logs WHERE account_id = ?').run(accountId);
}

/** The folded messages and the ids go, the entries that they were folded from stay. */
export function forgetFold(db: WriteDb, accountId: AccountId): void {
  db.prepare('DELETE FROM team_messages WHERE account_id = ?').run(accountId);
  db.prepare('DELETE FROM team_ids WHERE account_id = ?').run(accountId);
}

export type StoredEntry = LogEntry & {
  /** What the chain is made of; null: no link of it. */
  readonly link: string | null;
};

interface EntryRecord {
  uid: number;
  at: number;
  link: string | null;
  digest: string | null;
  event: string | null;
  reason: IgnoredReason | null;
  key: PublicKey | null;
}

export function insertEntry(db: WriteDb, accountId: AccountId, entry: StoredEntry): void {
  db.prepare(
    'INSERT OR REPLACE INTO team_entries (account_id, uid, at, link, digest, event, reason, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    accountId,
    entry.uid,
    entry.at,
    entry.link,
    entry.digest,
    entry.event === null ? null : JSON.stringify(entry.event),
    entry.reason,
    entry.key,
  );
}

/** In UID order, up to and including `upTo`. */
export function* listEntries(
  db: ReadDb,
  accountId: AccountId,
  upTo = Number.MAX_SAFE_INTEGER,
): Generator<StoredEntry> {
  const page = db.prepare<[string, number, number], EntryRecord>(
    'SELECT uid, at, link, digest, event, reason, key FROM team_entries WHERE account_id = ? AND uid > ? AND uid <= ? ORDER BY uid LIMIT 2000',
  );
  for (let after = 0; ;) {
    const rows = page.all(accountId, after, upTo);
    for (const row of rows) {
      yield {
        uid: row.uid,
        at: row.at,
        link: row.link,
        digest: row.digest,
        event: row.event === null ? null : (JSON.parse(row.event) as TeamEvent),
        reason: row.reason,
        key: row.key,
      };
      after = row.uid;
    }
    if (rows.length < 2000) return;
  }
}

export function entryUids(db: ReadDb, accountId: AccountId): number[] {
  return db
    .prepare<[string], { uid: number }>('SELECT uid FROM team_entries WHERE account_id = ? ORDER BY uid')
    .all(accountId)
    .map(({ uid }) => uid);
}

export function deleteEntries(db: WriteDb, accountId: AccountId, upTo: number): void {
  db.prepare('DELETE FROM team_entries WHERE account_id = ? AND uid <= ?').run(accountId, upTo);
}

export function replaceBase(db: WriteDb, accountId: AccountId, parts: readonly Uint8Array[]): void {
  db.prepare('DELETE FROM team_base WHERE account_id = ?').run(accountId);
  const insert = db.prepare<[string, number, Uint8Array]>(
    'INSERT INTO team_base (account_id, part, content) VALUES (?, ?, ?)',
  );
  parts.forEach((content, part) => insert.run(accountId, part, content));
}

export function baseParts(db: ReadDb, accountId: AccountId): Uint8Array[] {
  return db
    .prepare<[string], { content: Uint8Array }>(
      'SELECT content FROM team_base WHERE account_id = ? ORDER BY part',
    )
    .all(accountId)
    .map(({ content }) => content);
}

/**
 * The fold's state over the store's rows: a message is read when it is asked for, and what was changed is written by `flush`, in the
 * transaction that it is called in. After a transaction that failed it must be thrown away.
 */
export class StoredState implements LogState {
  readonly header: LogHeader;
  incomplete: Incomplete | null;
  readonly messages: MessageStates;
  readonly ids: LogState['ids'];
  readonly #db: WriteDb;
  readonly #accountId: AccountId;
  readonly #cache = new Map<MessageKey, MessageState>();
  readonly #changed = new Set<MessageKey>();
  readonly #newIds = new Set<EventId>();

  constructor(db: WriteDb, accountId: AccountId, header: LogHeader, incomplete: Incomplete | null) {
    this.#db = db;
    this.#accountId = accountId;
    this.header = header;
    this.incomplete = incomplete;
    this.messages = {
      get: (key) => this.#message(key),
      set: (key, state) => {
        this.#cache.set(key, state);
        this.#changed.add(key);
      },
    };
    this.ids = {
      has: (id) => this.#newIds.has(id) || hasId(db, accountId, id),
      add: (id) => this.#newIds.add(id),
    };
  }

  flush(): void {
    const message = this.#db.prepare<[string, string, string]>(
      'INSERT OR REPLACE INTO team_messages (account_id, key, state) VALUES (?, ?, ?)',
    );
    for (const key of this.#changed) message.run(this.#accountId, key, JSON.stringify(this.#cache.get(key)));
    const id = this.#db.prepare<[string, string]>(
      'INSERT OR IGNORE INTO team_ids (account_id, id) VALUES (?, ?)',
    );
    for (const one of this.#newIds) id.run(this.#accountId, one);
    this.#changed.clear();
    this.#newIds.clear();
    this.#cache.clear();
  }

  #message(key: MessageKey): MessageState | undefined {
    const cached = this.#cache.get(key);
    if (cached) return cached;
    const stored = getTeamMessage(this.#db, this.#accountId, key);
    if (stored) this.#cache.set(key, stored);
    return stored;
  }
}

function hasId(db: ReadDb, accountId: AccountId, id: EventId): boolean {
  return (
    db
      .prepare<[string, string]>('SELECT 1 FROM team_ids WHERE account_id = ? AND id = ?')
      .get(accountId, id) !== undefined
  );
}

/** Was this event folded, accepted or not? */
export function wasFolded(db: ReadDb, accountId: AccountId, id: EventId): boolean {
  return hasId(db, accountId, id);
}

export function getTeamMessage(db: ReadDb, accountId: AccountId, key: MessageKey): MessageState | undefined {
  const row = db
    .prepare<[string, string], { state: string }>(
      'SELECT state FROM team_messages WHERE account_id = ? AND key = ?',
    )
    .get(accountId, key);
  return row && (JSON.parse(row.state) as MessageState);
}

/** A state for reading alone, over what is committed. */
export function readableState(db: ReadDb, accountId: AccountId, log: StoredLog): LogState {
  return {
    header: log.header,
    incomplete: log.incomplete,
    messages: {
      get: (key) => getTeamMessage(db, accountId, key),
      set: () => {
        throw new TypeError('a state for reading');
      },
    },
    ids: { has: (id) => hasId(db, accountId, id), add: () => undefined },
  };
}

export interface PendingEvent {
  readonly seq: number;
  readonly event: TeamEvent;
  readonly raw: Uint8Array;
  readonly sent: boolean;
}

export function insertPending(
  db: WriteDb,
  accountId: AccountId,
  pending: { event: TeamEvent; raw: Uint8Array; now: number },
): void {
  const { event, raw, now } = pending;
  db.prepare(
    'INSERT INTO team_pending (id, account_id, about, event, raw, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(event.id, accountId, 'about' in event ? event.about : null, JSON.stringify(event), raw, now);
}

/** In the order in which they were made. */
export function listPending(db: ReadDb, accountId: AccountId): PendingEvent[] {
  return db
    .prepare<[string], { seq: number; event: string; raw: Uint8Array; sent: number }>(
      'SELECT seq, event, raw, sent FROM team_pending WHERE account_id = ? ORDER BY seq',
    )
    .all(accountId)
    .map(({ seq, event, raw, sent }) => ({
      seq,
      event: JSON.parse(event) as TeamEvent,
      raw,
      sent: sent === 1,
    }));
}

export function pendingAbout(db: ReadDb, accountId: AccountId, key: MessageKey): TeamEvent[] {
  return db
    .prepare<[string, string], { event: string }>(
      'SELECT event FROM team_pending WHERE account_id = ? AND (about = ? OR about IS NULL) ORDER BY seq',
    )
    .all(accountId, key)
    .map(({ event }) => JSON.parse(event) as TeamEvent);
}

export function markPendingSent(db: WriteDb, seq: number): void {
  db.prepare('UPDATE team_pending SET sent = 1 WHERE seq = ?').run(seq);
}

export function deletePending(db: WriteDb, id: EventId): boolean {
  return db.prepare('DELETE FROM team_pending WHERE id = ?').run(id).changes > 0;
}

/** What waits to be written and was not tried yet, of the kinds of which only the newest counts. */
export function deleteUntried(db: WriteDb, accountId: AccountId, type: TeamEvent['type']): void {
  db.prepare(
    `DELETE FROM team_pending WHERE account_id = ? AND sent = 0 AND json_extract(event, '$.type') = ?`,
  ).run(accountId, type);
}

export function deletePendingOf(db: WriteDb, accountId: AccountId): void {
  db.prepare('DELETE FROM team_pending WHERE account_id = ?').run(accountId);
}
