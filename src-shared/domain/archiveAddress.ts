/**
 * Is this address a mailbox of the system itself? An archive must lie outside: an archive copy that arrived in an account of the
 * system would be mail of that account again.
 *
 * Two spellings count as one mailbox when mail to both arrives in it at (nearly) every server:
 * - upper and lower case, in the local part too (case-sensitive by RFC 5321 and nowhere else), and composed or decomposed letters;
 * - a domain and its ASCII form (xn--...), a trailing dot;
 * - "name+anything" and "name" (RFC 5233 sub-addressing; where a server does not know it, such an address is a rarity);
 * - dots in the local part at Gmail alone, and gmail.com and googlemail.com: everywhere else dots make another mailbox.
 */
import { asciiDomain } from './asciiDomain.ts';
import type { AccountId } from './ids.ts';

const gmail = new Set(['gmail.com', 'googlemail.com']);

/** One text for all spellings of a mailbox. Only for comparing: mail is never sent to it. */
export function mailboxKey(address: string): string {
  const trimmed = address.trim().normalize('NFC').toLowerCase();
  const at = trimmed.lastIndexOf('@');
  if (at < 0) return trimmed;
  const domain = asciiDomain(trimmed.slice(at + 1));
  const whole = trimmed.slice(0, at);
  const plus = whole.indexOf('+');
  const local = plus > 0 ? whole.slice(0, plus) : whole;
  return gmail.has(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`;
}

/** What the rules need to know of an account of the system. */
export interface KnownAccount {
  readonly id: AccountId;
  readonly name: string;
  /** Its address, its aliases, and its logins where those are addresses. */
  readonly addresses: readonly string[];
  readonly archiveAddress: string | null;
}

export interface ArchiveConflict {
  /** 'archive': the archive address is somebody's mailbox here. 'address': the new account's mailbox is somebody's archive. */
  readonly kind: 'archive' | 'address';
  readonly address: string;
  /** The account on the other side (the account itself where its archive is its own mailbox). */
  readonly account: string;
}

/** Judges `candidate` against all others of the system (an entry with its own id is skipped), in both directions. null: no conflict. */
export function archiveConflict(
  candidate: KnownAccount,
  others: readonly KnownAccount[],
): ArchiveConflict | null {
  const rest = others.filter((other) => other.id !== candidate.id);
  if (candidate.archiveAddress !== null) {
    const key = mailboxKey(candidate.archiveAddress);
    const owner = [candidate, ...rest].find((one) =>
      one.addresses.some((address) => mailboxKey(address) === key),
    );
    if (owner) return { kind: 'archive', address: candidate.archiveAddress, account: owner.name };
  }
  for (const other of rest) {
    if (other.archiveAddress === null) continue;
    const key = mailboxKey(other.archiveAddress);
    const own = candidate.addresses.find((address) => mailboxKey(address) === key);
    if (own !== undefined) return { kind: 'address', address: own, account: other.name };
  }
  return null;
}
