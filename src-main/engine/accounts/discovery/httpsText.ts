/** One small text over https, for configuration: bounded in size and time, never to another host by redirect, never to this machine (N22). */
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Network } from '#engine/net/network.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';
import { webOptions } from '#engine/net/webRequest.ts';
import { isOwnMachine } from '#engine/net/ownMachine.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Names } from './names.ts';

export const maxConfigBytes = 200 * 1024;

export interface HttpsTextParts {
  readonly names: Names;
  /** Servers on this machine may be asked: tests, and a person who typed it. */
  readonly allowLoopback: boolean;
  readonly network: Network;
}

/** null: there is no such document (404). Errors: not-permitted, response-too-large, and what a connection throws. */
export async function fetchHttpsText(
  address: string,
  parts: HttpsTextParts,
  signal: AbortSignal,
): Promise<string | null> {
  let url = new URL(address);
  for (let hop = 0; hop < 3; hop += 1) {
    const answer = await get(url, parts, signal);
    if (typeof answer !== 'object' || answer === null) return answer;
    const next = new URL(answer.location, url);
    if (next.protocol !== 'https:' || next.hostname !== url.hostname) {
      throw new MailError('not-permitted', { what: 'redirect', host: next.hostname });
    }
    url = next;
  }
  throw new MailError('not-permitted', { what: 'redirect', host: url.hostname });
}

async function get(
  url: URL,
  { names, allowLoopback, network }: HttpsTextParts,
  signal: AbortSignal,
): Promise<string | null | { location: string }> {
  const host = url.hostname;
  if (isIP(host) !== 0 && !allowLoopback && isOwnMachine(host)) {
    throw new MailError('not-permitted', { host });
  }
  const lookup: LookupFunction = (name, options, callback) => {
    names.addresses(name, signal).then(
      (found) => {
        const allowed = found.filter(({ address }) => allowLoopback || !isOwnMachine(address));
        const first = allowed[0];
        if (first === undefined)
          callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
        else if (options.all === true) callback(null, [...allowed]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
  const options = await webOptions(url, { network, lookup }, signal);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(signal.aborted ? (signal.reason as Error) : mapSocketError(error, { host, port: 443 }));
    };
    const request = https.get(
      url,
      {
        ...options,
        signal,
        headers: { accept: 'text/xml, application/xml' },
      },
      (response) => {
        const { statusCode = 0, headers } = response;
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          response.destroy();
          resolve({ location: headers.location });
          return;
        }
        if (statusCode !== 200) {
          response.destroy();
          if (statusCode === 404 || statusCode === 410) resolve(null);
          else reject(new MailError('server-refused', { host, response: String(statusCode) }));
          return;
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxConfigBytes) response.destroy(new MailError('response-too-large', { host }));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', fail);
      },
    );
    request.on('error', fail);
  });
}
