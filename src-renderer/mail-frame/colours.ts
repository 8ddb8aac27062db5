/** Whether a mail brings colours of its own, or only says that text is black on white, as every page is. Pure. */

const parsedColour = /rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+%?))?\s*\)/i;
const hexColour = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;
const named: Readonly<Record<string, readonly [number, number, number]>> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  windowtext: [0, 0, 0],
  window: [255, 255, 255],
  canvastext: [0, 0, 0],
  canvas: [255, 255, 255],
};
const without = new Set(['', 'transparent', 'inherit', 'initial', 'unset', 'currentcolor', 'auto']);

/** 0 black, 1 white; null: none, or see-through; NaN: a colour of which nothing is known. */
function lightness(value: string): number | null {
  const text = value.trim().toLowerCase();
  if (without.has(text)) return null;
  let rgb: readonly number[] | undefined = named[text];
  const hex = hexColour.exec(text)?.[1];
  if (hex) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    rgb = digits.map((pair) => Number.parseInt(pair, 16));
  }
  const parsed = parsedColour.exec(text);
  if (parsed) {
    if (parsed[4] !== undefined && Number.parseFloat(parsed[4]) === 0) return null;
    rgb = [Number(parsed[1]), Number(parsed[2]), Number(parsed[3])];
  }
  if (!rgb) return Number.NaN;
  const [r = 0, g = 0, b = 0] = rgb;
  // A tinted colour is one of its own, however dark.
  if (Math.max(r, g, b) - Math.min(r, g, b) > 24) return Number.NaN;
  return (r + g + b) / 765;
}

/**
 * @param style declarations in the form that `css.ts` writes
 * @param body of the page itself: its white background is nothing of its own
 */
export function declaresColours(style: string, body: boolean): boolean {
  for (const [, property, value = ''] of style.matchAll(
    /(?:^|[;{\s])(background-color|color|background-image)\s*:\s*([^;}]+)/gi,
  )) {
    if (property?.toLowerCase() === 'background-image') {
      if (value.trim() !== 'none') return true;
      continue;
    }
    const light = lightness(value.replace(/!important/i, ''));
    if (light === null) continue;
    const usual = property?.toLowerCase() === 'color' ? light <= 0.36 : light >= (body ? 0.9 : 0.97);
    if (!usual) return true;
  }
  return false;
}

export function sheetDeclaresColours(sheet: string): boolean {
  return declaresColours(sheet, false);
}

/** Takes out colours that only repeat what a page is anyway. For sheets and attributes as `css.ts` writes them. */
export function withoutColours(style: string): string {
  return style.replace(/(^|[;{])\s*(?:background-color|color)\s*:[^;}]*/gi, '$1').replace(/;{2,}/g, ';');
}

const colourName = /^(?:transparent|inherit|initial|unset|revert|revert-layer|currentcolor|auto|none)$/i;
/** Colours inside a gradient. */
const colourToken =
  /rgba?\([^()]*\)|#[0-9a-f]{3,8}\b|\b(?:white|black|red|green|blue|gray|grey|silver|navy|orange|yellow|gold|maroon|teal|purple)\b/gi;

/** White becomes the window's dark surface, black its text; hue and colourfulness stay. What could be read before can be read after. */
function turned(colour: string): string {
  return `oklch(from ${colour} calc(0.95 - 0.75 * pow(l, 2)) c h)`;
}

/** Every colour of a sheet or attribute (as `css.ts` writes them) with its lightness turned, for the dark theme. */
export function turnColours(style: string): string {
  return style.replace(
    /((?:^|[;{])\s*(?:[a-z-]*-)?color\s*:\s*)([^;}!]+)|((?:^|[;{])\s*background-image\s*:\s*)([^;}]*gradient\([^;}]*)/gi,
    (whole, property?: string, value?: string, imageProperty?: string, gradient?: string) => {
      if (property !== undefined && value !== undefined) {
        const colour = value.trim();
        return colourName.test(colour) ? whole : `${property}${turned(colour)}`;
      }
      if (imageProperty === undefined || gradient === undefined) return whole;
      return `${imageProperty}${gradient.replace(colourToken, turned)}`;
    },
  );
}

/** A colour of an HTML attribute (bgcolor, color) as CSS; null where it is none that CSS knows. */
export function attributeColour(value: string): string | null {
  const text = value.trim();
  if (/^#?[0-9a-f]{6}$/i.test(text) || /^#?[0-9a-f]{3}$/i.test(text))
    return text.startsWith('#') ? text : `#${text}`;
  return /^[a-z]{3,20}$/i.test(text) ? text : null;
}
