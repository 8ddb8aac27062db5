/** What a mail server found out about who sent a mail (RFC 8601). Pure. */

export interface AuthVerdict {
  readonly method: 'dmarc' | 'dkim' | 'spf' | 'arc';
  readonly result: string;
  /** The domain it speaks for; '' where none is named. */
  readonly domain: string;
}

/** Comments may nest; they are taken out from the inside, a few levels. */
function withoutComments(header: string): string {
  let text = header.slice(0, 20_000);
  for (let level = 0; level < 4 && /\([^()]*\)/.test(text); level += 1)
    text = text.replace(/\([^()]*\)/g, ' ');
  return text;
}

/** The results in an Authentication-Results header; comments are left out. */
export function authVerdicts(header: string): AuthVerdict[] {
  const verdicts: AuthVerdict[] = [];
  for (const part of withoutComments(header).split(';').slice(1, 60)) {
    const found = /^\s*(dmarc|dkim|spf|arc)\s*(?:\/\s*\d+\s*)?=\s*([a-z]+)\b/i.exec(part);
    if (!found) continue;
    const method = (found[1] ?? '').toLowerCase() as AuthVerdict['method'];
    const property =
      /(?:header\.(?:d|from|i)|smtp\.(?:mailfrom|helo))\s*=\s*"?(?:[^\s"@;]*@)?([^\s";@]+)/i.exec(part);
    verdicts.push({
      method,
      result: (found[2] ?? '').toLowerCase(),
      domain: (property?.[1] ?? '').toLowerCase(),
    });
  }
  return verdicts;
}

/** Who says it: the authserv-id, without a version behind it. */
function speaker(header: string): string {
  return (withoutComments(header).split(';')[0] ?? '').trim().split(/\s+/)[0]?.toLowerCase() ?? '';
}

/**
 * What the own server says of a mail's headers, which stand newest first. A server writes above what it received and leaves out what
 * pretends to be its own (RFC 8601 section 5); what others wrote, the sender among them, stands below under other names.
 */
export function ownVerdicts(headers: readonly string[]): AuthVerdict[] {
  const own = speaker(headers[0] ?? '');
  return own === '' ? [] : headers.filter((header) => speaker(header) === own).flatMap(authVerdicts);
}
