/** What an avatar shows for a person: initials and one of a few quiet colours, always the same for an address. Pure. */

/** At most two letters: of the first and the last word of the name, else of the address. */
export function initialsOf(name: string, address: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s.-]/gu, ' ')
    .split(/[\s.]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0] ?? address.replace(/[^\p{L}\p{N}]/gu, '').slice(0, 1);
  const last = words.length > 1 ? words.at(-1) : undefined;
  const letter = (word: string | undefined): string => (word ? ([...word.replace(/^-+/, '')][0] ?? '') : '');
  return (letter(first) + letter(last)).toLocaleUpperCase() || '?';
}

export const avatarHues = 8;

/** 0 to `avatarHues` - 1. */
export function hueOf(address: string): number {
  let hash = 2166136261;
  for (let at = 0; at < address.length; at += 1) {
    hash = Math.imul(hash ^ address.toLowerCase().charCodeAt(at), 16777619);
  }
  return (hash >>> 0) % avatarHues;
}
