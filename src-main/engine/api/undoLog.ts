/** What people did last, for taking it back. Kept while the engine runs: after a restart nobody remembers what "the last act" was. */
import type { Clock } from '#engine/ports/ports.ts';
import { takeBackAct, type ActStep } from '#engine/store/acts.ts';
import type { Store } from '#engine/store/store.ts';
import type { AccountId } from '#shared/domain/ids.ts';

const maxActs = 50;

export class UndoLog {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #acts: { readonly name: string; readonly steps: readonly ActStep[] }[] = [];

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** An act that changed nothing is none. */
  remember(name: string, steps: readonly ActStep[]): void {
    if (steps.length === 0) return;
    this.#acts.push({ name, steps });
    if (this.#acts.length > maxActs) this.#acts.shift();
  }

  /** Takes the last act back. null: there is none, or nothing of it can be taken back any more. */
  takeBack(): { name: string; accounts: AccountId[] } | null {
    const act = this.#acts.pop();
    if (!act) return null;
    const undone = this.#store.precious((db) => takeBackAct(db, act.steps, this.#clock.now()));
    if (undone === 0) return null;
    return { name: act.name, accounts: [...new Set(act.steps.map(({ accountId }) => accountId))] };
  }
}
