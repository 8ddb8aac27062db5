/** Faults on cue: armed by a test, taken by the server when the moment comes, counted. */
import type { FaultName, FaultSpecs } from './faultSpecs.ts';

/** An armed fault. Disposing it disarms what is left of it. */
export interface ArmedFault extends Disposable {
  /** How often it happened. */
  readonly hits: number;
  /** How often it will still happen. */
  readonly left: number;
  /** Resolves when it happens for the first time. */
  readonly happened: Promise<void>;
}

export interface Times {
  /** How often; default once. Infinity: until disarmed. */
  readonly times?: number;
  /** Occasions to let pass before. */
  readonly skip?: number;
}

type NameWithoutNeeds = {
  [K in FaultName]: Record<string, never> extends FaultSpecs[K] ? K : never;
}[FaultName];

class Armed implements ArmedFault {
  readonly name: FaultName;
  readonly spec: FaultSpecs[FaultName];
  readonly happened: Promise<void>;
  hits = 0;
  left: number;
  skip: number;
  readonly #resolve: () => void;

  constructor(name: FaultName, spec: FaultSpecs[FaultName], { times = 1, skip = 0 }: Times) {
    this.name = name;
    this.spec = spec;
    this.left = times;
    this.skip = skip;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    this.#resolve = resolve;
  }

  hit(): void {
    this.hits += 1;
    this.left -= 1;
    this.#resolve();
  }

  [Symbol.dispose](): void {
    this.left = 0;
  }
}

export class Faults {
  #armed: Armed[] = [];

  /** Arms a fault. Of several that fit, the one armed first happens first. */
  next(name: NameWithoutNeeds, spec?: Times): ArmedFault;
  next<K extends FaultName>(name: K, spec: FaultSpecs[K] & Times): ArmedFault;
  next<K extends FaultName>(name: K, spec?: FaultSpecs[K] & Times): ArmedFault {
    const armed = new Armed(name, spec ?? {}, spec ?? {});
    this.#armed.push(armed);
    return armed;
  }

  /** The fault of this name that is due here, which thereby happens; null: none. */
  take<K extends FaultName>(name: K, fits: (spec: FaultSpecs[K]) => boolean): FaultSpecs[K] | null {
    for (const armed of this.#armed) {
      if (armed.name !== name || armed.left <= 0 || !fits(armed.spec as FaultSpecs[K])) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.hit();
      return armed.spec as FaultSpecs[K];
    }
    this.#armed = this.#armed.filter((armed) => armed.left > 0);
    return null;
  }

  clear(): void {
    for (const armed of this.#armed) armed[Symbol.dispose]();
    this.#armed = [];
  }
}
