/** Date fields (RFC 5322 section 3.3 with its obsolete zones), and the other forms in which mailers write them. */

const months = 'janfebmaraprmayjunjulaugsepoctnovdec';
const zones: ReadonlyMap<string, number> = new Map([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
  ['cet', 60],
  ['mez', 60],
  ['cest', 120],
  ['mesz', 120],
  ['bst', 60],
  ['jst', 540],
]);

/** Before mail had such dates, and beyond any clock that is merely wrong (M17). */
const earliest = Date.UTC(1980, 0, 1);
const latest = Date.UTC(2100, 0, 1);

const rfc5322 =
  /^\s*(?:[a-z]{2,9}\.?\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]{0,6}\.?,?[\s-]+(\d{2,4})\s+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:\.\d{1,9})?)?\s*(.{0,40})/i;
/** C's asctime: "Mon Jan  2 15:04:05 2006", with or without a zone before the year. */
const asctime =
  /^\s*[a-z]{3},?\s+([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:([a-z]{1,5}|[+-]\d{4})\s+)?(\d{4})/i;
const iso = /^\s*(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(.{0,10})/i;

/** ms since 1970; null where it cannot be read or is absurd (before 1980, from 2100 on). */
export function readMailDate(raw: string): number | null {
  const text = raw.length > 200 ? raw.slice(0, 200) : raw;
  const date = readRfc5322(text) ?? readAsctime(text) ?? readIso(text);
  return date !== null && date >= earliest && date < latest ? date : null;
}

function readRfc5322(text: string): number | null {
  const match = rfc5322.exec(text);
  if (match === null) return null;
  const [, day, month, year = '', hour, minute, second, zone] = match;
  return moment(fullYear(year), monthOf(month), day, hour, minute, second, zone);
}

function readAsctime(text: string): number | null {
  const match = asctime.exec(text);
  if (match === null) return null;
  const [, month, day, hour, minute, second, zone, year] = match;
  return moment(Number(year), monthOf(month), day, hour, minute, second, zone);
}

function readIso(text: string): number | null {
  const match = iso.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, zone] = match;
  return moment(Number(year), Number(month) - 1, day, hour, minute, second, zone?.replace(':', ''));
}

function monthOf(name: string | undefined): number {
  const at = months.indexOf((name ?? '').toLowerCase());
  return at >= 0 && at % 3 === 0 ? at / 3 : -1;
}

/** RFC 5322 section 4.3: two digits from 50 on and three digits count from 1900, 00 to 49 from 2000. */
function fullYear(year: string): number {
  const value = Number(year);
  if (year.length === 2) return value < 50 ? 2000 + value : 1900 + value;
  return year.length === 3 ? 1900 + value : value;
}

function moment(
  year: number,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  zone: string | undefined,
): number | null {
  const parts = [Number(day), Number(hour), Number(minute), Number(second ?? 0)] as const;
  const [date, hours, minutes, seconds] = parts;
  if (month < 0 || month > 11 || date < 1 || date > 31 || hours > 24 || minutes > 59 || seconds > 60)
    return null;
  return Date.UTC(year, month, date, hours, minutes, seconds) - zoneMinutes(zone ?? '') * 60_000;
}

/** Unknown zones count as UTC (RFC 5322 section 4.3: "-0000"). */
function zoneMinutes(zone: string): number {
  const numeric = /^\s*(?:gmt|utc)?\s*([+-])(\d{1,2}):?(\d{2})/i.exec(zone);
  if (numeric !== null) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
    if (minutes > 24 * 60) return 0;
    return numeric[1] === '-' ? -minutes : minutes;
  }
  return zones.get(/^\s*\(?([a-z]{1,5})\b/i.exec(zone)?.[1]?.toLowerCase() ?? '') ?? 0;
}
