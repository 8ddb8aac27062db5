/**
 * Words as search compares them: lower case, without accents, and with the umlauts' two spellings as one, so that Müller, Mueller
 * and Muller find each other. Index and query go through the same function.
 */

/** Letters that Unicode does not take apart. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'a',
  œ: 'o',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
};

/**
 * One piece of text folded. The fold of a word's beginning is the beginning of the word's fold, so that a search while typing works.
 * "ue" after a, e or q is no umlaut (Bauer, neue, quer).
 */
export function foldText(text: string): string {
  const lower = text.toLowerCase();

  const plain = /^[\u0000-\u007f]*$/.test(lower)
    ? lower
    : lower
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .replace(/[ßæœøłđðþıħŋ]/g, (letter) => letters[letter] ?? letter);
  return plain.replace(/(?<![aeq])ue|[ao]e/g, (pair) => pair.charAt(0));
}

/** Scripts that write without spaces: pairs of characters stand for words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
/** Longer runs are no words: encoded data, keys. */
const maxWord = 60;

export function isUnspaced(run: string): boolean {
  return unspaced.test(run);
}

/** The folded words of a text in their order. */
export function wordsOf(text: string): string[] {
  return (text.match(wordPattern) ?? []).flatMap(foldWord);
}

/** What one run of letters and digits is in the index: mostly one word, pairs in a script without spaces, nothing where it is too long. */
function foldWord(word: string): readonly string[] {
  if (word.length > maxWord) return [];
  const folded = foldText(word);
  if (folded === '') return [];
  return unspaced.test(word) ? pairs(folded) : [folded];
}

function pairs(text: string): string[] {
  const characters = [...text];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => (characters[at] ?? '') + character);
}

/** About so many words are remembered before the folder begins anew: a language's common ones many times over, a few megabytes. */
const maxKnown = 50_000;

/** A folded word as its folder remembers it. */
export class KnownWord {
  readonly text: string;
  /** The last text that it was found in, by the folder's count: cheaper to compare than a set of strings for each text. */
  foundIn = 0;
  /** When it was handed out, by the folder's count of how often it forgot. */
  metIn = 0;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Folds the words of many texts, each word once: what one mailbox's mails say is mostly said in the same words, and folding is most of
 * what indexing costs. It also remembers which words it has handed out by `unmet`.
 */
export class WordFolder {
  /** By the word as written. */
  readonly #known = new Map<string, readonly KnownWord[]>();
  /** By the folded word: several spellings share one. */
  readonly #folded = new Map<string, KnownWord>();
  #texts = 0;
  #round = 1;

  /** The folded words of a text, each once, in their order: those of `wordsOf`. */
  distinct(text: string): readonly KnownWord[] {
    // Not in the middle of a text: a word would then be found twice in it.
    if (this.#known.size >= maxKnown) {
      this.#known.clear();
      this.#folded.clear();
    }
    this.#texts += 1;
    const found: KnownWord[] = [];
    for (const word of text.match(wordPattern) ?? []) {
      for (const one of this.#known.get(word) ?? this.#learn(word)) {
        if (one.foundIn === this.#texts) continue;
        one.foundIn = this.#texts;
        found.push(one);
      }
    }
    return found;
  }

  /** Those of `words` that were not handed out before (or so long ago that they are forgotten). */
  unmet(words: readonly KnownWord[]): string[] {
    const fresh: string[] = [];
    for (const word of words) {
      if (word.metIn === this.#round) continue;
      word.metIn = this.#round;
      fresh.push(word.text);
    }
    return fresh;
  }

  /** Nothing is sure any more of what came of the words: all are unmet again. */
  forget(): void {
    this.#round += 1;
  }

  #learn(word: string): readonly KnownWord[] {
    const key = ownCopy(word);
    const words = foldWord(key).map((text) => {
      const known = this.#folded.get(text) ?? new KnownWord(text);
      this.#folded.set(text, known);
      return known;
    });
    this.#known.set(key, words);
    return words;
  }
}

/** V8 makes a piece of 13 characters or more a window into the text that it was cut from, and would keep the whole text for it. */
function ownCopy(word: string): string {
  return word.length < 13 ? word : word.split('').join('');
}
