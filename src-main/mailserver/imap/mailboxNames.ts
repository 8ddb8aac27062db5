/** Mailbox names on the wire: modified UTF-7 (RFC 3501 section 5.1.3). */

export function encodeMailboxName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/** null for a name that is not encoded as the rule says. */
export function decodeMailboxName(text: string): string | null {
  if (/[^\x20-\x7e]/.test(text)) return null;
  let broken = false;
  const name = text.replace(/&([^-]*)(-?)/g, (_whole, coded: string, end: string) => {
    if (end === '') broken = true;
    if (coded === '') return '&';
    const bytes = Buffer.from(coded.replaceAll(',', '/'), 'base64');
    if (bytes.length < 2 || bytes.length % 2 !== 0) broken = true;
    return broken ? '' : Buffer.from(bytes).swap16().toString('utf16le');
  });
  return broken || encodeMailboxName(name) !== text ? null : name;
}
