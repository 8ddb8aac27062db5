/** How long each kind of act took until it was seen, in milliseconds. */

export interface Measured {
  readonly kind: string;
  readonly count: number;
  readonly median: number;
  readonly max: number;
}

export class Measures {
  readonly #byKind = new Map<string, number[]>();

  add(kind: string, ms: number): void {
    const all = this.#byKind.get(kind) ?? [];
    all.push(ms);
    this.#byKind.set(kind, all);
  }

  /** From when `act` begins until `seen` resolves. */
  async take(kind: string, act: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await act();
    await seen();
    this.add(kind, performance.now() - begun);
  }

  count(kind: string): number {
    return this.#byKind.get(kind)?.length ?? 0;
  }

  all(): Measured[] {
    return [...this.#byKind].map(([kind, times]) => {
      const sorted = times.toSorted((a, b) => a - b);
      const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
      return { kind, count: sorted.length, median: Math.round(median), max: Math.round(sorted.at(-1) ?? 0) };
    });
  }
}

export function measuresTable(measured: readonly Measured[]): string {
  const rows = [
    ['act', 'times', 'median ms', 'max ms'],
    ...measured.map(({ kind, count, median, max }) => [kind, String(count), String(median), String(max)]),
  ];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
