/**
 * One request to the web server that hosts the shared config. Bounded in time and size, to exactly this host: the server is trusted
 * with nothing but availability, so neither does it send us elsewhere nor does a login page pass for a config.
 */
import http from 'node:http';
import https from 'node:https';
import { clearTimeout, setTimeout } from 'node:timers';
import { isLoopbackHost } from '#shared/domain/account.ts';
import { maxConfigBytes } from '#shared/domain/group/config.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { webOptions } from '#engine/net/webRequest.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpRequest {
  readonly method: string;
  /** May carry user and password; they are in no error. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const limitMs = 15_000;
const maxRedirects = 3;

/** Throws `config-unreachable`, `config-redirected`, `config-too-large`, `plaintext-not-allowed`. A redirect within the host is followed. */
export async function request(
  wanted: HttpRequest,
  signal: AbortSignal,
  network: Network = directNetwork,
): Promise<HttpAnswer> {
  let url = checkedUrl(wanted.url);
  for (let followed = 0; ; followed += 1) {
    const answer = await once({ ...wanted, url: url.href }, signal, network);
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return answer;
    const location = answer.headers.location;
    const target = location === undefined ? null : URL.parse(location, url.href);
    const where = publicUrl(url.href);
    if (
      target === null ||
      target.host !== url.host ||
      target.protocol !== url.protocol ||
      followed >= maxRedirects ||
      wanted.method !== 'GET'
    ) {
      throw new MailError('config-redirected', {
        where,
        target: target === null ? '' : publicUrl(target.href),
      });
    }
    target.username = url.username;
    target.password = url.password;
    url = target;
  }
}

/** https:, and http: on this machine. */
export function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new MailError(
      'invalid-input',
      {},
      { faults: [{ path: 'url', code: 'invalid', message: 'an https: address or a path' }] },
    );
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new MailError('plaintext-not-allowed', { host: url.hostname });
  return url;
}

/** Without user and password. */
export function publicUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  url.username = '';
  url.password = '';
  return url.href;
}

async function once(wanted: HttpRequest, signal: AbortSignal, network: Network): Promise<HttpAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new MailError('config-unreachable', { where: publicUrl(wanted.url), reason: 'deadline-exceeded' }),
    );
  }, limitMs);
  try {
    return await exchange(wanted, signal, AbortSignal.any([signal, late.signal]), network);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  { method, url, headers = {}, body }: HttpRequest,
  signal: AbortSignal,
  limit: AbortSignal,
  network: Network,
): Promise<HttpAnswer> {
  const target = new URL(url);
  const where = publicUrl(url);
  const { username, password } = target;
  const secure = target.protocol === 'https:';
  const unreached = (error: unknown): Error => {
    if (signal.aborted) return signal.reason as Error;
    if (limit.aborted) return limit.reason as Error;
    const { code } = mapSocketError(error, {});
    return new MailError('config-unreachable', { where, reason: code }, { cause: error });
  };
  const way = await webOptions(target, { network }, limit).catch((error: unknown) => {
    throw unreached(error);
  });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (error instanceof MailError) reject(error);
      else reject(unreached(error));
    };
    const sent = (secure ? https : http).request(
      {
        hostname: target.hostname.replace(/^\[|\]$/g, ''),
        port: target.port === '' ? (secure ? 443 : 80) : Number(target.port),
        path: `${target.pathname}${target.search}`,
        method,
        ...way,
        signal: limit,
        headers: {
          ...headers,
          ...(username === ''
            ? {}
            : {
                Authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
              }),
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= maxConfigBytes) chunks.push(chunk);
          else {
            fail(new MailError('config-too-large', { where }));
            sent.destroy();
          }
        });
        answer.on('error', fail);
        answer.on('end', () => {
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}
