/** What happens to a log's history: removed, deleted, moved, filled with rubbish, folded into snapshots (G09, G10, G12). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packSnapshot, partDigest } from '#engine/groups/snapshotParts.ts';
import { writePartMail } from '#engine/groups/eventMail.ts';
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
function newGroup(names: readonly string[]): TestGroup {
  groups += 1;
  return new TestGroup(`history${groups.toString()}`, names);
}

/** Anna claims so many mails. */
async function work(anna: GroupClient, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 1) await anna.claim(mailKey(`m${i.toString()}`));
}
const handlers = (client: GroupClient, to: number): (string | null)[] =>
  Array.from({ length: to }, (_, i) => client.handlerOf(mailKey(`m${i.toString()}`)));
/** Written when a test says so, and what they cover is removed at once. */
const soon = { every: 1_000_000, graceMs: 0, turnMs: 0 };
const rarely = { every: 1_000_000, graceMs: Number.MAX_SAFE_INTEGER, turnMs: 0 };

describe('snapshots', () => {
  test('one is written when it is due, checked by others, and read by a newcomer instead of the events below it', async () => {
    const group = newGroup(['anna', 'ben', 'cleo']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: rarely }).ready();
    await using ben = await new GroupClient(server, group, 'ben', { snapshots: rarely }).ready();
    await work(anna, 0, 10);
    await anna.snapshotNow(Date.now());
    await ben.runner.once(never);
    const base = ben.team.store.log?.baseUid ?? 0;
    expect(base).toBeGreaterThan(0);
    expect(ben.team.store.log?.baseUid).toBe(anna.team.store.log?.baseUid);
    await work(anna, 10, 12);
    await using cleo = await new GroupClient(server, group, 'cleo').ready();
    expect(cleo.folded.every(({ entry }) => entry.uid > base)).toBe(true);
    expect(handlers(cleo, 12)).toEqual(Array.from({ length: 12 }, () => 'anna'));
    await Promise.all([anna, ben].map((client) => client.runner.once(never)));
    expect(cleo.digest()).toBe(anna.digest());
    expect(ben.digest()).toBe(anna.digest());
  });

  test('one that lies is refused by those who hold the events (G10)', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: rarely }).ready();
    await using ben = await new GroupClient(server, group, 'ben', { snapshots: rarely }).ready();
    await work(anna, 0, 3);
    await ben.runner.once(never);
    const { log } = anna.team.store;
    const state = log && anna.team.store.stateAt(log.readUid);
    if (!state) throw new Error('no state');
    const honest = state.messages.get(mailKey('m1'));
    if (honest?.assigned) honest.assigned = { ...honest.assigned, to: ben.name };
    const packed = packSnapshot(state);
    for (const part of packed.parts) {
      const mail = writePartMail(part, partDigest(part), new Date().toISOString(), {
        subject: 'part',
        from: { name: 'a', address: 'a@xyz.test' },
        to: 'x@xyz.test',
      });
      await anna.team.parts.mailbox.append(mail, 'read', never);
    }
    const { last, count, validity } = state.header;
    await anna.act({
      type: 'snapshot',
      upTo: { ...last, count, validity },
      state: packed.digest,
      parts: packed.parts.map((part) => ({ sha256: partDigest(part), bytes: part.byteLength })),
    });
    await ben.runner.once(never);
    expect(ben.handlerOf(mailKey('m1'))).toBe('anna');
    expect(ben.team.store.log?.baseUid).toBe(0);
    expect(ben.verdicts).toEqual(['differs']);
  });

  test('events below a checked one are removed after the grace period, and nothing is lost for anybody', async () => {
    const group = newGroup(['anna', 'ben', 'cleo', 'dora']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: soon }).ready();
    await using ben = await new GroupClient(server, group, 'ben', { snapshots: soon }).ready();
    // Away while all of it happens.
    await using cleo = await new GroupClient(server, group, 'cleo', { snapshots: rarely }).ready();
    await work(anna, 0, 8);
    await anna.snapshotNow(Date.now());
    await ben.runner.once(never);
    await work(anna, 8, 10);
    // Who is elected does it.
    for (const client of [anna, ben]) await client.runner.once(never);
    await using client = await server.client(group.id);
    const status = await client.status('Postkorb', { messages: true });
    const messages = status === false ? NaN : status.messages;
    await cleo.runner.once(never);
    await using dora = await new GroupClient(server, group, 'dora').ready();
    for (const one of [cleo, dora]) {
      expect(handlers(one, 10)).toEqual(Array.from({ length: 10 }, () => 'anna'));
      expect(one.team.store.log?.incomplete).toBeNull();
    }
    await anna.runner.once(never);
    await cleo.runner.once(never);
    expect(cleo.digest()).toBe(anna.digest());
    expect(dora.digest()).toBe(anna.digest());
    // Charter, enrolments, snapshot and its parts, and what came after: not the eight claims.
    expect(messages).toBeLessThan(8);
  });
});

describe('a log that somebody damaged', () => {
  test('an event removed behind our backs is noticed, told, and given back by those who remember it', async () => {
    const group = newGroup(['anna', 'ben', 'cleo']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: rarely }).ready();
    await work(anna, 0, 5);
    await using client = await server.client(group.id);
    await client.mailboxOpen('Postkorb');
    await client.messageDelete('3');
    await client.mailboxClose();
    await work(anna, 5, 6);
    await using ben = await new GroupClient(server, group, 'ben', { snapshots: rarely }).ready();
    expect(ben.team.store.log?.incomplete).toMatchObject({ by: 'anna' });
    // Anna's client compares the folder with what it read, and writes what it remembers.
    anna.forgetReconciliation();
    await anna.runner.once(never);
    await anna.writeDueSnapshot();
    await ben.runner.once(never);
    expect(handlers(ben, 6)).toEqual(Array.from({ length: 6 }, () => 'anna'));
    expect(ben.team.store.log?.incomplete).toBeNull();
    await using cleo = await new GroupClient(server, group, 'cleo').ready();
    expect(handlers(cleo, 6)).toEqual(handlers(ben, 6));
  });

  test('a folder that was deleted comes back with everything that members remember', async () => {
    const group = newGroup(['anna', 'ben', 'cleo']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: rarely }).ready();
    await using ben = await new GroupClient(server, group, 'ben', { snapshots: rarely }).ready();
    await work(anna, 0, 5);
    await ben.runner.once(never);
    await using client = await server.client(group.id);
    await client.mailboxDelete('Postkorb');
    // Nothing is lost at once, and work goes on.
    await ben.runner.once(never);
    expect(await ben.claim(mailKey('new'))).toMatchObject({ result: 'accepted' });
    expect(handlers(ben, 5)).toEqual(Array.from({ length: 5 }, () => 'anna'));
    await anna.runner.once(never);
    expect(anna.handlerOf(mailKey('new'))).toBe('ben');
    await anna.writeDueSnapshot();
    await ben.runner.once(never);
    await using cleo = await new GroupClient(server, group, 'cleo').ready();
    expect(handlers(cleo, 5)).toEqual(handlers(anna, 5));
    expect(cleo.handlerOf(mailKey('new'))).toBe('ben');
    expect(await cleo.claim(mailKey('m0'))).toMatchObject({ result: 'accepted' });
    await anna.runner.once(never);
    expect(anna.handlerOf(mailKey('m0'))).toBe('cleo');
  });

  test('the same log under another UIDVALIDITY is the same log (N10)', async () => {
    const group = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna', { snapshots: rarely }).ready();
    await work(anna, 0, 5);
    const before = anna.team.store.log?.header;
    await using client = await server.client(group.id);
    await client.mailboxRename('Postkorb', 'Old');
    await client.mailboxCreate('Postkorb');
    await client.mailboxOpen('Old');
    await client.messageCopy('1:*', 'Postkorb');
    await anna.runner.once(never);
    const after = anna.team.store.log?.header;
    expect(after?.validity).not.toBe(before?.validity);
    expect(after?.last.digest).toBe(before?.last.digest);
    expect(anna.team.restoreDue).toBe(false);
    expect(handlers(anna, 5)).toEqual(Array.from({ length: 5 }, () => 'anna'));
    await work(anna, 5, 6);
    await using ben = await new GroupClient(server, group, 'ben').ready();
    expect(ben.team.store.log?.incomplete).toBeNull();
    await anna.runner.once(never);
    expect(ben.digest()).toBe(anna.digest());
  });

  test('rubbish, huge mails and copies from another group are ignored and counted (G08, G12)', async () => {
    const group = newGroup(['anna', 'ben']);
    const other = newGroup(['anna', 'ben']);
    await using anna = await new GroupClient(server, group, 'anna').ready();
    await using elsewhere = await new GroupClient(server, other, 'anna').ready();
    await elsewhere.claim(mailKey('m1'));
    await using client = await server.client(group.id);
    await client.append('Postkorb', 'Subject: Buy now\r\n\r\nspam');
    await client.append('Postkorb', `X-Postkorb: note\r\nSubject: big\r\n\r\n${'x'.repeat(1_000_000)}`);
    await client.append('Postkorb', 'X-Postkorb: note\r\nSubject: broken\r\n\r\n{"payload');
    await using thief = await server.client(other.id);
    await thief.mailboxOpen('Postkorb');
    const { source } = (await thief.fetchOne('*', { source: true })) as { source: Buffer };
    await client.append('Postkorb', source);
    await using ben = await new GroupClient(server, group, 'ben').ready();
    await ben.act({ type: 'note', about: mailKey('m2'), text: 'x' });
    await anna.runner.once(never);
    expect(anna.ignored).toMatchObject({ junk: 1, 'too-large': 1, malformed: 1 });
    // Another group's member has another key: here it speaks for nobody.
    expect(anna.ignored['foreign-group'] ?? 0).toBe(1);
    expect(anna.handlerOf(mailKey('m1'))).toBeNull();
    expect(anna.digest()).toBe(ben.digest());
    expect(anna.team.store.log?.incomplete).toBeNull();
  });
});

test('a config that judges otherwise folds the log again, and both who have it agree', async () => {
  const group = newGroup(['anna', 'ben', 'cleo']);
  await using anna = await new GroupClient(server, group, 'anna').ready();
  await using ben = await new GroupClient(server, group, 'ben').ready();
  await ben.claim(mailKey('m1'));
  await anna.runner.once(never);
  expect(anna.handlerOf(mailKey('m1'))).toBe('ben');
  // Published late: Ben had been no member any more when he claimed.
  group.change((config) => ({
    ...config,
    groupAccounts: config.groupAccounts.map((one) => ({
      ...one,
      members: one.members.map((member) =>
        member.user === 'ben' ? { ...member, until: new Date(Date.now() - 60_000).toISOString() } : member,
      ),
    })),
  }));
  expect(anna.team.store.refoldIfNeeded()).toBe(true);
  expect(anna.handlerOf(mailKey('m1'))).toBeNull();
  expect(anna.ignored).toMatchObject({ 'not-a-member': 1 });
  await using cleo = await new GroupClient(server, group, 'cleo').ready();
  await anna.runner.once(never);
  expect(cleo.digest()).toBe(anna.digest());
  expect(anna.team.store.refoldIfNeeded()).toBe(false);
});
