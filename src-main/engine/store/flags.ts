/** Flags as the store keeps them: bits of a number. Other keywords are kept beside them as text. */
import type { Flags } from '#shared/domain/message.ts';

export const FlagBit = {
  seen: 1,
  flagged: 2,
  answered: 4,
  draft: 8,
  forwarded: 16,
  /** Flagged as deleted on the server: not shown, and gone at the next expunge by whoever does it. */
  deleted: 32,
} as const;

export type FlagName = keyof Flags;

const bitOf: Readonly<Record<string, number>> = {
  '\\seen': FlagBit.seen,
  '\\flagged': FlagBit.flagged,
  '\\answered': FlagBit.answered,
  '\\draft': FlagBit.draft,
  '\\deleted': FlagBit.deleted,
  $forwarded: FlagBit.forwarded,
  forwarded: FlagBit.forwarded,
};

/** A server's flags (any case) as bits and the other keywords, sorted. `\Recent` means nothing to us. */
export function flagsFromServer(flags: Iterable<string>): { flags: number; keywords: string[] } {
  let bits = 0;
  const keywords: string[] = [];
  for (const flag of flags) {
    const bit = bitOf[flag.toLowerCase()];
    if (bit !== undefined) bits |= bit;
    else if (!flag.startsWith('\\')) keywords.push(flag);
  }
  return { flags: bits, keywords: keywords.sort() };
}

/** The flags of these bits as a STORE command names them. */
export function flagsForServer(bits: number): string[] {
  const names: string[] = [];
  if (bits & FlagBit.seen) names.push('\\Seen');
  if (bits & FlagBit.flagged) names.push('\\Flagged');
  if (bits & FlagBit.answered) names.push('\\Answered');
  if (bits & FlagBit.draft) names.push('\\Draft');
  if (bits & FlagBit.deleted) names.push('\\Deleted');
  if (bits & FlagBit.forwarded) names.push('$Forwarded');
  return names;
}

export function bitsOf(names: readonly FlagName[]): number {
  return names.reduce((bits, name) => bits | FlagBit[name], 0);
}

export function flagsOf(bits: number): Flags {
  return {
    seen: (bits & FlagBit.seen) !== 0,
    flagged: (bits & FlagBit.flagged) !== 0,
    answered: (bits & FlagBit.answered) !== 0,
    draft: (bits & FlagBit.draft) !== 0,
    forwarded: (bits & FlagBit.forwarded) !== 0,
  };
}

/** The `hidden` bit of a placement that is flagged as deleted on the server. */
export function deletedBit(flags: number): number {
  return (flags & FlagBit.deleted) === 0 ? 0 : 2;
}
