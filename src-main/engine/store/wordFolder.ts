import { foldWord, maxWord, wordCharacter } from '#shared/domain/searchWords.ts';

/** About so many spellings are remembered before the folder begins anew: a language's common ones many times over, some four megabytes. */
const maxKnown = 50_000;
const placesAtFirst = 1_024;

/**
 * Folds the words of many texts, each spelling once: what one mailbox's mails say is mostly said in the same words, and folding is most
 * of what indexing costs. It also remembers which words it has handed out as unmet.
 *
 * A spelling is found by its characters where they stand in the text, in a hash table of flat numbers: to cut every word of a mailbox
 * out for a `Map` makes millions of strings, and each look goes to four places in memory instead of one or two. That took three times as
 * long (10,000 mails with three million words: 0.85 s of processor time to 0.25).
 */
export class WordFolder {
  /**
   * Four numbers for each place, side by side in memory: the spelling's hash, where its characters begin, how many they are (0: the place
   * is free), and its folded word's number. Collisions go to the next place; at most half of the places are taken.
   */
  #places = new Int32Array(4 * placesAtFirst);
  #spellings = 0;
  /** The spellings' characters one after the other. */
  #characters = new Uint16Array(8 * placesAtFirst);
  #charactersEnd = 0;
  /** By where its characters begin: a spelling of no word or of several (scripts without spaces). Its word's number is 0. */
  readonly #unusual = new Map<number, readonly number[]>();

  /** By folded word, from 1 on: several spellings share one. */
  #words: string[] = [''];
  readonly #numbers = new Map<string, number>();
  /**
   * Two numbers for each word: the last text that it was found in, by the folder's count (cheaper to compare than a set of strings for each
   * text), and when it was handed out as unmet, by the folder's count of how often it forgot.
   */
  #met = new Uint32Array(2 * placesAtFirst);
  #texts = 0;
  #round = 1;
  #index: unknown = null;

  /**
   * The folded words of a text, each once, in their order: those of `wordsOf`.
   * @param unmet gets those that were not handed out before (or so long ago that they are forgotten)
   */
  distinct(text: string, unmet: string[] | null = null): string[] {
    // Not in the middle of a text: a word would then be found twice in it.
    if (this.#spellings >= maxKnown) this.#beginAnew();
    this.#texts += 1;
    const found: string[] = [];
    const { length } = text;
    for (let at = 0; at < length;) {
      let units = wordUnitsAt(text, at);
      if (units === 0) {
        at += 1;
        continue;
      }
      const start = at;
      let hash = 0;
      for (; units > 0; units = wordUnitsAt(text, at)) {
        hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
        if (units === 2) hash = Math.imul(hash ^ text.charCodeAt(at + 1), 0x01000193);
        at += units;
      }
      if (at - start > maxWord) continue;
      const place = this.#placeOf(text, start, at, hash);
      const word = this.#places[place + 3] ?? 0;
      if (word !== 0) this.#find(word, found, unmet);
      else
        for (const one of this.#unusual.get(this.#places[place + 1] ?? 0) ?? [])
          this.#find(one, found, unmet);
    }
    return found;
  }

  #find(word: number, found: string[], unmet: string[] | null): void {
    const met = this.#met;
    if (met[2 * word] !== this.#texts) {
      met[2 * word] = this.#texts;
      found.push(this.#words[word] ?? '');
    }
    if (unmet === null || met[2 * word + 1] === this.#round) return;
    met[2 * word + 1] = this.#round;
    unmet.push(this.#words[word] ?? '');
  }

  /** What was handed out goes into this index (any value that is another one for another index): for a new one all words are unmet. */
  serve(index: unknown): void {
    if (this.#index !== index) this.forget();
    this.#index = index;
  }

  /** Nothing is sure any more of what came of the words: all are unmet again. */
  forget(): void {
    this.#round += 1;
  }

  /** Where its four numbers begin; it is learnt where it is new. */
  #placeOf(text: string, start: number, end: number, hash: number): number {
    const places = this.#places;
    const length = end - start;
    let place = firstPlace(hash, places);
    for (;;) {
      const known = places[place + 2] ?? 0;
      if (known === 0) break;
      if (
        known === length &&
        places[place] === hash &&
        this.#standsAt(places[place + 1] ?? 0, text, start, end)
      )
        return place;
      place = (place + 4) & (places.length - 1);
    }
    return this.#learn(text, start, end, hash, place);
  }

  #standsAt(own: number, text: string, start: number, end: number): boolean {
    const characters = this.#characters;
    for (let at = start; at < end; at += 1)
      if (characters[own + at - start] !== text.charCodeAt(at)) return false;
    return true;
  }

  #learn(text: string, start: number, end: number, hash: number, place: number): number {
    this.#spellings += 1;
    while (this.#charactersEnd + end - start > this.#characters.length) {
      const larger = new Uint16Array(2 * this.#characters.length);
      larger.set(this.#characters);
      this.#characters = larger;
    }
    const own = this.#charactersEnd;
    for (let at = start; at < end; at += 1) this.#characters[own + at - start] = text.charCodeAt(at);
    this.#charactersEnd = own + end - start;
    const words = foldWord(text.slice(start, end)).map((folded) => this.#numberOf(folded));
    const [only = 0] = words;
    if (words.length !== 1) this.#unusual.set(own, words);
    this.#places[place] = hash;
    this.#places[place + 1] = own;
    this.#places[place + 2] = end - start;
    this.#places[place + 3] = words.length === 1 ? only : 0;
    if (8 * this.#spellings < this.#places.length) return place;
    this.#spread();
    return this.#placeOf(text, start, end, hash);
  }

  #numberOf(folded: string): number {
    const known = this.#numbers.get(folded);
    if (known !== undefined) return known;
    const number = this.#words.length;
    // A copy: V8 makes a piece of 13 characters or more a window into the text that it was cut from, and would keep the whole text for it.
    const own = folded.length < 13 ? folded : folded.split('').join('');
    this.#words.push(own);
    this.#numbers.set(own, number);
    if (2 * number >= this.#met.length) {
      const larger = new Uint32Array(2 * this.#met.length);
      larger.set(this.#met);
      this.#met = larger;
    }
    return number;
  }

  /** Twice as many places, each spelling at its own again. */
  #spread(): void {
    const before = this.#places;
    const places = new Int32Array(2 * before.length);
    for (let from = 0; from < before.length; from += 4) {
      if (before[from + 2] === 0) continue;
      let to = firstPlace(before[from] ?? 0, places);
      while (places[to + 2] !== 0) to = (to + 4) & (places.length - 1);
      for (let at = 0; at < 4; at += 1) places[to + at] = before[from + at] ?? 0;
    }
    this.#places = places;
  }

  #beginAnew(): void {
    this.#places.fill(0);
    this.#spellings = 0;
    this.#charactersEnd = 0;
    this.#unusual.clear();
    this.#words = [''];
    this.#numbers.clear();
    this.#met.fill(0);
  }
}

/** Where to look first for what has this hash. The upper half is mixed in, because the lower one alone hangs on the last letters. */
function firstPlace(hash: number, places: Int32Array): number {
  return ((hash ^ (hash >>> 15)) << 2) & (places.length - 1);
}

/** By UTF-16 code unit: 0 was not met yet (or is half of a character), 1 belongs to a word, 2 does not. */
const kinds = new Uint8Array(65_536);

/** How many code units at this place are a character of a word: 0, 1, or 2 for one beyond the basic plane. */
function wordUnitsAt(text: string, at: number): 0 | 1 | 2 {
  if (at >= text.length) return 0;
  const unit = text.charCodeAt(at);
  const kind = kinds[unit];
  if (kind === 1) return 1;
  if (kind === 2) return 0;
  if (unit >= 0xd800 && unit < 0xdc00)
    return wordCharacter.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) ? 2 : 0;
  const belongs = wordCharacter.test(String.fromCharCode(unit));
  kinds[unit] = belongs ? 1 : 2;
  return belongs ? 1 : 0;
}
