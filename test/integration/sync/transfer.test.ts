/** Mails moved from one account to another: never lost, and never there twice for good. */
import { describe, expect, test } from 'vitest';
import type { RunnerAccount } from '#engine/accounts/runner.ts';
import { passwordAccess } from '#engine/secrets/access.ts';
import { confirmFolder, insertLocalFolder } from '#engine/store/folders.repo.ts';
import { troubledOperations } from '#engine/store/operations.repo.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { mails, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';
const shared = AccountId.parse('22222222-2222-4222-8222-222222222222');

const start = (...logins: string[]): Promise<MailServer> =>
  startMailServer({ domain: 'company.test', users: logins.map((login) => ({ login, password })) });

function besideAt(port: number): RunnerAccount {
  return {
    id: shared,
    settings: {
      name: 'info',
      address: 'info@company.test',
      displayName: '',
      imap: { host: '127.0.0.1', port, security: 'none', user: 'info' },
      smtp: null,
      archiveAddress: null,
      tls: { trust: 'system' },
    },
    access: passwordAccess({ imapPassword: password, smtpPassword: null }),
    pollMinutes: null,
  };
}

/** Anna's account with three mails, beside the account of `info` on the same server. */
async function open(server: MailServer): Promise<{ fixture: SyncFixture; target: FolderId }> {
  const inbox = server.user('anna').mailboxes.require('INBOX');
  for (const raw of mails(3)) inbox.append({ raw, internalDate: Date.UTC(2024, 0, 1), flags: ['\\Seen'] });
  const fixture = new SyncFixture({
    port: server.ports.imap,
    user: 'anna',
    password,
    beside: [besideAt(server.ports.imap)],
  });
  await fixture.pass();
  const target = fixture.store.write((db) => {
    const { id } = insertLocalFolder(db, shared, { path: 'INBOX', delimiter: '/', role: 'inbox' });
    confirmFolder(db, id);
    return id;
  });
  return { fixture, target };
}

const transfer = (fixture: SyncFixture, targetId: FolderId, ...subjects: string[]) =>
  fixture.act({
    kind: 'transfer',
    accountId: fixture.id,
    folderId: fixture.folder('INBOX').id,
    targetId,
    messageIds: fixture.find('INBOX', ...subjects),
  });

const inboxOf = (server: MailServer, user: string): string[] =>
  (serverContents(server, user)['INBOX'] ?? []).map((line) => line.replace(/^\d+ /, ''));
const failures = (fixture: SyncFixture) =>
  troubledOperations(fixture.store.read).map(({ kind, state, error }) => [kind, state, error?.code]);

describe('a move to another account', () => {
  test('is seen at once here, and there are the same bytes, flags and date', async () => {
    await using server = await start('anna', 'info');
    const { fixture, target } = await open(server);
    await using _ = fixture;
    const before = server.user('anna').mailboxes.require('INBOX').messages[1]?.content.raw;
    transfer(fixture, target, 'Mail 2');
    expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 3']);
    await fixture.pass();
    expect(inboxOf(server, 'anna')).toEqual(['Mail 1 [\\Seen]', 'Mail 3 [\\Seen]']);
    expect(inboxOf(server, 'info')).toEqual(['Mail 2 [\\Seen]']);
    const [moved] = server.user('info').mailboxes.require('INBOX').messages;
    expect(moved?.content.raw).toEqual(before);
    expect(moved?.internalDate).toBe(Date.UTC(2024, 0, 1));
  });

  test.each([
    ['APPEND', true],
    ['APPEND', false],
    ['EXPUNGE', true],
    ['EXPUNGE', false],
  ] as const)(
    'happens once where the answer to %s was lost (carried out: %s)',
    async (command, carriedOut) => {
      await using server = await start('anna', 'info');
      const { fixture, target } = await open(server);
      await using _ = fixture;
      server.faults.next('drop', { command, carriedOut });
      transfer(fixture, target, 'Mail 1', 'Mail 2');
      await fixture.passUntilDone();
      // The person asks, or the time has come.
      fixture.store.precious((db) => {
        db.prepare('UPDATE operations SET next_attempt_at = NULL').run();
      });
      await fixture.passUntilDone();
      expect(failures(fixture)).toEqual([]);
      expect(inboxOf(server, 'anna')).toEqual(['Mail 3 [\\Seen]']);
      expect(inboxOf(server, 'info').sort()).toEqual(['Mail 1 [\\Seen]', 'Mail 2 [\\Seen]']);
    },
  );

  test('that the other server refuses is shown as failed, and the mail is back', async () => {
    await using server = await start('anna', 'info');
    const { fixture, target } = await open(server);
    await using _ = fixture;
    server.faults.next('refuse', { command: 'APPEND', code: 'NOPERM', text: 'not here' });
    transfer(fixture, target, 'Mail 1');
    await fixture.pass();
    expect(failures(fixture)).toEqual([['transfer', 'failed', 'not-permitted']]);
    expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 2', 'Mail 3']);
    expect(inboxOf(server, 'anna')).toHaveLength(3);
  });

  test('waits while the other server is away, and this account goes on', async () => {
    await using server = await start('anna');
    const { fixture, target } = await open(server);
    await using _ = fixture;
    // Nobody of that name can sign in: the other account's trouble, not this one's.
    transfer(fixture, target, 'Mail 1');
    server
      .user('anna')
      .mailboxes.require('INBOX')
      .append({ raw: mails(4)[3] as Buffer, internalDate: Date.UTC(2024, 0, 2) });
    await fixture.pass();
    expect(failures(fixture)).toEqual([['transfer', 'queued', 'target-unavailable']]);
    expect(fixture.shown('INBOX')).toEqual(['Mail 2', 'Mail 3', 'Mail 4']);
    expect(inboxOf(server, 'anna')).toHaveLength(4);
  });
});
