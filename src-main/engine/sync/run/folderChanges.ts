/**
 * What is being changed about an account's folders on its server. A list that the server made before or while something changed tells of
 * folders as they were or, worse, in between: a renamed one as one that is gone and another that is new.
 */
import type { Operation } from '#engine/store/operationKinds.ts';

export class FolderChanges {
  #begun = 0;
  readonly #underWay = new Set<Promise<unknown>>();

  /** Taken before a list is asked for. */
  get mark(): number {
    return this.#begun;
  }

  /** Does a list that was asked for at this mark still tell how things are? */
  isCurrent(mark: number): boolean {
    return mark === this.#begun && this.#underWay.size === 0;
  }

  /** Runs an operation and what the store makes of it. */
  async during<T>({ kind }: Operation, work: () => Promise<T>): Promise<T> {
    if (!kind.startsWith('folder-')) return work();
    this.#begun += 1;
    const working = work();
    this.#underWay.add(working);
    try {
      return await working;
    } finally {
      this.#underWay.delete(working);
      this.#begun += 1;
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
