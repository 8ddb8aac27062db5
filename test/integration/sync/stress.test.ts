/** Other programs work in the mailbox while it is synchronised; when they are quiet, the store equals the server, UID by UID. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { queueLength, troubledOperations } from '#engine/store/operations.repo.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { createRandom } from '#test/support/random.ts';
import { dovecotContents, mail, mails, never, SyncFixture } from './syncFixture.ts';

const seconds = 3;
/** Of each program, however slow the machine is. */
const fewestActs = 5;
/** Copies of copies fill a folder fast, and where a server does not tell which flags changed, those of a thousand mails are looked at. */
const mostMails = 300;

/** A foreign program: marks, moves, removes and delivers at random until the time is up and it has done something. */
async function disturb(server: Dovecot, user: string, seed: number, until: number): Promise<void> {
  const { next, pick } = createRandom(seed);
  const folders = ['INBOX', 'Archive', 'Trash'];
  await using client = await server.client(user);
  let done = 0;
  while (performance.now() < until || done < fewestActs) {
    const from = pick(folders);
    const { exists } = await client.mailboxOpen(from);
    const uids = exists === 0 ? [] : (await client.fetchAll('1:*', { uid: true })).map(({ uid }) => uid);
    const some = uids.filter(() => next() < 0.1).join(',');
    const act = Math.floor(next() * 6);
    if (act === 0 || uids.length < 10)
      await client.append(from, mail(`Arrived ${String(seed)}-${String(done)}`), [], new Date(0));
    else if (some !== '') {
      if (act === 1)
        await client.messageFlagsAdd(some, [pick(['\\Seen', '\\Flagged', '$Work'])], { uid: true });
      if (act === 2)
        await client.messageFlagsRemove(some, [pick(['\\Seen', '\\Flagged', '$Work'])], { uid: true });
      if (act === 3)
        await client.messageMove(some, pick(folders.filter((one) => one !== from)), { uid: true });
      if (act === 4 && uids.length < mostMails)
        await client.messageCopy(some, pick(folders.filter((one) => one !== from)), { uid: true });
      if (act === 5) await client.messageDelete(some.split(',').slice(0, 3).join(','), { uid: true });
    }
    done += 1;
  }
}

const levels = [
  { level: 'QRESYNC', without: [] },
  { level: 'CONDSTORE', without: ['QRESYNC', 'MOVE'] },
  { level: 'UIDNEXT', without: ['QRESYNC', 'CONDSTORE', 'LIST-STATUS', 'MOVE', 'IDLE'] },
] as const;

describe.each(levels)('while three programs work in the mailbox, at the level of $level', ({ without }) => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot({ without });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('we synchronise, wait for news and act; afterwards both sides are the same', async () => {
    server.fill(
      'busy',
      'INBOX',
      mails(150).map((raw) => ({ raw })),
    );
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'busy',
      password: server.password,
    });
    await fixture.pass();
    fixture.runner.start();
    const until = performance.now() + seconds * 1000;
    const others = [1, 2, 3].map((seed) => disturb(server, 'busy', seed, until));
    const { next } = createRandom(99);
    while (performance.now() < until) {
      const folder = fixture.folder(next() < 0.5 ? 'INBOX' : 'Archive');
      const target = fixture.folder(next() < 0.5 ? 'Trash' : 'Archive');
      const shown = fixture.ids(folder.path).filter(() => next() < 0.03);
      const act = { accountId: fixture.id, folderId: folder.id, messageIds: shown };
      if (shown.length > 0) {
        if (next() < 0.5) fixture.act({ ...act, kind: 'flag', add: FlagBit.seen, remove: FlagBit.flagged });
        else if (target.id !== folder.id) fixture.act({ ...act, kind: 'move', targetId: target.id });
      }
      await fixture.runner.syncNow(false, never);
    }
    await Promise.all(others);

    // Quiet: what is left of our own goes to the server, then everything is read. The runner may have to reconnect.
    await using rest = await fixture.restarted();
    for (let pass = 0; pass < 10 && queueLength(rest.store.read, rest.id).queued > 0; pass += 1)
      await rest.passUntilDone();
    await rest.pass();
    expect(troubledOperations(rest.store.read)).toEqual([]);
    expect(queueLength(rest.store.read, rest.id).queued).toBe(0);
    expect(rest.contents()).toEqual(await dovecotContents(server, 'busy'));
    // A thorough look finds nothing that the passes before had missed.
    expect(await rest.pass(true)).toMatchObject({ added: 0, changed: 0, removed: 0 });
  }, 180_000);
});
