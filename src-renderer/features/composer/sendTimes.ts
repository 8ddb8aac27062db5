/** When a mail may go out later: proposals, and a date and a time as a moment. All in local time. Pure. */

export interface SendTime {
  readonly key: 'inAnHour' | 'tomorrow' | 'monday';
  /** ms since 1970 */
  readonly at: number;
}

const morningHour = 8;

function morning(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, morningHour).getTime();
}

/** In an hour, tomorrow morning, and the next Monday morning where that is another day. */
export function proposedTimes(now: number): SendTime[] {
  const inAnHour = new Date(now + 3_600_000);
  inAnHour.setSeconds(0, 0);
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  const times: SendTime[] = [
    { key: 'inAnHour', at: inAnHour.getTime() },
    { key: 'tomorrow', at: morning(now, 1) },
  ];
  if (toMonday !== 1) times.push({ key: 'monday', at: morning(now, toMonday) });
  return times;
}

/** The values of a date and a time box. */
export function boxesOf(at: number): { date: string; time: string } {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}`,
  };
}

/** null: not a moment that exists. */
export function momentOf(date: string, time: string): number | null {
  const day = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(date);
  const clock = /^(\d\d):(\d\d)/.exec(time);
  if (!day || !clock) return null;
  const moment = new Date(
    Number(day[1]),
    Number(day[2]) - 1,
    Number(day[3]),
    Number(clock[1]),
    Number(clock[2]),
  );
  const same = moment.getMonth() === Number(day[2]) - 1 && moment.getDate() === Number(day[3]);
  return same && Number.isFinite(moment.getTime()) ? moment.getTime() : null;
}
