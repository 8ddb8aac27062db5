/** Eight clients of one group want each of two hundred mails at the same moment; two of them die and come back (G06). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { never } from '#test/integration/imap/imapHarness.ts';
import { GroupClient, mailKey, TestGroup } from './groupHarness.ts';

let server: Dovecot;
beforeAll(async () => {
  server = await startDovecot();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const names = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fritz', 'gerda', 'hanna'];
const mails = 200;

test(
  'two hundred single winners, all eight in the same state, no event lost',
  { timeout: 400_000 },
  async () => {
    const group = new TestGroup('race', names);
    await using stack = new AsyncDisposableStack();
    const clients = new Map<string, GroupClient>();
    const join = async (name: string, folder?: string): Promise<void> => {
      const client = stack.use(
        new GroupClient(server, group, name, { budget: 2, ...(folder ? { folder } : {}) }),
      );
      clients.set(name, await client.ready());
      client.runner.start();
    };
    await join('anna');
    await Promise.all(names.slice(1).map((name) => join(name)));

    /** Mails whose claim each client made, whatever became of it. */
    const claimed = new Map<MessageKey, string[]>();
    const profiles = new Map<string, string>();
    for (let i = 0; i < mails; i += 1) {
      const key = mailKey(`m${i.toString()}`);
      if (i === 60 || i === 80) {
        const name = i === 60 ? 'gerda' : 'hanna';
        const victim = clients.get(name);
        clients.delete(name);
        // In the middle of a claim: it may be there, or be sent after the restart.
        const dying = victim?.claim(key).catch(() => null);
        profiles.set(name, (await victim?.kill()) ?? '');
        await dying;
      }
      if (i === 120 || i === 140) {
        const name = i === 120 ? 'gerda' : 'hanna';
        await join(name, profiles.get(name));
      }
      const present = [...clients];
      claimed.set(
        key,
        present.map(([name]) => name),
      );
      // All expect what they would see if nobody had been faster.
      const outcomes = await Promise.all(
        present.map(([name, client]) => client.act({ type: 'assign', about: key, to: name, expect: null })),
      );
      const won = outcomes.filter((outcome) => outcome?.result === 'accepted').length;
      // A claim that a dying client left behind may have been faster than all of them.
      expect(won, key).toBeLessThanOrEqual(1);
      if (profiles.size === 0) expect(won, key).toBe(1);
      expect(
        outcomes.every((outcome) => outcome?.result === 'accepted' || outcome?.reason === 'overtaken'),
        key,
      ).toBe(true);
    }
    const all = [...clients.values()];
    expect(all).toHaveLength(8);
    await Promise.all(all.map((client) => client.runner.once(never)));
    await Promise.all(all.map((client) => client.runner.once(never)));
    expect(new Set(all.map((client) => client.digest())).size).toBe(1);
    for (const client of all) {
      expect(client.team.pendingCount).toBe(0);
      expect(client.team.store.log?.incomplete).toBeNull();
      expect(Object.keys(client.ignored).filter((reason) => reason !== 'charter-again')).toEqual([
        'overtaken',
      ]);
    }
    const state = all[0]?.team.store.state();
    for (const [key, present] of claimed) {
      const message = state?.messages.get(key);
      const history = message?.history ?? [];
      const winners = history.filter(({ accepted }) => accepted);
      expect(winners, key).toHaveLength(1);
      expect(message?.assigned?.to).toBe(winners[0]?.by);
      // Every claim that was made stands there, and each loser learnt who was faster.
      for (const name of present)
        expect(
          history.filter(({ by }) => by === name),
          `${key} ${name}`,
        ).toHaveLength(1);
      for (const { accepted, conflict } of history) if (!accepted) expect(conflict?.by).toBe(winners[0]?.by);
    }
  },
);
