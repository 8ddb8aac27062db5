/** Connections break at any command, before it was carried out or after; in the end everything a person did has happened exactly once. */
import { describe, expect, test } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { queueLength, troubledOperations } from '#engine/store/operations.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import { JumpingClock } from '#test/integration/imap/imapHarness.ts';
import { createRandom } from '#test/support/random.ts';
import { mails, never, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';
const folders = ['INBOX', 'Archive', 'Trash'];
const commands = ['SELECT', 'FETCH', 'STORE', 'COPY', 'MOVE', 'EXPUNGE', 'SEARCH', 'STATUS', 'LIST'];
const acts = 25;
/** Of thousands, those in which something once went wrong; `SEEDS=100` tries as many others. */
const chosen = [1, 7, 50, 52];
const seeds =
  process.env['SEEDS'] === undefined
    ? chosen
    : Array.from({ length: Number(process.env['SEEDS']) }, (_, at) => at + 100);
const aDay = 24 * 60 * 60_000;

const levels: readonly (readonly [string, readonly ImapCapability[]])[] = [
  ['QRESYNC', []],
  ['CONDSTORE', ['QRESYNC', 'MOVE']],
  ['UIDNEXT', ['QRESYNC', 'CONDSTORE', 'LIST-STATUS', 'MOVE']],
];

describe.each(levels)('at the level of %s', (_level, without) => {
  test.each(seeds)('whatever breaks (%i), each mail is there once, where and as it was put', async (seed) => {
    const { pick, chance, whole } = createRandom(seed);
    await using server = await startMailServer({
      domain: 'company.test',
      users: [{ login: 'anna', password }],
      without: { imap: without },
    });
    const { mailboxes } = server.user('anna');
    for (const raw of mails(12)) mailboxes.inbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
    const clock = new JumpingClock();
    let fixture = new SyncFixture({ port: server.ports.imap, user: 'anna', password, clock });
    await fixture.pass();
    /** Where each mail was put, and how it was marked. */
    const wanted = new Map(
      fixture.shown('INBOX').map((subject) => [subject, { folder: 'INBOX', starred: false }]),
    );
    for (let at = 0; at < acts; at += 1) {
      if (chance(0.5))
        server.faults.next('drop', { command: pick(commands), carriedOut: chance(0.5), skip: whole(0, 2) });
      const from = pick(folders);
      const subjects = fixture.shown(from).filter(() => chance(0.3));
      if (subjects.length > 0) {
        const act = {
          accountId: fixture.id,
          folderId: fixture.folder(from).id,
          messageIds: fixture.find(from, ...subjects),
        };
        if (chance(0.4)) {
          const starred = chance(0.5);
          fixture.act({
            ...act,
            kind: 'flag',
            add: starred ? FlagBit.flagged : 0,
            remove: starred ? 0 : FlagBit.flagged,
          });
          for (const subject of subjects) Object.assign(wanted.get(subject) ?? {}, { starred });
        } else {
          const to = pick(folders.filter((one) => one !== from));
          fixture.act({ ...act, kind: 'move', targetId: fixture.folder(to).id });
          for (const subject of subjects) Object.assign(wanted.get(subject) ?? {}, { folder: to });
        }
      }
      if (chance(0.6)) await fixture.runner.syncNow(false, never);
      if (chance(0.1)) fixture = await fixture.restarted();
    }
    server.faults.clear();
    for (let pass = 0; pass < 20 && queueLength(fixture.store.read, fixture.id).queued > 0; pass += 1) {
      // What failed often waits before it is tried again.
      clock.jump(aDay);
      await fixture.passUntilDone();
    }
    await fixture.pass();
    await using last = fixture;
    expect(troubledOperations(last.store.read)).toEqual([]);
    expect(queueLength(last.store.read, last.id).queued).toBe(0);
    const found = Object.entries(serverContents(server, 'anna')).flatMap(([folder, lines]) =>
      lines.map(
        (line) => `${/^\d+ (.*) \[/.exec(line)?.[1] ?? ''} ${folder} ${String(line.includes('Flagged'))}`,
      ),
    );
    expect(found.sort()).toEqual(
      [...wanted].map(([subject, { folder, starred }]) => `${subject} ${folder} ${String(starred)}`).sort(),
    );
    expect(last.contents()).toEqual(serverContents(server, 'anna'));
  });
});
