/** "postkorb://join?url=…&key=…": where the shared config lies and the fingerprint of who signs it. */
import { MailError } from '#shared/errors/MailError.ts';
import { normaliseFingerprint } from './fingerprint.ts';

export interface JoinTarget {
  /** https:, file: or a path. */
  readonly source: string;
  /** null: a path without a link; whoever joins compares what he is shown. */
  readonly fingerprint: string | null;
}

export function writeJoinLink(source: string, fingerprint: string, organisation: string): string {
  const query = new URLSearchParams({ url: source, key: fingerprint, name: organisation });
  return `postkorb://join?${query.toString()}`;
}

/** A link, or a path of a config file. Errors: join-link-invalid. */
export function readJoinTarget(text: string): JoinTarget {
  const trimmed = text.trim();
  if (!/^postkorb:/i.test(trimmed)) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(trimmed))
      throw new MailError('join-link-invalid', { reason: trimmed.slice(0, 40) });
    return { source: trimmed, fingerprint: null };
  }
  const match = /^postkorb:\/\/join\/?\?(.*)$/i.exec(trimmed);
  const query = new URLSearchParams(match?.[1] ?? '');
  const source = query.get('url');
  const fingerprint = normaliseFingerprint(query.get('key') ?? '');
  if (match === null || source === null || source === '')
    throw new MailError('join-link-invalid', { reason: 'url' });
  if (fingerprint === null) throw new MailError('join-link-invalid', { reason: 'key' });
  return { source, fingerprint };
}
