/**
 * One group account's team log: reads what came, writes what is done here, and knows what became of it. Events are on the disk before
 * anybody tries to send them, are appended in their order, and go only when they are seen in the log (R06).
 */
import { SingleFlight } from '#shared/base/singleFlight.ts';
import { canonicalJson } from '#shared/domain/group/canonicalJson.ts';
import { eventPayloadType, TeamEvent, type EventId, type EventType } from '#shared/domain/group/events.ts';
import type { FoldOutcome } from '#shared/domain/group/fold.ts';
import { keySpeaksFor } from '#shared/domain/group/fold.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Log } from '#engine/ports/ports.ts';
import { getLog, insertPending, listPending, markPendingSent } from '#engine/store/teamLog.repo.ts';
import type { SignatureChecker, SigningKey } from './dsse.ts';
import { sealEnvelope } from './dsse.ts';
import type { EventIds } from './eventIds.ts';
import { readEventMail, writeEventMail, type MailWords } from './eventMail.ts';
import type { LogFolder, LogMailbox, LogUse } from './logMailbox.ts';
import { beginLog } from './logBeginning.ts';
import { LogStore, type FoldedEntry, type LogStoreParts } from './logStore.ts';

export interface TeamLogParts extends LogStoreParts {
  readonly mailbox: LogMailbox;
  readonly key: SigningKey;
  readonly checker: SignatureChecker;
  readonly ids: EventIds;
  readonly log: Log;
  readonly organisationName: () => string;
  /** For people who look into the folder with another mail program. */
  readonly words: (event: TeamEvent) => MailWords;
  /** After it is in the store; in UID order. */
  readonly onFolded: (entries: readonly FoldedEntry[]) => void;
}

/** An event without what every event has. */
export type EventDraft = { readonly type: EventType } & Readonly<Record<string, unknown>>;

const readPage = 1000;
/** Outcomes of own events are asked for right after they were written. */
const keptOutcomes = 1000;

export class TeamLog {
  readonly store: LogStore;
  readonly #parts: TeamLogParts;
  readonly #outcomes = new Map<EventId, FoldOutcome>();
  readonly #flushing = new SingleFlight<string, void>();
  /** This client holds history that the folder lacks: others need it from a snapshot. */
  restoreDue = false;
  /** The UIDVALIDITY under which everything that lay there was read since the start. */
  #readIn: string | null = null;

  constructor(parts: TeamLogParts) {
    this.#parts = parts;
    this.store = new LogStore(parts);
  }

  get parts(): TeamLogParts {
    return this.#parts;
  }

  /** Reads everything new. Throws what a connection throws, and `group-foreign` for a log of somebody else. */
  async refresh(use: LogUse, signal: AbortSignal): Promise<void> {
    await this.#parts.mailbox.open(use, signal, (folder) => this.read(folder));
    this.assertOurs();
  }

  /** The same on a folder that is selected already. */
  async read(folder: LogFolder): Promise<void> {
    const { checker } = this.#parts;
    if (this.store.log?.header.validity !== folder.uidValidity) {
      const { base, lost } = await beginLog(folder, this.store, this.#parts);
      this.store.begin(folder.uidValidity, base);
      this.restoreDue ||= lost;
    }
    for (;;) {
      const from = (this.store.log?.readUid ?? 0) + 1;
      const mails = await folder.fetchFrom(from, readPage);
      this.#taken(
        this.store.take(
          mails.map((mail) => readEventMail(mail, checker)),
          folder.uidValidity,
        ),
      );
      if (mails.length < readPage) break;
    }
    this.store.caughtUp();
    this.#readIn = folder.uidValidity;
  }

  /** false: it was only begun, so that what it does not hold yet may well lie there. */
  get isRead(): boolean {
    const { log } = this.store;
    return log !== null && log.header.validity === this.#readIn;
  }

  #taken(entries: readonly FoldedEntry[]): void {
    if (entries.length === 0) return;
    for (const { entry, outcome } of entries) {
      if (entry.event?.by !== this.#parts.me) continue;
      // A copy that stands there a second time says nothing about the first.
      if (outcome.reason !== 'duplicate' || !this.#outcomes.has(entry.event.id))
        this.#outcomes.set(entry.event.id, outcome);
    }
    for (const id of this.#outcomes.keys()) {
      if (this.#outcomes.size <= keptOutcomes) break;
      this.#outcomes.delete(id);
    }
    this.#parts.onFolded(entries);
  }

  assertOurs(): void {
    const foreign = this.store.log?.header.foreign;
    if (foreign)
      throw new MailError('group-foreign', { organisation: foreign.organisationName || foreign.group });
  }

  /** Makes and keeps an event; it is shown as pending at once, and sent by the next `flush`. */
  write(draft: EventDraft): TeamEvent {
    const { store, accountId, key, ids, me, clock, context, words } = this.#parts;
    const header = this.store.log?.header;
    const now = clock.now();
    const event = TeamEvent.parse({
      v: 1,
      id: ids.next(),
      group: context().group,
      by: me,
      at: new Date(now).toISOString(),
      seen: header && header.count > 0 ? { ...header.last, validity: header.validity } : null,
      ...draft,
    });
    const envelope = sealEnvelope(eventPayloadType, canonicalJson(event), [key]);
    const raw = writeEventMail(event, envelope, words(event));
    store.precious((db) => {
      insertPending(db, accountId, { event, raw, now });
      // Where nothing was read yet there is nothing to show it in.
      if (getLog(db, accountId) === null) return;
      const keys = event.type === 'read' ? event.messages : 'about' in event ? [event.about] : [];
      for (const one of keys) this.store.show(db, one);
    });
    return event;
  }

  get pendingCount(): number {
    return listPending(this.#parts.store.read, this.#parts.accountId).length;
  }

  /** Sends what waits, in its order, and reads it back. Whoever comes while it runs waits for it and for one more run. */
  async flush(use: LogUse, signal: AbortSignal): Promise<void> {
    if (this.#flushing.isRunning('flush'))
      await this.#flushing.run('flush', () => Promise.resolve()).catch(() => undefined);
    await this.#flushing.run('flush', () => this.#flush(use, signal));
  }

  async #flush(use: LogUse, signal: AbortSignal): Promise<void> {
    const { store, accountId, mailbox } = this.#parts;
    const waiting = (): ReturnType<typeof listPending> => listPending(store.read, accountId);
    if (waiting().length === 0) return;
    // One that may be there already is looked for before it is sent again; and whether the log has its charter and knows this member is
    // seen in it, for what is sent ahead of these counts for nobody.
    const begun = (this.store.log?.header.charter ?? null) !== null && this.#isIntroduced;
    if (waiting().some(({ sent }) => sent) || !begun) await this.refresh(use, signal);
    this.assertOurs();
    this.introduce();
    for (const { seq, raw } of waiting().toSorted(introductionsFirst)) {
      store.write((db) => markPendingSent(db, seq));
      await mailbox.append(raw, use, signal);
    }
    await this.refresh(use, signal);
  }

  /** Makes an event, sends it and says what became of it; null: it waits, because the server cannot be reached. */
  async act(
    draft: EventDraft,
    signal: AbortSignal,
  ): Promise<{ event: TeamEvent; outcome: FoldOutcome | null; error: unknown }> {
    const event = this.write(draft);
    try {
      await this.flush('act', signal);
      return { event, outcome: this.outcome(event.id), error: null };
    } catch (error) {
      return { event, outcome: this.outcome(event.id), error };
    }
  }

  outcome(id: EventId): FoldOutcome | null {
    return this.#outcomes.get(id) ?? null;
  }

  /** Does the log know this client's key, or is about to? An act by another counts for nobody. */
  get #isIntroduced(): boolean {
    const { context, me, key, clock, store, accountId } = this.#parts;
    const header = this.store.log?.header;
    if (!header) return false;
    return (
      keySpeaksFor(header, me, key.publicKey, clock.now(), context()) ||
      [...header.enrolled, ...header.requests].some((one) => one.user === me && one.key === key.publicKey) ||
      listPending(store.read, accountId).some(
        ({ event }) => event.type === 'enrol' && event.key === key.publicKey,
      )
    );
  }

  /**
   * What the log needs before anybody works in it: a charter, and a key that speaks for this user. Written, not sent; nothing into a log
   * that is still being read, which may hold both.
   */
  introduce(): void {
    const { context, me, key, clock, store, accountId, organisationName } = this.#parts;
    const header = this.store.log?.header;
    if (!header || !this.isRead || header.foreign !== null || !context().isMember(me, clock.now())) return;
    const chartered =
      header.charter !== null ||
      listPending(store.read, accountId).some(({ event }) => event.type === 'charter');
    if (!chartered) this.write({ type: 'charter', organisationName: organisationName() });
    if (!this.#isIntroduced) this.write({ type: 'enrol', user: me, key: key.publicKey });
  }
}

/** The charter, then the member's key, ahead of what was done before the log was looked into. */
function introductionsFirst(
  one: { readonly event: TeamEvent },
  other: { readonly event: TeamEvent },
): number {
  const rank = ({ event: { type } }: { readonly event: TeamEvent }): number =>
    type === 'charter' ? 0 : type === 'enrol' ? 1 : 2;
  return rank(one) - rank(other);
}
