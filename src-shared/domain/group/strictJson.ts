/**
 * JSON from outside, where two readers must never understand two things: an object that names a key twice is refused, and so is
 * what nests without end (G01). Everything else is JSON.parse's business.
 */

export type StrictJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: JsonFault };

export interface JsonFault {
  readonly code: 'not-json' | 'duplicate-key' | 'too-deep';
  /** For people: what stands where. Nothing of the text is quoted: it may hold a password. */
  readonly message: string;
  readonly params?: { readonly line: number; readonly column: number };
}

const maxDepth = 64;

/** Never throws. */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, fault: notJson(error) };
  }
  const fault = scan(text);
  return fault === null ? { ok: true, value } : { ok: false, fault };
}

/** The parser's own words quote the text; the place is all that is taken of them. */
function notJson(error: unknown): JsonFault {
  const found = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '');
  if (found === null) return { code: 'not-json', message: 'this is not valid JSON' };
  const [line, column] = [Number(found[1]), Number(found[2])];
  return {
    code: 'not-json',
    message: `this is not valid JSON (line ${String(line)}, column ${String(column)})`,
    params: { line, column },
  };
}

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** `text` is known to be JSON, so strings and brackets are all that has to be told apart. */
function scan(text: string): JsonFault | null {
  /** The keys of each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  let atKey = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = stringEnd(text, at);
        if (atKey) {
          const key = JSON.parse(text.slice(at, end + 1)) as string;
          const keys = open.at(-1);
          if (keys?.has(key)) {
            return {
              code: 'duplicate-key',
              message: `the key ${JSON.stringify(key)} stands twice in one object`,
            };
          }
          keys?.add(key);
          atKey = false;
        }
        at = end;
        break;
      }
      case OPEN_OBJECT:
        open.push(new Set());
        atKey = true;
        break;
      case OPEN_ARRAY:
        open.push(null);
        atKey = false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        atKey = false;
        break;
      case COMMA:
        atKey = open.at(-1) instanceof Set;
        break;
      default:
    }
    if (open.length > maxDepth)
      return { code: 'too-deep', message: `nested deeper than ${maxDepth.toString()} levels` };
  }
  return null;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE || Number.isNaN(code)) return at;
  }
}
