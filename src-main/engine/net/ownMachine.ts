/** Addresses of this machine and its cable: what a mail names must not reach what listens here. */
import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { MailError } from '#shared/errors/MailError.ts';

export function isOwnMachine(address: string): boolean {
  const bare = address
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/, '');
  return (
    bare === '::1' ||
    bare === '::' ||
    bare.startsWith('fe80:') ||
    /^(127|0)\./.test(bare) ||
    /^169\.254\./.test(bare)
  );
}

/** The address that is connected to is the one that was judged: a name cannot answer differently the second time. */
export function judgedLookup(allowLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const allowed = addresses.filter(({ address }) => allowLoopback || !isOwnMachine(address));
      const first = allowed[0];
      if (first === undefined) callback(new MailError('not-permitted', { what: 'address' }), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** A literal address is connected to without a look-up. Throws not-permitted. */
export function assertElsewhere(host: string, allowLoopback: boolean): void {
  if (!allowLoopback && isIP(host) !== 0 && isOwnMachine(host))
    throw new MailError('not-permitted', { what: 'address' });
}
