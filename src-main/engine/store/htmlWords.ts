/** The words of an HTML text for the search index. Nothing that is shown comes from here; that is the MIME reader's and the sanitiser's work. */

/** Elements whose content is no text. */
const skipped = new Set(['style', 'script', 'head', 'title', 'template', 'noscript']);
/** Tags inside a word do not part it. */
const inline = new Set([
  'a',
  'abbr',
  'b',
  'big',
  'code',
  'em',
  'font',
  'i',
  'ins',
  'mark',
  's',
  'small',
  'span',
  'strong',
  'sub',
  'sup',
  'u',
  'wbr',
]);

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  atilde: 'ã',
  aring: 'å',
  aelig: 'æ',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  igrave: 'ì',
  iacute: 'í',
  icirc: 'î',
  iuml: 'ï',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  ocirc: 'ô',
  otilde: 'õ',
  oslash: 'ø',
  ugrave: 'ù',
  uacute: 'ú',
  ucirc: 'û',
  yacute: 'ý',
  yuml: 'ÿ',
  oelig: 'œ',
};

/** Text between the tags, in one pass over at most `limit` characters. */
export function textOfHtml(html: string, limit: number): string {
  const source = html.length > limit ? html.slice(0, limit) : html;
  const parts: string[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('<', at);
    if (open < 0) {
      parts.push(source.slice(at));
      break;
    }
    if (open > at) parts.push(source.slice(at, open));
    if (source.startsWith('<!--', open)) {
      const end = source.indexOf('-->', open + 4);
      at = end < 0 ? source.length : end + 3;
      continue;
    }
    const name = tagName(source, open + 1);
    if (name === '') {
      // "a < b" is text. Before anything is looked for behind it: a mail may have a million of them.
      parts.push('<');
      at = open + 1;
      continue;
    }
    const close = source.indexOf('>', open);
    if (close < 0) break;
    at = close + 1;
    if (!inline.has(name)) parts.push(' ');
    if (skipped.has(name) && source[open + 1] !== '/') at = afterElement(source, at, name);
  }
  return decodeEntities(parts.join(''));
}

function tagName(source: string, at: number): string {
  let start = at;
  if (source[start] === '/') start += 1;
  let end = start;
  while (end < source.length && end - start < 20) {
    const code = source.charCodeAt(end) | 32;
    const digit = source.charCodeAt(end);
    if (!((code >= 97 && code <= 122) || (end > start && digit >= 48 && digit <= 57))) break;
    end += 1;
  }
  if (end === start) return source[at] === '!' || source[at] === '?' ? '!' : '';
  return source.slice(start, end).toLowerCase();
}

function afterElement(source: string, from: number, name: string): number {
  let at = from;
  for (;;) {
    at = source.indexOf('</', at);
    if (at < 0) return source.length;
    if (source.slice(at + 2, at + 2 + name.length).toLowerCase() === name) {
      const close = source.indexOf('>', at);
      return close < 0 ? source.length : close + 1;
    }
    at += 2;
  }
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g,
    (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? '') : whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      if (code === 0xad) return '';
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : ' ';
    },
  );
}
