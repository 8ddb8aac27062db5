/**
 * The fold of a team log: events in UID order in, state out. It reads no clock and no config but what it is handed, so any two clients
 * that read the same events with the same config agree. What does not count changes nothing, and says why.
 */
import { chainWindow, judgeSeen } from './chain.ts';
import type { PublicKey, UserId } from './config.ts';
import { byServersClock } from './connectionReport.ts';
import type { EventId, EventOf, IgnoredReason, TeamEvent } from './events.ts';
import type { FoldContext } from './foldContext.ts';
import {
  newMessage,
  type HistoryEntry,
  type LogHeader,
  type LogState,
  type MessageState,
} from './logState.ts';
import type { MessageKey } from './messageKey.ts';

/** One mail of the log folder, read and checked as far as that is possible without knowing what came before it. */
export interface LogEntry {
  readonly uid: number;
  /** INTERNALDATE, ms since 1970. */
  readonly at: number;
  /** The chain up to and including this entry; null: not a well-formed envelope, so no link. */
  readonly digest: string | null;
  /** null with `reason` where it holds no event that we understand. */
  readonly event: TeamEvent | null;
  readonly reason: IgnoredReason | null;
  /** The key whose signature over exactly these bytes is right; null: none is. */
  readonly key: PublicKey | null;
}

export interface FoldOutcome {
  /** "lost": authentic and in the history, but somebody was faster. */
  readonly result: 'accepted' | 'lost' | 'ignored';
  readonly reason: IgnoredReason | null;
  /** Messages whose state is another now. */
  readonly touched: readonly MessageKey[];
}

/** An author's clock may be wrong by so much ahead of the server's; beyond it the event is not believed at all. */
export const maxClockAheadMs = 400 * 24 * 60 * 60_000;
const maxComposingMs = 10 * 60_000;

/** Changes `state` in place. The caller hands entries in rising UID order, each once. */
export function foldEntry(state: LogState, entry: LogEntry, context: FoldContext): FoldOutcome {
  const { header } = state;
  const links = header.links.length;
  if (entry.digest !== null) {
    header.last = { uid: entry.uid, digest: entry.digest };
    header.count += 1;
  }
  const outcome =
    entry.event === null ? ignored(entry.reason ?? 'malformed') : judge(state, entry, entry.event, context);
  if (entry.digest !== null) {
    header.links.push(header.last);
    if (links >= chainWindow) header.links.shift();
  }
  return outcome;
}

function ignored(reason: IgnoredReason): FoldOutcome {
  return { result: 'ignored', reason, touched: [] };
}
function accepted(...touched: MessageKey[]): FoldOutcome {
  return { result: 'accepted', reason: null, touched };
}

function judge(state: LogState, entry: LogEntry, event: TeamEvent, context: FoldContext): FoldOutcome {
  const { header, ids } = state;
  if (entry.key === null) return ignored('bad-signature');
  if (header.foreign !== null) return ignored('foreign-group');
  if (ids.has(event.id)) return ignored('duplicate');
  if (event.type === 'charter') return charter(state, entry, event, context);
  if (event.group !== context.group) return ignored('foreign-group');
  if (header.charter === null) return ignored('before-charter');
  if (Date.parse(event.at) - entry.at > maxClockAheadMs) return ignored('clock');

  const at = Math.max(entry.at, header.clock);
  if (event.type === 'enrol') return enrol(state, event, entry.key, at, context);
  const standing = keyStanding(state, event.by, entry.key, at, context);
  if (standing !== null) return ignored(standing);
  // Authentic from here on: it is never to count a second time, whether it counts now or not.
  // What a snapshot must not know, because older versions do not know it either, leaves no id behind.
  const once = event.type !== 'read' && event.type !== 'composing' && event.type !== 'health';
  if (once) ids.add(event.id);
  if (!context.isMember(event.by, at)) {
    if (once) header.spent.push(event.id);
    return ignored('not-a-member');
  }
  // What may be read twice must not move the time: a copy with another arrival date would.
  if (once) header.clock = at;
  if (event.seen !== null && state.incomplete === null) {
    // The links do not yet hold this entry: nobody has seen his own event while he wrote it.
    if (judgeSeen(header.links, event.seen, header.validity) === 'differs') {
      state.incomplete = { since: at, uid: entry.uid, by: event.by };
    }
  }
  const outcome =
    event.type === 'health' ? healthTold(state, event, entry.uid, at) : apply(state, event, at, context);
  // Other ids stand in the history of their message.
  if (once && (outcome.result === 'ignored' || event.type === 'snapshot')) header.spent.push(event.id);
  return outcome;
}

/** Does this key speak for this user? Judged by today's config, so that a snapshot's enrolments carry no older judgement along. */
export function keySpeaksFor(
  header: LogHeader,
  user: UserId,
  key: PublicKey,
  at: number,
  context: FoldContext,
): boolean {
  // Each step follows one signature back to an older key; more steps than keys would be a ring.
  for (let steps = header.enrolled.length; steps >= 0; steps -= 1) {
    const standing = context.keyState(user, key, at);
    if (standing === 'valid') return true;
    const enrolment = header.enrolled.find((one) => one.user === user && one.key === key);
    if (standing === 'retired' || enrolment === undefined) return false;
    // The first one of a user stands for itself, until the config names his keys.
    if (enrolment.signer === key) return standing === 'open';
    ({ signer: key, at } = enrolment);
  }
  return false;
}

/** null: the key speaks for this user. */
function keyStanding(
  state: LogState,
  user: UserId,
  key: PublicKey,
  at: number,
  context: FoldContext,
): IgnoredReason | null {
  if (keySpeaksFor(state.header, user, key, at, context)) return null;
  return state.header.requests.some((one) => one.user === user && one.key === key)
    ? 'key-unconfirmed'
    : 'unknown-key';
}

function charter(
  state: LogState,
  entry: LogEntry,
  event: EventOf<'charter'>,
  context: FoldContext,
): FoldOutcome {
  const { header } = state;
  if (event.group !== context.group) {
    // Only the first word counts: whoever comes later finds ours and turns away.
    if (header.charter === null)
      header.foreign = { group: event.group, organisationName: event.organisationName };
    return ignored('foreign-group');
  }
  if (header.charter !== null) return ignored('charter-again');
  header.charter = { id: event.id, at: entry.at, by: event.by };
  header.clock = entry.at;
  state.ids.add(event.id);
  header.spent.push(event.id);
  return accepted();
}

function enrol(
  state: LogState,
  event: EventOf<'enrol'>,
  signer: PublicKey,
  at: number,
  context: FoldContext,
): FoldOutcome {
  const { header, ids } = state;
  const { user, key, id, by } = event;
  if (by !== user) return ignored('not-the-author');
  const same = (one: { user: UserId; key: PublicKey }): boolean => one.user === user && one.key === key;
  const standing = context.keyState(user, key, at);
  const known = header.enrolled.some(same);
  const counts =
    signer !== key
      ? standing !== 'retired' && keySpeaksFor(header, user, signer, at, context)
      : standing === 'valid' ||
        known ||
        (standing === 'open' && !header.enrolled.some((one) => one.user === user));
  if (!counts) {
    // Whoever holds the private key may ask; administrators decide.
    if (signer === key && standing !== 'retired' && !header.requests.some(same)) {
      header.requests.push({ user, key, signer, id, at });
    }
    return ignored('key-unconfirmed');
  }
  ids.add(id);
  header.spent.push(id);
  if (!context.isMember(user, at)) return ignored('not-a-member');
  header.clock = at;
  if (!known) header.enrolled.push({ user, key, signer, id, at });
  header.requests = header.requests.filter((one) => !same(one));
  return accepted();
}

function apply(state: LogState, event: TeamEvent, at: number, context: FoldContext): FoldOutcome {
  switch (event.type) {
    case 'intake':
      return intake(state, event, at, context);
    case 'assign':
      return assign(state, event, at, context);
    case 'status':
      return setStatus(state, event, at);
    case 'note':
    case 'note-edit':
    case 'note-delete':
      return note(state, event, at);
    case 'replied':
      return replied(state, event, at);
    case 'read':
      return read(state, event, at);
    case 'composing':
      return composing(state, event, at);
    default:
      // A snapshot says something about the log, not about a mail: whoever has the prefix checks it (snapshot.ts).
      return accepted();
  }
}

/** Hands the message's state to `change` and writes it back. */
function update(state: LogState, key: MessageKey, change: (message: MessageState) => void): void {
  const message = state.messages.get(key) ?? newMessage();
  change(message);
  state.messages.set(key, message);
}

function entryOf(
  event: { id: EventId; by: UserId; type: TeamEvent['type'] },
  at: number,
  more: Partial<HistoryEntry> = {},
): HistoryEntry {
  return { id: event.id, at, by: event.by, type: event.type, accepted: true, ...more };
}

function intake(state: LogState, event: EventOf<'intake'>, at: number, context: FoldContext): FoldOutcome {
  if (state.messages.get(event.about)?.intake) return ignored('already-taken-in');
  const handler = event.handler !== null && context.isMember(event.handler, at) ? event.handler : null;
  const info = [...new Set(event.info)].filter((user) => context.knows(user));
  update(state, event.about, (message) => {
    message.intake = { id: event.id, at, by: event.by, info, handler };
    message.history.push(entryOf(event, at, { to: handler }));
  });
  return accepted(event.about);
}

function assign(state: LogState, event: EventOf<'assign'>, at: number, context: FoldContext): FoldOutcome {
  const { about, to, expect } = event;
  if (to !== null && !context.isMember(to, at)) return ignored('unknown-recipient');
  const current = state.messages.get(about)?.assigned ?? null;
  const won = (current?.id ?? null) === expect;
  update(state, about, (message) => {
    if (won) message.assigned = { id: event.id, at, by: event.by, to };
    message.history.push(
      entryOf(
        event,
        at,
        won || current === null
          ? { to, accepted: won }
          : { to, accepted: false, conflict: { by: current.by, at: current.at } },
      ),
    );
  });
  return won ? accepted(about) : { result: 'lost', reason: 'overtaken', touched: [about] };
}

function setStatus(state: LogState, event: EventOf<'status'>, at: number): FoldOutcome {
  const { about, status, expect } = event;
  const until = status === 'waiting' && event.until !== null ? Date.parse(event.until) : null;
  const current = state.messages.get(about)?.status ?? null;
  const won = (current?.id ?? null) === expect;
  update(state, about, (message) => {
    if (won) message.status = { id: event.id, at, by: event.by, status, until };
    message.history.push(
      entryOf(event, at, {
        status,
        until,
        accepted: won,
        ...(won || current === null ? {} : { conflict: { by: current.by, at: current.at } }),
      }),
    );
  });
  return won ? accepted(about) : { result: 'lost', reason: 'overtaken', touched: [about] };
}

function note(
  state: LogState,
  event: EventOf<'note' | 'note-edit' | 'note-delete'>,
  at: number,
): FoldOutcome {
  const { about } = event;
  if (event.type === 'note') {
    const { id, by, text, mentions } = event;
    update(state, about, (message) => {
      message.notes.push({ id, at, by, text, mentions, editedAt: null });
      message.history.push(entryOf(event, at));
    });
    return accepted(about);
  }
  const notes = state.messages.get(about)?.notes ?? [];
  const index = notes.findIndex(({ id }) => id === event.note);
  const old = notes[index];
  if (old === undefined) return ignored('no-such-note');
  if (old.by !== event.by) return ignored('not-the-author');
  update(state, about, (message) => {
    if (event.type === 'note-delete') message.notes.splice(index, 1);
    else message.notes[index] = { ...old, text: event.text, mentions: event.mentions, editedAt: at };
    message.history.push(entryOf(event, at));
  });
  return accepted(about);
}

function replied(state: LogState, event: EventOf<'replied'>, at: number): FoldOutcome {
  const { about, answer, id, by } = event;
  update(state, about, (message) => {
    message.answers.push({ id, at, by, key: answer });
    message.history.push(entryOf(event, at));
    // Whoever answered is not writing any more.
    message.composing = without(message.composing, (user) => user === by);
  });
  if (answer === about) return accepted(about);
  update(state, answer, (message) => {
    message.answerTo ??= about;
  });
  return accepted(about, answer);
}

function read(state: LogState, event: EventOf<'read'>, at: number): FoldOutcome {
  const touched: MessageKey[] = [];
  for (const key of new Set(event.messages)) {
    if (state.messages.get(key)?.readBy[event.by] !== undefined) continue;
    update(state, key, (message) => {
      message.readBy[event.by] = at;
    });
    touched.push(key);
  }
  return accepted(...touched);
}

function composing(state: LogState, event: EventOf<'composing'>, at: number): FoldOutcome {
  const { about, by, id, until } = event;
  const { lastComposing } = state.header;
  const last = lastComposing[by];
  if (last !== undefined && id <= last) return ignored('duplicate');
  lastComposing[by] = id;
  const ms = until === null ? 0 : Math.min(Date.parse(until) - Date.parse(event.at), maxComposingMs);
  update(state, about, (message) => {
    // Those whose time is over need not be kept: nobody sees them any more.
    message.composing = without(message.composing, (user, end) => user === by || end <= at);
    if (ms > 0) message.composing[by] = at + ms;
  });
  return accepted(about);
}

/** The newest of each member, told by ids that rise: whoever holds the mailbox's password may append an old one again. */
function healthTold(state: LogState, event: EventOf<'health'>, uid: number, at: number): FoldOutcome {
  const { tellings } = state.header;
  const { by, id, report } = event;
  const last = tellings[by];
  if (last !== undefined && id <= last.id) return ignored('duplicate');
  const written = Date.parse(event.at);
  tellings[by] = { id, uid, at, report: report && byServersClock(report, written, at) };
  return accepted();
}

function without(
  times: Record<UserId, number>,
  gone: (user: UserId, at: number) => boolean,
): Record<UserId, number> {
  return Object.fromEntries(Object.entries(times).filter(([user, at]) => !gone(user as UserId, at)));
}
