/** The whole app at an address on this machine: the engine of a profile and the browser host before it. */
import { fileURLToPath } from 'node:url';
import type { EngineClient } from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { readAssets } from '#hosts/node/assets.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startWebHost } from '#hosts/web/startWebHost.ts';

export interface ServeAppOptions {
  /** As asked for; undefined: POSTKORB_PROFILE, else the platform's place. */
  readonly profile: string | undefined;
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  /** BCP 47. */
  readonly locale: string;
  readonly assets: Assets;
  /** How long the one-time token of an address may lie unused; default: the host's. */
  readonly tokenLifeMs?: number;
  readonly note?: (line: string) => void;
  readonly report: (error: unknown, why: string) => void;
}

export interface ServedApp extends AsyncDisposable {
  /** The address with a one-time token in its fragment. */
  readonly url: string;
  readonly client: EngineClient;
  /** Resolves when the engine is gone for good: the address is of no use any more. */
  readonly lost: Promise<unknown>;
}

/** The window's files, as built. Throws MailError `file-unreadable` where it was not. */
export function readWindow(): Promise<Assets> {
  // Two folders up from a bundle's, three from the sources'.
  const renderer = import.meta.url.endsWith('.ts') ? '../../../dist/renderer/' : '../renderer/';
  return readAssets(fileURLToPath(new URL(renderer, import.meta.url)).replace(/[\\/]$/, ''));
}

/** Throws MailError `invalid-input` for a port that is taken, and what keeps an engine from opening. */
export async function serveApp(options: ServeAppOptions): Promise<ServedApp> {
  await using owned = new AsyncDisposableStack();
  const engine = owned.use(
    await connectEngine({
      profile: options.profile,
      locale: options.locale,
      host: 'browser',
      passive: false,
      report: options.report,
      ...(options.note ? { note: options.note } : {}),
    }),
  );
  const { promise: lost, resolve } = Promise.withResolvers<unknown>();
  owned.use(engine.onLost((error) => resolve(error ?? new MailError('connection-closed'))));
  const host = owned.use(
    await startWebHost({
      openTransport: () => engine.openTransport(),
      assets: options.assets,
      clock: systemClock(),
      report: options.report,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.tokenLifeMs === undefined ? {} : { limits: { tokenLifeMs: options.tokenLifeMs } }),
    }),
  );
  const kept = owned.move();
  return {
    url: host.mintUrl(),
    client: engine.client,
    lost,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
