/** A message's group state as people see it: derived from the fold, the mail's facts and the moment. Pure. */
import type { UserId } from './config.ts';
import type { EventId, EventOf, Status, TeamEvent } from './events.ts';
import { firstState, type MailFacts } from './firstHandler.ts';
import type { FoldContext } from './foldContext.ts';
import {
  newMessage,
  type Answer,
  type HistoryEntry,
  type LogState,
  type MessageState,
  type Note,
} from './logState.ts';
import type { MessageKey } from './messageKey.ts';

export type ViewHistory =
  | (HistoryEntry & { readonly pending?: true })
  /** Somebody who had it is no member any more: it fell to the default handler. */
  | {
      readonly type: 'left';
      readonly at: number;
      readonly by: UserId;
      readonly to: UserId | null;
      readonly accepted: true;
    };

export interface MessageView {
  readonly key: MessageKey;
  readonly info: readonly UserId[];
  readonly handler: UserId | null;
  /** Since when he has it (ms); the mail's arrival for a first handler. */
  readonly since: number | null;
  readonly status: Status;
  readonly until: number | null;
  /** It waited until a moment that is over. */
  readonly due: boolean;
  readonly notes: readonly Note[];
  readonly readBy: readonly { readonly user: UserId; readonly at: number }[];
  readonly answers: readonly Answer[];
  readonly composing: readonly { readonly user: UserId; readonly until: number }[];
  readonly history: readonly ViewHistory[];
  /** From before the group's time, and nobody has acted on it. */
  readonly settled: boolean;
  /** What a change of handler or status has to expect. */
  readonly expect: { readonly assign: EventId | null; readonly status: EventId | null };
  /** Something of it waits for the server. */
  readonly pending: boolean;
}

export interface ViewFacts {
  readonly mail: MailFacts;
  readonly context: FoldContext;
  /** ms since 1970, now. */
  readonly now: number;
  /** Events made here that the log does not hold yet, in their order. */
  readonly pending?: readonly TeamEvent[];
}

export function viewMessage(state: LogState, { mail, context, now, pending = [] }: ViewFacts): MessageView {
  const stored = state.messages.get(mail.key);
  const overlay = pending.filter((event) => concerns(event, mail.key));
  const message =
    overlay.length === 0 ? (stored ?? newMessage()) : overlaid(stored ?? newMessage(), overlay, now);
  const first = firstState(state, mail, context);
  const { assigned, intake, status } = message;
  const holder = assigned
    ? { user: assigned.to, at: assigned.at }
    : intake
      ? { user: intake.handler, at: intake.at }
      : { user: first.handler, at: Math.max(mail.arrivedAt, state.header.charter?.at ?? 0) };
  const lapse = lapsed(holder, context, now);
  const until = status?.until ?? null;
  const own: ViewHistory[] = message.history.map((entry) =>
    overlay.some(({ id }) => id === entry.id) ? { ...entry, pending: true } : entry,
  );
  return {
    key: mail.key,
    info: intake?.info ?? first.info,
    handler: lapse ? lapse.to : holder.user,
    since: lapse ? lapse.at : holder.user === null ? null : assigned ? assigned.at : mail.arrivedAt,
    status: status?.status ?? 'open',
    until,
    due: status?.status === 'waiting' && until !== null && until <= now,
    notes: message.notes,
    readBy: Object.entries(message.readBy).map(([user, at]) => ({ user: user as UserId, at })),
    answers: message.answers,
    composing: Object.entries(message.composing)
      .filter(([, end]) => end > now)
      .map(([user, end]) => ({ user: user as UserId, until: end })),
    history: lapse ? [...own, lapse].sort((a, b) => a.at - b.at) : own,
    settled: first.settled && intake === null && message.history.length === 0,
    expect: { assign: assigned?.id ?? null, status: status?.id ?? null },
    pending: overlay.length > 0,
  };
}

type Lapse = Extract<ViewHistory, { type: 'left' }>;

/** Coming back does not bring it back: what counts is the membership in which he took it. */
function lapsed(
  holder: { user: UserId | null; at: number },
  context: FoldContext,
  now: number,
): Lapse | null {
  const { user, at } = holder;
  if (user === null) return null;
  const end = context.membershipEnd(user, at) ?? at;
  if (end > now) return null;
  const { defaultHandler } = context;
  const to =
    defaultHandler !== null && defaultHandler !== user && context.isMember(defaultHandler, now)
      ? defaultHandler
      : null;
  return { type: 'left', at: end, by: user, to, accepted: true };
}

/** The lists over all group mailboxes, as one person sees them. */
export type GroupList = 'handled-by-me' | 'unassigned' | 'for-information';

/**
 * Is this message on that list of `me`? Work that is done is nobody's; for information a mail stays until it was read, so that what a
 * colleague finished within minutes is seen all the same.
 */
export function isOnList(
  list: GroupList,
  view: Pick<MessageView, 'handler' | 'info' | 'status' | 'settled' | 'readBy'>,
  me: UserId,
): boolean {
  if (view.settled) return false;
  const done = view.status === 'done';
  switch (list) {
    case 'handled-by-me':
      return !done && view.handler === me;
    case 'unassigned':
      return !done && view.handler === null;
    default:
      return (
        view.handler !== me &&
        view.info.includes(me) &&
        (!done || !view.readBy.some(({ user }) => user === me))
      );
  }
}

function concerns(event: TeamEvent, key: MessageKey): boolean {
  return event.type === 'read' ? event.messages.includes(key) : 'about' in event && event.about === key;
}

/** The message as it will be if the log takes everything that waits. A copy: the fold's own state is not touched. */
function overlaid(message: MessageState, events: readonly TeamEvent[], now: number): MessageState {
  const copy: MessageState = {
    ...message,
    notes: [...message.notes],
    readBy: { ...message.readBy },
    answers: [...message.answers],
    composing: { ...message.composing },
    history: [...message.history],
  };
  for (const event of events) applyPending(copy, event, now);
  return copy;
}

function applyPending(message: MessageState, event: TeamEvent, at: number): void {
  const { id, by, type } = event;
  const entry: HistoryEntry = { id, at, by, type, accepted: true };
  switch (event.type) {
    case 'assign':
      if ((message.assigned?.id ?? null) !== event.expect) return;
      message.assigned = { id, at, by, to: event.to };
      message.history.push({ ...entry, to: event.to });
      return;
    case 'status': {
      if ((message.status?.id ?? null) !== event.expect) return;
      const until = pendingUntil(event);
      message.status = { id, at, by, status: event.status, until };
      message.history.push({ ...entry, status: event.status, until });
      return;
    }
    case 'note':
      message.notes.push({ id, at, by, text: event.text, mentions: event.mentions, editedAt: null });
      message.history.push(entry);
      return;
    case 'note-edit':
      message.notes = message.notes.map((note) =>
        note.id === event.note ? { ...note, text: event.text, mentions: event.mentions, editedAt: at } : note,
      );
      message.history.push(entry);
      return;
    case 'note-delete':
      message.notes = message.notes.filter((note) => note.id !== event.note);
      message.history.push(entry);
      return;
    case 'replied':
      message.answers.push({ id, at, by, key: event.answer });
      message.history.push(entry);
      return;
    case 'read':
      message.readBy[by] ??= at;
      return;
    default:
  }
}

function pendingUntil(event: EventOf<'status'>): number | null {
  return event.status === 'waiting' && event.until !== null ? Date.parse(event.until) : null;
}
