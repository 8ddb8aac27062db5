/** How a request to a web server leaves this machine: its socket, and what its certificate is judged by. */
import type { RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import { encrypt } from './dial.ts';
import type { Network } from './network.ts';
import { bareHost } from './tlsOptions.ts';

/**
 * Options for `http(s).request` to `url`. `lookup` counts where the host is reached directly. Throws what the proxy throws, and what a
 * certificate that does not verify makes of the handshake.
 */
export async function webOptions(
  url: URL,
  { network, lookup }: { readonly network: Network; readonly lookup?: LookupFunction },
  signal: AbortSignal,
): Promise<RequestOptions> {
  const secure = url.protocol === 'https:';
  const host = bareHost(url.hostname);
  const tunnel = network.through(host, 'web');
  if (tunnel === null) {
    return {
      agent: false,
      ...(lookup === undefined ? {} : { lookup }),
      // Handed on to tls.connect; the declarations of https leave it out.
      ...(secure
        ? { ...({ secureContext: network.context() } as object), minVersion: 'TLSv1.2' as const }
        : {}),
    };
  }
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const socket = await tunnel(port, signal);
  if (!secure) return { createConnection: () => socket };
  const encrypted = await encrypt(
    { socket, host, port, network, trust: 'system', onCertificate: () => undefined },
    signal,
  );
  return { createConnection: () => encrypted };
}
