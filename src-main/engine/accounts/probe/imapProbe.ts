/**
 * Tries an IMAP server: resolve, connect, tls, login, folders. It uses the very connection that synchronises later, so that what
 * passes here works there.
 */
import { openImapConnection, type StageReport } from '#engine/imap/connection.ts';
import type { ImapConnection } from '#engine/imap/ImapConnection.ts';
import { addressesFor, dial } from '#engine/net/dial.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import type { Network } from '#engine/net/network.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';
import type { Log } from '#engine/ports/ports.ts';
import { refusedLogin, type Login } from '#engine/secrets/access.ts';
import type { Clock } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import type { ServerTest, TestStep } from '#shared/contract/accounts.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import { Stages, timedOut, type StepName } from './stages.ts';

export interface ImapProbe {
  readonly settings: AccountSettings;
  readonly login: Login;
  readonly clock: Clock;
  readonly network: Network;
  readonly log: Log;
  /** Ends the probe wherever it stands; the step that ran is the one that failed. */
  readonly signal: AbortSignal;
  readonly onStep?: ((step: TestStep) => void) | undefined;
}

const nextStep: Readonly<Record<StageReport['stage'], StepName>> = {
  resolve: 'connect',
  connect: 'tls',
  tls: 'login',
  login: 'folders',
};

/** In clear text the step `connect` ends with the greeting; after so long it is asked which of the two is missing. */
const silenceBeforeReachableMs = 2500;

/** Never throws for what a server does. */
export async function probeImap(probe: ImapProbe): Promise<ServerTest> {
  const run = new ImapRun(probe);
  try {
    await run.toTheEnd();
    return { ok: true, steps: run.stages.steps, certificate: run.certificate };
  } catch (error) {
    run.failed(error);
    return { ok: false, steps: run.stages.steps, certificate: run.certificate };
  } finally {
    await run.close();
  }
}

class ImapRun {
  readonly stages: Stages;
  certificate: ServerTest['certificate'] = null;
  readonly #probe: ImapProbe;
  readonly #where: { host: string; port: number };
  readonly #timer: Disposable;
  #connection: ImapConnection | null = null;
  #reachable = false;
  #told = false;

  constructor(probe: ImapProbe) {
    const { host, port, security } = probe.settings.imap;
    this.#probe = probe;
    this.#where = { host, port };
    this.stages = new Stages(probe.clock, 'resolve', probe.onStep);
    this.#timer = probe.clock.setTimer(silenceBeforeReachableMs, () => {
      if (security === 'tls' || this.stages.running !== 'connect') return;
      drop(this.#findReachable(), 'asking whether the port answers', () => undefined);
    });
  }

  async toTheEnd(): Promise<void> {
    const { settings, login, clock, log, signal, network } = this.#probe;
    const connection = await openImapConnection({
      settings,
      login,
      signal,
      clock,
      log,
      network,
      onStage: (report) => {
        this.#onStage(report);
      },
      onCertificate: (shown) => {
        this.certificate = { ...shown, names: [...shown.names] };
      },
    });
    this.#connection = connection;
    // A server with hundreds of folders would open each of them for its counters.
    const folders = await connection.listFolders(signal, { counters: false });
    const inbox = folders.find((folder) => folder.role === 'inbox' || folder.path.toUpperCase() === 'INBOX');
    if (inbox?.selectable !== true) throw new MailError('folders-unusable', this.#where);
    await connection.status(inbox.path, signal);
    this.stages.pass(null);
  }

  /** The connection tells its own failing stage; anything after it is the step that runs. */
  failed(error: unknown): void {
    if (!this.#told) this.stages.fail(this.#explain(error));
  }

  async close(): Promise<void> {
    this.#timer[Symbol.dispose]();
    const connection = this.#connection;
    if (connection === null) return;
    // Saying goodbye must not cost more than the whole test may take.
    await untilAborted(connection[Symbol.asyncDispose](), this.#probe.signal).catch(() => {
      connection.close();
    });
  }

  #onStage({ stage, ok, ms, error }: StageReport): void {
    if (!ok) {
      this.#told = true;
      const fault = this.#explain(error ?? new MailError('internal'));
      this.stages.record({ step: stage, ok, ms, error: toWire(fault) }, stage);
      return;
    }
    this.stages.record({ step: stage, ok, ms }, nextStep[stage]);
    // Without TLS the step is as the settings ask: nothing to do, and told so that all tests read alike.
    if (stage === 'connect' && this.#probe.settings.imap.security === 'none') this.stages.pass('login');
  }

  /** An abort means the time was up in this step, and says so in words for this step. */
  #explain(error: unknown): MailError {
    const { signal, settings } = this.#probe;
    const reason: unknown = signal.reason;
    if (signal.aborted && isMailError(reason) && reason.code === 'deadline-exceeded') {
      const step = this.stages.running;
      if (step === 'connect' && this.#reachable) return new MailError('greeting-timeout', this.#where);
      const greeted = step === 'folders' || (step !== 'connect' && settings.imap.security !== 'tls');
      return timedOut(step, greeted || step === 'login', this.#where);
    }
    const mapped = refusedLogin(this.#probe.login, mapSocketError(error, this.#where));
    return new MailError(mapped.code, { ...this.#where, ...mapped.params }, { cause: mapped });
  }

  async #findReachable(): Promise<void> {
    const { clock, signal, network } = this.#probe;
    const addresses = await addressesFor(this.#where.host, network, signal);
    const socket = await dial({ ...this.#where, addresses, clock, network }, signal);
    socket.on('error', () => undefined);
    socket.destroy();
    this.#reachable = true;
  }
}
