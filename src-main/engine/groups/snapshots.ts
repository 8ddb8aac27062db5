/**
 * Snapshots of a team log: written now and then by one member, checked by all who hold the events themselves, adopted by those who
 * lack some; and the removal of events that one covers, after a time in which everybody has read them.
 */
import { electionDelayMs, electionOrder } from '#shared/domain/group/firstHandler.ts';
import type { EventId, EventOf, TeamEvent } from '#shared/domain/group/events.ts';
import { MessageKey } from '#shared/domain/group/messageKey.ts';
import { eventMessageId, writePartMail } from './eventMail.ts';
import type { LogFolder } from './logMailbox.ts';
import { loadSnapshot } from './logBeginning.ts';
import { packSnapshot, partDigest } from './snapshotParts.ts';
import type { TeamLog } from './teamLog.ts';
import { sha256 } from './logStore.ts';

export interface SnapshotOptions {
  /** Links of the chain after which a new one is worth its bytes. */
  readonly every: number;
  /** How long events stay beside a snapshot that covers them. */
  readonly graceMs: number;
  /** How much longer the next member waits, should the one before not remove them. */
  readonly turnMs: number;
}

const dayMs = 24 * 60 * 60_000;
export const snapshotDefaults: SnapshotOptions = { every: 2000, graceMs: 7 * dayMs, turnMs: dayMs };

export type SnapshotVerdict =
  /** It is what we have ourselves: the log begins with it from now on. */
  | 'agrees'
  /** The same events, and another state: its author errs or lies. */
  | 'differs'
  /** Its author had read events that we lack. */
  | 'adopted'
  | 'useless';

export class Snapshots {
  readonly #team: TeamLog;
  readonly #options: SnapshotOptions;
  /** Links that the log's base covers, and the base that this was counted for. */
  #covered = { uid: -1, count: 0 };
  /** When it was first seen that one is due; others than the elected wait from there. */
  #dueSince: number | null = null;

  /** The snapshot whose events were removed, as far as they can be. */
  #compacted: EventId | null = null;

  constructor(team: TeamLog, options: SnapshotOptions) {
    this.#team = team;
    this.#options = options;
  }

  /** ms until this client should write one; 0: now; null: none is due. */
  dueIn(now: number): number | null {
    const { log } = this.#team.store;
    const { context, me } = this.#team.parts;
    if (log === null || log.header.charter === null || log.header.foreign !== null) return null;
    const due =
      this.#team.restoreDue || log.header.count - this.#coveredCount(log.baseUid) >= this.#options.every;
    if (!due || !context().isMember(me, now)) {
      this.#dueSince = null;
      return null;
    }
    this.#dueSince ??= now;
    const order = electionOrder(sha256, MessageKey.parse(log.header.last.digest), context().membersAt(now));
    return Math.max(0, this.#dueSince + electionDelayMs(order.indexOf(me)) - now);
  }

  /** Writes one of everything that was read. What was written of it before a failure is found again. */
  async write(signal: AbortSignal): Promise<void> {
    const { store, parts } = this.#team;
    const { log } = store;
    const state = log === null ? null : store.stateAt(log.readUid);
    if (log === null || state === null) return;
    const packed = packSnapshot(state);
    const at = new Date(parts.clock.now()).toISOString();
    for (const part of packed.parts) {
      const digest = partDigest(part);
      const there = await parts.mailbox.open('read', signal, (folder) =>
        folder.findMessageId(`${digest}@log.postkorb.invalid`),
      );
      if (there.length === 0)
        await parts.mailbox.append(
          writePartMail(part, digest, at, parts.words(this.#manifest(state.header.count))),
          'read',
          signal,
        );
    }
    const { last, count, validity } = state.header;
    const { event, error } = await this.#team.act(
      {
        type: 'snapshot',
        upTo: { ...last, validity, count },
        state: packed.digest,
        parts: packed.parts.map((part) => ({ sha256: partDigest(part), bytes: part.byteLength })),
      },
      signal,
    );
    if (error !== null) throw error as Error;
    this.#team.restoreDue = false;
    this.#accept(event as EventOf<'snapshot'>, packed.parts);
  }

  /** A stand-in for the subject of a part. */
  #manifest(count: number): TeamEvent {
    const { me, context, clock } = this.#team.parts;
    return {
      v: 1,
      type: 'snapshot',
      id: '00000000-0000-7000-8000-000000000000' as TeamEvent['id'],
      group: context().group,
      by: me,
      at: new Date(clock.now()).toISOString(),
      seen: null,
      upTo: { uid: 0, validity: '0', digest: '0'.repeat(64), count },
      state: '0'.repeat(64),
      parts: [],
    };
  }

  #accept(event: EventOf<'snapshot'>, packed: readonly Uint8Array[]): void {
    this.#team.store.rebase(event.upTo.uid, packed);
    this.#dueSince = null;
  }

  #coveredCount(uid: number): number {
    if (this.#covered.uid !== uid) this.#covered = { uid, count: this.#team.store.baseCount };
    return this.#covered.count;
  }

  /** Judges one that somebody wrote. */
  async judge(event: EventOf<'snapshot'>, signal: AbortSignal): Promise<SnapshotVerdict> {
    const { store, parts } = this.#team;
    const { log } = store;
    if (log === null) return 'useless';
    const { upTo } = event;
    const own = upTo.validity === log.header.validity ? store.stateAt(upTo.uid) : null;
    if (own?.header.last.digest === upTo.digest && own.header.count === upTo.count) {
      const packed = packSnapshot(own);
      if (packed.digest !== event.state) return 'differs';
      this.#accept(event, packed.parts);
      return 'agrees';
    }
    // What came after it does not count: how far had we come when it was written?
    if (upTo.count <= (own ?? log).header.count) return 'useless';
    const base = await parts.mailbox.open('read', signal, async (folder) => ({
      validity: folder.uidValidity,
      loaded: await loadSnapshot(folder, event),
    }));
    if (base.loaded === null) return 'useless';
    store.begin(base.validity, base.loaded);
    await this.#team.refresh('read', signal);
    return 'adopted';
  }

  /** Removes what the newest checked snapshot covers, once its grace period is over. The number of mails removed. */
  async compact(signal: AbortSignal): Promise<number> {
    const manifest = this.#team.store.baseManifest;
    const { log } = this.#team.store;
    const { context, me, clock, mailbox } = this.#team.parts;
    if (manifest === null || log === null) return 0;
    const checked = manifest.event;
    // One member does it; whoever comes second finds nothing left to do.
    const order = electionOrder(sha256, MessageKey.parse(checked.state), context().membersAt(clock.now()));
    const turn = order.indexOf(me);
    const waits = this.#options.graceMs + turn * this.#options.turnMs;
    if (turn < 0 || log.header.clock - manifest.at < waits || this.#compacted === checked.id) return 0;
    this.#compacted = checked.id;
    return mailbox.open('read', signal, async (folder) => {
      const covered = await coveredBy(folder, checked);
      if (covered.length === 0) return 0;
      return (await folder.expunge(covered)) ? covered.length : 0;
    });
  }
}

/** Mails of ours up to the snapshot, but for the ones that trust begins with and the snapshot's own parts. What others put there stays. */
async function coveredBy(
  folder: LogFolder,
  { upTo, parts, ...event }: EventOf<'snapshot'>,
): Promise<number[]> {
  const kept = new Set([...(await folder.findKind('charter')), ...(await folder.findKind('enrol'))]);
  // Nothing goes unless everything that replaces it is there.
  if ((await folder.findMessageId(eventMessageId(event))).length === 0) return [];
  for (const { sha256: digest } of parts) {
    const found = await folder.findMessageId(`${digest}@log.postkorb.invalid`);
    if (found.length === 0) return [];
    for (const uid of found) kept.add(uid);
  }
  return (await folder.findKind('')).filter((uid) => uid <= upTo.uid && !kept.has(uid));
}
