/** Finding people by what is typed, and which of them come first. Pure. */
import { normaliseAddress } from './account.ts';
import { readableAddress } from './readableAddress.ts';
import { wordsOf } from './searchWords.ts';

/** Words of one request that count: more than these nobody types to find a person. */
const maxWords = 6;

/**
 * What a person is found by: the words of names and addresses, each with a blank before it, so that " mul" finds the beginnings of
 * words. Umlauts and accents are folded as search folds them.
 */
export function findableWords(...texts: readonly string[]): string {
  // A domain beyond ASCII is found by what it reads like as well as by what it is.
  const words = new Set(texts.flatMap((text) => [...wordsOf(text), ...wordsOf(readableAddress(text))]));
  return words.size === 0 ? '' : ` ${[...words].join(' ')} `;
}

/** The beginnings of words that all must be met, as they stand in `findableWords`. */
export function wantedWords(typed: string): string[] {
  return [...new Set(wordsOf(typed))].slice(0, maxWords).map((word) => ` ${word}`);
}

export function meetsAll(findable: string, wanted: readonly string[]): boolean {
  return wanted.every((word) => findable.includes(word));
}

/** A mail counts half as much after this time. */
const halfLifeMs = 45 * 86_400_000;

/** What a mail of this moment is worth as a rank; `share`: of a whole mail. */
export function rankOf(at: number, share = 1): number {
  return at / halfLifeMs + Math.log2(share);
}

/**
 * Two ranks together. A rank is the logarithm of a sum in which each mail counts half as much with every half-life that passed. All of
 * them fall alike as time goes by, so their order stays right without ever being computed anew, in whatever order mails are met.
 */
export function rankTogether(a: number | null, b: number): number {
  if (a === null) return b;
  return Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));
}

/** Senders that nobody writes to. */
const machines =
  /^(?:no-?reply|do-?not-?reply|nicht-?antworten|mailer-daemon|postmaster|bounces?|notifications?|newsletter)(?:[+.\-_=].*)?@|[-+.]bounces?@|^[^@]{65,}@/;

export function isMachine(address: string): boolean {
  return machines.test(normaliseAddress(address));
}

/** A name as it may be learned from a mail: none where it only repeats the address. */
export function learnableName(name: string, address: string): string {
  const bare = name
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim();
  return bare.includes('@') || normaliseAddress(bare) === normaliseAddress(address) ? '' : bare;
}

/** What somebody is called by: of "Müller, Anna" and "Anna Müller" alike "Anna"; titles are passed over. */
export function firstNameOf(name: string): string {
  const [before = '', after] = name.split(',', 2);
  const words = (after?.trim() || before).trim().split(/\s+/);
  return words.find((word) => !/^(?:dr|prof|dipl|ing|mag|mr|mrs|ms|herr|frau|med)\b\.?/i.test(word)) ?? '';
}
