/** Every text fetched and searchable: the whole way, as whole processes, and what it takes of the machine. */
import type { Row } from '../measure.ts';

export const everything: Row = {
  name: 'full',
  async measure(bench) {
    const { ours, peers } = await bench.comparison();
    const [first, second] = ours;
    const ms = (first.ms + second.ms) / 2;
    const theirs = typeof peers === 'string' ? null : peers.mbsyncMs + peers.notmuchMs;
    return [
      {
        name: 'all texts, sync --full : mbsync + notmuch new',
        value: theirs === null ? null : ms / theirs,
        unit: '',
        bound: { atMost: 0.15 },
        figures: {
          ms,
          ...(typeof peers === 'string'
            ? {}
            : { 'mbsync ms': peers.mbsyncMs, 'notmuch ms': peers.notmuchMs }),
        },
        ...(typeof peers === 'string' ? { note: peers } : {}),
      },
      {
        name: 'memory of the process meanwhile',
        value: Math.max(first.peakMb, second.peakMb),
        unit: 'MB',
        bound: { atMost: 250 },
        figures: {},
      },
    ];
  },
};
