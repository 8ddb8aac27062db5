/** The steps of one server's test: each is told once with its time, the failing one last. */
import type { Clock } from '#shared/base/clock.ts';
import type { TestStep } from '#shared/contract/accounts.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';

export type StepName = TestStep['step'];

export class Stages {
  readonly #clock: Clock;
  readonly #steps: TestStep[] = [];
  readonly #tell: ((step: TestStep) => void) | undefined;
  #since: number;
  #running: StepName;

  /** @param tell told of each step as it ends */
  constructor(clock: Clock, first: StepName, tell?: (step: TestStep) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#since = clock.monotonic();
    this.#running = first;
  }

  get steps(): TestStep[] {
    return [...this.#steps];
  }

  get running(): StepName {
    return this.#running;
  }

  /** The running step is done; `next` begins. */
  pass(next: StepName | null): void {
    this.#add({ step: this.#running, ok: true, ms: this.#elapsed() });
    if (next !== null) this.#running = next;
    this.#since = this.#clock.monotonic();
  }

  /** The running step failed. */
  fail(error: MailError): void {
    this.#add({ step: this.#running, ok: false, ms: this.#elapsed(), error: toWire(error) });
  }

  /** A step that somebody else measured. */
  record(step: TestStep, next: StepName): void {
    this.#add(step);
    this.#running = next;
    this.#since = this.#clock.monotonic();
  }

  #add(step: TestStep): void {
    this.#steps.push(step);
    this.#tell?.(step);
  }

  #elapsed(): number {
    return Math.round(this.#clock.monotonic() - this.#since);
  }
}

/** What it means that the time was up in this step; until then the server had said nothing that could be judged. */
export function timedOut(
  step: StepName,
  greeted: boolean,
  params: Record<string, string | number>,
): MailError {
  if (step === 'resolve') return new MailError('dns-failed', params);
  if (step === 'connect' && !greeted) return new MailError('connection-timeout', params);
  if (!greeted) return new MailError('greeting-timeout', params);
  return new MailError('deadline-exceeded', { ...params, step });
}
