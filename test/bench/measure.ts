/** What a row of the bench brings back, and how it stands against what it must reach. */
import type { Bench } from './bench.ts';

export interface Measure {
  readonly name: string;
  /** What is held against the bound; null: could not be measured here, and `note` says why. */
  readonly value: number | null;
  /** "" for a ratio. */
  readonly unit: string;
  /** What it must reach; null: it is measured to be known. */
  readonly bound: Bound | null;
  /** What the value was made from: the absolute numbers, which belong to the machine and the moment. */
  readonly figures: Readonly<Record<string, number>>;
  readonly note?: string;
}

export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** One file in `rows/`: what belongs together because it is measured together. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  measure(bench: Bench): Promise<readonly Measure[]>;
}

/** null: there is nothing to hold against each other. */
export function isReached({ value, bound }: Measure): boolean | null {
  if (value === null || bound === null) return null;
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) throw new Error('the median of nothing');
  return sorted.length % 2 === 1 || lower === undefined ? upper : (upper + lower) / 2;
}

/** Three digits say all that a measurement can. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
