/**
 * Hostile HTML to a tree that may be shown: measured first, cleaned by DOMPurify, then gone through once more by rules of our own for
 * links, pictures and styles. The tree lies in a document without a window, so that nothing in it is loaded or run. It is written out once,
 * into a frame that may do nothing anyway.
 */
import DOMPurify from 'dompurify';
import { isTooMuch, maxElements } from '#shared/domain/htmlLimits.ts';
import { StyleAttributeFilter, filterSheet } from './css.ts';
import { declaresColours, sheetDeclaresColours } from './colours.ts';
import { linkTarget, linkWarning } from './links.ts';
import { isRun, runsOf } from './runs.ts';
import type { Steps } from './slices.ts';

export interface SanitisedMail {
  /** The body, in an inert document. Pictures have no address but `data-remote` or `data-part`, the number in the lists below. */
  readonly body: HTMLElement;
  readonly bodyStyle: string;
  /** Style sheets; pictures in them are `url("remote:<number>")` or `url("part:<number>")`. */
  readonly sheet: string;
  /** http(s) addresses of pictures, in the order of their first appearance. */
  readonly remote: readonly string[];
  /** Content-IDs of parts of this mail that are shown as pictures. */
  readonly parts: readonly string[];
  /** It brings colours of its own: in the dark theme they are turned as a whole, never mixed with ours. */
  readonly coloured: boolean;
  readonly elements: number;
}

export interface SanitiseWords {
  /** "leads to {host}" */
  readonly leadsTo: (host: string) => string;
  /** Shown in the place of an address that leads nowhere. */
  readonly leadsNowhere: string;
}

/** Deeper, and it is an attack on the parser or on our patience: no writer gets there (H16). */
const maxDepth = 300;
/** Taking so many away one by one would take longer than reading the mail. */
const maxAttributes = 200;
const maxRemote = 500;
/** Characters that take the browser a few milliseconds. */
const parsedInPassing = 150_000;

const tags = (
  'a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn dir div dl dt ' +
  'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark menu nav nobr ol p pre q rp rt ruby s ' +
  'samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'
).split(' ');
const plainAttributes = (
  'align alt bgcolor border cellpadding cellspacing char charoff class clear color colspan cols compact dir face headers height hspace ' +
  'lang nowrap noshade reversed rowspan rows rules scope size span start style summary title type valign value vspace width'
).split(' ');

/** Pictures that a browser draws without ever reading further addresses out of them: no SVG. */
const pictureData =
  /^data:image\/(?:png|jpe?g|gif|webp|bmp|avif|x-icon|vnd\.microsoft\.icon);base64,[a-z0-9+/=\s]*$/i;

const cleaning = {
  ALLOWED_TAGS: [...tags, 'body'],
  ALLOWED_ATTR: [...plainAttributes, 'href', 'src', 'srcset', 'background'],
  ADD_URI_SAFE_ATTR: [...plainAttributes, 'srcset'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|cid:|\/\/)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  SANITIZE_DOM: true,
  KEEP_CONTENT: true,
  RETURN_DOM: true,
};

/** In steps; nothing of the mail is handed out before all of it has been cleaned. null: too large or too deep to be shown as sent. */
export function* sanitising(html: string, words: SanitiseWords): Steps<SanitisedMail | null> {
  if (isTooMuch(html)) return null;
  // The browser parses all of it in one go.
  const around = html.length > parsedInPassing ? 'pause' : undefined;
  yield around;
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  yield around;
  takeNames(parsed);
  const elements = measure(parsed);
  if (elements === null) return null;
  yield;

  const remote = new Numbered(maxRemote);
  const parts = new Numbered(maxRemote);
  const mapAddress = (address: string): string | null => {
    const found = pictureAddress(address);
    if (found === null) return null;
    if (found.kind === 'data') return found.address;
    const number = (found.kind === 'remote' ? remote : parts).numberOf(found.address);
    return number === null ? null : `${found.kind}:${number}`;
  };

  let sheet = '';
  // In document order, each with the media it is for.
  for (const style of parsed.querySelectorAll('style')) {
    const media = style.getAttribute('media')?.trim() ?? '';
    const text = style.textContent;
    sheet += filterSheet(media === '' ? text : `@media ${media}{${text}}`, mapAddress);
    yield;
  }
  const styles = new StyleAttributeFilter(mapAddress);
  const bodyStyle = styleOfBody(parsed.body, styles, mapAddress);
  showControlsAsText(parsed);
  yield* markDeadLinks(parsed);

  let coloured = sheetDeclaresColours(sheet) || declaresColours(bodyStyle, true);
  const inspect = (element: Element): void => {
    const style = element.getAttribute('style');
    if (style !== null) {
      const filtered = styles.filter(style);
      if (filtered === '') element.removeAttribute('style');
      else element.setAttribute('style', filtered);
      coloured ||= declaresColours(filtered, false);
    }
    coloured ||=
      declaresColours(`background-color:${element.getAttribute('bgcolor') ?? ''}`, false) ||
      declaresColours(`color:${element.getAttribute('color') ?? ''}`, false);
    takeBackground(element, mapAddress);
    if (element instanceof HTMLImageElement || element.localName === 'img') takePicture(element, mapAddress);
    boundMeasures(element);
  };

  const purify = DOMPurify(window);
  purify.setConfig(cleaning);
  /** These nodes, which it takes away, without what must not be shown: in a body of the sanitiser's own document. */
  const cleaned = (nodes: readonly Node[]): HTMLElement => {
    const holder = parsed.createElement('body');
    holder.append(...nodes);
    const body: unknown = purify.sanitize(holder);
    if (!(body instanceof HTMLElement)) throw new Error('the sanitiser gave no element');
    return body;
  };
  /** What the sanitiser decides on depends on a node, its descendants and its parent's namespace: so it may be handed a run at a time. */
  function* cleanChildren(from: Element, to: Element): Steps<void> {
    for (const piece of runsOf(from)) {
      if (isRun(piece)) {
        const clean = cleaned(piece);
        for (const element of clean.querySelectorAll('*')) {
          inspect(element);
          if (element.localName === 'a') takeLink(element, words);
        }
        to.append(...clean.childNodes);
      } else {
        // By a text in the place of its content it is seen whether the element stays, or its content alone, or nothing of it.
        const shell = piece.cloneNode(false) as Element;
        shell.append('x');
        const kept = cleaned([shell]).firstChild;
        if (kept instanceof Element) {
          kept.replaceChildren();
          inspect(kept);
          to.append(kept);
          yield* cleanChildren(piece, kept);
          // What its text says is known only now.
          if (kept.localName === 'a') takeLink(kept, words);
        } else if (kept !== null) yield* cleanChildren(piece, to);
      }
      yield;
    }
  }
  const body = cleaned([]);
  yield* cleanChildren(parsed.body, body);
  return { body, bodyStyle, sheet, remote: remote.values, parts: parts.values, coloured, elements };
}

/** Ids by which other programs mark where the quote begins. */
const quoteIds = new Set(['divRplyFwdMsg', 'appendonsend', 'OLK_SRC_BODY_SECTION']);

/**
 * An element's name or id hides what a document or a form has by the same name (`<img name="body">` becomes `document.body`; H02). All of
 * them go, before anything is asked of the document, by methods that cannot be hidden.
 */
function takeNames(parsed: Document): void {
  const walker = Document.prototype.createTreeWalker.call(parsed, parsed, NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node as Element;
    const id = Element.prototype.getAttribute.call(element, 'id');
    Element.prototype.removeAttribute.call(element, 'id');
    Element.prototype.removeAttribute.call(element, 'name');
    if (id !== null && quoteIds.has(id)) {
      Element.prototype.setAttribute.call(element, 'class', 'postkorb-quote');
    }
  }
}

/** How many elements there are; null: too many, or too deep. Without recursion, for the depth is the attacker's to choose. */
function measure(parsed: Document): number | null {
  const walker = parsed.createTreeWalker(parsed.documentElement, NodeFilter.SHOW_ELEMENT);
  let count = 0;
  let depth = 0;
  let node: Node | null = walker.currentNode;
  while (node) {
    count += 1;
    if (count > maxElements || depth > maxDepth) return null;
    if ((node as Element).attributes.length > maxAttributes) return null;
    if (walker.firstChild()) depth += 1;
    else {
      while (!walker.nextSibling()) {
        if (!walker.parentNode()) return count;
        depth -= 1;
      }
    }
    node = walker.currentNode;
  }
  return count;
}

/** Distinct texts with their numbers, up to a limit. */
class Numbered {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  numberOf(value: string): number | null {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    if (this.values.length >= this.#limit) return null;
    this.#numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** What a picture's address is, or null where none may be shown from there. */
function pictureAddress(text: string): { kind: 'remote' | 'part' | 'data'; address: string } | null {
  const address = text.trim();
  if (/^cid:/i.test(address)) {
    const id = address.slice('cid:'.length);
    try {
      return { kind: 'part', address: decodeURIComponent(id) };
    } catch {
      return { kind: 'part', address: id };
    }
  }
  if (/^data:/i.test(address)) return pictureData.test(address) ? { kind: 'data', address } : null;
  const absolute = address.startsWith('//') ? `https:${address}` : address;
  if (!/^https?:\/\//i.test(absolute) || absolute.length > 4_000) return null;
  try {
    const url = new URL(absolute);
    // Credentials in an address would be sent along (H07).
    if (url.username !== '' || url.password !== '') return null;
    return { kind: 'remote', address: url.href };
  } catch {
    return null;
  }
}

function takePicture(picture: Element, mapAddress: (address: string) => string | null): void {
  const candidates = [
    picture.getAttribute('src'),
    picture
      .getAttribute('srcset')
      ?.trim()
      .split(/[\s,]+/)[0] ?? null,
  ];
  picture.removeAttribute('src');
  picture.removeAttribute('srcset');
  for (const candidate of candidates) {
    const mapped = candidate === null ? null : mapAddress(candidate);
    if (mapped === null) continue;
    if (mapped.startsWith('data:')) picture.setAttribute('src', mapped);
    else {
      const [kind = '', number = ''] = mapped.split(':');
      picture.setAttribute(kind === 'remote' ? 'data-remote' : 'data-part', number);
    }
    return;
  }
}

/** The attribute becomes a style, so that pictures come one way only. */
function takeBackground(element: Element, mapAddress: (address: string) => string | null): void {
  const background = element.getAttribute('background');
  if (background === null) return;
  element.removeAttribute('background');
  const mapped = mapAddress(background);
  if (mapped === null) return;
  element.setAttribute('style', `background-image:url("${mapped}");${element.getAttribute('style') ?? ''}`);
}

const deadLink = 'postkorb-dead';
const linksAtOnce = 200;

/** Before the sanitiser takes their addresses away without a word. */
function* markDeadLinks(parsed: Document): Steps<void> {
  let looked = 0;
  for (const link of parsed.querySelectorAll('a[href]')) {
    looked += 1;
    if (looked % linksAtOnce === 0) yield;
    if (linkTarget(link.getAttribute('href') ?? '') !== null) continue;
    link.removeAttribute('href');
    link.classList.add(deadLink);
  }
}

function takeLink(link: Element, words: SanitiseWords): void {
  const href = link.getAttribute('href');
  link.removeAttribute('title');
  const target = href === null ? null : linkTarget(href);
  if (target === null) {
    link.removeAttribute('href');
    if (link.classList.contains(deadLink)) link.setAttribute('title', words.leadsNowhere);
    return;
  }
  link.setAttribute('href', target.url);
  const warning = linkWarning(link.textContent, target);
  if (warning === null) return;
  const mark = link.ownerDocument.createElement('span');
  // Its look is not to be changed by a style sheet of the mail: nothing outdoes an important style of the element itself.
  mark.setAttribute('style', markStyle);
  mark.textContent = words.leadsTo(warning);
  link.after(mark);
}

const markStyle = [
  'all:revert',
  'display:inline-block',
  'visibility:visible',
  'opacity:1',
  'margin:0 0.25em',
  'padding:0 0.5em',
  'border-radius:0.75em',
  'background:#fdeceb',
  'color:#941a14',
  'font:600 0.75rem/1.5 system-ui,sans-serif',
  'text-indent:0',
  'text-transform:none',
  'letter-spacing:normal',
  'white-space:normal',
  'overflow-wrap:anywhere',
]
  .map((declaration) => `${declaration}!important`)
  .join(';');

/** Measures in attributes: bounded as those in styles are. */
function boundMeasures(element: Element): void {
  for (const name of ['width', 'height', 'hspace', 'vspace', 'cellpadding', 'cellspacing', 'border']) {
    const value = element.getAttribute(name);
    if (value !== null && !(Math.abs(Number.parseFloat(value)) <= 8_000)) element.removeAttribute(name);
  }
  for (const name of ['colspan', 'rowspan', 'span', 'cols', 'rows', 'size']) {
    const value = element.getAttribute(name);
    if (value !== null && !(Math.abs(Number.parseFloat(value)) <= 200)) element.removeAttribute(name);
  }
}

function styleOfBody(
  body: HTMLElement,
  styles: StyleAttributeFilter,
  mapAddress: (address: string) => string | null,
): string {
  const colours = (
    [
      ['background-color', body.getAttribute('bgcolor') ?? ''],
      ['color', body.getAttribute('text') ?? ''],
    ] as const
  )
    .filter(([, value]) => /^#?\w{3,20}$/.test(value))
    .map(([name, value]) => `${name}:${/^[0-9a-f]{6}$/i.test(value) ? '#' : ''}${value}`)
    .join(';');
  const background = body.getAttribute('background');
  const picture = background === null ? null : mapAddress(background);
  return [
    styles.filter(colours),
    picture === null ? '' : `background-image:url("${picture}")`,
    styles.filter(body.getAttribute('style') ?? ''),
  ]
    .filter((part) => part !== '')
    .join(';');
}

/** A form in a mail asks for what should not be typed there: its controls become the texts that they show (H06). */
function showControlsAsText(parsed: Document): void {
  for (const control of parsed.querySelectorAll('input, textarea, select, button')) {
    const text = parsed.createElement('span');
    if (control instanceof HTMLInputElement) {
      const silent = ['hidden', 'password', 'file', 'checkbox', 'radio', 'image'].includes(control.type);
      text.textContent = silent ? '' : control.value || control.placeholder;
    } else if (control instanceof HTMLSelectElement) {
      text.textContent = control.options[control.selectedIndex]?.text ?? '';
    } else if (control instanceof HTMLTextAreaElement) text.textContent = control.value;
    else text.append(...control.childNodes);
    control.replaceWith(text);
  }
}
