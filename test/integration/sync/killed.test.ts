/** The process is killed (SIGKILL) in the middle of a conversation with the server; the next start makes both sides the same. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { queueLength, troubledOperations } from '#engine/store/operations.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { mails, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';
const script = fileURLToPath(new URL('./syncingProcess.ts', import.meta.url));

async function start(without: readonly ImapCapability[], count: number): Promise<MailServer> {
  const server = await startMailServer({
    domain: 'company.test',
    users: [{ login: 'anna', password }],
    without: { imap: without },
  });
  for (const raw of mails(count))
    server.user('anna').mailboxes.inbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
  return server;
}

const open = (server: MailServer, profile?: string): SyncFixture =>
  new SyncFixture({
    port: server.ports.imap,
    user: 'anna',
    password,
    ...(profile === undefined ? {} : { profile }),
  });

/** Lets another process make a pass and kills it as soon as the server hangs on a command. */
async function killAt(
  server: MailServer,
  profile: string,
  command: string,
  options: { carriedOut: boolean; skip?: number },
): Promise<void> {
  const hung = server.faults.next('hang', { command, ...options });
  const child = spawn(process.execPath, [script, profile, String(server.ports.imap), 'anna', password], {
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  await Promise.race([hung.happened, exited.then(() => Promise.reject(new Error('it ended by itself')))]);
  child.kill('SIGKILL');
  await exited;
  server.faults.clear();
}

describe('killed', () => {
  test.each([
    ['FETCH', 0],
    ['LIST', 0],
    ['FETCH', 1],
  ])('in a first pass at %s (%i before): the next start goes on', async (command, skip) => {
    await using server = await start([], 120);
    await using empty = open(server);
    empty.keep();
    await empty[Symbol.asyncDispose]();
    await killAt(server, empty.profile, command, { carriedOut: true, skip });
    await using fixture = open(server, empty.profile);
    await fixture.pass();
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  const withoutMove: readonly ImapCapability[] = ['MOVE'];
  test.each<[string, boolean, readonly ImapCapability[]]>([
    ['MOVE', true, []],
    ['MOVE', false, []],
    ['COPY', true, withoutMove],
    ['COPY', false, withoutMove],
    ['STORE', true, withoutMove],
    ['STORE', false, withoutMove],
    ['EXPUNGE', true, withoutMove],
    ['EXPUNGE', false, withoutMove],
  ])(
    'while a mail is moved, at %s (carried out: %s): it is moved exactly once',
    async (command, carriedOut, without) => {
      await using server = await start(without, 3);
      await using before = open(server);
      await before.pass();
      before.act({
        kind: 'move',
        accountId: before.id,
        folderId: before.folder('INBOX').id,
        targetId: before.folder('Archive').id,
        messageIds: before.find('INBOX', 'Mail 2'),
      });
      before.keep();
      await before[Symbol.asyncDispose]();
      await killAt(server, before.profile, command, { carriedOut });
      await using fixture = open(server, before.profile);
      await fixture.pass();
      await fixture.pass();
      expect(fixture.shown('Archive')).toEqual(['Mail 2']);
      expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 3']);
      expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
      expect(queueLength(fixture.store.read, fixture.id).queued).toBe(0);
      expect(troubledOperations(fixture.store.read)).toEqual([]);
    },
  );
});
