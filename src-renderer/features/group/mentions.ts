/** Mentions in notes: "@" and the beginning of a member's name, completed while typing, and found again when the note is sent. Pure. */
import type { Person } from '#shared/contract/groups.ts';

export interface MentionTyped {
  /** Where the "@" stands. */
  readonly at: number;
  readonly typed: string;
}

const longestName = 40;

/** What is being typed of a mention right before the caret; null: nothing is. */
export function mentionAt(text: string, caret: number): MentionTyped | null {
  const before = text.slice(Math.max(0, caret - longestName), caret);
  const found = /(?:^|[\s(])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]+)?)$/u.exec(before);
  if (!found) return null;
  const typed = found[1] ?? '';
  return { at: caret - typed.length - 1, typed };
}

/** Members whose name (or a later word of it, or address) begins with what was typed. */
export function matchingMembers(members: readonly Person[], typed: string): Person[] {
  const wanted = typed.toLocaleLowerCase();
  return members.filter(({ name, address }) => {
    const lower = name.toLocaleLowerCase();
    return (
      lower.startsWith(wanted) ||
      lower.split(/\s+/).some((word) => word.startsWith(wanted)) ||
      (wanted !== '' && address.toLowerCase().startsWith(wanted))
    );
  });
}

/** The text with the mention completed, and where the caret then stands. */
export function completeMention(
  text: string,
  { at, typed }: MentionTyped,
  member: Person,
): { text: string; caret: number } {
  const written = `@${member.name} `;
  const rest = text.slice(at + 1 + typed.length).replace(/^ /, '');
  return { text: text.slice(0, at) + written + rest, caret: at + written.length };
}

/** Who is mentioned: the longest name that stands behind each "@". */
export function mentionedIn(text: string, members: readonly Person[]): Person[] {
  const found = new Map<string, Person>();
  const byLength = [...members].sort((a, b) => b.name.length - a.name.length);
  for (const { index } of text.matchAll(/@/g)) {
    const after = text.slice(index + 1).toLocaleLowerCase();
    const member = byLength.find(({ name }) => {
      const lower = name.toLocaleLowerCase();
      return lower !== '' && after.startsWith(lower) && !/^[\p{L}\p{N}]/u.test(after.slice(lower.length));
    });
    if (member) found.set(member.id, member);
  }
  return [...found.values()];
}

export interface NotePiece {
  readonly text: string;
  readonly mention: boolean;
}

/** A note's text cut at its mentions, for showing them. */
export function notePieces(text: string, mentions: readonly Person[]): NotePiece[] {
  const names = mentions.map(({ name }) => `@${name}`).sort((a, b) => b.length - a.length);
  const pieces: NotePiece[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const name = names.find((one) => text.slice(at, at + one.length).toLowerCase() === one.toLowerCase());
    if (name === undefined) continue;
    if (at > from) pieces.push({ text: text.slice(from, at), mention: false });
    pieces.push({ text: text.slice(at, at + name.length), mention: true });
    from = at + name.length;
    at = from - 1;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), mention: false });
  return pieces;
}
