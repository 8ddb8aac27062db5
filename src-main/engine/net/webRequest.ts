/** How a request to a web server leaves this machine: its socket, and what its certificate is judged by. */
import type { RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import tls from 'node:tls';
import { MailError } from '#shared/errors/MailError.ts';
import { untilAborted } from './dial.ts';
import type { Network } from './network.ts';
import { mapSocketError } from './socketErrors.ts';
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
  const tunnel = network.through(bareHost(url.hostname), 'web');
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
  const host = bareHost(url.hostname);
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const socket = await tunnel(port, signal);
  if (!secure) return { createConnection: () => socket };
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const encrypted = tls.connect({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: network.context(),
    minVersion: 'TLSv1.2',
  });
  encrypted.once('secureConnect', () => resolve(undefined));
  encrypted.once('error', reject);
  encrypted.once('close', () => reject(new MailError('connection-closed', { host, port })));
  try {
    await untilAborted(promise, signal);
    return { createConnection: () => encrypted };
  } catch (error) {
    encrypted.on('error', () => undefined);
    encrypted.destroy();
    socket.destroy();
    throw signal.aborted ? (signal.reason as Error) : mapSocketError(error, { host, port });
  }
}
