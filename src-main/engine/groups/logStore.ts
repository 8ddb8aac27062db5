/**
 * A team log in the store: what was read is folded, kept and shown in one transaction, so that a crash leaves either all of it or
 * nothing. Which entries there are and what they make is here; how they come from the server is in logReader.ts.
 */
import { createHash } from 'node:crypto';
import { chainNext, type Sha256 } from '#shared/domain/group/chain.ts';
import type { UserId } from '#shared/domain/group/config.ts';
import type { HealthTellings } from '#shared/domain/group/connectionReport.ts';
import type { EventOf, IgnoredReason } from '#shared/domain/group/events.ts';
import { firstState, type MailFacts } from '#shared/domain/group/firstHandler.ts';
import { foldEntry, type FoldOutcome } from '#shared/domain/group/fold.ts';
import type { FoldContext } from '#shared/domain/group/foldContext.ts';
import {
  newHeader,
  newMemoryState,
  type LogHeader,
  type LogState,
  type MemoryState,
} from '#shared/domain/group/logState.ts';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { viewMessage, type MessageView } from '#shared/domain/group/messageView.ts';
import { readSnapshot } from '#shared/domain/group/snapshot.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { Clock } from '#engine/ports/ports.ts';
import { groupMailKeys, mailFacts, saveGroupView } from '#engine/store/groupMail.repo.ts';
import type { ReadDb, WriteDb } from '#engine/store/handles.ts';
import {
  baseParts,
  deleteEntries,
  deletePending,
  forgetFold,
  forgetLog,
  getLog,
  insertEntry,
  listEntries,
  pendingAbout,
  readableState,
  replaceBase,
  saveLog,
  StoredState,
  wasFolded,
  type StoredEntry,
  type StoredLog,
} from '#engine/store/teamLog.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { unpackPart } from './snapshotParts.ts';
import type { ReadMail } from './eventMail.ts';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

export interface LogStoreParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly accountId: AccountId;
  readonly me: UserId;
  /** By the config in force. */
  readonly context: () => FoldContext;
}

export interface FoldedEntry {
  readonly entry: StoredEntry;
  readonly outcome: FoldOutcome;
}

/** A state that a log begins with: a snapshot, or this client's own memory of a log that is gone. */
export interface LogBase {
  readonly state: MemoryState;
  readonly parts: readonly Uint8Array[];
}

const viewPage = 500;

export class LogStore {
  readonly #parts: LogStoreParts;
  /** As it is committed; undefined: not looked at yet. This object is the only one that writes it. */
  #log: StoredLog | null | undefined;
  #manifest: { readonly baseUid: number; readonly event: EventOf<'snapshot'>; readonly at: number } | null =
    null;

  constructor(parts: LogStoreParts) {
    this.#parts = parts;
  }

  /** null: nothing of it was read yet. */
  get log(): StoredLog | null {
    this.#log ??= getLog(this.#parts.store.read, this.#parts.accountId);
    return this.#log;
  }

  /** `work` gets the log as it is and returns it as it is to be. */
  #write<T>(work: (db: WriteDb, log: StoredLog | null) => { log: StoredLog | null; result: T }): T {
    try {
      const { log, result } = this.#parts.store.write((db) => work(db, this.log));
      this.#log = log;
      return result;
    } catch (error) {
      this.#log = undefined;
      throw error;
    }
  }

  /** As far as it was read; an empty one where nothing was. */
  state(db: ReadDb = this.#parts.store.read, log: StoredLog | null = this.log): LogState {
    return log === null
      ? newMemoryState(sha256, this.#parts.context().group, '0')
      : readableState(db, this.#parts.accountId, log);
  }

  /** null: the mail is not here. */
  view(key: MessageKey): MessageView | null {
    const { read } = this.#parts.store;
    const mail = mailFacts(read, this.#parts.accountId, key);
    return mail === null ? null : this.#view(read, this.state(read), mail);
  }

  /** Whom the mail had for its handler when it came, by the thread or by default. */
  firstHandlerOf(key: MessageKey): UserId | null {
    const { store, accountId, context } = this.#parts;
    const mail = mailFacts(store.read, accountId, key);
    return mail === null ? null : firstState(this.state(), mail, context()).handler;
  }

  #view(db: ReadDb, state: LogState, mail: MailFacts): MessageView {
    const { accountId, clock, context } = this.#parts;
    const pending = pendingAbout(db, accountId, mail.key);
    return viewMessage(state, { mail, context: context(), now: clock.now(), pending });
  }

  /** Begins a log anew; what was known of another one under this account goes. */
  begin(validity: string, base: LogBase | null): void {
    const { accountId, context } = this.#parts;
    this.#write((db) => {
      forgetLog(db, accountId);
      const header = base?.state.header ?? newHeader(sha256, context().group, validity);
      const moved = header.validity !== validity;
      const log: StoredLog = {
        header: moved ? movedTo(header, validity) : header,
        incomplete: base?.state.incomplete ?? null,
        context: context().fingerprint,
        readUid: moved ? 0 : header.last.uid,
        baseUid: moved ? 0 : header.last.uid,
        moved,
        ignored: {},
      };
      saveLog(db, accountId, log);
      if (base !== null) {
        replaceBase(db, accountId, base.parts);
        this.#writeBase(db, base.state);
      }
      return { log, result: undefined };
    });
  }

  /** Everything that lay there was read: what comes from now on is new. */
  caughtUp(): void {
    if (this.log?.moved !== true) return;
    this.#write((db, log) => {
      const next = log === null ? null : { ...log, moved: false };
      if (next !== null) saveLog(db, this.#parts.accountId, next);
      return { log: next, result: undefined };
    });
  }

  #writeBase(db: WriteDb, state: MemoryState): void {
    const stored = new StoredState(db, this.#parts.accountId, state.header, state.incomplete);
    for (const [key, message] of state.messages) stored.messages.set(key, message);
    for (const id of state.ids) stored.ids.add(id);
    stored.flush();
  }

  /** Folds what was read from the server; what was known already is left out. Nothing where the log began anew meanwhile. */
  take(mails: readonly ReadMail[], validity: string): FoldedEntry[] {
    return this.#write((db, log) => {
      const fresh = log?.header.validity === validity ? mails.filter(({ uid }) => uid > log.readUid) : [];
      const last = fresh.at(-1);
      if (log === null || last === undefined) return { log, result: [] };
      return this.#fold(db, { ...log, readUid: last.uid }, this.#entries(db, log, fresh));
    });
  }

  /** What a base holds and is met again under another UIDVALIDITY is no further link of the chain. */
  *#entries(db: ReadDb, log: StoredLog, mails: readonly ReadMail[]): Generator<UnchainedEntry> {
    for (const { part: _, ...entry } of mails) {
      const again = log.moved && entry.event !== null && wasFolded(db, this.#parts.accountId, entry.event.id);
      yield again ? { ...entry, link: null } : entry;
    }
  }

  #fold(
    db: WriteDb,
    log: StoredLog,
    entries: Iterable<UnchainedEntry>,
  ): { log: StoredLog; result: FoldedEntry[] } {
    const { accountId, context } = this.#parts;
    const state = new StoredState(db, accountId, log.header, log.incomplete);
    const folded: FoldedEntry[] = [];
    const touched = new Set<MessageKey>();
    const ignored: Partial<Record<IgnoredReason, number>> = { ...log.ignored };
    for (const unchained of entries) {
      const entry = chained(unchained, state.header);
      if (entry.event === null && entry.reason === null) {
        // A part of a snapshot: known to be there, and nothing else.
        insertEntry(db, accountId, entry);
        continue;
      }
      const outcome = foldEntry(state, entry, context());
      insertEntry(db, accountId, { ...entry, reason: outcome.reason });
      if (outcome.reason !== null) ignored[outcome.reason] = (ignored[outcome.reason] ?? 0) + 1;
      for (const key of outcome.touched) touched.add(key);
      if (entry.event !== null && deletePending(db, entry.event.id)) {
        for (const key of keysOf(entry)) touched.add(key);
      }
      folded.push({ entry, outcome });
    }
    state.flush();
    const next = { ...log, header: state.header, incomplete: state.incomplete, ignored };
    saveLog(db, accountId, next);
    for (const key of touched) this.show(db, key, next);
    return { log: next, result: folded };
  }

  /** Brings what lists and rows show of a message up to date. */
  show(db: WriteDb, key: MessageKey, log: StoredLog | null = this.log): void {
    const { accountId, me } = this.#parts;
    const mail = mailFacts(db, accountId, key);
    if (mail === null) return;
    const state = this.state(db, log);
    const view = this.#view(db, state, mail);
    const charterAt = state.header.charter?.at;
    // Only what arrives while the group works gets an intake.
    const fromBefore = charterAt !== undefined && mail.arrivedAt < charterAt;
    const takenIn = state.messages.get(key)?.intake != null || fromBefore;
    saveGroupView(db, accountId, view, me, { takenIn, fromBefore });
  }

  /** The same for all messages, a page a transaction; `pause` is awaited in between. */
  async showAll(pause: () => Promise<void>): Promise<void> {
    const { store, accountId } = this.#parts;
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const page = groupMailKeys(store.read, accountId, before, viewPage);
      store.write((db) => {
        for (const { key } of page) this.show(db, key);
      });
      const last = page.at(-1);
      if (last === undefined || page.length < viewPage) return;
      before = last.id;
      await pause();
    }
  }

  /** Folds everything again where the config that it was folded with judges otherwise. True: it did. */
  refoldIfNeeded(): boolean {
    if (this.log === null || this.log.context === this.#parts.context().fingerprint) return false;
    return this.#refold([]);
  }

  /** Mails that lie below what was read already and were not there then: each client folds them where they stand. */
  takeLate(mails: readonly ReadMail[]): void {
    this.#refold(mails);
  }

  #refold(late: readonly ReadMail[]): boolean {
    const { accountId, context } = this.#parts;
    return this.#write((db, log) => {
      if (log === null) return { log, result: false };
      for (const { part: _, ...entry } of late) insertEntry(db, accountId, { ...entry, digest: null });
      const base = this.#base(db, log);
      const entries = [...listEntries(db, accountId)].map(unjudged);
      forgetFold(db, accountId);
      this.#writeBase(db, base);
      const next = {
        ...log,
        header: { ...base.header, tellings: toldBefore(log, context()) },
        incomplete: null,
        context: context().fingerprint,
        ignored: {},
      };
      return { log: this.#fold(db, next, entries).log, result: true };
    });
  }

  /** The state that the kept entries go on from. */
  #base(db: ReadDb, log: StoredLog): MemoryState {
    const { validity } = log.header;
    const parts = baseParts(db, this.#parts.accountId);
    if (parts.length === 0) return newMemoryState(sha256, this.#parts.context().group, validity);
    const state = readSnapshot(parts.map(unpackPart));
    return state.header.validity === validity ? state : { ...state, header: movedTo(state.header, validity) };
  }

  /** What the log came to at `uid`, folded anew in memory. null: that lies outside of the kept entries. */
  stateAt(uid: number): MemoryState | null {
    const { store, accountId, context } = this.#parts;
    const { log } = this;
    if (log === null || uid < log.baseUid || uid > log.readUid) return null;
    const state = this.#base(store.read, log);
    for (const entry of listEntries(store.read, accountId, uid)) {
      if (entry.event === null && entry.reason === null) continue;
      foldEntry(state, chained(unjudged(entry), state.header), context());
    }
    return state;
  }

  /** The snapshot that the kept entries begin after, and when it arrived. null: there is none, or its event is not here. */
  get baseManifest(): { readonly event: EventOf<'snapshot'>; readonly at: number } | null {
    const { log } = this;
    if (log === null || log.baseUid === 0) return null;
    if (this.#manifest?.baseUid !== log.baseUid) {
      let found: { event: EventOf<'snapshot'>; at: number } | null = null;
      for (const { event, at } of listEntries(this.#parts.store.read, this.#parts.accountId)) {
        if (
          event?.type !== 'snapshot' ||
          event.upTo.uid !== log.baseUid ||
          event.upTo.validity !== log.header.validity
        )
          continue;
        found ??= { event, at };
      }
      // Not kept while it is missing: it may be read at any moment.
      this.#manifest = found === null ? null : { baseUid: log.baseUid, ...found };
    }
    return this.#manifest;
  }

  /** Links of the chain that the base covers. */
  get baseCount(): number {
    const [first] = baseParts(this.#parts.store.read, this.#parts.accountId);
    return first === undefined ? 0 : readSnapshot([unpackPart(first)]).header.count;
  }

  /** Is one of these a link of the chain? Junk may come and go. */
  holdsLinks(uids: readonly number[]): boolean {
    const wanted = new Set(uids);
    for (const { uid, link } of listEntries(this.#parts.store.read, this.#parts.accountId)) {
      if (link !== null && wanted.has(uid)) return true;
    }
    return false;
  }

  /** From now on the kept entries begin after this snapshot, which was checked. */
  rebase(uid: number, parts: readonly Uint8Array[]): void {
    const { accountId } = this.#parts;
    this.#write((db, log) => {
      if (log === null || uid <= log.baseUid) return { log, result: undefined };
      replaceBase(db, accountId, parts);
      deleteEntries(db, accountId, uid);
      const next = { ...log, baseUid: uid };
      saveLog(db, accountId, next);
      return { log: next, result: undefined };
    });
  }
}

/** An entry before it is known what came before it. */
type UnchainedEntry = Omit<StoredEntry, 'digest'>;

function chained(entry: UnchainedEntry, header: LogHeader): StoredEntry {
  const digest = entry.link === null ? null : chainNext(sha256, header.last.digest, entry.link);
  return { ...entry, digest };
}

/** Positions of another UIDVALIDITY mean nothing: only what the chain came to counts on. */
function movedTo(header: LogHeader, validity: string): LogHeader {
  const last = { ...header.last, uid: 0 };
  const tellings = Object.fromEntries(
    Object.entries(header.tellings).map(([user, telling]) => [user, { ...telling, uid: 0 }]),
  );
  return { ...header, validity, last, links: header.links.map((link) => ({ ...link, uid: 0 })), tellings };
}

/** What members told in events that the base covers: nobody can fold those again. */
function toldBefore({ header, baseUid }: StoredLog, { knows }: FoldContext): HealthTellings {
  return Object.fromEntries(
    Object.entries(header.tellings).filter(([user, { uid }]) => uid <= baseUid && knows(user as UserId)),
  );
}

/** As it was read, without what an earlier fold said of it. */
function unjudged(entry: StoredEntry): UnchainedEntry {
  return entry.event === null ? entry : { ...entry, reason: null };
}

function keysOf({ event }: StoredEntry): readonly MessageKey[] {
  if (event === null) return [];
  return event.type === 'read' ? event.messages : 'about' in event ? [event.about] : [];
}
