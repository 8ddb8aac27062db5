/** UIDs as the protocol writes them ("1:3,7", RFC 9051 section 9, sequence-set), never expanded for what a server says. */
import { MailError } from '#shared/errors/MailError.ts';

/** Sorted, disjoint, both ends inclusive. */
export type UidRange = readonly [first: number, last: number];

const maxUid = 0xffff_ffff;
/** A line with more ranges than this is nonsense or an attack. */
const maxRanges = 2_000_000;

/** A set of UIDs kept as ranges: "1:4000000000" costs no more than "1". */
export class UidRanges {
  readonly ranges: readonly UidRange[];

  private constructor(ranges: readonly UidRange[]) {
    this.ranges = ranges;
  }

  static readonly none = new UidRanges([]);

  /** Whatever is not a number or a pair of numbers is left out. Throws `response-too-large` for an absurd count of ranges. */
  static parse(set: string): UidRanges {
    const found: [number, number][] = [];
    for (const entry of set.split(',')) {
      const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(entry);
      if (match === null) continue;
      const one = Number(match[1]);
      const other = match[2] === undefined ? one : Number(match[2]);
      if (one === 0 || other === 0 || one > maxUid || other > maxUid) continue;
      found.push([Math.min(one, other), Math.max(one, other)]);
      if (found.length > maxRanges) throw new MailError('response-too-large', { limit: maxRanges });
    }
    return UidRanges.#merged(found);
  }

  static of(uids: Iterable<number>): UidRanges {
    return UidRanges.#merged([...uids].map((uid) => [uid, uid]));
  }

  static union(sets: readonly UidRanges[]): UidRanges {
    return UidRanges.#merged(
      sets.flatMap(({ ranges }) => ranges.map(([first, last]): [number, number] => [first, last])),
    );
  }

  has(uid: number): boolean {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.ranges[middle] as UidRange;
      if (uid < first) high = middle - 1;
      else if (uid > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  get empty(): boolean {
    return this.ranges.length === 0;
  }

  /** How many UIDs it names. */
  get size(): number {
    return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** All UIDs, ascending. Throws `response-too-large` when there are more than `limit`: for sets that a server made. */
  uids(limit: number): number[] {
    if (this.size > limit) throw new MailError('response-too-large', { limit });
    const uids: number[] = [];
    for (const [first, last] of this.ranges) for (let uid = first; uid <= last; uid += 1) uids.push(uid);
    return uids;
  }

  toString(): string {
    return this.ranges
      .map(([first, last]) => (first === last ? first.toString() : `${first.toString()}:${last.toString()}`))
      .join(',');
  }

  static #merged(found: [number, number][]): UidRanges {
    if (found.length === 0) return UidRanges.none;
    found.sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const range of found) {
      const last = merged.at(-1);
      if (last !== undefined && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1]);
      else merged.push(range);
    }
    return new UidRanges(merged);
  }
}

/** UIDs as a sequence set, runs drawn together. */
export function uidSet(uids: Iterable<number>): string {
  return UidRanges.of(uids).toString();
}

/** Cuts sets that would make a command line longer than servers take (8 KB; RFC 7162 section 4 asks for at most that). */
export function uidSets(uids: readonly number[], maxLength = 7_000): { set: string; uids: number[] }[] {
  const sets: { set: string; uids: number[] }[] = [];
  const sorted = [...uids].sort((a, b) => a - b);
  let start = 0;
  while (start < sorted.length) {
    // A lone UID takes at most eleven characters with its comma; runs take fewer.
    let end = sorted.length;
    let set = uidSet(sorted.slice(start, end));
    while (set.length > maxLength) {
      end = start + Math.max(1, Math.floor(((end - start) * maxLength * 0.9) / set.length));
      set = uidSet(sorted.slice(start, end));
    }
    sets.push({ set, uids: sorted.slice(start, end) });
    start = end;
  }
  return sets;
}
