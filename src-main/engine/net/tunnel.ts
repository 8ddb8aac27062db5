/**
 * A connection to a host through a proxy (SOCKS5, RFC 1928; HTTP CONNECT, RFC 9110, 9.3.6, also over TLS). The host's name is given to the
 * proxy and looked up by nobody here. What goes wrong says whether it was the proxy, its login, or what lies behind it.
 */
import http from 'node:http';
import net from 'node:net';
import { SocksClient } from 'socks';
import type { Clock } from '#shared/base/clock.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { ManualProxy } from '#shared/domain/proxy.ts';
import { connectTcp, encrypt, resolveHost } from './dial.ts';
import type { Network } from './network.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import { bareHost } from './tlsOptions.ts';

export interface ProxyServer {
  readonly type: ManualProxy['type'];
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** By whose authorities the certificate of a proxy is judged. */
  readonly context: Network['context'];
}

/** A proxy that says nothing must not hold up a test or a sync for longer. */
const patienceMs = 20_000;

/** Throws `proxy-unreachable`, `proxy-certificate`, `proxy-login`, `proxy-refused`, `proxy-target`, `proxy-fault`, and the signal's reason. */
export async function openTunnel(
  proxy: ProxyServer,
  target: Target,
  signal: AbortSignal,
): Promise<net.Socket> {
  const where = { proxy: `${proxy.host}:${String(proxy.port)}`, host: target.host, port: target.port };
  const late = new AbortController();
  using _ = target.clock.setTimer(patienceMs, () => late.abort(new MailError('proxy-unreachable', where)));
  const limit = AbortSignal.any([signal, late.signal]);
  let socket: net.Socket;
  try {
    const addresses = await resolveHost(proxy.host, limit);
    socket = await connectTcp({ host: proxy.host, port: proxy.port, addresses, clock: target.clock }, limit);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new MailError('proxy-unreachable', where, { cause });
  }
  try {
    if (proxy.type === 'https') socket = await secured(socket, proxy, target, limit);
    const asked = proxy.type === 'socks5' ? bySocks(socket, proxy, target) : byConnect(socket, proxy, target);
    return await untilAborted(asked, limit);
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    if (isMailError(error))
      throw new MailError(error.code, { ...where, ...error.params }, { cause: error.cause });
    throw new MailError('proxy-fault', where, { cause: error });
  }
}

/** Encrypted as far as the proxy: its login, and who is to be reached, are read by nobody on the way. */
async function secured(
  socket: net.Socket,
  { host, port }: ProxyServer,
  { context }: Target,
  signal: AbortSignal,
): Promise<net.Socket> {
  try {
    const network = { through: () => null, context };
    const onCertificate = (): void => undefined;
    return await encrypt({ socket, host, port, trust: 'system', onCertificate, network }, signal);
  } catch (cause) {
    if (signal.aborted || !isMailError(cause)) throw cause;
    if (!cause.code.startsWith('certificate-')) throw new MailError('proxy-fault', {}, { cause });
    throw new MailError('proxy-certificate', { reason: cause.params['reason'] ?? cause.code }, { cause });
  }
}

async function bySocks(socket: net.Socket, proxy: ProxyServer, target: Target): Promise<net.Socket> {
  try {
    await SocksClient.createConnection({
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(proxy.login === null ? {} : { userId: proxy.login.user, password: proxy.login.password }),
      },
      command: 'connect',
      destination: { host: bareHost(target.host), port: target.port },
      existing_socket: socket,
      timeout: patienceMs,
    });
    return socket;
  } catch (cause) {
    throw new MailError(socksCode(cause instanceof Error ? cause.message : ''), {}, { cause });
  }
}

/** The library tells its errors apart by their texts alone. */
function socksCode(message: string): 'proxy-login' | 'proxy-refused' | 'proxy-target' | 'proxy-fault' {
  if (/authentication failed|no accepted authentication/i.test(message)) return 'proxy-login';
  if (/rejected connection - NotAllowed/i.test(message)) return 'proxy-refused';
  if (/rejected connection/i.test(message)) return 'proxy-target';
  return 'proxy-fault';
}

function byConnect(socket: net.Socket, { login }: ProxyServer, target: Target): Promise<net.Socket> {
  const bare = bareHost(target.host);
  const authority = `${net.isIPv6(bare) ? `[${bare}]` : bare}:${String(target.port)}`;
  return new Promise((resolve, reject) => {
    const request = http.request({
      method: 'CONNECT',
      path: authority,
      createConnection: () => socket,
      headers: {
        host: authority,
        ...(login === null
          ? {}
          : {
              'proxy-authorization': `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`,
            }),
      },
    });
    const answered = (status: number): void => {
      const code =
        status === 407
          ? 'proxy-login'
          : status === 502 || status === 503 || status === 504
            ? 'proxy-target'
            : status >= 400 && status < 500
              ? 'proxy-refused'
              : 'proxy-fault';
      reject(new MailError(code, { response: String(status) }));
    };
    request.once('connect', (response, connected: net.Socket, head: Buffer) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        answered(status);
        return;
      }
      if (head.length > 0) connected.unshift(head);
      resolve(connected);
    });
    request.once('response', (response) => {
      response.resume();
      answered(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.once('close', () => reject(new MailError('proxy-fault')));
    request.end();
  });
}
