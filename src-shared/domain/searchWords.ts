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
/** Of what words are made. */
const characters = '[\\p{L}\\p{N}\\p{M}]';
const wordPattern = new RegExp(`${characters}+`, 'gu');
/** Is this one character of a word? */
export const wordCharacter = new RegExp(`^${characters}$`, 'u');
/** Longer runs are no words: encoded data, keys. */
export const maxWord = 60;

export function isUnspaced(run: string): boolean {
  return unspaced.test(run);
}

/** The folded words of a text in their order. */
export function wordsOf(text: string): string[] {
  return (text.match(wordPattern) ?? []).flatMap(foldWord);
}

/** What one run of letters and digits is in the index: mostly one word, pairs in a script without spaces, nothing where it is too long. */
export function foldWord(word: string): readonly string[] {
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
