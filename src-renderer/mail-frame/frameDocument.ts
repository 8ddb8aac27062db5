/**
 * The document of the frame that a mail is shown in. Its own policy forbids every network, script, font and form; what is shown of pictures
 * stands in the document itself, as data. Styles stand in two layers: what we prescribe as important in the first cannot be outdone from the
 * second, where the mail's own are.
 */
import { attributeColour, turnColours, withoutColours } from './colours.ts';
import { leaveUrl } from './leaveTarget.ts';
import { isRun, runsOf } from './runs.ts';
import { atOnce, type Steps } from './slices.ts';

/** `light`: as sent, on a light sheet. `dark`: in the window's colours. `turned`: its own colours, turned for the dark. */
export type FrameLook = 'light' | 'dark' | 'turned';

export interface FrameContent {
  /** In an inert document; it is copied. */
  readonly body: HTMLElement;
  readonly bodyStyle?: string;
  readonly sheet?: string;
  readonly kind: 'html' | 'text';
}

export interface FrameOptions {
  readonly look: FrameLook;
  readonly language: string;
  readonly fixedFont: boolean;
  /** What pictures show, by their number; those that are missing show that they are. */
  readonly remote: ReadonlyMap<number, string>;
  readonly parts: ReadonlyMap<number, string>;
  readonly words: { readonly missingPicture: string; readonly leadsTo: (url: string) => string };
  /** Address of the window's own page. */
  readonly base: string;
  /** Below 1 where the mail is wider than the frame. */
  readonly zoom: number;
  /** CSS pixels of one rem in the window, so that larger text enlarges mails as well. */
  readonly rem: number;
  /** `as-sent`: for a copy that nobody sees. */
  readonly links?: 'leave' | 'as-sent';
}

/** Characters that are written in a few milliseconds. */
const textInPassing = 200_000;

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";

const sans =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const mono = "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace";

function baseSheet({ look, fixedFont, zoom, rem }: FrameOptions, kind: 'html' | 'text'): string {
  const dark = look !== 'light';
  const text = dark ? '#dfe6e6' : '#1b2425';
  const ground = dark ? '#171b1c' : '#ffffff';
  const link = dark ? '#6fc9c7' : '#0b6b6f';
  const quiet = dark ? '#9aa6a8' : '#5a696b';
  const line = dark ? '#3a4446' : '#cbd5d5';
  return `
@layer frame {
  html { color-scheme: ${dark ? 'dark' : 'light'}; overflow: auto; background: ${ground};
    font: 15px/1.5 ${kind === 'text' && fixedFont ? mono : sans}; color: ${text};
    zoom: ${(zoom * rem) / 16}; -webkit-text-size-adjust: none; }
  body { margin: 0; padding: 2px 24px 24px; overflow-wrap: break-word; min-height: 0 !important; height: auto !important; }
  body.text { max-width: 760px; }
  a { color: ${link}; text-underline-offset: 0.15em; }
  a:not([href]) { color: inherit; text-decoration: underline dotted; cursor: not-allowed; }
  a:focus-visible { outline: 2px solid ${link} !important; outline-offset: 2px !important; position: relative !important; }
  a[data-leads]:focus-visible::after { content: attr(data-leads) !important; position: absolute !important; z-index: 9 !important;
    top: calc(100% + 4px) !important; left: 0 !important; width: max-content !important; max-width: 24rem !important;
    padding: 2px 8px !important; border-radius: 4px !important; background: #1d2829 !important; color: #f2f6f6 !important;
    font: 12px/1.5 ${sans} !important; overflow-wrap: anywhere !important; white-space: normal !important; }
  img { max-width: 100%; }
  img:not([height]) { height: auto; }
  .postkorb-missing { display: inline-block !important; min-width: 1.5em; min-height: 1.5em; max-width: 100%; box-sizing: border-box;
    padding: 0.2em 0.5em; border: 1px dashed ${line}; border-radius: 4px; background: ${ground}; color: ${quiet}; font: 12px/1.4 ${sans};
    overflow: hidden !important; vertical-align: middle; }
  table { max-width: 100%; }
  blockquote { margin: 0.75em 0 0.75em 0; padding: 0 0 0 1em; border-left: 2px solid ${line}; color: ${quiet}; }
  pre { white-space: pre-wrap; }
  hr { border: 0; border-top: 1px solid ${line}; }
  .text { white-space: pre-wrap; }
  blockquote.quote { margin: 0.25em 0; padding-left: 0.9em; border-left-width: 2px; }
  blockquote.level-1 { border-color: ${dark ? '#3f9a98' : '#5fa9a8'}; color: ${dark ? '#9fc7c6' : '#2c6164'}; }
  blockquote.level-2 { border-color: ${dark ? '#8f7ab3' : '#a48fc4'}; color: ${dark ? '#c4b6dc' : '#5b4783'}; }
  blockquote.level-3 { border-color: ${dark ? '#a98a55' : '#c2a068'}; color: ${dark ? '#d9c39b' : '#6d5220'}; }
  .signature { color: ${quiet}; }
}`;
}

/** In a style element `</style>` would end it, even within a string. */
function inStyleElement(css: string): string {
  return css.replaceAll('<', '\\3c ');
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Pictures in styles: what is there becomes data, what is missing goes. */
function withPictures(style: string, { remote, parts }: FrameOptions): string {
  return style.replace(/url\("(remote|part):(\d+)"\)/g, (_whole, kind: string, number: string) => {
    const data = (kind === 'remote' ? remote : parts).get(Number(number));
    return data === undefined ? 'none' : `url("${data}")`;
  });
}

/** Pictures of a pixel or two are there to be counted, not to be seen. */
function isTiny(picture: Element): boolean {
  return ['width', 'height'].some((name) => {
    const size = Number.parseFloat(picture.getAttribute(name) ?? '');
    return size >= 0 && size <= 2;
  });
}

function finish(root: HTMLElement, options: FrameOptions): void {
  for (const element of [...root.querySelectorAll('*')]) {
    const style = element.getAttribute('style');
    if (style?.includes('url("')) element.setAttribute('style', withPictures(style, options));
    if (options.look !== 'light') darken(element, options.look);
    if (element.localName === 'img') finishPicture(element, options);
    else if (element.localName === 'a') {
      const href = element.getAttribute('href');
      if (href === null || options.links === 'as-sent') continue;
      const leads = options.words.leadsTo(href);
      element.setAttribute('href', leaveUrl(href, options.base));
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer');
      element.setAttribute('title', leads);
      element.setAttribute('data-leads', leads);
    }
  }
}

/** Colours of attributes become styles on the way, where they can be turned. */
function darken(element: Element, look: 'dark' | 'turned'): void {
  const style = element.getAttribute('style') ?? '';
  // Our own marks beside links bring their colours on purpose.
  if (style.includes('!important')) return;
  const colours = (
    [
      ['background-color', element.getAttribute('bgcolor')],
      ['color', element.localName === 'font' ? element.getAttribute('color') : null],
    ] as const
  ).flatMap(([name, value]) => {
    const colour = value === null ? null : attributeColour(value);
    return colour === null ? [] : [`${name}:${colour}`];
  });
  element.removeAttribute('bgcolor');
  element.removeAttribute('color');
  const declared = [...colours, style].filter((part) => part !== '').join(';');
  const finished = look === 'dark' ? withoutColours(declared) : turnColours(declared);
  if (finished === '') element.removeAttribute('style');
  else element.setAttribute('style', finished);
}

function finishPicture(picture: Element, { remote, parts, words }: FrameOptions): void {
  const number = picture.getAttribute('data-remote');
  const part = picture.getAttribute('data-part');
  picture.removeAttribute('data-remote');
  picture.removeAttribute('data-part');
  const data = number !== null ? remote.get(Number(number)) : part !== null ? parts.get(Number(part)) : null;
  if (data !== undefined && data !== null) picture.setAttribute('src', data);
  if (picture.hasAttribute('src')) return;
  if (isTiny(picture)) {
    picture.remove();
    return;
  }
  const place = picture.ownerDocument.createElement('span');
  place.className = 'postkorb-missing';
  place.textContent = (picture.getAttribute('alt') ?? '').trim() || words.missingPicture;
  // As much room as the picture would take, so that the text does not jump when it comes.
  const sizes = ['width', 'height'].map((name) => {
    const value = picture.getAttribute(name) ?? '';
    return /^\d{1,4}$/.test(value) ? `${name}:${value}px` : '';
  });
  place.setAttribute('style', sizes.filter(Boolean).join(';'));
  picture.replaceWith(place);
}

/** The whole document as text, for `srcdoc`. */
export function frameDocument(content: FrameContent, options: FrameOptions): string {
  return atOnce(framing(content, options));
}

/** The same in steps. */
export function* framing(content: FrameContent, options: FrameOptions): Steps<string> {
  // A plain text is one piece, and putting it together has just taken its time.
  if (content.kind === 'text' && content.body.textContent.length > textInPassing) yield 'pause';
  const looks = { light: (style: string) => style, dark: withoutColours, turned: turnColours };
  const inLook = looks[options.look];
  const sheet = inLook(withPictures(content.sheet ?? '', options));
  const bodyStyle = inLook(withPictures(content.bodyStyle ?? '', options));
  const text = [
    `<!doctype html><html lang="${escapeAttribute(options.language)}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer"><meta http-equiv="x-dns-prefetch-control" content="off">',
    `<style>@layer frame, mail;${baseSheet(options, content.kind)}</style>`,
    sheet === '' ? '' : `<style>@layer mail {${inStyleElement(sheet)}}</style>`,
    `</head><body class="${content.kind}" style="${escapeAttribute(bodyStyle)}">`,
  ];
  yield* writeChildren(content.body, options, text);
  text.push('</body></html>');
  return text.join('');
}

/** The finished copies of what is in `parent`, as text. */
function* writeChildren(parent: Element, options: FrameOptions, text: string[]): Steps<void> {
  for (const piece of runsOf(parent)) {
    if (isRun(piece)) text.push(finished(piece, true, options));
    else {
      const shell = finished([piece], false, options);
      const end = `</${piece.localName}>`;
      if (!shell.endsWith(end)) throw new Error(`<${piece.localName}> has content and no end`);
      text.push(shell.slice(0, -end.length));
      yield* writeChildren(piece, options, text);
      text.push(end);
    }
    yield;
  }
}

function finished(nodes: readonly Node[], deep: boolean, options: FrameOptions): string {
  const holder = document.implementation.createHTMLDocument('').body;
  holder.append(...nodes.map((node) => node.cloneNode(deep)));
  finish(holder, options);
  return holder.innerHTML;
}
