/** One IDLE, from its start to the DONE. ImapFlow runs the command; when it ends, and that a dead connection is noticed, is decided here. */
import type { ImapFlow } from 'imapflow';
import type { Clock } from '#shared/base/clock.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { internals } from './flow.ts';

/**
 * - `news`: the folder changed; read what did.
 * - `woken`: the caller asked for an end.
 * - `quiet`: nothing at all was heard for a while; ask for a sign of life.
 * - `expired`: it lasted as long as it may (RFC 2177: under 29 minutes).
 * - `ended`: the server ended it, or refused it.
 */
export type IdleOutcome = 'news' | 'woken' | 'quiet' | 'expired' | 'ended';

export interface IdleOptions {
  /** Aborted: end it in order (DONE) and come back. */
  readonly wake: AbortSignal;
  /** Since the last byte that came. */
  readonly quietMs: number;
  readonly maxMs: number;
}

/** DONE must be answered within this. */
const doneLimitMs = 20_000;

export async function idleOnce(client: ImapFlow, clock: Clock, options: IdleOptions): Promise<IdleOutcome> {
  const flow = internals(client);
  const { wake } = options;
  const state: { outcome: IdleOutcome | null; timer: Disposable | null; limit: Disposable | null } = {
    outcome: null,
    timer: null,
    limit: null,
  };
  const started = clock.monotonic();
  let heardAt = started;
  const onBytes = (): void => {
    heardAt = clock.monotonic();
  };

  const end = (outcome: IdleOutcome): void => {
    if (state.outcome !== null) return;
    state.outcome = outcome;
    state.limit = clock.setTimer(doneLimitMs, () => {
      client.close();
    });
    // Rejects when the connection goes meanwhile, as the IDLE itself then does.
    if (flow.preCheck !== false) flow.preCheck().catch(() => undefined);
  };
  const onNews = (): void => {
    end('news');
  };
  const onWake = (): void => {
    end('woken');
  };
  const watch = (): void => {
    const now = clock.monotonic();
    const silence = now - heardAt;
    const age = now - started;
    if (age >= options.maxMs) end('expired');
    else if (silence >= options.quietMs) end('quiet');
    else state.timer = clock.setTimer(Math.min(options.maxMs - age, options.quietMs - silence), watch);
  };

  if (wake.aborted) return 'woken';
  const news = ['exists', 'expunge', 'flags'] as const;
  for (const event of news) client.on(event, onNews);
  wake.addEventListener('abort', onWake, { once: true });
  // Kept: when the server says BYE in the middle of it, the client has none any more.
  const { socket } = flow;
  // ImapFlow's own watchdog would break the IDLE each minute; ours is told by the caller.
  socket.setTimeout?.(0);
  // Beside the parser, which goes on reading.
  socket.on('data', onBytes);
  try {
    const running = client.idle();
    watch();
    const result = await running;
    if (result === false && !client.usable) throw new MailError('connection-closed');
    return state.outcome ?? 'ended';
  } finally {
    state.timer?.[Symbol.dispose]();
    state.limit?.[Symbol.dispose]();
    for (const event of news) client.off(event, onNews);
    wake.removeEventListener('abort', onWake);
    socket.off('data', onBytes);
    if (client.usable) socket.setTimeout?.(flow.socketTimeout);
  }
}
