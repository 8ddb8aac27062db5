/** A header block as its fields (RFC 5322 section 2.2), unfolded and undecoded. */
import { decodeHeaderBytes } from './charset.ts';

/** Bytes of a header block that are looked at, and fields; mail that has more is made to tire readers (M03). */
export const maxHeaderBytes = 4 * 1024 * 1024;
const maxFields = 50_000;

export interface HeaderBlock {
  /** Where the body begins: after the empty line, or the end of the bytes. */
  readonly end: number;
  readonly limited: boolean;
}

/** Called for each field in order; `value` is made only when it is asked for. */
export type FieldSink = (name: string, value: () => string) => void;

/** The position after the empty line that ends a header block at `start`; `to` where there is none. */
export function headerEnd(bytes: Buffer, start: number, to: number): number {
  for (let at = start; at < to;) {
    const code = bytes[at];
    if (code === 10) return at + 1;
    if (code === 13 && bytes[at + 1] === 10) return at + 2;
    const line = bytes.indexOf(10, at);
    if (line < 0 || line >= to) return to;
    at = line + 1;
  }
  return to;
}

/**
 * Reads the fields of `bytes` (a header block, with or without the empty line at its end). Lines that are no field are skipped, mbox's
 * "From " among them. Returns whether a limit was met.
 */
export function readHeaderFields(bytes: Uint8Array, sink: FieldSink): { limited: boolean; fields: number } {
  const limited = bytes.length > maxHeaderBytes;
  const text = decodeHeaderBytes(limited ? bytes.subarray(0, maxHeaderBytes) : bytes);
  let fields = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) === 10)) break;
    let end = lineEnd(text, at);
    while (isContinued(text, end)) end = lineEnd(text, end + 1);
    const colon = text.indexOf(':', at);
    if (colon > at && colon < end) {
      const name = fieldName(text, at, colon);
      if (name !== null) {
        fields += 1;
        if (fields > maxFields) return { limited: true, fields };
        sink(name, () => unfolded(text.slice(colon + 1, end)));
      }
    }
    at = end + 1;
  }
  return { limited, fields };
}

/** The LF that ends the line at `at`, or the end. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function isContinued(text: string, end: number): boolean {
  const next = text.charCodeAt(end + 1);
  return next === 32 || next === 9;
}

/** null: what stands before the colon is no name (a blank within, 8-bit, a sentence). */
function fieldName(text: string, start: number, colon: number): string | null {
  let end = colon;
  while (end > start && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end -= 1;
  if (end === start || end - start > 200) return null;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 33 || code > 126) return null;
  }
  return text.slice(start, end).toLowerCase();
}

function unfolded(raw: string): string {
  return (raw.includes('\n') ? raw.replace(/\r?\n/g, '') : raw).trim();
}
