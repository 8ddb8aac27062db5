/** A pass over fifty folders in which nothing happened. */
import { mails } from '#test/integration/imap/imapHarness.ts';
import { startCountingProxy } from '../countingProxy.ts';
import { BenchEngine } from '../engine.ts';
import type { Row } from '../measure.ts';

const folders = 50;
const user = 'folders';

export const unchanged: Row = {
  name: 'unchanged',
  async measure(bench) {
    const server = await bench.dovecot();
    bench.say('fifty folders');
    for (let at = 0; at < folders; at += 1) server.fill(user, `Folder ${String(at)}`, mails(20, at * 20));
    await using proxy = await startCountingProxy(server.ports.imap);
    await using engine = await BenchEngine.open([{ user, password: server.password, port: proxy.port }]);
    // With the texts: a pass that has some left to fetch is not one with nothing to do.
    await engine.pass({ full: true });
    const before = proxy.commands.length;
    const again = await engine.pass();
    if (again.folders < folders || again.added > 0)
      throw new Error(`not a pass over them: ${JSON.stringify(again)}`);
    const asked = proxy.commands.slice(before);
    return [
      {
        name: 'a pass over 50 folders, nothing new',
        value: asked.filter((name) => name === 'SELECT' || name === 'EXAMINE' || name === 'STATUS').length,
        unit: 'SELECT or STATUS',
        bound: { atMost: 0 },
        figures: { commands: asked.length, ms: again.ms, folders: again.folders },
      },
    ];
  },
};
