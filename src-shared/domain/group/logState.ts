/**
 * The folded state of a team log. Messages and ids stand behind two small interfaces, so that the same fold runs over maps in memory
 * (tests, checking a snapshot) and over rows that the store loads as they are needed.
 */
import { chainStart, type ChainLink, type Sha256 } from './chain.ts';
import type { PublicKey, UserId } from './config.ts';
import type { HealthTellings } from './connectionReport.ts';
import type { EventId, EventType, Status } from './events.ts';
import type { MessageKey } from './messageKey.ts';

export interface Intake {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly info: readonly UserId[];
  readonly handler: UserId | null;
}

/** Who has it by somebody's decision. */
export interface Assignment {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly to: UserId | null;
}

export interface StatusState {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly status: Status;
  /** ms since 1970, with "waiting". */
  readonly until: number | null;
}

export interface Note {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly text: string;
  readonly mentions: readonly UserId[];
  readonly editedAt: number | null;
}

export interface Answer {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly key: MessageKey;
}

export interface HistoryEntry {
  readonly id: EventId;
  readonly at: number;
  readonly by: UserId;
  readonly type: EventType;
  readonly accepted: boolean;
  /** `assign`: to whom. `intake`: the first handler. */
  readonly to?: UserId | null;
  readonly status?: Status;
  readonly until?: number | null;
  /** Of an `assign` or `status` that lost: who was faster, and when. */
  readonly conflict?: { readonly by: UserId; readonly at: number };
}

export interface MessageState {
  intake: Intake | null;
  assigned: Assignment | null;
  status: StatusState | null;
  notes: Note[];
  readBy: Record<UserId, number>;
  answers: Answer[];
  /** Until when (ms, by the server's clock). */
  composing: Record<UserId, number>;
  history: HistoryEntry[];
  /** This mail is somebody's answer to that one. */
  answerTo: MessageKey | null;
}

export interface MessageStates {
  get(key: MessageKey): MessageState | undefined;
  set(key: MessageKey, state: MessageState): void;
}

export interface IdSet {
  has(id: EventId): boolean;
  add(id: EventId): void;
}

export interface Enrolment {
  readonly user: UserId;
  readonly key: PublicKey;
  /** The key that vouched for it: an older one of this user, or itself. */
  readonly signer: PublicKey;
  readonly id: EventId;
  readonly at: number;
}

/** Everything but messages and ids. Small, whatever the log's length. */
export interface LogHeader {
  readonly group: string;
  /** UIDVALIDITY that the positions belong to. */
  readonly validity: string;
  charter: { readonly id: EventId; readonly at: number; readonly by: UserId } | null;
  /** The log belongs to another organisation or group: nothing in it counts here. */
  foreign: { readonly group: string; readonly organisationName: string } | null;
  /** The time of the last event that counted; no later one is judged at an earlier time. */
  clock: number;
  /** Links in the chain so far. */
  count: number;
  last: ChainLink;
  links: ChainLink[];
  enrolled: Enrolment[];
  /** Keys that ask to be confirmed by an administrator. */
  requests: Enrolment[];
  /** Ids of authentic events that left no trace elsewhere. */
  spent: EventId[];
  lastComposing: Record<UserId, EventId>;
  /** Never part of a snapshot. */
  tellings: HealthTellings;
}

/** History was removed, changed or moved, seen from this client: never part of a snapshot. */
export interface Incomplete {
  /** When the event that shows it arrived. */
  readonly since: number;
  readonly uid: number;
  readonly by: UserId;
}

export interface LogState {
  readonly header: LogHeader;
  readonly messages: MessageStates;
  readonly ids: IdSet;
  incomplete: Incomplete | null;
}

export function newHeader(sha256: Sha256, group: string, validity: string): LogHeader {
  const start = { uid: 0, digest: chainStart(sha256, group) };
  return {
    group,
    validity,
    charter: null,
    foreign: null,
    clock: 0,
    count: 0,
    last: start,
    links: [start],
    enrolled: [],
    requests: [],
    spent: [],
    lastComposing: {},
    tellings: {},
  };
}

/** Enough to list all messages, which only a state in memory can do. */
export interface MemoryState extends LogState {
  readonly messages: Map<MessageKey, MessageState>;
  readonly ids: Set<EventId>;
}

export function newMemoryState(sha256: Sha256, group: string, validity: string): MemoryState {
  return {
    header: newHeader(sha256, group, validity),
    messages: new Map(),
    ids: new Set(),
    incomplete: null,
  };
}

export function newMessage(): MessageState {
  return {
    intake: null,
    assigned: null,
    status: null,
    notes: [],
    readBy: {},
    answers: [],
    composing: {},
    history: [],
    answerTo: null,
  };
}
