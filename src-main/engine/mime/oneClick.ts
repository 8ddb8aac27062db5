/**
 * Leaving a list by one request (RFC 8058): whether a mail offers it, and where. What asks the web in a person's name must be what the
 * sender's domain signed, or anybody who sends a mail could make such a request happen.
 */
import { ownVerdicts } from '#shared/domain/authenticationResults.ts';
import { safeLine } from '#shared/domain/safeText.ts';
import { headerEnd, readHeaderFields } from './headerFields.ts';

const read = ['list-unsubscribe', 'list-unsubscribe-post', 'dkim-signature', 'authentication-results'];
/** Of one name; more are an attack. */
const maxOfOne = 20;

/**
 * The address that takes the request; null: the mail offers none. Both header fields stand there once, the second says what the RFC says,
 * and a signature that covers both was found good by the own server. `raw`: the whole mail or its headers. Never throws.
 */
export function oneClickTarget(raw: Uint8Array): URL | null {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const fields = new Map<string, string[]>(read.map((name) => [name, []]));
  readHeaderFields(bytes.subarray(0, headerEnd(bytes, 0, bytes.length)), (name, value) => {
    const found = fields.get(name);
    if (found && found.length < maxOfOne) found.push(safeLine(value(), 10_000));
  });
  const [offers = [], posts = [], signatures = [], results = []] = read.map((name) => fields.get(name));
  if (offers.length !== 1 || posts.length !== 1) return null;
  if (posts[0]?.trim() !== 'List-Unsubscribe=One-Click') return null;
  const good = new Set(
    ownVerdicts(results)
      .filter(({ method, result }) => method === 'dkim' && result === 'pass')
      .map(({ domain }) => domain),
  );
  if (!signatures.some((signature) => good.has(signedBy(signature) ?? ''))) return null;
  for (const [, target = ''] of (offers[0] ?? '').matchAll(/<\s*([^<>\s]+)\s*>/g)) {
    const url = URL.parse(target);
    if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url;
  }
  return null;
}

/** The domain of a DKIM signature that covers both fields; null: it does not. */
function signedBy(signature: string): string | null {
  const tags = new Map(
    signature.split(';').map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).trim()] as const;
    }),
  );
  const covered = new Set((tags.get('h') ?? '').split(':').map((name) => name.trim().toLowerCase()));
  const both = covered.has('list-unsubscribe') && covered.has('list-unsubscribe-post');
  return both ? (tags.get('d') ?? '').toLowerCase() : null;
}
