/**
 * HTML as text, as a person would see it: for snippets, search, quotes and "show as plain text". On the tokeniser of htmlparser2,
 * one pass without a tree: depth costs nothing, and a snippet stops after its first lines (docs/decisions/0009).
 */
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { combineLooks, readColor, readLook, readRules, sameToTheEye, type Look } from './hiddenStyle.ts';

export interface HtmlToTextOptions {
  /** For reading: where links lead, what pictures say in their place. Without: words alone. */
  readonly links: boolean;
  /** Stop after so many characters of text. */
  readonly maxOutput?: number;
}

/** Characters of HTML that are looked at. */
const maxInput = 5_000_000;
const maxQuoteDepth = 20;
const maxFrames = 200;
const longestUrl = 2_000;
/** Of one text without a tag in it so much is read, however little is wanted: its beginning may be nothing but spaces. */
const leastRead = 100_000;

/** Blank lines before and after: 2; a line of its own: 1. */
const blocks: ReadonlyMap<string, number> = new Map([
  ...['p', 'blockquote', 'ul', 'ol', 'dl', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'figure', 'table'].map(
    (tag) => [tag, 2] as const,
  ),
  ...[
    ...['div', 'tr', 'li', 'dt', 'dd', 'section', 'article', 'header', 'footer', 'main', 'aside', 'nav'],
    ...['address', 'center', 'form', 'fieldset', 'caption', 'figcaption', 'body', 'html', 'title', 'option'],
  ].map((tag) => [tag, 1] as const),
]);
/** Their text is never shown. */
const silent = new Set([
  'script',
  'style',
  'title',
  'head',
  'textarea',
  'template',
  'noscript',
  'object',
  'svg',
  'math',
]);
/** White space that is to be one space; a single one is none of it, for most are that already. */
const notOneSpace = /[ \t\r\n\f\u00a0\u2007\u202f\u2800\u3000]{2,}|[\t\r\n\f\u00a0\u2007\u202f\u2800\u3000]/g;
const voids = new Set(
  'area base br col embed hr img input link meta param source track wbr frame keygen bgsound'.split(' '),
);

const unstyled: Look = { hidden: false, color: null, background: null };

/** An open element that changes how its text looks; `same`: elements of its name open within it. */
interface Frame {
  readonly tag: string;
  same: number;
  readonly hidden: boolean;
  readonly color: string;
  readonly background: string;
}

/** Never throws; linear in the input. Lines end with LF, quotes stand behind "> ". */
export function htmlToText(html: string, options: HtmlToTextOptions): string {
  return new Reader(html.length > maxInput ? html.slice(0, maxInput) : html, options).read();
}

class Reader implements TokenizerCallbacks {
  readonly #html: string;
  readonly #links: boolean;
  readonly #max: number;
  readonly #tokenizer: Tokenizer;
  readonly #rules = new Map<string, Look>();
  readonly #styles = new Map<string, Look>();
  readonly #lists: { ordered: boolean; count: number }[] = [];
  #frames: Frame[] = [];
  #tag = '';
  #attribute = '';
  #value = '';
  #attributes = new Map<string, string>();
  #inStyle = false;
  #pre = 0;
  #quote = 0;
  /** The open link, and what of it stands in this line. */
  #link: { readonly url: string; shown: string } | null = null;

  readonly #lines: string[] = [];
  #line = '';
  #length = 0;
  /** Line breaks owed before the next text. */
  #breaks = 0;
  #space = false;
  /** Nothing stands yet where we are (at the top, in this quote): breaks before it are none. */
  #fresh = true;

  constructor(html: string, options: HtmlToTextOptions) {
    this.#html = html;
    this.#links = options.links;
    this.#max = options.maxOutput ?? 2_000_000;
    this.#tokenizer = new Tokenizer({ decodeEntities: true }, this);
  }

  read(): string {
    this.#tokenizer.write(this.#html);
    this.#tokenizer.end();
    this.#closeLink();
    if (this.#line !== '') this.#lines.push(this.#prefix() + this.#line.trimEnd());
    return this.#lines.join('\n');
  }

  ontext(start: number, end: number): void {
    if (this.#inStyle) readRules(this.#html.slice(start, end), this.#rules);
    else
      this.#write(
        this.#html.slice(start, Math.min(end, start + Math.max(this.#max - this.#length, leastRead))),
      );
  }

  ontextentity(codepoint: number): void {
    this.#write(String.fromCodePoint(codepoint));
  }

  onopentagname(start: number, end: number): void {
    this.#tag = this.#html.slice(start, Math.min(end, start + 40)).toLowerCase();
    this.#attributes.clear();
  }

  onattribname(start: number, end: number): void {
    this.#attribute = this.#html.slice(start, Math.min(end, start + 40)).toLowerCase();
    this.#value = '';
  }

  onattribdata(start: number, end: number): void {
    if (this.#value.length < 10_000) this.#value += this.#html.slice(start, Math.min(end, start + 10_000));
  }

  onattribentity(codepoint: number): void {
    this.#value += String.fromCodePoint(codepoint);
  }

  onattribend(): void {
    // The first one of a name counts.
    if (this.#attributes.size < 50 && !this.#attributes.has(this.#attribute))
      this.#attributes.set(this.#attribute, this.#value);
  }

  onopentagend(): void {
    this.#open();
  }

  onselfclosingtag(): void {
    // In HTML the slash of <div/> means nothing.
    this.#open();
  }

  onclosetag(start: number, end: number): void {
    this.#close(this.#html.slice(start, Math.min(end, start + 40)).toLowerCase());
  }

  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  #open(): void {
    const tag = this.#tag;
    this.#inStyle = tag === 'style';
    if (tag === 'br') this.#break(Math.min(this.#breaks + 1, 2));
    else if (tag === 'hr') this.#rule();
    else if (tag === 'img') this.#picture();
    if (voids.has(tag)) return;
    this.#enter(tag);
    const breaks = blocks.get(tag);
    if (breaks !== undefined) this.#break(this.#inList(tag) ? 1 : breaks);
    else if (tag === 'td' || tag === 'th') this.#space = true;
    if (tag === 'a') this.#openLink();
    else if (tag === 'pre') this.#pre += 1;
    else if (tag === 'blockquote' && this.#visible() && this.#quote < maxQuoteDepth) {
      this.#beginQuote();
    } else if (tag === 'ul' || tag === 'ol') {
      if (this.#lists.length < 100) this.#lists.push({ ordered: tag === 'ol', count: 0 });
    } else if (tag === 'li') this.#item();
  }

  #close(tag: string): void {
    this.#inStyle = false;
    if (tag === 'a') this.#closeLink();
    const breaks = blocks.get(tag);
    if (tag === 'blockquote' && this.#visible() && this.#quote > 0) {
      this.#flush();
      this.#quote -= 1;
    }
    if (tag === 'br') this.#break(Math.min(this.#breaks + 1, 2));
    else if (breaks !== undefined) this.#break(this.#inList(tag) ? 1 : breaks);
    if (tag === 'pre') this.#pre = Math.max(0, this.#pre - 1);
    else if (tag === 'ul' || tag === 'ol') this.#lists.pop();
    this.#leave(tag);
  }

  /** The blank line before a quote is not part of it. */
  #beginQuote(): void {
    this.#flush();
    if (!this.#fresh) this.#lines.push(this.#prefix().trimEnd());
    this.#breaks = 0;
    this.#fresh = true;
    this.#quote += 1;
  }

  #inList(tag: string): boolean {
    return (tag === 'ul' || tag === 'ol') && this.#lists.length > 0;
  }

  /** Keeps a frame where the element changes the look; else counts it where one of its name is open. */
  #enter(tag: string): void {
    const outer = this.#frames.at(-1);
    const look = this.#look();
    const hidden = look.hidden || silent.has(tag) || this.#attributes.has('hidden');
    if ((hidden || look.color !== null || look.background !== null) && this.#frames.length < maxFrames) {
      this.#frames.push({
        tag,
        same: 0,
        hidden: hidden || outer?.hidden === true,
        color: look.color ?? outer?.color ?? '#000000',
        background:
          look.background === null || look.background === 'transparent'
            ? (outer?.background ?? '#ffffff')
            : look.background,
      });
      return;
    }
    const frame = this.#frameOf(tag);
    if (frame >= 0 && this.#frames[frame]) this.#frames[frame].same += 1;
  }

  #leave(tag: string): void {
    const at = this.#frameOf(tag);
    const frame = this.#frames[at];
    if (frame === undefined) return;
    if (frame.same > 0) frame.same -= 1;
    else this.#frames.length = at;
  }

  #frameOf(tag: string): number {
    for (let at = this.#frames.length - 1; at >= 0; at -= 1) if (this.#frames[at]?.tag === tag) return at;
    return -1;
  }

  #look(): Look {
    const attributes = this.#attributes;
    if (attributes.size === 0) return unstyled;
    const looks: Look[] = [];
    const background = attributes.get('bgcolor');
    if (background !== undefined || this.#tag === 'font')
      looks.push({
        hidden: false,
        color: this.#tag === 'font' ? readColor(attributes.get('color')) : null,
        background: readColor(background),
      });
    if (this.#rules.size > 0) {
      for (const name of (attributes.get('class') ?? '').split(/\s+/, 20)) {
        const rule = this.#rules.get(`.${name}`);
        if (rule) looks.push(rule);
      }
      const rule = this.#rules.get(`#${attributes.get('id') ?? ''}`);
      if (rule) looks.push(rule);
    }
    const style = attributes.get('style');
    if (style !== undefined) looks.push(this.#styleLook(style));
    return looks.length === 1 && looks[0] ? looks[0] : combineLooks(looks);
  }

  /** Newsletters say the same few styles thousands of times. */
  #styleLook(style: string): Look {
    const known = this.#styles.get(style);
    if (known) return known;
    const look = readLook(style);
    if (this.#styles.size < 1000) this.#styles.set(style, look);
    return look;
  }

  #visible(): boolean {
    const frame = this.#frames.at(-1);
    return frame === undefined || (!frame.hidden && !sameToTheEye(frame.color, frame.background));
  }

  #openLink(): void {
    this.#closeLink();
    const url = (this.#attributes.get('href') ?? '').trim();
    if (this.#links && /^(?:https?|mailto|tel):/i.test(url) && url.length < longestUrl)
      this.#link = { url, shown: '' };
  }

  #closeLink(): void {
    const link = this.#link;
    this.#link = null;
    if (link === null || !this.#visible()) return;
    const shown = link.shown.trim();
    if (shown === '' || link.url.replace(/^mailto:|\/$/gi, '') === shown.replace(/\/$/, '')) return;
    this.#write(` <${link.url}>`);
  }

  #picture(): void {
    const alt = (this.#attributes.get('alt') ?? '').trim();
    if (this.#links && alt !== '') this.#write(`[${alt}]`);
  }

  #rule(): void {
    this.#break(1);
    if (this.#links) this.#write('---');
    this.#break(1);
  }

  #item(): void {
    const list = this.#lists.at(-1);
    if (!this.#links) return;
    if (list) list.count += 1;
    const mark = list?.ordered === true ? `${list.count.toString()}.` : '-';
    this.#write(`${'  '.repeat(Math.min(Math.max(this.#lists.length - 1, 0), 10))}${mark}`, true);
    this.#space = true;
  }

  #write(text: string, exact = false): void {
    if (!this.#visible()) return;
    if (this.#pre > 0 || exact) {
      text.split(/\r\n|\r|\n/).forEach((line, index) => {
        if (index > 0) this.#break(Math.min(this.#breaks + 1, 2));
        this.#put(line);
      });
      return;
    }
    // Format characters of preheaders (zero-width joiners, soft hyphens, combining joiners) are no words.
    const words = text.replace(notOneSpace, ' ');
    if (words === ' ') {
      this.#space = true;
      return;
    }
    const leading = words.startsWith(' ');
    const trailing = words.endsWith(' ');
    if (leading) this.#space = true;
    this.#put(words.slice(leading ? 1 : 0, trailing ? -1 : undefined));
    if (trailing) this.#space = true;
  }

  #put(text: string): void {
    if (text === '') return;
    if (this.#breaks > 0) {
      this.#flush();
      for (let extra = this.#breaks; extra > 1; extra -= 1) this.#lines.push(this.#prefix().trimEnd());
    } else if (this.#space && this.#line !== '') this.#append(' ');
    this.#breaks = 0;
    this.#space = false;
    this.#fresh = false;
    this.#append(text);
    if (this.#length >= this.#max) this.#tokenizer.pause();
  }

  #append(text: string): void {
    this.#line += text;
    this.#length += text.length;
    // Beside the line, which is not to be cut anew for each of its links: that would copy all of it each time.
    if (this.#link !== null && this.#link.shown.length < longestUrl) this.#link.shown += text;
  }

  #break(count: number): void {
    if (this.#fresh || !this.#visible()) return;
    this.#breaks = Math.max(this.#breaks, count);
    this.#space = false;
  }

  #flush(): void {
    if (this.#line !== '') this.#lines.push(this.#prefix() + this.#line.trimEnd());
    this.#line = '';
    if (this.#link !== null) this.#link.shown = '';
  }

  #prefix(): string {
    return this.#quote === 0 ? '' : `${'>'.repeat(this.#quote)} `;
  }
}
