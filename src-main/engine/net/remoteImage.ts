/**
 * One remote picture for a mail whose reader asked for it: no cookies, no referrer, no credentials, no redirect to anything but http(s),
 * pictures only and bounded (H07). Addresses of this machine are never asked: a mail must not reach what listens here.
 */
import http from 'node:http';
import https from 'node:https';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Network } from './network.ts';
import { assertElsewhere, judgedLookup } from './ownMachine.ts';
import { webOptions } from './webRequest.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface RemoteImage {
  readonly contentType: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface RemoteImageOptions {
  /** For tests and the demo, whose servers are on this machine. */
  readonly allowLoopback: boolean;
  readonly signal: AbortSignal;
  readonly network: Network;
}

const maxBytes = 10 * 1024 * 1024;
const maxRedirects = 5;
const timeoutMs = 15_000;
/** What a frame may show as a picture. SVG is a document with scripts and links of its own, and stays out (H03). */
const pictures = /^image\/(png|jpe?g|gif|webp|bmp|avif|x-icon|vnd\.microsoft\.icon)$/i;

/** Errors: not-permitted (no http address, this machine, no picture), response-too-large, and what a connection throws. */
export async function fetchRemoteImage(url: string, options: RemoteImageOptions): Promise<RemoteImage> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new MailError('deadline-exceeded')), timeoutMs);
  try {
    return await follow(url, options, AbortSignal.any([options.signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function follow(url: string, options: RemoteImageOptions, signal: AbortSignal): Promise<RemoteImage> {
  let target = parse(url);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const answer = await request(target, options, signal);
    if ('location' in answer) target = parse(answer.location, target);
    else return answer;
  }
  throw new MailError('not-permitted', { what: 'redirects' });
}

function parse(url: string, base?: URL): URL {
  let target: URL;
  try {
    target = new URL(url, base);
  } catch {
    throw new MailError('not-permitted', { what: 'address' });
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new MailError('not-permitted', { what: 'address' });
  }
  target.username = '';
  target.password = '';
  return target;
}

async function request(
  url: URL,
  { allowLoopback, network }: RemoteImageOptions,
  signal: AbortSignal,
): Promise<RemoteImage | { location: string }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  assertElsewhere(host, allowLoopback);
  const way = await webOptions(url, { network, lookup: judgedLookup(allowLoopback) }, signal);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(
        error instanceof MailError
          ? error
          : new MailError(signal.aborted ? 'cancelled' : 'connection-closed', { host }, { cause: error }),
      );
    };
    const client = url.protocol === 'https:' ? https : http;
    const sent = client.get(
      url,
      {
        signal,
        ...way,
        headers: { accept: 'image/*', 'user-agent': 'Mozilla/5.0' },
      },
      (response) => {
        const { statusCode = 0, headers } = response;
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          response.destroy();
          resolve({ location: headers.location });
          return;
        }
        const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
        if (statusCode !== 200 || !pictures.test(contentType)) {
          response.destroy();
          fail(new MailError('not-permitted', { what: 'picture' }));
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxBytes) response.destroy(new MailError('response-too-large', { host }));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve({ contentType, content: new Uint8Array(Buffer.concat(chunks)) }));
        response.on('error', fail);
      },
    );
    sent.on('error', fail);
  });
}
