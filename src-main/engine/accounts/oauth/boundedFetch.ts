/**
 * One request to a sign-in server, in the shape of `fetch`: bounded in size, to exactly this host, over TLS with the authorities that all
 * of Postkorb's connections trust.
 */
import http from 'node:http';
import https from 'node:https';
import type { Network } from '#engine/net/network.ts';
import { webOptions } from '#engine/net/webRequest.ts';
import { isLoopbackHost } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** An answer is a few tokens, a discovery document a few kilobytes. */
const maxBytes = 512 * 1024;

export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}
export type BoundedFetch = (url: string, options: FetchOptions) => Promise<Response>;

/** http: is for sign-in servers on this machine. */
export function isInsecureAllowed(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === 'http:' && isLoopbackHost(parsed.hostname);
}

/** Throws `sign-in-server-fault` for whatever keeps an answer from coming, and the signal's reason. A redirect is an answer, not followed. */
export const createBoundedFetch =
  (network: Network): BoundedFetch =>
  async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const way = await webOptions(url, { network }, signal ?? new AbortController().signal);
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const fail = (cause: unknown): void => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (cause instanceof MailError) reject(cause);
        else reject(new MailError('sign-in-server-fault', { host: url.host }, { cause }));
      };
      const text = body === undefined || body === null ? undefined : bodyText(body);
      const request = (secure ? https : http).request(
        url,
        {
          method,
          ...way,
          ...(signal ? { signal } : {}),
          headers: {
            ...headers,
            ...(text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= maxBytes) chunks.push(chunk);
            else {
              fail(new MailError('sign-in-server-fault', { host: url.host, reason: 'response-too-large' }));
              request.destroy();
            }
          });
          answer.on('error', fail);
          answer.on('end', () => {
            const status = answer.statusCode ?? 0;
            const received = new Headers();
            for (const [name, value] of Object.entries(answer.headers))
              if (value !== undefined) received.set(name, Array.isArray(value) ? value.join(', ') : value);
            const empty = status === 204 || status === 205 || status === 304;
            try {
              resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers: received }));
            } catch (error) {
              fail(error);
            }
          });
        },
      );
      request.on('error', fail);
      request.end(text);
    });
  };

function bodyText(body: unknown): string {
  if (body instanceof URLSearchParams) return body.toString();
  if (typeof body === 'string') return body;
  throw new MailError('internal');
}
