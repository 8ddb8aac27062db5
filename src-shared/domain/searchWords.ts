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

/** So many words are remembered before the folder begins anew: a language's common ones many times over, a few megabytes. */
const maxKnown = 50_000;

/**
 * Folds the words of many texts, each word once: what one mailbox's mails say is mostly said in the same words, and folding is most of
 * what indexing costs. It also remembers which words it has handed out by `unmet`.
 */
export class WordFolder {
  readonly #known = new Map<string, readonly string[]>();
  readonly #met = new Set<string>();

  /** The folded words of a text, each once. The same words as those of `wordsOf`. */
  distinct(text: string): Set<string> {
    const words = new Set<string>();
    for (const word of text.match(wordPattern) ?? []) {
      let folded = this.#known.get(word);
      if (folded === undefined) {
        if (this.#known.size >= maxKnown) this.#known.clear();
        const key = ownCopy(word);
        this.#known.set(key, (folded = foldWord(key)));
      }
      for (const one of folded) words.add(one);
    }
    return words;
  }

  /** Those of `words` that it was not asked about before (or so long ago that it has forgotten). */
  unmet(words: Iterable<string>): string[] {
    const fresh: string[] = [];
    for (const word of words) {
      if (this.#met.has(word)) continue;
      if (this.#met.size >= maxKnown) this.#met.clear();
      this.#met.add(word);
      fresh.push(word);
    }
    return fresh;
  }

  /** Nothing is sure any more of what came of the words: all are unmet again. */
  forget(): void {
    this.#met.clear();
  }
}

/** V8 makes a piece of 13 characters or more a window into the text that it was cut from, and would keep the whole text for it. */
function ownCopy(word: string): string {
  return word.length < 13 ? word : word.split('').join('');
}
