/** The response code COPYUID (RFC 4315 section 3): where the copies of messages are. */
import type { ParsedResponse } from './flow.ts';
import { responseCode } from './flow.ts';

export interface CopiedUids {
  readonly uidValidity: string;
  /** Source UID to the copy's. */
  readonly uids: ReadonlyMap<number, number>;
}

const maxCopied = 1_000_000;

/** null: the answer has none, or one that cannot be read whole; a half-read one would put UIDs on the wrong messages. */
export function copiedUids(response: ParsedResponse): CopiedUids | null {
  const [name, uidValidity, source, target] = responseCode(response);
  if (name !== 'COPYUID' || uidValidity === undefined || !/^\d{1,10}$/.test(uidValidity)) return null;
  const from = inOrder(source);
  const to = inOrder(target);
  if (from === null || to === null || from.length !== to.length) return null;
  return { uidValidity, uids: new Map(from.map((uid, index) => [uid, to[index] as number])) };
}

/** The UIDs as they stand: the two sets correspond by place, so nothing is sorted or drawn together here. */
function inOrder(set: string | undefined): number[] | null {
  const uids: number[] = [];
  for (const entry of (set ?? '').split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(entry);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = first <= last ? 1 : -1;
    if (uids.length + Math.abs(last - first) > maxCopied) return null;
    for (let uid = first; step > 0 ? uid <= last : uid >= last; uid += step) uids.push(uid);
  }
  return uids;
}
