/** How values are written in answers (RFC 9051 section 9). */

/** A string as quoted where that is allowed, else as a literal; null is NIL. One character a byte. */
export function nstring(text: string | null): string {
  return text === null ? 'NIL' : quotedOrLiteral(text);
}

export function quotedOrLiteral(text: string): string {
  if (text.length < 1_000 && /^[\x20-\x7e]*$/.test(text)) return quoted(text);
  return `{${text.length.toString()}}\r\n${text}`;
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `07-Feb-1994 22:43:04 +0000`, without quotes; always in UTC. */
export function internalDate(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const day = two(date.getUTCDate());
  const month = months[date.getUTCMonth()] ?? 'Jan';
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day}-${month}-${date.getUTCFullYear().toString().padStart(4, '0')} ${time} +0000`;
}

/** The moment that ` 7-Feb-1994 22:43:04 +0100` names; null where it is none. */
export function parseInternalDate(text: string): number | null {
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(text);
  if (match === null) return null;
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const monthNumber = months.findIndex((name) => name.toLowerCase() === month?.toLowerCase());
  if (monthNumber < 0) return null;
  const utc = Date.UTC(Number(year), monthNumber, Number(day), Number(hour), Number(minute), Number(second));
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === '+' ? utc - zone : utc + zone;
}

/** Midnight UTC of `1-Feb-1994` (SEARCH); null where it is none. */
export function parseSearchDate(text: string): number | null {
  return parseInternalDate(`${text} 00:00:00 +0000`);
}

/** Ascending numbers as a sequence set, runs drawn together. */
export function numberSet(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < numbers.length;) {
    const first = numbers[at] as number;
    let last = first;
    for (at += 1; numbers[at] === last + 1; at += 1) last += 1;
    ranges.push(first === last ? first.toString() : `${first.toString()}:${last.toString()}`);
  }
  return ranges.join(',');
}
