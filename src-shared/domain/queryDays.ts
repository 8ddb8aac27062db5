/** The moments that the days of a query begin and end at. */
import type { QueryDay } from './query.ts';

/** Days begin at midnight of the machine's time zone. */
export function dayBounds(day: QueryDay, now: number): { start: number; end: number } {
  const local = new Date(now);
  if (day.kind === 'date') {
    const { year, month, day: date } = day;
    const start = new Date(year, (month ?? 1) - 1, date ?? 1);
    const end =
      date !== null
        ? new Date(year, (month ?? 1) - 1, date + 1)
        : month !== null
          ? new Date(year, month, 1)
          : new Date(year + 1, 0, 1);
    return { start: start.getTime(), end: end.getTime() };
  }
  const [year, month, date] = [local.getFullYear(), local.getMonth(), local.getDate()];
  const start =
    day.unit === 'day'
      ? new Date(year, month, date - day.amount)
      : day.unit === 'week'
        ? new Date(year, month, date - 7 * day.amount)
        : day.unit === 'month'
          ? new Date(year, month - day.amount, date)
          : new Date(year - day.amount, month, date);
  const end = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
  return { start: start.getTime(), end: end.getTime() };
}
