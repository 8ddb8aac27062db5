/** The measures as a table for people. */
import { isReached, round, type Measure } from './measure.ts';

const header = ['', 'measured', 'must be', '', 'from'];

export function table(measures: readonly Measure[]): string {
  const rows = [header, ...measures.map(line)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function line(measure: Measure): string[] {
  const { name, value, unit, bound, figures, note } = measure;
  const reached = isReached(measure);
  const from = Object.entries(figures).map(([what, figure]) => `${what} ${String(round(figure))}`);
  return [
    name,
    value === null ? 'skipped' : `${String(round(value))} ${unit}`.trim(),
    bound === null ? '' : 'atLeast' in bound ? `>= ${String(bound.atLeast)}` : `<= ${String(bound.atMost)}`,
    reached === null ? '' : reached ? 'yes' : 'NO',
    [...from, ...(note === undefined ? [] : [note])].join(', '),
  ];
}
