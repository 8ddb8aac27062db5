/** What makes two mails the same mail: a move, a label or a new UIDVALIDITY is recognised by it, and nothing is fetched again. */
import { hash } from 'node:crypto';
import type { Address } from '#shared/domain/message.ts';

export interface IdentifyingHeaders {
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: Address | null;
  readonly to: readonly Address[];
  readonly date: number | null;
}

/**
 * Not the Message-ID alone: duplicates and missing ones stay separate (M16), and nobody can put his text under another mail by
 * taking its id. The size (RFC822.SIZE, bytes) tells a list's or a Sent folder's copy from the one received; it stands last, after
 * a dot, because some servers report another one after a move.
 */
export function messageIdentity(headers: IdentifyingHeaders, size: number): string {
  const text = JSON.stringify([
    headers.messageId,
    headers.subject,
    headers.from?.address ?? null,
    headers.to.slice(0, 50).map(({ address }) => address),
    headers.date,
  ]);
  return `${hash('sha256', text, 'base64url').slice(0, 27)}.${size}`;
}

/** Equal but for the size? */
export function sameHeaders(a: string, b: string): boolean {
  return a.slice(0, a.lastIndexOf('.')) === b.slice(0, b.lastIndexOf('.'));
}
