/** What was done last, of whatever kind: Undo takes that back, and never the last act of another kind. */

export interface UndoableAct {
  readonly takeBack: () => Promise<void>;
}

const maxActs = 50;

export class UndoStack {
  #acts: UndoableAct[] = [];

  push(takeBack: () => Promise<void>): UndoableAct {
    const act = { takeBack };
    this.#acts = [...this.#acts, act].slice(-maxActs);
    return act;
  }

  /** Takes back the act that was last done and not taken back yet. false: there is none. */
  async takeLast(): Promise<boolean> {
    const act = this.#acts.at(-1);
    if (!act) return false;
    await this.take(act);
    return true;
  }

  /** Takes back this one, as its own message offers. */
  async take(act: UndoableAct): Promise<void> {
    this.#acts = this.#acts.filter((other) => other !== act);
    await act.takeBack();
  }
}
