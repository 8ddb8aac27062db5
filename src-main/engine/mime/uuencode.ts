/**
 * Files inside a plain text, as mail carried them before MIME (and Outlook still may): they are listed as attachments and taken out of
 * what is read (M11). No server numbers them; their number is the text's, a 0 (which IMAP never gives) and their place in it: "1.0.2".
 */
import { decodeUuencoded } from './transferDecoding.ts';

export interface EmbeddedFile {
  readonly filename: string;
  readonly content: Uint8Array;
}

const maxFiles = 50;

/** `text`: with LF line ends. What only looks like a beginning stays text. */
export function takeUuencoded(text: string): { text: string; files: EmbeddedFile[] } {
  const files: EmbeddedFile[] = [];
  if (!text.includes('begin ')) return { text, files };
  const kept: string[] = [];
  let at = 0;
  const pattern = /(?:^|\n)begin [0-7]{3,4} ([^\n]{1,200})\n/g;
  for (
    let match = pattern.exec(text);
    match !== null && files.length < maxFiles;
    match = pattern.exec(text)
  ) {
    const start = match.index + (match[0].startsWith('\n') ? 1 : 0);
    const end = blockEnd(text, match.index + match[0].length);
    if (end < 0) continue;
    kept.push(text.slice(at, start));
    const content = decodeUuencoded(Buffer.from(text.slice(start, end), 'latin1'));
    files.push({ filename: (match[1] ?? '').trim(), content });
    at = end;
    pattern.lastIndex = Math.max(end - 1, 0);
  }
  return files.length === 0 ? { text, files } : { text: kept.join('') + text.slice(at), files };
}

/** After the "end" line; -1: a line in between is not of the encoding. */
function blockEnd(text: string, from: number): number {
  let at = from;
  for (let lines = 0; at < text.length; lines += 1) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, Math.min(end, at + 100)).trimEnd();
    if (line === 'end') return lines === 0 ? -1 : Math.min(end + 1, text.length);
    if (line !== '' && !isLine(line)) return -1;
    at = end + 1;
  }
  return -1;
}

/** As many characters as its first one says, give or take the blanks and check characters that mailers drop and add. */
function isLine(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first < 32 || first > 96) return false;
  const count = (first - 32) & 63;
  const needed = Math.ceil(count / 3) * 4 + 1;
  return line.length <= needed + 3 && line.length >= Math.ceil((count * 4) / 3) - 60 && /^[ -`]+$/.test(line);
}

/** The text part and the place in it that a number of this kind means; null: an IMAP part number. */
export function embeddedNumber(part: string): { textPart: string; index: number } | null {
  const match = /^(.+)\.0\.([1-9]\d{0,3})$/.exec(part);
  return match?.[1] === undefined ? null : { textPart: match[1], index: Number(match[2]) - 1 };
}
