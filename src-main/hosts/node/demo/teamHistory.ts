/** What Anna, Ben and Clara did about the mails of the shared mailbox over the last weeks: who took what, answered it, noted something. */
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { keyOfMessageId } from '#shared/domain/group/messageKey.ts';
import type { Chance } from './random.ts';
import type { Colleague, ScriptedTeamwork } from './script.ts';
import { byDay, type DatedMail } from './timeline.ts';

export interface TeamAct {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: Colleague;
  readonly what:
    | { readonly type: 'intake'; readonly about: MessageKey; readonly handler: Colleague | null }
    | { readonly type: 'assign'; readonly about: MessageKey; readonly to: Colleague }
    | {
        readonly type: 'status';
        readonly about: MessageKey;
        readonly status: 'done' | 'waiting';
        readonly until: number | null;
      }
    | {
        readonly type: 'note';
        readonly about: MessageKey;
        readonly text: string;
        readonly mentions: readonly Colleague[];
      }
    | { readonly type: 'replied'; readonly about: MessageKey; readonly answer: MessageKey }
    | { readonly type: 'read'; readonly messages: readonly MessageKey[] };
}

export interface TeamHistory {
  /** Oldest first. */
  readonly acts: readonly TeamAct[];
  /** Mails that somebody has taken: read by whoever has them. */
  readonly taken: ReadonlySet<MessageKey>;
}

const colleagues: readonly Colleague[] = ['anna', 'ben', 'clara'];
const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Receipts go out together: at noon and when the day ends. */
const receiptHours = [12, 17];
const receiptsAtOnce = 100;
const untouchedMails = 4;

/** `now`: milliseconds since 1970; nothing is done later. */
export function teamHistory(mails: readonly DatedMail[], now: number, chance: Chance): TeamHistory {
  const history = new History(now);
  const nobodys = untouched(mails);
  const answers = new Map(
    mails
      .filter(({ sender, mail }) => sender === 'info' && mail.inReplyTo !== null)
      .map((dated) => [dated.mail.inReplyTo, dated]),
  );
  /** By Message-ID, of answers as well: what comes next in the thread goes to the same person. */
  const handlers = new Map<string, Colleague>();
  for (const dated of mails) {
    const { mail, receivers, folder } = dated;
    if (!receivers.includes('info') || folder !== undefined) continue;
    const before = mail.references.toReversed().find((id) => handlers.has(id));
    const inherited = before === undefined ? null : (handlers.get(before) ?? null);
    const answer = answers.get(mail.messageId) ?? null;
    const handler = history.mail(dated, { answer, inherited, nobodys: nobodys.has(dated) }, chance);
    if (handler === null) continue;
    handlers.set(mail.messageId, handler);
    if (answer !== null) handlers.set(answer.mail.messageId, handler);
  }
  return history.finish();
}

/** The newest questions that nobody has looked into: there are some at every hour, also on a Sunday night. */
function untouched(mails: readonly DatedMail[]): ReadonlySet<DatedMail> {
  const answered = new Set(mails.map(({ mail }) => mail.inReplyTo));
  const questions = mails.filter(
    ({ mail, receivers, folder, team }) =>
      receivers.includes('info') &&
      folder === undefined &&
      team === null &&
      mail.inReplyTo === null &&
      !answered.has(mail.messageId),
  );
  return new Set(questions.slice(-untouchedMails));
}

interface Circumstances {
  readonly answer: DatedMail | null;
  /** Who has the conversation already. */
  readonly inherited: Colleague | null;
  /** It has just come in, and stays for whoever tries the demo. */
  readonly nobodys: boolean;
}

class History {
  readonly #now: number;
  readonly #acts: TeamAct[] = [];
  readonly #taken = new Set<MessageKey>();
  readonly #receipts = new Map<string, { by: Colleague; at: number; messages: MessageKey[] }>();

  constructor(now: number) {
    this.#now = now;
  }

  /** Returns who has it in the end. */
  mail(
    { mail, team, expert }: DatedMail,
    { answer, inherited, nobodys }: Circumstances,
    chance: Chance,
  ): Colleague | null {
    const key = keyOf(mail.messageId);
    const age = this.#now - mail.date;
    const act = (at: number, by: Colleague, what: TeamAct['what']): void => {
      this.#acts.push({ at: Math.min(at, this.#now - minuteMs), by, what });
    };
    act(mail.date + 5 * secondMs, chance.pick(colleagues), {
      type: 'intake',
      about: key,
      handler: inherited,
    });

    const answered = answer === null ? null : (answer.by ?? expert ?? 'anna');
    const work: ScriptedTeamwork =
      answered === null
        ? (team ??
          (nobodys
            ? { handler: null }
            : usualWork(age, inherited ?? expert ?? chance.pick(colleagues), inherited !== null, chance)))
        : { handler: answered, status: 'done', ...team };
    const { handler, givenBy = handler, status = 'open', waitingDays, notes = [] } = work;
    const beganAt =
      answer === null
        ? byDay(mail.date + (0.1 + 2 * chance.next()) * Math.min(hourMs, age / 4))
        : Math.max(mail.date + minuteMs, answer.mail.date - (8 + chance.below(20)) * minuteMs);

    this.#receiptsOf(key, mail.date, handler, beganAt, chance);
    if (handler === null || givenBy === null) return null;
    this.#taken.add(key);
    if (handler !== inherited) act(beganAt, givenBy, { type: 'assign', about: key, to: handler });
    for (const [index, { by, text, to = [] }] of notes.entries()) {
      act(beganAt + (4 + 21 * index) * minuteMs, by, { type: 'note', about: key, text, mentions: to });
    }
    const endedAt =
      answer === null
        ? byDay(beganAt + (10 + chance.below(90)) * minuteMs)
        : answer.mail.date + 20 * secondMs;
    if (answer !== null) {
      act(answer.mail.date, handler, { type: 'replied', about: key, answer: keyOf(answer.mail.messageId) });
    }
    if (waitingDays !== undefined) {
      const until = this.#now + waitingDays * dayMs;
      act(endedAt, handler, { type: 'status', about: key, status: 'waiting', until });
    } else if (status === 'done') {
      act(endedAt, handler, { type: 'status', about: key, status: 'done', until: null });
    }
    return handler;
  }

  /** Whoever takes a mail has read it; the others look into most of them, of today's into few. */
  #receiptsOf(
    key: MessageKey,
    date: number,
    handler: Colleague | null,
    beganAt: number,
    chance: Chance,
  ): void {
    for (const by of colleagues) {
      if (by === handler) {
        const at = Math.min(beganAt, this.#now - minuteMs) - 2 * secondMs;
        this.#acts.push({ at, by, what: { type: 'read', messages: [key] } });
      } else if (chance.next() < (this.#now - date > dayMs ? 0.93 : 0.35)) {
        const at = this.#receiptTime(date);
        const name = `${by} ${at.toString()}`;
        const receipt = this.#receipts.get(name) ?? { by, at, messages: [] };
        receipt.messages.push(key);
        this.#receipts.set(name, receipt);
      }
    }
  }

  #receiptTime(date: number): number {
    const hour = receiptHours.find((one) => new Date(date).getHours() < one);
    const local = new Date(hour === undefined ? date + dayMs : date);
    local.setHours(hour ?? receiptHours[0] ?? 12, 5, 0, 0);
    return Math.min(local.getTime(), this.#now - 2 * minuteMs);
  }

  finish(): TeamHistory {
    for (const { by, at, messages } of this.#receipts.values()) {
      for (let from = 0; from < messages.length; from += receiptsAtOnce) {
        this.#acts.push({
          at,
          by,
          what: { type: 'read', messages: messages.slice(from, from + receiptsAtOnce) },
        });
      }
    }
    return { acts: this.#acts.toSorted((one, other) => one.at - other.at), taken: this.#taken };
  }
}

/** What was not answered: the older it is, the likelier somebody dealt with it in another way. */
function usualWork(age: number, likely: Colleague, inherited: boolean, chance: Chance): ScriptedTeamwork {
  const handler = chance.next() < 0.75 ? likely : chance.pick(colleagues);
  const dice = chance.next();
  if (inherited) return { handler: likely, status: age > dayMs / 2 ? 'done' : 'open' };
  if (age < dayMs / 2) return { handler: dice < 0.4 ? handler : null };
  if (age < 2 * dayMs)
    return dice < 0.1 ? { handler: null } : { handler, status: dice < 0.65 ? 'done' : 'open' };
  if (age < 8 * dayMs && dice < 0.06) return { handler, waitingDays: 1 + chance.below(6) };
  return { handler, status: 'done' };
}

function keyOf(messageId: string): MessageKey {
  const key = keyOfMessageId(messageId);
  if (key === null) throw new Error(`${messageId} names no mail`);
  return key;
}
