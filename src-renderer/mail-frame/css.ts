/**
 * The style sheets and style attributes of a mail, as far as they may be shown. The browser parses them (a constructed sheet loads
 * nothing, follows no @import, and is not used by any document); what is known to be harmless is written anew from the parsed form, so
 * that no escape or half-open string of the original survives. Everything that reaches outside the text's own flow is left out: fixed
 * and absolute positions, transforms, animations, generated content, fonts, counters, custom properties (H08, H12).
 */

/** Makes the text that stands in the style in the place of an address; null: leave the property out. */
export type AddressMapper = (address: string) => string | null;

const allowed = new Set(
  (
    'background-color background-image background-position-x background-position-y background-repeat background-size ' +
    'border-collapse border-image-source box-sizing caption-side clear color column-gap direction display empty-cells ' +
    'float font-family font-size font-style font-variant-caps font-weight gap height hyphens justify-content justify-items ' +
    'align-content align-items align-self justify-self letter-spacing line-height line-break list-style-position ' +
    'list-style-type max-height max-width min-height min-width object-fit opacity order outline-color outline-style ' +
    'outline-width overflow-wrap row-gap table-layout text-align text-decoration-color text-decoration-line ' +
    'text-decoration-style text-indent text-overflow text-transform unicode-bidi vertical-align visibility ' +
    'white-space-collapse text-wrap-mode white-space width word-break word-spacing flex-basis flex-direction flex-grow ' +
    'flex-shrink flex-wrap grid-template-columns grid-template-rows grid-column-start grid-column-end grid-row-start ' +
    'grid-row-end aspect-ratio font-stretch text-align-last writing-mode'
  ).split(' '),
);
const allowedBeginnings = ['border-', 'padding-', 'margin-'];
/** Of `border-` and the like these are no plain measures or colours. */
const notAllowed = new Set(['border-image-source', 'border-image-slice', 'border-image-outset']);

const displays = new Set([
  'none',
  'block',
  'inline',
  'inline-block',
  'list-item',
  'table',
  'inline-table',
  'table-row',
  'table-cell',
  'table-row-group',
  'table-header-group',
  'table-footer-group',
  'table-column',
  'table-column-group',
  'table-caption',
  'flex',
  'inline-flex',
  'grid',
  'inline-grid',
]);

/** More than any mail needs; a height of 10^8 pixels would only hide what follows (H12). */
const longestPx = 8_000;
const maxValueLength = 400;
const maxRules = 5_000;
/** A style sheet of this size is no longer a mail's. */
const maxSheetLength = 600_000;

/** Functions whose value is not in the text or whose meaning depends on elsewhere. */
const unsure =
  /\\|(?:var|env|attr|expression|image|image-set|-webkit-image-set|cross-fade|element|paint|src)\(/i;
const addresses = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/gi;

function measured(value: string): boolean {
  for (const [, number, unit] of value.matchAll(
    /(-?[\d.]+(?:e[+-]?\d+)?)(px|em|rem|vw|vh|vmin|vmax|%|pt|cm|mm|in|pc|ex|ch|q|[sld]v[wh])/gi,
  )) {
    const size = Math.abs(Number(number));
    const px = unit === 'px' || unit === '%' ? size : unit?.toLowerCase() === 'pt' ? size * 1.34 : size * 16;
    if (!(px <= longestPx)) return false;
  }
  return true;
}

function filteredValue(name: string, value: string, mapAddress: AddressMapper): string | null {
  if (value === '' || value.length > maxValueLength + 4_000 || unsure.test(value)) return null;
  if (value.includes('url(')) {
    if (name !== 'background-image') return null;
    let kept = true;
    const mapped = value.replace(addresses, (_whole, double?: string, single?: string, bare?: string) => {
      const address = mapAddress((double ?? single ?? bare ?? '').trim());
      if (address === null) kept = false;
      return `url("${address ?? ''}")`;
    });
    return kept && !mapped.replace(/url\("[^"\\]*"\)/g, '').includes('url(') ? mapped : null;
  }
  if (value.length > maxValueLength || !measured(value)) return null;
  if (name === 'display' && !displays.has(value)) return null;
  // Negative margins draw text over its neighbours.
  if (name.startsWith('margin') && value.includes('-')) return null;
  if (name === 'text-indent' && value.startsWith('-')) return null;
  return value;
}

function isAllowed(name: string): boolean {
  if (notAllowed.has(name)) return false;
  return allowed.has(name) || allowedBeginnings.some((beginning) => name.startsWith(beginning));
}

/** The declarations that may be shown, as text. */
function declarations(style: CSSStyleDeclaration, mapAddress: AddressMapper, keepImportant: boolean): string {
  const kept: string[] = [];
  for (const name of style) {
    if (!isAllowed(name)) continue;
    const value = filteredValue(name, style.getPropertyValue(name), mapAddress);
    if (value === null) continue;
    kept.push(`${name}:${value}${keepImportant && style.getPropertyPriority(name) ? '!important' : ''}`);
  }
  return kept.join(';');
}

/** Pseudo-elements are generated content; `:has` and `:is` with thousands of arms cost more than a mail is worth. */
const refusedSelector =
  /::|:(?:before|after|first-line|first-letter|host|root|has|target|hover|focus|active|visited)\b/i;
const maxSelectorLength = 2_000;

function filteredRules(rules: CSSRuleList, mapAddress: AddressMapper, count: { left: number }): string {
  let text = '';
  for (const rule of rules) {
    if (count.left <= 0) break;
    count.left -= 1;
    if (rule instanceof CSSStyleRule) {
      if (rule.selectorText.length > maxSelectorLength || refusedSelector.test(rule.selectorText)) continue;
      const body = declarations(rule.style, mapAddress, true);
      if (body !== '') text += `${rule.selectorText}{${body}}\n`;
    } else if (rule instanceof CSSMediaRule) {
      const condition = rule.media.mediaText;
      // A mail is drawn for a light page and darkened as a whole; what it would do by itself would be darkened twice.
      if (condition.length > 300 || /prefers-|print|forced/i.test(condition)) continue;
      const inner = filteredRules(rule.cssRules, mapAddress, count);
      if (inner !== '') text += `@media ${condition}{${inner}}\n`;
    }
    // @import, @font-face, @keyframes, @namespace, @layer, @property, @container, @supports: none of them.
  }
  return text;
}

/** What of a mail's style sheet may be shown. */
export function filterSheet(text: string, mapAddress: AddressMapper): string {
  if (text.length > maxSheetLength) return '';
  const sheet = new CSSStyleSheet();
  // Old mails hide their sheets from older programs by an HTML comment.
  sheet.replaceSync(text.replace(/<!--|-->/g, ' '));
  return filteredRules(sheet.cssRules, mapAddress, { left: maxRules });
}

/** Reads one style attribute after another. */
export class StyleAttributeFilter {
  readonly #style: CSSStyleDeclaration;
  readonly #mapAddress: AddressMapper;

  constructor(mapAddress: AddressMapper) {
    this.#mapAddress = mapAddress;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('x{}');
    const rule = sheet.cssRules[0];
    if (!(rule instanceof CSSStyleRule)) throw new Error('a style sheet without its rule');
    this.#style = rule.style;
  }

  filter(text: string): string {
    if (text.length > 20_000) return '';
    this.#style.cssText = text;
    return declarations(this.#style, this.#mapAddress, false);
  }

  /** The parsed value of one property, before it is filtered. */
  valueOf(text: string, name: string): string {
    this.#style.cssText = text;
    return this.#style.getPropertyValue(name);
  }
}
