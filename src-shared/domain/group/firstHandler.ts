/**
 * What holds for a mail before anybody did anything: who has it for information, who is its first handler, and which member writes
 * that down. Derived from config and log alone, so that all clients show the same from the first second on.
 */
import type { Sha256 } from './chain.ts';
import type { UserId } from './config.ts';
import type { FoldContext } from './foldContext.ts';
import type { LogState } from './logState.ts';
import type { MessageKey } from './messageKey.ts';

/** What the mailbox knows about a mail. */
export interface MailFacts {
  readonly key: MessageKey;
  /** When the server got it (INTERNALDATE), ms since 1970. */
  readonly arrivedAt: number;
  /** The mails it refers to, nearest first (In-Reply-To, then References from the end). */
  readonly thread: readonly MessageKey[];
}

/** Mail that came so long before the group's first event still counts as open work; what is older belongs to nobody. */
export const openWorkBeforeCharterMs = 14 * 24 * 60 * 60_000;

export interface FirstState {
  readonly info: readonly UserId[];
  readonly handler: UserId | null;
  /** From before the group's time: it is on no list until somebody acts on it. */
  readonly settled: boolean;
}

/** `charterAt`: null while the log has no charter, then every mail is the group's. */
export function firstState(state: LogState, mail: MailFacts, context: FoldContext): FirstState {
  const charterAt = state.header.charter?.at ?? mail.arrivedAt;
  const at = Math.max(mail.arrivedAt, charterAt);
  const settled = mail.arrivedAt < charterAt - openWorkBeforeCharterMs;
  const info = context.membersAt(at);
  return { info, handler: settled ? null : firstHandler(state, mail, at, context), settled };
}

/** The thread's handler if it has one who still is a member, else the default handler if he is one. */
function firstHandler(state: LogState, mail: MailFacts, at: number, context: FoldContext): UserId | null {
  for (const ancestor of mail.thread) {
    const handler = threadHandler(state, ancestor);
    if (handler !== null && context.isMember(handler, at)) return handler;
  }
  const { defaultHandler } = context;
  return defaultHandler !== null && context.isMember(defaultHandler, at) ? defaultHandler : null;
}

function threadHandler(state: LogState, key: MessageKey): UserId | null {
  let message = state.messages.get(key);
  // An answer of ours leads to what it answered; one step, because that is a mail from outside.
  if (message?.answerTo != null && message.assigned === null && message.intake === null) {
    message = state.messages.get(message.answerTo);
  }
  return message?.assigned ? message.assigned.to : (message?.intake?.handler ?? null);
}

/**
 * Who writes the intake: the first of this order at once, the others one after another if he does not. It differs from mail to mail, so
 * that the work is spread and a member who is away delays only his share.
 */
export function electionOrder(sha256: Sha256, key: MessageKey, members: readonly UserId[]): UserId[] {
  return members
    .map((user) => ({ user, rank: sha256(`${key}\n${user}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ user }) => user);
}

/** How long the member at this place of the order waits. */
export function electionDelayMs(place: number): number {
  return place <= 0 ? 0 : Math.min(60_000 + (place - 1) * 30_000, 10 * 60_000);
}
