/** Domains beyond ASCII (RFC 5890), as DNS and mail servers are told of them. */

/** A web standard that every runtime of ours has; its parser is the one place that knows IDNA (UTS 46). */
declare const URL: new (url: string) => { readonly hostname: string };

/** The ASCII form of a domain in lower case, without a trailing dot; one that is no domain comes back in lower case. */
export function asciiDomain(domain: string): string {
  const plain = domain.trim().toLowerCase().normalize('NFC').replace(/\.$/, '');
  // An address literal, or what the URL parser would take apart.
  if (plain === '' || /[^\p{L}\p{N}\p{M}.\-_]/u.test(plain)) return plain;
  try {
    return new URL(`https://${plain}`).hostname;
  } catch {
    return plain;
  }
}

/**
 * An address as mail servers are told of it: every server takes the ASCII form of a domain. A local part beyond ASCII has no such
 * form (RFC 6531): the address stays as it is, and needs a server with SMTPUTF8.
 */
export function transmittedAddress(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  return at === 0 || needsSmtpUtf8(address.slice(0, at))
    ? address
    : address.slice(0, at) + asciiDomain(address.slice(at));
}

/** Of an address as it is transmitted. */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\u0000-\u007f]/.test(address);
}
