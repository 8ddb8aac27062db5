/** Where links of a mail lead, and which of them pretend to lead elsewhere (H10, H11). Pure. */
import { readsAs } from '#shared/domain/readableAddress.ts';

export interface LinkTarget {
  /** http, https or mailto, as the browser would open it. */
  readonly url: string;
  /** The server, in its true ASCII name; for mailto the address. */
  readonly host: string;
  readonly kind: 'web' | 'mail';
  /** Something before an @ stands where a reader looks for the server. */
  readonly userinfo: boolean;
  /** The name is written with letters beyond ASCII, which can be mistaken for others. */
  readonly foreignLetters: boolean;
}

const maxLength = 8_000;

/** null: leads nowhere that a mail may lead to (file:, javascript:, a share, a page of our own, a relative address). */
export function linkTarget(href: string): LinkTarget | null {
  // Browsers drop these inside an address, so "java\nscript:" would be one.
  const text = href.replace(
    /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+/g,
    (run, at: number) => (at === 0 || at + run.length === href.length ? '' : run),
  );
  if (text === '' || text.length > maxLength || !/^(?:https?:\/\/|mailto:)/i.test(text)) return null;
  if (/^mailto:/i.test(text)) {
    const address = text.slice('mailto:'.length).split('?')[0] ?? '';
    let host: string;
    try {
      host = decodeURIComponent(address);
    } catch {
      host = address;
    }
    return { url: text, host: host.slice(0, 320), kind: 'mail', userinfo: false, foreignLetters: false };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return {
    url: url.href,
    host: url.host,
    kind: 'web',
    userinfo: url.username !== '' || url.password !== '',
    foreignLetters: /(?:^|\.)xn--/i.test(url.hostname),
  };
}

/** A text that reads as an address of the web; what it names. */
const claimed =
  /(?:^|[\s("'<[])(?:https?:\/\/)?(?:[^\s/@:]+@)?((?:[\p{L}\p{N}_-]+\.)+(?:\p{L}{2,24}|xn--[\w-]+))(?=[/:?#\s)"'>\],;!]|\.?$|\.\s)/giu;

/** Endings under which names are given out: two of them belong together ("co.uk"). */
const secondLevel = new Set(['ac', 'co', 'com', 'edu', 'gob', 'gov', 'gv', 'mil', 'ne', 'net', 'or', 'org']);

/** The part of a host that one owner has: "mail.example.co.uk" is "example.co.uk". A guess where no list of endings is at hand. */
export function ownedDomain(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, '').split(':')[0]?.split('.') ?? [];
  const second = labels.at(-2) ?? '';
  const take = labels.length > 2 && (labels.at(-1)?.length ?? 0) === 2 && secondLevel.has(second) ? 3 : 2;
  return labels.slice(-take).join('.');
}

/** File names look like hosts ("report.pdf", "setup.exe"). */
const fileEndings = new Set(
  'pdf doc docx xls xlsx ppt pptx odt ods txt csv zip rar gz png jpg jpeg gif svg html htm xml json md js ts py sh exe msi ics eml'.split(
    ' ',
  ),
);

/** Does the text of a link name another server than the one it leads to? Then the true one, else null. */
export function mismatch(text: string, target: LinkTarget): string | null {
  if (target.kind === 'mail') {
    const named = /[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@]+/.exec(text)?.[0];
    return named && !readsAs(named, target.host) ? target.host : null;
  }
  const owner = ownedDomain(target.host);
  for (const [, host = ''] of text.slice(0, 2_000).matchAll(claimed)) {
    const ending = host.split('.').at(-1)?.toLowerCase() ?? '';
    if (fileEndings.has(ending)) continue;
    let named: string;
    try {
      named = new URL(`https://${host}`).hostname;
    } catch {
      continue;
    }
    if (ownedDomain(named) !== owner) return target.host;
  }
  return null;
}

/** What a reader must be told about a link beside its text; null: it is what it looks like. */
export function linkWarning(text: string, target: LinkTarget): string | null {
  const elsewhere = mismatch(text, target);
  if (elsewhere !== null) return elsewhere;
  return target.userinfo || target.foreignLetters ? target.host : null;
}
