/** Who may speak to the browser host: pages of exactly its own origin, under exactly its own literal address. */
import type { IncomingMessage } from 'node:http';
import type { Sessions } from './sessions.ts';

export interface Address {
  /** A loopback literal, "127.0.0.1" or "::1". */
  readonly host: string;
  readonly port: number;
}

/** As in a Host header: "127.0.0.1:4711", "[::1]:4711". */
export function authorityOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Named after the port, because a cookie is sent to every port of its host (W04). */
export function cookieNameOf({ port }: Address): string {
  return `postkorb-${port}`;
}

/** Of a header that was sent exactly once; anything else is no value. */
function soleHeader(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name];
  return values?.length === 1 ? values[0] : undefined;
}

/** A name that resolves to us (DNS rebinding, W01) is not our address: only the bound literal is. */
export function isOwnHost(request: IncomingMessage, address: Address): boolean {
  return soleHeader(request, 'host') === authorityOf(address);
}

/** A missing Origin and "null" are foreign too (W02). Sec-Fetch-Site, where a browser sends it, must agree. */
export function isOwnOrigin(request: IncomingMessage, address: Address): boolean {
  const site = request.headers['sec-fetch-site'];
  return (
    soleHeader(request, 'origin') === `http://${authorityOf(address)}` &&
    (site === undefined || site === 'same-origin')
  );
}

/** Another site may link to us; it may not load our files into its pages (W04). */
export function isForeignSubresource(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return request.headers['sec-fetch-dest'] !== 'document';
}

export function hasSession(request: IncomingMessage, address: Address, sessions: Sessions): boolean {
  const name = cookieNameOf(address);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return sessions.isOpen(pair.slice(at + 1).trim());
  }
  return false;
}
