/** Address lists of header fields, taken apart far enough for an ENVELOPE: nothing is decoded, nothing throws. */

/** name, route (always absent), mailbox, host; a group's start has no host, its end neither mailbox nor host (RFC 9051 7.5.2). */
export interface EnvelopeAddress {
  readonly name: string | null;
  readonly mailbox: string | null;
  readonly host: string | null;
}

type Token =
  | { readonly kind: 'text'; readonly value: string; readonly quoted: boolean }
  | { readonly kind: 'comment'; readonly value: string }
  | { readonly kind: 'special'; readonly value: string };

const maxAddresses = 10_000;

export function readAddresses(text: string): EnvelopeAddress[] {
  const addresses: EnvelopeAddress[] = [];
  let phrase: Token[] = [];
  let angle: Token[] | null = null;
  let inAngle = false;
  const finish = (): void => {
    const address = toAddress(phrase, angle);
    if (address !== null) addresses.push(address);
    phrase = [];
    angle = null;
    inAngle = false;
  };
  for (const token of tokens(text)) {
    if (addresses.length >= maxAddresses) break;
    if (token.kind === 'special') {
      if (token.value === '<' && !inAngle) {
        angle = [];
        inAngle = true;
        continue;
      }
      if (token.value === '>') {
        inAngle = false;
        continue;
      }
      if (!inAngle && token.value === ',') {
        finish();
        continue;
      }
      if (!inAngle && token.value === ':' && angle === null) {
        addresses.push({ name: null, mailbox: words(phrase), host: null });
        phrase = [];
        continue;
      }
      if (!inAngle && token.value === ';') {
        finish();
        addresses.push({ name: null, mailbox: null, host: null });
        continue;
      }
    }
    if (inAngle && angle !== null) angle.push(token);
    else phrase.push(token);
  }
  finish();
  return addresses;
}

function toAddress(phrase: readonly Token[], angle: readonly Token[] | null): EnvelopeAddress | null {
  if (angle !== null) {
    const spec = addrSpec(angle);
    return { name: words(phrase) || comment(phrase), ...spec };
  }
  const written = phrase.filter((token) => token.kind !== 'comment');
  if (written.length === 0) return null;
  return { name: comment(phrase), ...addrSpec(written) };
}

/** "local@host"; without an @ the host is empty, as Dovecot says "MISSING_DOMAIN" in words. */
function addrSpec(parts: readonly Token[]): { mailbox: string; host: string } {
  const plain = parts.filter((token) => token.kind !== 'comment');
  // A source route "@a,@b:" in front is dropped (RFC 5322 section 4.4).
  const colon = plain.findIndex((token) => token.kind === 'special' && token.value === ':');
  const text = plain
    .slice(colon + 1)
    .map((token) => token.value)
    .join('');
  const at = text.lastIndexOf('@');
  return at < 0 ? { mailbox: text, host: '' } : { mailbox: text.slice(0, at), host: text.slice(at + 1) };
}

function words(parts: readonly Token[]): string {
  let text = '';
  for (const token of parts) {
    if (token.kind === 'comment') continue;
    const glued = text === '' || token.value === '.' || token.value === '@' || /[.@]$/.test(text);
    text += glued ? token.value : ` ${token.value}`;
  }
  return text;
}

function comment(parts: readonly Token[]): string | null {
  const found = parts.filter((token) => token.kind === 'comment').map((token) => token.value);
  return found.length === 0 ? null : found.join(' ');
}

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) at += 1;
    else if (char === '"') {
      const end = quotedEnd(text, at, '"');
      yield { kind: 'text', value: unescape(text.slice(at + 1, end)), quoted: true };
      at = end + 1;
    } else if (char === '(') {
      const end = commentEnd(text, at);
      yield { kind: 'comment', value: unescape(text.slice(at + 1, end)) };
      at = end + 1;
    } else if (char === '[') {
      const end = quotedEnd(text, at, ']');
      yield { kind: 'text', value: text.slice(at, end + 1), quoted: false };
      at = end + 1;
    } else if ('<>,;:@'.includes(char)) {
      yield { kind: 'special', value: char };
      at += 1;
    } else {
      const start = at;
      while (at < text.length && !/[\s"(<>,;:@]/.test(text.charAt(at))) at += 1;
      yield { kind: 'text', value: text.slice(start, at), quoted: false };
    }
  }
}

function quotedEnd(text: string, start: number, close: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === close) return at;
  }
  return text.length;
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
