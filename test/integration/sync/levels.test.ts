/** The same policies at each level of what a server can say about changes, against Dovecot with capabilities taken away. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { dovecotContents, mail, mails, SyncFixture } from './syncFixture.ts';

const levels = [
  { level: 'QRESYNC', without: [] },
  { level: 'CONDSTORE', without: ['QRESYNC'] },
  { level: 'UIDNEXT', without: ['QRESYNC', 'CONDSTORE', 'LIST-STATUS', 'ESEARCH'] },
] as const;

describe.each(levels)('at the level of $level', ({ without }) => {
  let server: Dovecot;
  let users = 0;
  beforeAll(async () => {
    server = await startDovecot({ without });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const newUser = (messages = 5): string => {
    users += 1;
    const user = `user${String(users)}`;
    server.fill(
      user,
      'INBOX',
      mails(messages).map((raw) => ({ raw })),
    );
    return user;
  };
  const open = (user: string) =>
    new SyncFixture({ port: server.ports.imap, user, password: server.password });
  const agrees = async (fixture: SyncFixture, user: string): Promise<void> => {
    expect(fixture.contents()).toEqual(await dovecotContents(server, user));
  };

  test('a first pass holds every folder and message, with its flags', async () => {
    const user = newUser(250);
    await server.doveadm('flags', 'add', '-u', user, '\\Seen $Work', 'mailbox', 'INBOX', 'uid', '3:7');
    await server.doveadm('mailbox', 'create', '-u', user, 'Projekte/Übersee & Co');
    await using fixture = open(user);
    const result = await fixture.pass();
    expect(result).toMatchObject({ ok: true, added: 250, messages: 250 });
    await agrees(fixture, user);
    expect(fixture.folder('INBOX')).toMatchObject({ role: 'inbox', lowUid: 1, total: 250, unread: 245 });
  });

  test('a second pass takes over what other programs did: new, read, marked, removed, moved', async () => {
    const user = newUser(40);
    await using fixture = open(user);
    await fixture.pass();
    await server.deliver(user, mail('New one'));
    await server.doveadm('flags', 'add', '-u', user, '\\Flagged', 'mailbox', 'INBOX', 'uid', '5:8');
    await server.doveadm('expunge', '-u', user, 'mailbox', 'INBOX', 'uid', '1:2');
    await server.doveadm('move', '-u', user, 'Archive', 'mailbox', 'INBOX', 'uid', '10:12');
    const result = await fixture.pass();
    expect(result).toMatchObject({ ok: true, changed: 4 });
    await agrees(fixture, user);
    expect(fixture.shown('Archive')).toEqual(['Mail 10', 'Mail 11', 'Mail 12']);
  });

  test('a message that is removed while as many arrive is not overlooked', async () => {
    const user = newUser(10);
    await using fixture = open(user);
    await fixture.pass();
    await server.doveadm('expunge', '-u', user, 'mailbox', 'INBOX', 'uid', '4');
    await server.deliver(user, mail('In its place'));
    await fixture.pass();
    await agrees(fixture, user);
  });

  test('a flag that changed while nothing else did is seen by a pass that a person asks for', async () => {
    const user = newUser(10);
    await using fixture = open(user);
    await fixture.pass();
    await server.doveadm('flags', 'add', '-u', user, '\\Answered', 'mailbox', 'INBOX', 'uid', '4');
    await fixture.pass();
    await agrees(fixture, user);
  });

  test('another UIDVALIDITY: the folder is read again, and no text is fetched twice', async () => {
    const user = newUser(20);
    await using fixture = open(user);
    await fixture.pass(true);
    const [kept] = fixture.find('INBOX', 'Mail 7');
    await server.doveadm('mailbox', 'update', '-u', user, '--uid-validity', '4711', 'INBOX');
    const result = await fixture.pass(true);
    await agrees(fixture, user);
    expect(fixture.folder('INBOX').uidValidity).toBe('4711');
    expect(fixture.find('INBOX', 'Mail 7')).toEqual([kept]);
    // Headers of 20 mails, and not their texts.
    expect(result.bytes).toBeLessThan(20 * 900);
  });

  test('a folder that another program renamed or removed is renamed or removed here', async () => {
    const user = newUser(1);
    await server.doveadm('mailbox', 'create', '-u', user, 'Old', 'Gone');
    await server.doveadm('copy', '-u', user, 'Old', 'mailbox', 'INBOX', 'all');
    await using fixture = open(user);
    await fixture.pass();
    await server.doveadm('mailbox', 'rename', '-u', user, 'Old', 'New');
    await server.doveadm('mailbox', 'delete', '-u', user, 'Gone');
    await fixture.pass();
    await agrees(fixture, user);
    expect(fixture.shown('New')).toEqual(['Mail 1']);
  });

  test('a pass that finds nothing changed changes nothing', async () => {
    const user = newUser(30);
    await using fixture = open(user);
    await fixture.pass();
    const before = fixture.contents();
    expect(await fixture.pass()).toMatchObject({ added: 0, changed: 0, removed: 0 });
    expect(fixture.contents()).toEqual(before);
  });
});
