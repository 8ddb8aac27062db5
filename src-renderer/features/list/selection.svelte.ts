/** Which rows are selected, and on which one the focus stands. Knows keys alone; the order comes with each call. */
import type { RowKey } from './rows.ts';

export class Selection {
  keys = $state.raw<ReadonlySet<RowKey>>(new Set());
  /** The row that has the focus, or would have it. */
  active = $state<RowKey | null>(null);
  /** Where a range by Shift begins. */
  #anchor: RowKey | null = null;

  only(key: RowKey): void {
    this.keys = new Set([key]);
    this.active = key;
    this.#anchor = key;
  }

  /** Moves the focus and leaves the selection (Ctrl with an arrow). */
  focus(key: RowKey): void {
    this.active = key;
  }

  toggle(key: RowKey): void {
    const next = new Set(this.keys);
    if (next.has(key)) next.delete(key);
    else next.add(key);
    this.keys = next;
    this.active = key;
    this.#anchor = key;
  }

  /** From the anchor to `key`, in the order of `order`. */
  extend(key: RowKey, order: readonly RowKey[]): void {
    const from = order.indexOf(this.#anchor ?? this.active ?? key);
    const to = order.indexOf(key);
    if (from < 0 || to < 0) {
      this.only(key);
      return;
    }
    this.keys = new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1));
    this.active = key;
  }

  all(order: readonly RowKey[]): void {
    this.keys = new Set(order);
    this.active ??= order[0] ?? null;
  }

  clear(): void {
    this.keys = new Set();
    this.active = null;
    this.#anchor = null;
  }

  /** Lets go of rows that are no longer there. */
  retain(present: ReadonlySet<RowKey>): void {
    if ([...this.keys].some((key) => !present.has(key))) {
      this.keys = new Set([...this.keys].filter((key) => present.has(key)));
    }
    if (this.active !== null && !present.has(this.active)) this.active = null;
    if (this.#anchor !== null && !present.has(this.#anchor)) this.#anchor = null;
  }
}
