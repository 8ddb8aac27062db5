/**
 * Brings one selected folder up to date: carries out the steps of `plan/folderVisit`. Each step leaves the store in a state that the next
 * visit can go on from, so that it may end anywhere: a drop, an abort, or somebody more urgent who wants the connection.
 */
import type { Lease } from '#engine/imap/lanes.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { UidRanges } from '#engine/imap/uidSet.ts';
import { getFolder, savePosition } from '#engine/store/folders.repo.ts';
import type { FolderPosition, StoredFolder } from '#engine/store/folders.repo.ts';
import {
  applyFlags,
  countPlacements,
  listPlacementUids,
  quarantine,
  removeFromQuarantine,
  removePlacements,
} from '#engine/store/placements.repo.ts';
import { resetFolder } from '#engine/store/operations.repo.ts';
import type { FlagChange } from '#engine/store/placements.repo.ts';
import type { ReadDb } from '#engine/store/handles.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { planVisit } from '../plan/folderVisit.ts';
import type { Thoroughness, VisitStep } from '../plan/folderVisit.ts';
import { believeVanished, chunksNewestFirst, compareUids } from '../plan/judge.ts';
import { laterModseq, levelOf } from '../plan/state.ts';
import type { KnownFolder, Level } from '../plan/state.ts';
import { headersPerFetch, type HeaderPace } from './headerPace.ts';
import { storeFrom, storeHeadersOf, storeNewest } from './headerPass.ts';
import type { HeaderPassResult } from './headerPass.ts';
import { flagsIn, modseqOf, uidOf } from './headerRow.ts';
import { assertSameFolder } from './visitParts.ts';
import type { VisitParts } from './visitParts.ts';

/** What is on the screen first. */
export const firstPageSize = 100;
/** Where a server cannot say which flags changed, those of so many of the newest messages are looked at in each visit. */
const recentMessages = 1_000;
const flagsPerWrite = 1_000;

export interface VisitOptions {
  /** The folder as it was known before the SELECT (or before this visit, in a folder that stays selected). */
  readonly known: KnownFolder;
  /** A later visit in a folder that stays selected: what the SELECT told of UIDNEXT and HIGHESTMODSEQ is old by now. */
  readonly continued?: boolean;
  readonly thoroughness: Thoroughness;
  /** End after the first page, for a folder that nothing is known of. */
  readonly firstPageOnly?: boolean;
  /** Leave older headers to another visit; asked again between two chunks of them. */
  readonly withoutHistory: () => boolean;
  /** New mail in this folder is announced. */
  readonly announce: boolean;
  /** UNSEEN as the STATUS before this visit told. */
  readonly unseen: number | null;
  /** UIDs whose headers ended a connection before: each is asked for alone. 0: those of the first page, whose UIDs were not known. */
  readonly fragile: Set<number>;
  /** How fast headers come from this server. */
  readonly pace: HeaderPace;
}

export interface VisitOutcome {
  /** false: it ended early because somebody more urgent wanted the connection, or as asked after the first page. */
  readonly complete: boolean;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** New messages that arrived since the last visit (not history). */
  readonly arrived: number;
}

export async function visitFolder(
  parts: VisitParts,
  folderId: FolderId,
  mailbox: Mailbox,
  lease: Lease,
  options: VisitOptions,
  signal: AbortSignal,
): Promise<VisitOutcome> {
  return new FolderVisit(parts, folderId, mailbox, lease, options, signal).run();
}

class FolderVisit {
  readonly #parts: VisitParts;
  readonly #folderId: FolderId;
  readonly #mailbox: Mailbox;
  readonly #lease: Lease;
  readonly #options: VisitOptions;
  readonly #signal: AbortSignal;
  readonly #level: Level;
  #added = 0;
  #changed = 0;
  #removed = 0;
  #arrived = 0;
  /** UIDs below this are known to this session: what another connection stored meanwhile beyond it is not ours to judge. */
  #bound = 1;
  /** UIDNEXT, 0 where it is not told. */
  #end = 0;
  /** Everything that changed up to here in what we hold was told. */
  #modseq: string | null = null;

  constructor(
    parts: VisitParts,
    folderId: FolderId,
    mailbox: Mailbox,
    lease: Lease,
    options: VisitOptions,
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#folderId = folderId;
    this.#mailbox = mailbox;
    this.#lease = lease;
    this.#options = options;
    this.#signal = signal;
    const { connection } = mailbox;
    this.#level = levelOf(
      { condstore: connection.has('CONDSTORE'), qresync: connection.enabled('QRESYNC') },
      mailbox.highestModseq,
    );
  }

  async run(): Promise<VisitOutcome> {
    const { known, continued, withoutHistory } = this.#options;
    const { uidValidity, uidNext, exists, highestModseq } = this.#mailbox;
    this.#bound = Math.max(uidNext, known.uidNext);
    this.#modseq = highestModseq === null ? null : laterModseq(highestModseq, known.highestModseq);
    const facts =
      continued === true
        ? { uidValidity, uidNext: 0, exists, highestModseq: this.#modseq, stale: true }
        : { uidValidity, uidNext, exists, highestModseq };
    const steps = planVisit(known, facts, {
      level: this.#level,
      thoroughness: this.#options.thoroughness,
      recentFrom: this.#level === 'uidnext' ? this.#recentFrom() : 1,
    });
    this.#end = facts.uidNext;
    if (facts.highestModseq !== null) this.#modseq = facts.highestModseq;
    let complete = true;
    for (const step of steps) {
      if (step.do === 'history' && withoutHistory()) break;
      // Between two steps nothing is lost by stopping; the position says where to go on.
      if (this.#lease.wanted.aborted) complete = false;
      if (!complete) break;
      complete = await this.#step(step);
      if (step.do === 'first-page' && this.#options.firstPageOnly === true) complete = false;
    }
    if (complete) this.#finish();
    const { added, changed, removed, arrived } = this.#counts();
    return { complete, added, changed, removed, arrived };
  }

  #counts() {
    return {
      added: this.#added,
      changed: this.#changed,
      removed: this.#removed,
      arrived: this.#arrived,
    };
  }

  /** false: interrupted. */
  async #step(step: VisitStep): Promise<boolean> {
    if (step.do === 'history') return this.#history();
    if (step.do === 'new') return this.#new(step.from);
    await this.#locked(async () => {
      switch (step.do) {
        case 'reset':
          this.#reset(step.because);
          return;
        case 'first-page':
          return this.#firstPage();
        case 'changes':
          return this.#changes(step.since, step.vanished);
        case 'flags':
          return this.#flags(step.from);
        case 'check':
          if (this.#countsDisagree()) await this.#compare();
          return;
        case 'compare':
          return this.#compare();
      }
    });
    return true;
  }

  #locked(work: () => Promise<void>): Promise<void> {
    return this.#parts.locks.run(this.#folderId, this.#signal, work);
  }

  #folder(): StoredFolder {
    const folder = getFolder(this.#parts.store.read, this.#folderId);
    if (folder === null) throw new MailError('mailbox-changed', {});
    return folder;
  }

  #recentFrom(): number {
    const uids = listPlacementUids(this.#parts.store.read, this.#folderId);
    return uids.at(-recentMessages) ?? 1;
  }

  #reset(because: 'uidvalidity' | 'uidnext-fell'): void {
    const { store, log } = this.#parts;
    log.warn('a folder is read anew', { folder: this.#folderId, because });
    store.write((db) => {
      // From here on nothing can be written under the old one.
      resetFolder(db, this.#folderId, this.#mailbox.uidValidity);
    });
    this.#bound = this.#mailbox.uidNext;
  }

  async #firstPage(): Promise<void> {
    const mailbox = this.#mailbox;
    const { fragile, pace } = this.#options;
    const { clock } = this.#parts;
    const position = ({ lowest, highest }: { lowest: number | null; highest: number | null }) =>
      this.#firstPosition(lowest, highest);
    if (fragile.has(0)) return this.#firstPageByUid();
    try {
      const asked = clock.monotonic();
      const result = await storeNewest(
        this.#parts,
        this.#folder(),
        mailbox,
        firstPageSize,
        { announce: false, position },
        this.#signal,
      );
      pace.took(result.answered.size, clock.monotonic() - asked);
      this.#took(result);
    } catch (error) {
      if (isMailError(error) && error.code === 'response-too-large') fragile.add(0);
      if (!isMailError(error) || error.code !== 'server-refused' || !mailbox.connection.usable) throw error;
      await this.#firstPageByUid();
    }
  }

  /** One of the newest messages cannot be shown: they are asked for by their UIDs, so that the bad one is found. */
  async #firstPageByUid(): Promise<void> {
    const { store } = this.#parts;
    const { fragile } = this.#options;
    const newest = (await this.#mailbox.search('ALL', this.#signal)).slice(-firstPageSize);
    // What an earlier visit stored or put aside before it ended need not come again.
    const known = new Set(listPlacementUids(store.read, this.#folderId));
    const wanted = newest.filter((uid) => !known.has(uid));
    for (const chunk of fragile.has(0) ? wanted.reverse().map((uid) => [uid]) : [wanted]) {
      const result = await this.#guarded(chunk, () =>
        storeHeadersOf(this.#parts, this.#folder(), this.#mailbox, chunk, { announce: false }, this.#signal),
      );
      this.#took(result);
    }
    this.#savePosition(this.#firstPosition(newest[0] ?? null, newest.at(-1) ?? null));
  }

  #firstPosition(lowest: number | null, highest: number | null): Partial<FolderPosition> {
    const { uidValidity, exists } = this.#mailbox;
    const uidNext = Math.max(this.#mailbox.uidNext, (highest ?? 0) + 1);
    this.#bound = Math.max(this.#bound, uidNext);
    return {
      uidValidity,
      uidNext,
      // All that there is was asked for: there is no history.
      lowUid: exists <= firstPageSize ? 1 : (lowest ?? uidNext),
      highestModseq: this.#modseq,
    };
  }

  /** In windows of UIDs, each committed with the position behind it, so that a long absence is caught up on step by step. */
  async #new(from: number): Promise<boolean> {
    const end = this.#end;
    if (end === 0) {
      await this.#locked(() => this.#newWindow(from, null));
      return true;
    }
    for (let start = from; start < end; start += headersPerFetch) {
      if (start > from && this.#lease.wanted.aborted) return false;
      const to = Math.min(end - 1, start + headersPerFetch - 1);
      // The last window is open at its end: what arrived since the SELECT comes with it.
      await this.#locked(() => this.#newWindow(start, to === end - 1 ? null : to));
    }
    return true;
  }

  async #newWindow(from: number, to: number | null): Promise<void> {
    const folder = this.#folder();
    const options = {
      announce: this.#options.announce,
      position: ({ highest }: { highest: number | null }): Partial<FolderPosition> => {
        const next = Math.max(to === null ? this.#end : to + 1, (highest ?? 0) + 1, from);
        this.#bound = Math.max(this.#bound, next);
        return { uidNext: next };
      },
    };
    let result: HeaderPassResult;
    try {
      result = await storeFrom(this.#parts, folder, this.#mailbox, { from, to }, options, this.#signal);
    } catch (error) {
      if (!isMailError(error) || error.code !== 'server-refused' || !this.#mailbox.connection.usable)
        throw error;
      const uids = (
        await this.#mailbox.search(`UID ${String(from)}:${to === null ? '*' : String(to)}`, this.#signal)
      ).filter((uid) => uid >= from);
      result = await storeHeadersOf(this.#parts, folder, this.#mailbox, uids, options, this.#signal);
    }
    this.#took(result);
    this.#arrived += result.fresh;
  }

  /** Older headers, newest first; interruptible between two chunks. */
  async #history(): Promise<boolean> {
    const below = this.#folder().lowUid ?? 1;
    if (below <= 1) return true;
    const uids = (await this.#mailbox.search(`UID 1:${String(below - 1)}`, this.#signal)).filter(
      (uid) => uid < below,
    );
    const { pace, withoutHistory } = this.#options;
    const { clock } = this.#parts;
    for (const chunk of this.#chunks(uids)) {
      if (withoutHistory()) return true;
      if (this.#lease.wanted.aborted) return false;
      await this.#locked(async () => {
        const asked = clock.monotonic();
        const result = await this.#guarded(chunk, () =>
          storeHeadersOf(
            this.#parts,
            this.#folder(),
            this.#mailbox,
            chunk,
            { announce: false, position: () => ({ lowUid: chunk[0] }) },
            this.#signal,
          ),
        );
        pace.took(chunk.length, clock.monotonic() - asked);
        this.#took(result);
      });
    }
    this.#savePosition({ lowUid: 1 });
    return true;
  }

  *#chunks(uids: readonly number[]): Generator<number[]> {
    const { fragile, pace } = this.#options;
    for (const chunk of chunksNewestFirst(uids, () => pace.size))
      if (chunk.some((uid) => fragile.has(uid))) yield* chunk.reverse().map((uid) => [uid]);
      else yield chunk;
  }

  /** What ended the connection when asked for together is asked for one by one in the next visit, and what ends it alone is put aside. */
  async #guarded<T>(uids: readonly number[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isMailError(error) && error.code === 'response-too-large') {
        const [only] = uids;
        if (uids.length === 1 && only !== undefined) this.#putAside([only], 'response-too-large');
        else for (const uid of uids) this.#options.fragile.add(uid);
      }
      throw error;
    }
  }

  async #changes(since: string, vanished: boolean): Promise<void> {
    const low = this.#folder().lowUid ?? 1;
    const sink = this.#flagSink();
    // Open at its end: the sequence that we come to speaks for what another connection took in meanwhile as well.
    const gone = await this.#mailbox.fetch(
      `${String(low)}:*`,
      'UID FLAGS MODSEQ',
      { changedSince: since, onRow: sink.row },
      this.#signal,
    );
    sink.write();
    if (vanished && !gone.empty) await this.#vanished(gone);
  }

  async #vanished(claimed: UidRanges): Promise<void> {
    const { store } = this.#parts;
    const held = listPlacementUids(store.read, this.#folderId);
    const named = held.filter((uid) => claimed.has(uid));
    if (named.length === 0) return;
    const complete = (this.#folder().lowUid ?? 1) <= 1;
    const { exists } = this.#mailbox;
    if (believeVanished({ held: held.length, vanished: named.length, exists, complete })) this.#remove(named);
    // A first pass is not over, or the server contradicts itself: its UIDs say which are there.
    else await this.#compare();
  }

  async #flags(from: number): Promise<void> {
    if (this.#bound <= from) return;
    const sink = this.#flagSink();
    await this.#mailbox.fetch(
      `${String(from)}:${String(this.#bound - 1)}`,
      'UID FLAGS',
      { onRow: sink.row },
      this.#signal,
    );
    sink.write();
  }

  #flagSink(): { row: Parameters<Mailbox['fetch']>[2]['onRow']; write: () => void } {
    let updates: FlagChange[] = [];
    const write = (): void => {
      const batch = updates;
      updates = [];
      if (batch.length === 0) return;
      this.#parts.store.write((db) => {
        assertSameFolder(db, this.#folderId, this.#mailbox.uidValidity);
        this.#changed += applyFlags(db, this.#folderId, batch);
      });
    };
    return {
      row: (row) => {
        const uid = uidOf(row);
        const flags = flagsIn(row);
        // What is not taken in must not count as told.
        if (uid === null || flags === null) return;
        this.#modseq = laterModseq(modseqOf(row), this.#modseq);
        updates.push({ uid, ...flags });
        if (updates.length >= flagsPerWrite) write();
      },
      write,
    };
  }

  #countsDisagree(): boolean {
    const folder = this.#folder();
    if ((folder.lowUid ?? 1) > 1) return false;
    return countPlacements(this.#parts.store.read, folder.id) !== this.#mailbox.exists;
  }

  /** Both sides' UIDs side by side: what only we have is removed, what only the server has is fetched. */
  async #compare(): Promise<void> {
    const low = this.#folder().lowUid ?? 1;
    const bound = this.#bound;
    const within = (uid: number): boolean => uid >= low && uid < bound;
    if (bound <= low) return;
    const theirs = (
      await this.#mailbox.search(`UID ${String(low)}:${String(bound - 1)}`, this.#signal)
    ).filter(within);
    const ours = listPlacementUids(this.#parts.store.read, this.#folderId).filter(within);
    const { gone, missing } = compareUids(ours, theirs);
    if (gone.length > 0) this.#remove(gone);
    for (const chunk of this.#chunks(missing)) await this.#fetchMissing(chunk);
  }

  async #fetchMissing(uids: readonly number[]): Promise<void> {
    const fetch = (some: readonly number[]) =>
      this.#guarded(some, () =>
        storeHeadersOf(this.#parts, this.#folder(), this.#mailbox, some, { announce: false }, this.#signal),
      );
    const result = await fetch(uids);
    this.#took(result);
    const silent = uids.filter((uid) => !result.answered.has(uid));
    if (silent.length === 0) return;
    // The server names them and does not show them. Those that are still named now will not be asked for again.
    const still = new Set(await this.#mailbox.search(`UID ${UidRanges.of(silent).toString()}`, this.#signal));
    this.#putAside(
      silent.filter((uid) => still.has(uid)),
      'no-answer',
    );
  }

  #putAside(uids: readonly number[], reason: string): void {
    if (uids.length === 0) return;
    const { store, accountId, clock } = this.#parts;
    store.write((db) => {
      assertSameFolder(db, this.#folderId, this.#mailbox.uidValidity);
      for (const uid of uids)
        quarantine(db, { accountId, folderId: this.#folderId, uid, reason, at: clock.now() });
    });
  }

  #remove(uids: readonly number[]): void {
    this.#parts.store.write((db) => {
      assertSameFolder(db, this.#folderId, this.#mailbox.uidValidity);
      this.#removed += removePlacements(db, this.#folderId, uids);
      removeFromQuarantine(db, this.#folderId, uids);
    });
  }

  #took(result: HeaderPassResult): void {
    this.#added += result.added;
  }

  #savePosition(position: Partial<FolderPosition>): void {
    this.#parts.store.write((db) => {
      assertSameFolder(db, this.#folderId, this.#mailbox.uidValidity);
      savePosition(db, this.#folderId, position);
    });
  }

  /** All that was to be done is done: only now the sequence may move on, since it says that nothing before it is missing. */
  #finish(): void {
    this.#savePosition({
      uidValidity: this.#mailbox.uidValidity,
      highestModseq: this.#modseq,
      serverTotal: this.#mailbox.exists,
      serverUnseen: this.#options.unseen,
      lastSyncedAt: this.#parts.clock.now(),
    });
  }
}

/** A folder as planning sees it. */
export function knownFolder(db: ReadDb, folder: StoredFolder): KnownFolder {
  return {
    uidValidity: folder.uidNext === null ? null : folder.uidValidity,
    uidNext: folder.uidNext ?? 1,
    lowUid: folder.lowUid ?? 1,
    highestModseq: folder.highestModseq,
    count: countPlacements(db, folder.id),
    serverTotal: folder.serverTotal,
    serverUnseen: folder.serverUnseen,
  };
}
