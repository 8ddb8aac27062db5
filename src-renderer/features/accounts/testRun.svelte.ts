/** One connection test as it is seen: every step that will be tried, with its outcome as soon as it is known. */
import type { ConnectionTest, ServerTest, TestStep } from '#shared/contract/accounts.ts';
import { fromWire, type MailError } from '#shared/errors/MailError.ts';
import type { Protocol } from './serverGuess.ts';

export type StepName = TestStep['step'];

export interface StepView {
  readonly server: Protocol;
  readonly step: StepName;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'skipped';
  readonly ms: number | null;
  readonly error: MailError | null;
}

const stepsOf: Readonly<Record<Protocol, readonly StepName[]>> = {
  imap: ['resolve', 'connect', 'tls', 'login', 'folders'],
  smtp: ['resolve', 'connect', 'tls', 'login', 'sender'],
};

export class TestRun {
  /** The key of the fields that are tested. */
  readonly key: string;
  result = $state.raw<ConnectionTest | null>(null);
  /** The test itself could not be made (no connection to the engine, refused input). */
  error = $state.raw<MailError | null>(null);
  cancelled = $state(false);
  #told = $state.raw<Readonly<Record<Protocol, readonly TestStep[]>>>({ imap: [], smtp: [] });
  readonly #servers: readonly Protocol[];
  readonly running = $derived.by(() => this.result === null && this.error === null && !this.cancelled);
  readonly steps: readonly StepView[] = $derived.by(() =>
    this.#servers.flatMap((server) => this.#view(server)),
  );

  constructor(key: string, servers: readonly Protocol[]) {
    this.key = key;
    this.#servers = servers;
  }

  get passed(): boolean {
    return this.result?.ok === true;
  }

  tell(server: Protocol, step: TestStep): void {
    if (this.running) this.#told = { ...this.#told, [server]: [...this.#told[server], step] };
  }

  finish(result: ConnectionTest): void {
    this.#told = { imap: result.imap.steps, smtp: result.smtp?.steps ?? [] };
    this.result = result;
  }

  /** The first step that failed, with its server. */
  get failure(): StepView | null {
    return this.steps.find(({ state }) => state === 'failed') ?? null;
  }

  /** The certificate that a person has to judge: shown by a server whose TLS failed for want of trust. */
  get untrusted(): {
    readonly server: Protocol;
    readonly certificate: NonNullable<ServerTest['certificate']>;
  } | null {
    for (const step of this.steps) {
      const { result } = this;
      const certificate = step.server === 'imap' ? result?.imap.certificate : result?.smtp?.certificate;
      if (step.error?.needs === 'trust' && certificate) return { server: step.server, certificate };
    }
    return null;
  }

  #view(server: Protocol): StepView[] {
    const told = this.#told[server];
    const failed = told.some(({ ok }) => !ok);
    return stepsOf[server].map((step, at) => {
      const done = told.find((one) => one.step === step);
      if (done) {
        const error = done.error ? fromWire(done.error) : null;
        return { server, step, state: done.ok ? 'passed' : 'failed', ms: done.ms, error };
      }
      const next = !failed && this.running && at === told.length;
      const state = next ? 'running' : failed || !this.running ? 'skipped' : 'waiting';
      return { server, step, state, ms: null, error: null };
    });
  }
}
