/** A team log written by hand: for tests of the fold, which knows no envelopes and no server. */
import { createHash } from 'node:crypto';
import { chainNext, chainStart } from '#shared/domain/group/chain.ts';
import { PublicKey, SharedConfig, UserId } from '#shared/domain/group/config.ts';
import { EventId, TeamEvent } from '#shared/domain/group/events.ts';
import { foldEntry, type FoldOutcome, type LogEntry } from '#shared/domain/group/fold.ts';
import { createFoldContext, type FoldContext } from '#shared/domain/group/foldContext.ts';
import { newMemoryState, type MemoryState } from '#shared/domain/group/logState.ts';
import { MessageKey } from '#shared/domain/group/messageKey.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const group = 'xyz/info';
export const validity = '1000';
/** When the group began: 2026-01-05, 09:00 UTC. */
export const start = Date.parse('2026-01-05T09:00:00Z');
export const minute = 60_000;
export const day = 24 * 60 * minute;

export const user = (name: string): UserId => UserId.parse(name);
export const key = (text: string): MessageKey => MessageKey.parse(`${text}@xyz.test`);
/** A key that has the form of one; each name has its own. */
export const keyOf = (name: string): PublicKey =>
  PublicKey.parse(createHash('sha256').update(name).digest('base64'));

export interface Person {
  readonly name: string;
  readonly since?: number;
  readonly until?: number;
  /** null: the config lists none. Default: one of his own. */
  readonly keys?: readonly PublicKey[];
  readonly retired?: readonly { key: PublicKey; until: string }[];
}

export function configOf(
  people: readonly Person[],
  more: { defaultHandler?: string | null; revision?: number } = {},
): SharedConfig {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return SharedConfig.parse({
    format: 1,
    organisation: { id: 'xyz', name: 'XYZ' },
    revision: more.revision ?? 1,
    issuedAt: iso(start),
    admins: [{ user: people[0]?.name, key: keyOf(people[0]?.name ?? '') }],
    users: people.map(({ name, keys, retired }) => ({
      id: name,
      name: name.slice(0, 1).toUpperCase() + name.slice(1),
      address: `${name}@xyz.test`,
      active: true,
      keys: keys ?? [keyOf(name)],
      ...(retired ? { retired } : {}),
    })),
    groupAccounts: [
      {
        id: 'info',
        name: 'Info',
        address: 'info@xyz.test',
        displayName: 'XYZ',
        imap: { host: 'imap.xyz.test', port: 993, security: 'tls', user: 'info' },
        smtp: null,
        members: people.map(({ name, since, until }) => ({
          user: name,
          since: iso(since ?? start - day),
          ...(until === undefined ? {} : { until: iso(until) }),
        })),
        defaultHandler: more.defaultHandler ?? null,
        archiveAddress: null,
        credentials: null,
      },
    ],
  });
}

export function contextOf(
  people: readonly Person[],
  more: { defaultHandler?: string | null } = {},
): FoldContext {
  const context = createFoldContext(configOf(people, more), 'info');
  if (!context) throw new Error('no such group');
  return context;
}

/** What an author writes; ids, times, keys and `seen` are filled in. */
export type Written = { type: TeamEvent['type']; by: string; id?: string } & Record<string, unknown>;

let made = 0;
/** Rises like those of a client. */
export function nextId(): EventId {
  made += 1;
  const n = made.toString(16).padStart(12, '0');
  return EventId.parse(`01930000-${n.slice(0, 4)}-7000-8000-${n}`);
}

/** Appends to one log and folds at once. Time goes on by a minute with each entry. */
export class TestLog {
  readonly context: FoldContext;
  readonly entries: LogEntry[] = [];
  readonly state: MemoryState = newMemoryState(sha256, group, validity);
  #digest = chainStart(sha256, group);
  now = start;

  constructor(context: FoldContext, begun = true) {
    this.context = context;
    if (begun) this.write({ type: 'charter', by: 'anna', organisationName: 'XYZ' });
  }

  event(written: Written): TeamEvent {
    return TeamEvent.parse({
      v: 1,
      id: nextId(),
      group,
      at: new Date(this.now).toISOString(),
      seen: null,
      ...written,
    });
  }

  /** An entry as the reader would hand it on, not folded yet. */
  entry(event: TeamEvent, more: Partial<LogEntry> = {}): LogEntry {
    this.now += minute;
    this.#digest = chainNext(sha256, this.#digest, sha256(JSON.stringify(event)));
    const entry: LogEntry = {
      uid: this.entries.length + 1,
      at: this.now,
      digest: this.#digest,
      event,
      reason: null,
      key: keyOf(event.by),
      ...more,
    };
    this.entries.push(entry);
    return entry;
  }

  append(event: TeamEvent, more: Partial<LogEntry> = {}): FoldOutcome {
    return foldEntry(this.state, this.entry(event, more), this.context);
  }

  write(written: Written, more: Partial<LogEntry> = {}): FoldOutcome & { event: TeamEvent } {
    const event = this.event(written);
    return { ...this.append(event, more), event };
  }

  /** What an author who has read everything puts into `seen`. */
  get seen(): { uid: number; digest: string; validity: string } {
    return { ...this.state.header.last, validity };
  }
}

/** The same entries folded anew. */
export function foldAll(entries: readonly LogEntry[], context: FoldContext): MemoryState {
  const state = newMemoryState(sha256, group, validity);
  for (const entry of entries) foldEntry(state, entry, context);
  return state;
}
