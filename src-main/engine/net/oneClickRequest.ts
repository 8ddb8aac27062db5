/**
 * The one request by which a list is left (RFC 8058): a POST of one fixed line, with nothing that tells who sends it, to the address of the
 * mail and nowhere else. Addresses of this machine are never asked.
 */
import https from 'node:https';
import { clearTimeout, setTimeout } from 'node:timers';
import { MailError } from '#shared/errors/MailError.ts';
import type { Network } from './network.ts';
import { assertElsewhere, judgedLookup } from './ownMachine.ts';
import { mapSocketError } from './socketErrors.ts';
import { webOptions } from './webRequest.ts';

export interface OneClickOptions {
  /** For tests, whose servers are on this machine. */
  readonly allowLoopback: boolean;
  readonly network: Network;
  readonly signal: AbortSignal;
}

const timeoutMs = 15_000;
const body = 'List-Unsubscribe=One-Click';

/** Resolves when the server agreed. Errors: not-permitted, unsubscribe-refused (also where it points elsewhere), and what a connection throws. */
export async function requestOneClick(url: URL, options: OneClickOptions): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new MailError('deadline-exceeded')), timeoutMs);
  const signal = AbortSignal.any([options.signal, late.signal]);
  const host = url.hostname;
  try {
    const status = await post(url, options, signal);
    if (status < 200 || status >= 300) throw new MailError('unsubscribe-refused', { host, status });
  } catch (error) {
    signal.throwIfAborted();
    throw mapSocketError(error, { host });
  } finally {
    clearTimeout(timer);
  }
}

async function post(
  url: URL,
  { allowLoopback, network }: OneClickOptions,
  signal: AbortSignal,
): Promise<number> {
  assertElsewhere(url.hostname.replace(/^\[|\]$/g, ''), allowLoopback);
  const way = await webOptions(url, { network, lookup: judgedLookup(allowLoopback) }, signal);
  return new Promise((resolve, reject) => {
    const sent = https.request(
      url,
      {
        method: 'POST',
        signal,
        ...way,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(body.length),
          'user-agent': 'Mozilla/5.0',
        },
      },
      (response) => {
        // What it answers beside that is for nobody to read.
        response.destroy();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
