/**
 * Which CSS keeps text from being seen: enough of it to read a mail as a person sees it (preheader tricks, white on white), not a
 * layout engine. What it misses is text too much, never text too little: only what certainly hides counts.
 */

export interface Look {
  readonly hidden: boolean;
  /** `#rrggbb`, "transparent", or null: not said. */
  readonly color: string | null;
  readonly background: string | null;
}

const plain: Look = { hidden: false, color: null, background: null };
/** Longer ones are made by tricks; browsers read them, readers need not. */
const maxStyle = 4000;

/** An inline style, or the declarations of a rule. */
export function readLook(style: string): Look {
  if (style === '') return plain;
  const seen = new Map<string, string>();
  for (const declaration of style.slice(0, maxStyle).split(';')) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const value = declaration
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    seen.set(declaration.slice(0, colon).trim().toLowerCase(), value.replace(/\s*!important$/, ''));
  }
  const is = (name: string, value: string): boolean => seen.get(name) === value;
  const zero = (name: string): boolean => /^[-+]?0*\.?0+(?:px|pt|em|rem|%|vh)?$/.test(seen.get(name) ?? '-');
  const clipped = is('overflow', 'hidden') || is('overflow-y', 'hidden');
  const hidden =
    is('display', 'none') ||
    is('visibility', 'hidden') ||
    is('visibility', 'collapse') ||
    zero('opacity') ||
    (seen.get('font-size') !== undefined && tinyFont(seen.get('font-size') ?? '')) ||
    (clipped && (zero('max-height') || zero('height') || zero('width') || zero('max-width'))) ||
    farAway(seen);
  return {
    hidden,
    color: readColor(seen.get('color')),
    background: readColor(seen.get('background-color') ?? seen.get('background')?.split(/\s/)[0]),
  };
}

function tinyFont(size: string): boolean {
  const match = /^([\d.]{1,10})(px|pt|em|rem|%)?$/.exec(size);
  if (match === null) return false;
  const value = Number(match[1]);
  if (value === 0) return true;
  return (match[2] === 'px' || match[2] === 'pt') && value <= 1;
}

function farAway(seen: ReadonlyMap<string, string>): boolean {
  const far = /^-\d{4,}(?:\.\d+)?(?:px|pt)?$/;
  const position = seen.get('position');
  if (far.test(seen.get('text-indent') ?? '')) return true;
  return (
    (position === 'absolute' || position === 'fixed') &&
    (far.test(seen.get('left') ?? '') || far.test(seen.get('top') ?? ''))
  );
}

const namedColors: ReadonlyMap<string, string> = new Map([
  ['white', '#ffffff'],
  ['black', '#000000'],
  ['snow', '#fffafa'],
  ['ivory', '#fffff0'],
  ['whitesmoke', '#f5f5f5'],
  ['transparent', 'transparent'],
]);

/** The colours that can be told exactly; null for all others. */
export function readColor(value: string | undefined): string | null {
  if (value === undefined) return null;
  const color = value.trim().toLowerCase();
  const short = /^#([\da-f])([\da-f])([\da-f])$/.exec(color);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`;
  if (/^#[\da-f]{6}$/.test(color)) return color;
  const rgb = /^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*([\d.]{1,8})\s*)?\)$/.exec(
    color,
  );
  if (rgb) {
    if (rgb[4] !== undefined && Number(rgb[4]) === 0) return 'transparent';
    return `#${rgb
      .slice(1, 4)
      .map((part) => Math.min(Number(part), 255).toString(16).padStart(2, '0'))
      .join('')}`;
  }
  return namedColors.get(color) ?? null;
}

/** Too close for an eye: all channels within eight steps of 255. */
export function sameToTheEye(color: string, background: string): boolean {
  if (color === 'transparent') return true;
  if (background === 'transparent') return false;
  for (const at of [1, 3, 5]) {
    const distance =
      Number.parseInt(color.slice(at, at + 2), 16) - Number.parseInt(background.slice(at, at + 2), 16);
    if (Math.abs(distance) > 8) return false;
  }
  return true;
}

/**
 * Rules of a <style> element for single classes and ids (".preheader", "td.preheader", "#pre"): what hides by style sheet in mails.
 * Rules within @media and its like count nowhere: they are for other screens. Keys are ".name" and "#name".
 */
export function readRules(css: string, into: Map<string, Look>): void {
  const text = css.slice(0, 100_000).replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, ' ');
  let depth = 0;
  let start = 0;
  let selector = '';
  for (let at = 0; at < text.length && into.size < 500; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123) {
      if (depth === 0) selector = text.slice(start, at);
      depth += 1;
      start = at + 1;
    } else if (code === 125 && depth > 0) {
      depth -= 1;
      if (depth === 0) {
        if (!selector.includes('@') && selector.length < 2000) addRule(selector, text.slice(start, at), into);
        start = at + 1;
      }
    } else if (code === 59 && depth === 0) start = at + 1;
  }
}

function addRule(selector: string, declarations: string, into: Map<string, Look>): void {
  const look = readLook(declarations);
  if (!look.hidden && look.color === null && look.background === null) return;
  for (const single of selector.split(',')) {
    const match = /^\s*[a-z\d]{0,20}([.#][\w-]{1,80})\s*$/i.exec(single);
    if (match?.[1] !== undefined) into.set(match[1], look);
  }
}

/** Several looks on one element; the later ones win. */
export function combineLooks(looks: readonly Look[]): Look {
  let { hidden, color, background } = plain;
  for (const look of looks) {
    hidden ||= look.hidden;
    color = look.color ?? color;
    background = look.background ?? background;
  }
  return { hidden, color, background };
}
