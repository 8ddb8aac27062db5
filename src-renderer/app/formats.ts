/** Dates, durations and sizes as people of a locale write them. */

export interface Formats {
  /** For a list: the time today, the weekday within a week, the day within the year, the date before. */
  listDate(at: number, now: number): string;
  /** Day, month, year and time, in full. */
  fullDate(at: number): string;
  /** "today, 14:05" within two days, else date and time: for sentences. */
  moment(at: number, now: number): string;
  time(at: number): string;
  /** "5 minutes ago". */
  ago(at: number, now: number): string;
  /** "1.2 MB"; steps of 1,000 as systems show them. */
  size(bytes: number): string;
  /** Of a share from 0 to 1: "42 %". */
  percent(share: number): string;
  /** "12,345". */
  count(value: number): string;
  /** "1.2 s", "340 ms". */
  duration(ms: number): string;
}

const dayMs = 86_400_000;

/** Midnight of the day, in local time. */
function dayOf(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
  const dayAndMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const shortDate = new Intl.DateTimeFormat(locale, { day: '2-digit', month: '2-digit', year: 'numeric' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const passed = new Intl.RelativeTimeFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

  /** Whole days from `now` to `at`, counted by midnights (a day of the clock change has 23 or 25 hours). */
  const days = (at: number, now: number): number => Math.round((dayOf(at) - dayOf(now)) / dayMs);

  return {
    listDate(at, now) {
      const ago = -days(at, now);
      if (ago === 0) return time.format(at);
      if (ago > 0 && ago < 7) return weekday.format(at);
      return new Date(at).getFullYear() === new Date(now).getFullYear()
        ? dayAndMonth.format(at)
        : shortDate.format(at);
    },
    fullDate: (at) => full.format(at),
    moment(at, now) {
      const away = days(at, now);
      if (Math.abs(away) > 1) return dateTime.format(at);
      return `${relative.format(away, 'day')}, ${time.format(at)}`;
    },
    time: (at) => time.format(at),
    ago(at, now) {
      const minutes = Math.round(Math.max(0, now - at) / 60_000);
      if (minutes === 0) return relative.format(0, 'second');
      if (minutes < 60) return passed.format(-minutes, 'minute');
      const hours = Math.round(minutes / 60);
      return hours < 36 ? passed.format(-hours, 'hour') : passed.format(-Math.round(hours / 24), 'day');
    },
    size(bytes) {
      const units = ['B', 'kB', 'MB', 'GB'];
      let value = bytes;
      let unit = 0;
      while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return `${(value >= 10 || unit === 0 ? whole : decimal).format(value)} ${units[unit] ?? 'GB'}`;
    },
    percent: (share) => percent.format(share),
    count: (value) => whole.format(value),
    duration: (ms) => (ms >= 1000 ? `${decimal.format(ms / 1000)} s` : `${whole.format(ms)} ms`),
  };
}
