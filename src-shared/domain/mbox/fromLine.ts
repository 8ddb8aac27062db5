/**
 * The line that begins each mail of an mbox (RFC 4155): "From sender date", the date as C's asctime writes it, in UTC. What programs
 * write there differs in everything but the first five letters.
 */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** "Sat Jan  3 01:05:34 1996", perhaps with a zone before or after the year ("+0000", "CEST"). */
const asctime =
  /\b(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat),? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: +([A-Z]{1,5}|[+-]\d{4}))?(?: +(\d{4}))(?: +([A-Z]{1,5}|[+-]\d{4}))?/;

/** Before mail had such dates, and beyond any clock that is merely wrong. */
const earliest = Date.UTC(1980, 0, 1);
const latest = Date.UTC(2100, 0, 1);

export interface FromLine {
  /** Envelope sender as it stands there; "-" and "???@???" where the program knew none. */
  readonly sender: string;
  /** ms since 1970; null: not readable, or absurd. */
  readonly date: number | null;
}

/** null: the line does not look like what separates mails, only like a sentence that begins with "From ". */
export function readFromLine(line: string): FromLine | null {
  if (!line.startsWith('From ')) return null;
  const match = asctime.exec(line);
  if (match === null) return null;
  const [, month, day, hour, minute, second, before, year, after] = match;
  const local = Date.UTC(
    Number(year),
    months.indexOf((month ?? '') as (typeof months)[number]),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  const date = local - zoneMinutes(before ?? after) * 60_000;
  return {
    sender: line.slice(5, match.index).trim(),
    date: date >= earliest && date < latest ? date : null,
  };
}

/** Letters stand for zones that nobody agrees on: what the format says then is UTC. */
function zoneMinutes(zone: string | undefined): number {
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(zone ?? '');
  if (offset === null) return 0;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === '-' ? -minutes : minutes;
}

/** Without its line end. A sender that is no address of one word becomes MAILER-DAEMON, as mail servers write it. */
export function writeFromLine(sender: string | null, date: number): string {
  const at = new Date(date);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const name = sender !== null && /^[\x21-\x7e]{1,320}$/.test(sender) ? sender : 'MAILER-DAEMON';
  return (
    `From ${name} ${days[at.getUTCDay()] ?? 'Sun'} ${months[at.getUTCMonth()] ?? 'Jan'} ` +
    `${at.getUTCDate().toString().padStart(2, ' ')} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} ` +
    at.getUTCFullYear().toString().padStart(4, '0')
  );
}
