/** What can be said about who sent a mail: does the name pretend, what did the own server verify, how can the list be left. Pure. */
import { asciiDomain } from '#shared/domain/asciiDomain.ts';
import { ownVerdicts } from '#shared/domain/authenticationResults.ts';
import { readsAs } from '#shared/domain/readableAddress.ts';
import { ownedDomain } from '../../mail-frame/links.ts';

/** The name shows an address that is not the one the mail comes from (Mailsploit). */
export function nameShowsOtherAddress({ name, address }: { name: string; address: string }): boolean {
  const shown = name.normalize('NFKC').match(/[^\s<>"'(),;:@]+@[^\s<>"'(),;:@]+\.[^\s<>"'(),;:@]+/g) ?? [];
  return shown.some((other) => !readsAs(other, address));
}

/** Did the own server verify that the mail comes from the domain of its From address? */
export function senderVerified(headers: readonly string[], address: string): boolean {
  const domain = ownedDomain(asciiDomain(address.split('@').at(-1) ?? ''));
  if (domain === '') return false;
  return ownVerdicts(headers).some(
    ({ method, result, domain: speaksFor }) =>
      result === 'pass' && (method === 'dmarc' || method === 'dkim') && ownedDomain(speaksFor) === domain,
  );
}

/** Did it find that the mail does not? */
export function senderRefuted(headers: readonly string[]): boolean {
  return ownVerdicts(headers).some(({ method, result }) => method === 'dmarc' && result === 'fail');
}

export interface Unsubscribe {
  /** https only: nothing is ever requested by itself (H23). */
  readonly web: string | null;
  /** The whole mailto: link. */
  readonly mail: string | null;
  readonly mailAddress: string | null;
}

/** What List-Unsubscribe (RFC 2369) offers, as far as it may be used. */
export function unsubscribeOffer(header: string | null): Unsubscribe | null {
  if (header === null) return null;
  const targets = [...header.slice(0, 10_000).matchAll(/<\s*([^<>\s]+)\s*>/g)].map(
    ([, target = '']) => target,
  );
  const web = targets.find((target) => /^https:\/\/[^/]/i.test(target) && URL.canParse(target)) ?? null;
  const mail = targets.find((target) => /^mailto:[^?]+@[^?]+/i.test(target)) ?? null;
  if (web === null && mail === null) return null;
  return {
    web,
    mail,
    mailAddress: mail === null ? null : (mail.slice('mailto:'.length).split('?')[0] ?? null),
  };
}
