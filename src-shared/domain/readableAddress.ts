/**
 * Addresses as people read them. A domain beyond ASCII travels in a form that nobody can read (xn--bcher-kva.example); it is shown in its own
 * letters where these cannot be mistaken for others, and in the ASCII form, which is its true name, where they can. Only for the eye:
 * what is stored, compared, copied and sent is the address itself.
 */
import { asciiDomain } from './asciiDomain.ts';

/** The letters of one writing, none of which is to be taken for another: all of a name is of one of these. */
const writings: readonly RegExp[] = [
  // European letters, but for those that look like a plain one (ı, ŀ) or like another (þ), and those that nobody writes names with (ĸ, ŉ).
  /^[a-z0-9\u00df-\u00f6\u00f8-\u00fd\u00ff-\u0130\u0132-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u017e\u0218-\u021b\u1e9e-]+$/,
  /^[\p{Script=Cyrillic}0-9-]+$/u,
  /^[\p{Script=Greek}0-9-]+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc0-9-]+$/u,
  /^[\p{Script=Hangul}0-9-]+$/u,
];
/** A whole name of such letters reads as a Latin one ("аррӏе"). */
const looksLatin = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡαικνρυωητο0-9-]+$/;
const maxDomain = 253;

/** `info@bücher.example` for `info@xn--bcher-kva.example`; what is no such address as it stands. */
export function readableAddress(address: string): string {
  // Nearly all of them: a list of mails asks this for each row.
  if (/^[\u0000-\u007f]*$/.test(address) && !/xn--/i.test(address)) return address;
  const domain = address.lastIndexOf('@') + 1;
  return domain === 0 ? address : address.slice(0, domain) + readableDomain(address.slice(domain));
}

/** Does somebody who reads `text` read this address? Not where only its true name tells it from another. */
export function readsAs(text: string, address: string): boolean {
  const plain = (one: string): string => one.normalize('NFC').toLowerCase();
  return plain(text) === plain(address) || plain(text) === plain(readableAddress(address));
}

function readableDomain(domain: string): string {
  const ascii = asciiDomain(domain);
  if (ascii.length > maxDomain || !/(?:^|\.)xn--/.test(ascii)) return ascii;
  const labels = ascii
    .split('.')
    .map((label) => (label.startsWith('xn--') ? decoded(label.slice(4)) : label));
  const letters = labels.join('.');
  // Whoever knows IDNA has the last word on what was decoded here.
  return labels.every(isReadable) && asciiDomain(letters) === ascii ? letters : ascii;
}

function isReadable(label: string | null): label is string {
  if (label === null) return false;
  if (/^[\u0000-\u007f]*$/.test(label)) return true;
  return writings.some((writing) => writing.test(label)) && !looksLatin.test(label);
}

/** Punycode (RFC 3492, 6.2): windows and Node offer it in no common way, and this layer takes in no package for it. null: none. */
function decoded(label: string): string | null {
  const basic = label.lastIndexOf('-');
  const points = Array.from(label.slice(0, Math.max(0, basic)), (letter) => letter.charCodeAt(0));
  let point = 128;
  let bias = 72;
  let at = 0;
  for (let read = basic + 1; read < label.length;) {
    const before = at;
    let weight = 1;
    for (let k = 36; ; k += 36) {
      const digit = digits.indexOf(label.charAt(read));
      if (read >= label.length || digit < 0) return null;
      read += 1;
      at += digit * weight;
      if (at > 0x7fff_ffff) return null;
      const threshold = Math.min(26, Math.max(1, k - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const count = points.length + 1;
    bias = adapted(at - before, count, before === 0);
    point += Math.floor(at / count);
    at %= count;
    if (point > 0x10_ffff) return null;
    points.splice(at, 0, point);
    at += 1;
  }
  return String.fromCodePoint(...points);
}

const digits = 'abcdefghijklmnopqrstuvwxyz0123456789';

function adapted(delta: number, count: number, first: boolean): number {
  let left = first ? Math.floor(delta / 700) : delta >> 1;
  left += Math.floor(left / count);
  let k = 0;
  for (; left > 455; k += 36) left = Math.floor(left / 35);
  return k + Math.floor((36 * left) / (left + 38));
}
