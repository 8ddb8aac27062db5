import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MailError } from '#shared/errors/MailError.ts';
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

let groups = 0;
/** A mailbox of its own for each test. */
function newGroup(
  names: readonly string[],
  more: ConstructorParameters<typeof TestGroup>[2] = {},
): TestGroup {
  groups += 1;
  return new TestGroup(`group${groups.toString()}`, names, more);
}

describe('a team log over a real server', () => {
  test('begins with a charter, and every member reads what the others wrote', async () => {
    const group = newGroup(['anna', 'ben', 'cleo']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    await using cleo = await new GroupClient(server, group, 'cleo').ready();
    expect(await anna.claim(mailKey('m1'))).toMatchObject({ result: 'accepted' });
    await ben.runner.once(never);
    expect(ben.handlerOf(mailKey('m1'))).toBe('anna');
    await ben.act({ type: 'note', about: mailKey('m1'), text: 'I know this customer' });
    await Promise.all([anna, ben, cleo].map((client) => client.runner.once(never)));
    expect(new Set([anna, ben, cleo].map((client) => client.digest())).size).toBe(1);
    expect(cleo.team.store.state().messages.get(mailKey('m1'))?.notes).toMatchObject([{ by: 'ben' }]);
    expect(cleo.ignored).toEqual({});
  });

  test('of two claims at once one wins, and the loser is told who was faster', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    const key = mailKey('m1');
    const outcomes = await Promise.all([anna.claim(key), ben.claim(key)]);
    expect(outcomes.map((outcome) => outcome?.result).sort()).toEqual(['accepted', 'lost']);
    await Promise.all([anna, ben].map((client) => client.runner.once(never)));
    expect(anna.handlerOf(key)).toBe(ben.handlerOf(key));
    const lost = anna.team.store
      .state()
      .messages.get(key)
      ?.history.find(({ accepted }) => !accepted);
    expect(lost?.conflict?.by).toBe(anna.handlerOf(key));
  });

  test('two who set up the group at the same moment make one charter', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = new GroupClient(server, group, 'anna');
    await using ben = new GroupClient(server, group, 'ben');
    await Promise.all([anna.ready(), ben.ready()]);
    await Promise.all([anna.runner.once(never), ben.runner.once(never)]);
    expect(anna.digest()).toBe(ben.digest());
    expect(await ben.claim(mailKey('m1'))).toMatchObject({ result: 'accepted' });
  });

  test('who is still reading a log writes no second beginning, whatever happens meanwhile', async () => {
    const group = newGroup(['anna', 'ben'], { unconfirmed: ['ben'] });
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = new GroupClient(server, group, 'ben');
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    ben.faults.reading = () => {
      begun.resolve();
      return held.promise;
    };
    ben.runner.start();
    await begun.promise;
    // A mail arrives in the group, say.
    ben.runner.kick();
    await new Promise(setImmediate);
    expect(ben.team.pendingCount).toBe(0);
    held.resolve();
    await ben.until(() => ben.folded.some(({ entry }) => entry.event?.type === 'enrol'));
    await anna.runner.once(never);
    expect([anna.ignored, ben.ignored]).toEqual([{}, {}]);
  });

  test('a member whose key no config names yet enrols it and works', async () => {
    const group = newGroup(['anna', 'ben'], { unconfirmed: ['ben'] });
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    expect(await ben.claim(mailKey('m1'))).toMatchObject({ result: 'accepted' });
    await anna.runner.once(never);
    expect(anna.handlerOf(mailKey('m1'))).toBe('ben');
    // A second computer of Ben's has another key: it asks, and does not count.
    group.secrets.set('ben', group.secrets.get('anna') ?? '');
    const other = new TestGroup('x', ['ben']);
    group.secrets.set('ben', other.secrets.get('ben') ?? '');
    await using second = await new GroupClient(server, group, 'ben').ready();
    expect(await second.claim(mailKey('m2'))).toMatchObject({ result: 'ignored', reason: 'key-unconfirmed' });
    await anna.runner.once(never);
    expect(anna.team.store.log?.header.requests).toMatchObject([
      { user: 'ben', key: other.key('ben').publicKey },
    ]);
  });

  test('the log of another organisation is refused', async () => {
    const group = newGroup(['anna']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    const rival = new TestGroup(group.id, ['mallory']);
    rival.change((config) => ({ ...config, organisation: { id: 'rival' as never, name: 'Rival' } }));
    await using mallory = new GroupClient(server, rival, 'mallory');
    await expect(mallory.ready()).rejects.toMatchObject({
      code: 'group-foreign',
      params: { organisation: 'XYZ' },
    });
    await expect(mallory.claim(mailKey('m1'))).rejects.toMatchObject({ code: 'group-foreign' });
    await anna.runner.once(never);
    expect(anna.ignored).toEqual({});
  });
});

describe('offline and back', () => {
  test('what is done offline is shown as pending, sent in order, and undone visibly where it lost (G07)', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    ben.faults.before = () => {
      throw new MailError('connection-refused');
    };
    const { outcome, error } = await ben.team.act(
      { type: 'assign', about: mailKey('m1'), to: 'ben', expect: null },
      never,
    );
    expect(outcome).toBeNull();
    expect(error).toMatchObject({ code: 'connection-refused' });
    ben.team.write({ type: 'note', about: mailKey('m1'), text: 'offline note' });
    expect(ben.team.pendingCount).toBe(2);
    expect(await anna.claim(mailKey('m1'))).toMatchObject({ result: 'accepted' });
    ben.faults = {};
    await ben.runner.once(never);
    expect(ben.team.pendingCount).toBe(0);
    expect(ben.handlerOf(mailKey('m1'))).toBe('anna');
    await anna.runner.once(never);
    expect(anna.team.store.state().messages.get(mailKey('m1'))?.notes).toHaveLength(1);
    expect(anna.digest()).toBe(ben.digest());
  });

  test('what a member does before his first look at the log goes out behind its charter and his key', async () => {
    const group = newGroup(['anna', 'ben'], { unconfirmed: ['ben'] });
    const claim = { type: 'assign', about: mailKey('m1'), to: 'ben', expect: null } as const;
    await using ben = new GroupClient(server, group, 'ben');
    ben.team.write(claim);
    await ben.runner.once(never);
    await using anna = new GroupClient(server, group, 'anna');
    anna.team.write({ type: 'note', about: mailKey('m1'), text: 'I know this customer' });
    await anna.runner.once(never);
    await ben.runner.once(never);
    expect([ben.ignored, anna.ignored]).toEqual([{}, {}]);
    expect(anna.handlerOf(mailKey('m1'))).toBe('ben');
    expect(anna.digest()).toBe(ben.digest());
  });

  test('an APPEND whose answer was lost is not made a second time (R06)', async () => {
    const group = newGroup(['anna']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    anna.faults.after = () => {
      throw new MailError('connection-closed');
    };
    const { error } = await anna.team.act(
      { type: 'assign', about: mailKey('m1'), to: 'anna', expect: null },
      never,
    );
    expect(error).toMatchObject({ code: 'connection-closed' });
    anna.faults = {};
    await anna.runner.once(never);
    expect(anna.team.pendingCount).toBe(0);
    expect(anna.handlerOf(mailKey('m1'))).toBe('anna');
    expect(anna.folded.filter(({ entry }) => entry.event?.type === 'assign')).toHaveLength(1);
  });

  test('an event that stands there twice all the same counts once, and the chain goes on for everybody', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    await anna.act({ type: 'note', about: mailKey('m1'), text: 'once' });
    await using client = await server.client(group.id);
    await client.mailboxOpen('Postkorb');
    await client.messageCopy('*', 'Postkorb');
    await ben.act({ type: 'note', about: mailKey('m2'), text: 'x' });
    await anna.runner.once(never);
    expect(anna.team.store.state().messages.get(mailKey('m1'))?.notes).toHaveLength(1);
    expect(anna.ignored).toEqual({ duplicate: 1 });
    expect(anna.team.store.log?.incomplete).toBeNull();
    expect(anna.digest()).toBe(ben.digest());
  });

  test('a client that is killed with events on their way sends what is missing and nothing twice', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    const ben = await new GroupClient(server, group, 'ben').ready();
    let sent = 0;
    ben.faults.before = () => {
      sent += 1;
      if (sent > 3) throw new MailError('connection-closed');
    };
    for (let i = 0; i < 6; i += 1)
      ben.team.write({ type: 'note', about: mailKey('m1'), text: `note ${i.toString()}` });
    await expect(ben.team.flush('act', never)).rejects.toMatchObject({ code: 'connection-closed' });
    const folder = await ben.kill();
    await using again = await new GroupClient(server, group, 'ben', { folder }).ready();
    await anna.runner.once(never);
    const notes = anna.team.store.state().messages.get(mailKey('m1'))?.notes ?? [];
    expect(notes.map(({ text }) => text)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `note ${i.toString()}`));
    expect(anna.digest()).toBe(again.digest());
    expect(anna.ignored).toEqual({});
  });
});

describe('waiting for news', () => {
  test('a claim is seen by another client that waits', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    ben.runner.start();
    for (let i = 0; i < 5; i += 1) {
      const key = mailKey(`m${i.toString()}`);
      await anna.claim(key);
      await ben.until(() => ben.handlerOf(key) === 'anna');
    }
  });

  test('what was written here goes out by itself', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    anna.runner.start();
    ben.runner.start();
    ben.team.write({ type: 'read', messages: [mailKey('m1')] });
    ben.runner.kick();
    await anna.until(
      () => anna.team.store.state().messages.get(mailKey('m1'))?.readBy[ben.name] !== undefined,
    );
    expect(ben.team.pendingCount).toBe(0);
  });

  test('with one connection for everything nobody starves', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna', { budget: 1 }).ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    anna.runner.start();
    await ben.claim(mailKey('m1'));
    expect(await anna.claim(mailKey('m2'))).toMatchObject({ result: 'accepted' });
    await anna.until(() => anna.handlerOf(mailKey('m1')) === 'ben');
  });

  test('a server that went away and came back is found again, and nothing is lost', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    anna.runner.start();
    await ben.claim(mailKey('m0'));
    await anna.until(() => anna.handlerOf(mailKey('m0')) === 'ben');
    await server.stop();
    const { outcome } = await anna.team.act(
      { type: 'assign', about: mailKey('m1'), to: 'anna', expect: null },
      never,
    );
    expect(outcome).toBeNull();
    await server.start();
    await anna.until(() => anna.handlerOf(mailKey('m1')) === 'anna');
    await ben.runner.once(never);
    expect(ben.handlerOf(mailKey('m1'))).toBe('anna');
  });

  test('a log that waits for its next attempt tries again as soon as the account’s mail reaches the server', async () => {
    const group = newGroup(['anna', 'ben']);
    const anHour = 3_600_000;
    await using anna = await new GroupClient(server, group, 'anna', { retryMs: [anHour] }).ready();
    await using ben = await new GroupClient(server, group, 'ben').ready();
    anna.runner.healthChanged('healthy');
    anna.runner.start();
    await ben.claim(mailKey('m0'));
    await anna.until(() => anna.handlerOf(mailKey('m0')) === 'ben');
    await server.stop();
    const { outcome } = await anna.team.act(
      { type: 'assign', about: mailKey('m1'), to: 'anna', expect: null },
      never,
    );
    expect(outcome).toBeNull();
    anna.runner.healthChanged('retrying');
    await expect.poll(() => anna.failures).toBeGreaterThan(0);
    await server.start();
    anna.runner.healthChanged('healthy');
    await anna.until(() => anna.handlerOf(mailKey('m1')) === 'anna');
    await ben.claim(mailKey('m2'));
    await anna.until(() => anna.handlerOf(mailKey('m2')) === 'ben');
  });
});
