/** Until when a mail may wait: mornings to come, in local time. Pure. */

export interface WaitTime {
  readonly key: 'tomorrow' | 'days' | 'week';
  /** ms since 1970 */
  readonly at: number;
}

const morningHour = 8;

function morningIn(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, morningHour).getTime();
}

export function proposedWaits(now: number): WaitTime[] {
  return [
    { key: 'tomorrow', at: morningIn(now, 1) },
    { key: 'days', at: morningIn(now, 3) },
    { key: 'week', at: morningIn(now, 7) },
  ];
}

/** The morning of a day as a date box has it ("2026-03-01"); null: no such day, or none to come. */
export function morningOf(date: string, now: number): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const moment = new Date(year, month - 1, day, morningHour);
  if (moment.getMonth() !== month - 1 || moment.getDate() !== day) return null;
  return moment.getTime() > now ? moment.getTime() : null;
}

/** As a date box writes it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
