/** A search whose hits fill a page of fifty: from the question to the engine until its rows are there, against notmuch as a process. */
import { connectEngine } from '#hosts/node/connectEngine.ts';
import { median, type Row } from '../measure.ts';

const hits = 50;
const repeats = 5;
/** From words that half of the mails have to one that one in ten has. */
const ranks = [10, 50, 100, 200, 400];

export const search: Row = {
  name: 'search',
  async measure(bench) {
    const { ours, peers } = await bench.comparison();
    bench.say('search');
    await using engine = await connectEngine({ profile: ours[1].profile });
    const words = ranks.map((rank) => bench.corpus.wordOfRank(rank));
    const own: number[] = [];
    const theirs: number[] = [];
    for (const word of Array.from({ length: repeats }, () => words).flat()) {
      const started = performance.now();
      const { messages } = await engine.client.call('messages.list', {
        source: { kind: 'search', query: word },
        limit: hits,
      });
      own.push(performance.now() - started);
      if (messages.length < hits)
        throw new Error(`"${word}" was found ${String(messages.length)} times only`);
      if (typeof peers !== 'string') theirs.push(await peers.search(word, hits));
    }
    const ms = median(own);
    const peerMs = theirs.length === 0 ? null : median(theirs);
    return [
      {
        name: 'a search, 50 hits : notmuch search',
        value: peerMs === null ? null : ms / peerMs,
        unit: '',
        bound: { atMost: 1 },
        figures: { ms, slowest: Math.max(...own), ...(peerMs === null ? {} : { 'notmuch ms': peerMs }) },
        ...(typeof peers === 'string' ? { note: peers } : {}),
      },
    ];
  },
};
