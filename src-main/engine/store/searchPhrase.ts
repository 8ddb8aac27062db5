/** Looks whether a message that holds all words of a phrase holds them side by side. Called by SQLite for what the index found. */
import { wordsOf } from '#shared/domain/searchWords.ts';
import { searchableText } from './searchRows.ts';
import { unpackText } from './texts.repo.ts';

type Cell = string | Uint8Array | null;

/** `words`: JSON of the folded words. `field`: 0 anywhere, else the one field (searchQuery.ts). Returns 1 or 0. */
export function holdsPhrase(
  words: string,
  field: number,
  subject: string,
  fromName: string | null,
  fromAddress: string | null,
  recipients: string,
  structure: string | null,
  text: Cell,
  html: Cell,
): 0 | 1 {
  const phrase = ` ${(JSON.parse(words) as string[]).join(' ')} `;
  const holds = (candidate: string): boolean => ` ${wordsOf(candidate).join(' ')} `.includes(phrase);
  const asked = (number: number): boolean => field === 0 || field === number;
  if (asked(1) && holds(subject)) return 1;
  if (asked(2) && (holds(fromName ?? '') || holds(fromAddress ?? ''))) return 1;
  if (asked(3) || asked(4)) {
    const { to, cc, bcc } = JSON.parse(recipients) as Record<string, { name: string; address: string }[]>;
    const people = [...(asked(3) ? (to ?? []) : []), ...(asked(4) ? [...(cc ?? []), ...(bcc ?? [])] : [])];
    if (people.some(({ name, address }) => holds(name) || holds(address))) return 1;
  }
  if (asked(6) && structure !== null) {
    const { attachments } = JSON.parse(structure) as { attachments: { filename: string }[] };
    if (attachments.some(({ filename }) => holds(filename))) return 1;
  }
  if (asked(5) && (text !== null || html !== null)) {
    const body = searchableText({
      text: text instanceof Uint8Array ? unpackText(text) : null,
      html: html instanceof Uint8Array ? unpackText(html) : null,
    });
    if (holds(body)) return 1;
  }
  return 0;
}
