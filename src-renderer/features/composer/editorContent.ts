/**
 * What may stand in the editor, and what goes out of it. Everything from outside (the clipboard, a dropped text, a quoted mail, a draft that
 * another program wrote) is cleaned by DOMPurify and by rules for links, pictures and styles: nothing in the editor loads anything, and
 * what is sent carries no picture and no tracker of somebody else (H19).
 */
import DOMPurify from 'dompurify';
import { linkTarget } from '../../mail-frame/links.ts';
import { StyleAttributeFilter } from '../../mail-frame/css.ts';
import { quoteStyle } from './bodyText.ts';

const tags = (
  'a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li ' +
  'mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'
).split(' ');
const attributes = (
  'align alt bgcolor border cellpadding cellspacing cite color cols colspan dir face height href lang nowrap rowspan size span src ' +
  'start style type valign width data-cid data-signature data-open'
).split(' ');

/** Longer than this, a pasted text is taken as plain text: laying it out would hold up the window. */
const maxPasteLength = 4_000_000;

const pictureData = /^data:image\/(?:png|jpe?g|gif|webp|bmp|avif);base64,[a-z0-9+/=\s]+$/i;

/** A picture whose bytes stand in the text itself: the editor attaches it and shows it from there. */
export interface EmbeddedPicture {
  readonly element: HTMLImageElement;
  readonly data: string;
}

export interface CleanContent {
  readonly fragment: DocumentFragment;
  readonly embedded: readonly EmbeddedPicture[];
}

/** Cleans HTML for the editor. The nodes belong to `page`; nothing in them has an address that a browser would load. */
export function cleanForEditor(html: string, page: Document): CleanContent {
  const template = page.createElement('template');
  const purify = DOMPurify(window);
  const clean: Node = purify.sanitize(html.length > maxPasteLength ? '' : html, {
    ALLOWED_TAGS: [...tags, 'body'],
    ALLOWED_ATTR: attributes,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|cid:|data:image\/)/i,
    ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== 'href' && name !== 'src'),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    SANITIZE_DOM: true,
    KEEP_CONTENT: true,
    // Their text is no text of the mail.
    FORBID_CONTENTS: [
      'style',
      'script',
      'title',
      'head',
      'noscript',
      'template',
      'xml',
      'svg',
      'math',
      'textarea',
      'select',
    ],
    RETURN_DOM: true,
  });
  const styles = new StyleAttributeFilter(() => null);
  const embedded: EmbeddedPicture[] = [];
  for (const element of [...(clean as HTMLElement).querySelectorAll<HTMLElement>('*')]) {
    if (!clean.contains(element)) continue;
    cleanStyle(element, styles);
    // What nobody sees must not travel along to be seen by the next reader (H15).
    if (isHidden(element)) {
      element.remove();
      continue;
    }
    if (element.localName === 'a') cleanLink(element);
    else if (element.localName === 'img') cleanPicture(element, embedded);
  }
  template.content.append(...clean.childNodes);
  return { fragment: page.adoptNode(template.content), embedded };
}

function cleanStyle(element: HTMLElement, styles: StyleAttributeFilter): void {
  const style = element.getAttribute('style');
  if (style === null) return;
  const kept = styles
    .filter(style)
    .split(';')
    .filter(
      (declaration) => !/^(?:float|clear|order|writing-mode|font-variant-caps)\s*:/.test(declaration.trim()),
    )
    .filter((declaration) => !isPagesOwnColour(declaration))
    .join(';');
  if (kept === '') element.removeAttribute('style');
  else element.setAttribute('style', kept);
}

/** Black on white is what a page or Word writes for "no colour": sent along, it would be unreadable on a dark ground. */
function isPagesOwnColour(declaration: string): boolean {
  const match = /^\s*(color|background-color):\s*(.+)$/.exec(declaration);
  if (!match) return false;
  const [, name, value = ''] = match;
  const rgb = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(value);
  const dark = rgb
    ? rgb.slice(1, 4).every((part) => Number(part) < 60)
    : /^(?:black|windowtext|#000(?:000)?)$/i.test(value);
  const light = rgb
    ? rgb.slice(1, 4).every((part) => Number(part) > 240) || rgb[4] === '0'
    : /^(?:white|window|transparent|initial|#fff(?:fff)?)$/i.test(value);
  return name === 'color' ? dark : light;
}

function isHidden(element: HTMLElement): boolean {
  const { display, visibility, opacity, fontSize, maxHeight, height } = element.style;
  return (
    display === 'none' ||
    visibility === 'hidden' ||
    visibility === 'collapse' ||
    (opacity !== '' && Number(opacity) < 0.1) ||
    (fontSize !== '' && Number.parseFloat(fontSize) < 1 && !/em$|%$/.test(fontSize)) ||
    (maxHeight !== '' && Number.parseFloat(maxHeight) === 0) ||
    (height !== '' && Number.parseFloat(height) === 0 && element.textContent.trim() !== '')
  );
}

function cleanLink(link: HTMLElement): void {
  const target = linkTarget(link.getAttribute('href') ?? '');
  if (target === null) link.removeAttribute('href');
  else link.setAttribute('href', target.url);
}

function cleanPicture(element: HTMLElement, embedded: EmbeddedPicture[]): void {
  const picture = element as HTMLImageElement;
  const source = picture.getAttribute('src')?.trim() ?? '';
  const known = picture.getAttribute('data-cid');
  picture.removeAttribute('src');
  if (known !== null) return;
  const contentId = /^cid:(.{1,500})$/is.exec(source)?.[1];
  if (contentId !== undefined) picture.setAttribute('data-cid', decodeContentId(contentId));
  else if (pictureData.test(source)) embedded.push({ element: picture, data: source });
  else {
    // A picture from the network would tell its server who reads this answer: its text stays.
    picture.replaceWith(picture.ownerDocument.createTextNode(picture.getAttribute('alt') ?? ''));
  }
}

function decodeContentId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The editor's tree as HTML for the draft: pictures by their Content-ID, and nothing of the editor's own. */
export function readEditor(root: HTMLElement): string {
  // In a document without a window: there no address of a picture is loaded.
  const copy = document.implementation.createHTMLDocument('').importNode(root, true);
  for (const own of copy.querySelectorAll(
    '[id^="squire-selection"], input[type="hidden"], [class*="squire-resize"]',
  )) {
    own.remove();
  }
  for (const picture of copy.querySelectorAll('img')) {
    const contentId = picture.getAttribute('data-cid');
    if (contentId === null) {
      picture.remove();
      continue;
    }
    picture.setAttribute('src', `cid:${contentId}`);
    picture.removeAttribute('data-cid');
    picture.removeAttribute('tabindex');
  }
  for (const quote of copy.querySelectorAll('blockquote')) {
    if (!quote.hasAttribute('style')) quote.setAttribute('style', quoteStyle);
  }
  return copy.innerHTML.replace(/\u200b/g, '');
}

/** The bytes of a `data:` picture as a file, or null where they are none. */
export function fileOfData(data: string, name: string): File | null {
  const match = /^data:(image\/[a-z]+);base64,(.+)$/is.exec(data);
  if (!match) return null;
  try {
    const binary = atob((match[2] ?? '').replace(/\s+/g, ''));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const type = (match[1] ?? '').toLowerCase();
    return new File([bytes], `${name}.${type.slice('image/'.length).replace('jpeg', 'jpg')}`, { type });
  } catch {
    return null;
  }
}
