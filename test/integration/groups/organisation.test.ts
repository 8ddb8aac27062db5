/** Three people with an engine each: one organisation, its config on a real web server, one group mailbox. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { CommandName, EngineApi, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startNginx, type Nginx } from '#test/servers/nginx.ts';
import { silentLog } from '#test/support/silentLog.ts';

let mail: Dovecot;
let web: Nginx;
beforeAll(async () => {
  [mail, web] = await Promise.all([startDovecot(), startNginx()]);
});
afterAll(async () => {
  await Promise.all([mail[Symbol.asyncDispose](), web[Symbol.asyncDispose]()]);
});

class Person implements AsyncDisposable {
  readonly api: EngineApi;
  readonly folder: string;

  private constructor(api: EngineApi, folder: string) {
    this.api = api;
    this.folder = folder;
  }

  static async start(passive = true): Promise<Person> {
    const folder = mkdtempSync(join(tmpdir(), 'postkorb-person-'));
    const engine = await createEngine({
      clock: systemClock(),
      ids: nodeIds(),
      secrets: memorySecrets(),
      log: silentLog(),
      paths: { root: folder, store: join(folder, 'store.sqlite'), cache: join(folder, 'cache') },
      locale: 'en',
      machineId: 'test',
      version: '0.0.0',
      options: { passive },
    });
    return new Person(engine.api, folder);
  }

  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>> {
    return this.api.dispatch(name, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  }

  /** Synchronises and returns the group's mails, newest first. */
  async mails(): Promise<{ id: MessageId; subject: string; group?: unknown }[]> {
    await this.call('sync.run', {});
    return (await this.call('messages.list', { source: { kind: 'all-inboxes' }, limit: 100 })).messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const settings = (user: string) => ({
  name: user,
  address: `${user}@xyz.test`,
  displayName: 'XYZ',
  imap: { host: '127.0.0.1', port: mail.ports.imap, security: 'none' as const, user },
  smtp: null,
  archiveAddress: null,
  tls: { trust: 'system' as const },
});
const letter = (n: number, more = ''): string =>
  `From: Customer <c@outside.test>\r\nTo: info@xyz.test\r\nSubject: Question ${n.toString()}\r\nMessage-ID: <q${n.toString()}@outside.test>\r\n${more}Date: ${new Date().toUTCString()}\r\n\r\nHello\r\n`;

async function addGroup(
  admin: Person,
  user: string,
  members: string[],
  defaultHandler: string | null,
): Promise<void> {
  const credentials = { imapPassword: mail.password, smtpPassword: null };
  const tested = await admin.call('accounts.test', { settings: settings(user), credentials });
  await admin.call('groups.addAccount', {
    settings: settings(user),
    credentials,
    token: tested.token ?? '',
    members,
    defaultHandler,
  });
}

test('from a new organisation to a handled mail', { timeout: 180_000 }, async () => {
  await using anna = await Person.start();
  await using ben = await Person.start();
  await using cleo = await Person.start();
  const code = 'KLEE-BLATT-1234';
  const url = web.url('/dav/xyz.json', 'http');

  await anna.call('groups.init', { organisation: 'XYZ GmbH', address: 'anna@xyz.test', name: 'Anna' });
  await anna.call('groups.addUser', { address: 'ben@xyz.test', name: 'Ben', admin: true });
  await anna.call('groups.addUser', { address: 'cleo@xyz.test', name: 'Cleo' });
  await addGroup(anna, 'info', ['anna@xyz.test', 'ben@xyz.test', 'cleo@xyz.test'], 'anna@xyz.test');
  const published = await anna.call('groups.publish', { to: url, inviteCode: code });
  expect(published.revision).toBe(1);

  await expect(
    ben.call('groups.join', { from: published.joinLink, me: 'ben@xyz.test', inviteCode: 'WRONG-CODE' }),
  ).rejects.toMatchObject({ code: 'invite-code-wrong' });
  const joined = await ben.call('groups.join', {
    from: published.joinLink,
    me: 'ben@xyz.test',
    inviteCode: code,
  });
  expect(joined.accounts).toMatchObject([{ group: 'xyz-gmbh/info', state: 'ready' }]);
  await cleo.call('groups.join', { from: published.joinLink, me: 'cleo@xyz.test', inviteCode: code });

  await mail.deliver('info', letter(1));
  await Promise.all([anna, ben, cleo].map((person) => person.mails()));
  const ids = await Promise.all(
    [anna, ben, cleo].map(async (person) => (await person.mails())[0]?.id as MessageId),
  );
  const [a, b, c] = ids as [MessageId, MessageId, MessageId];

  // The log is no mail of anybody's.
  const { folders } = await ben.call('folders.list', {});
  expect(folders.find(({ path }) => path === 'Postkorb')).toMatchObject({ role: 'log', total: 0 });

  const before = await ben.call('groups.state', { messageId: b });
  expect(before.info.map(({ name }) => name)).toEqual(['Anna', 'Ben', 'Cleo']);
  expect(before.handler?.name).toBe('Anna');

  const claims = await Promise.all([
    ben.call('groups.claim', { messageId: b }),
    cleo.call('groups.claim', { messageId: c }),
  ]);
  expect(claims.filter(({ accepted }) => accepted)).toHaveLength(1);
  const lost = claims.find(({ accepted }) => !accepted);
  const winner = claims.find(({ accepted }) => accepted)?.handler?.name;
  expect(lost?.conflict?.by.name).toBe(winner);
  const state = await anna.call('groups.state', { messageId: a });
  expect(state.handler?.name).toBe(winner);
  expect(state.history.some(({ event }) => event === 'intake')).toBe(true);

  await cleo.call('groups.note', { messageId: c, text: 'I know him', mentions: ['anna@xyz.test'] });
  expect(await ben.call('groups.status', { messageId: b, status: 'done' })).toMatchObject({
    accepted: true,
    status: 'done',
  });
  const after = await anna.call('groups.state', { messageId: a });
  expect(after).toMatchObject({ status: 'done', notes: [{ text: 'I know him', by: { name: 'Cleo' } }] });
  expect((await anna.mails())[0]?.group).toMatchObject({
    status: 'done',
    notes: 1,
    handler: { name: winner },
  });

  // Rules of the mission.
  await expect(cleo.call('groups.addUser', { address: 'x@xyz.test', name: 'X' })).rejects.toMatchObject({
    code: 'not-permitted',
  });
  const credentials = { imapPassword: mail.password, smtpPassword: null };
  const own = await cleo.call('accounts.test', { settings: settings('info'), credentials });
  await expect(
    cleo.call('accounts.save', {
      id: null,
      settings: settings('info'),
      credentials,
      token: own.token,
      active: true,
    }),
  ).rejects.toMatchObject({ code: 'duplicate-account' });
  await expect(
    anna.call('groups.editAccount', { group: 'info', archiveAddress: 'cleo@xyz.test' }),
  ).rejects.toMatchObject({ code: 'archive-address-inside' });

  // Ben enrolled his key: the next revision confirms it, and he is the second administrator.
  await anna.call('groups.sync', {});
  await anna.call('groups.addUser', { address: 'dora@xyz.test', name: 'Dora' });
  expect((await anna.call('groups.publish', {})).revision).toBe(2);
  await ben.call('groups.sync', {});
  expect((await ben.call('groups.organisation', {})).organisation).toMatchObject({
    revision: 2,
    admin: true,
  });

  // Both publish from revision 2: the second is told what differs, and nothing is lost.
  await anna.call('groups.addUser', { address: 'emil@xyz.test', name: 'Emil' });
  await ben.call('groups.addUser', { address: 'fritz@xyz.test', name: 'Fritz' });
  await anna.call('groups.publish', {});
  await expect(ben.call('groups.publish', {})).rejects.toMatchObject({
    code: 'config-conflict',
    faults: [{ path: 'users.emil', code: 'added' }],
  });
  // He knows the mailbox's password from the code alone; whoever he invites by another code gets it all the same.
  const all = ['anna@xyz.test', 'ben@xyz.test', 'cleo@xyz.test', 'fritz@xyz.test'];
  await ben.call('groups.editAccount', { group: 'info', members: all });
  expect((await ben.call('groups.publish', { inviteCode: 'ANOTHER-CODE-5678' })).revision).toBe(4);
  await using fritz = await Person.start();
  const invited = { from: published.joinLink, me: 'fritz@xyz.test', inviteCode: 'ANOTHER-CODE-5678' };
  expect((await fritz.call('groups.join', invited)).accounts).toMatchObject([{ state: 'ready' }]);
  expect((await fritz.call('groups.organisation', {})).organisation).toMatchObject({
    admin: false,
    admins: [{ name: 'Anna' }, { name: 'Ben' }],
    users: [{}, {}, {}, {}, {}, { name: 'Fritz' }],
  });
  // Without the password on screen: a test of the group's servers with what is stored for it.
  const stored = { settings: settings('info'), credentials: null, keepPasswordsOfGroup: 'xyz-gmbh/info' };
  expect((await ben.call('accounts.test', stored)).ok).toBe(true);
  await anna.call('groups.sync', {});
  // Whose reading counts on the server is the group's to say: the handler's, until it says otherwise.
  expect((await fritz.mails())[0]?.group).toMatchObject({ mine: false, marksSeen: false });
  await ben.call('groups.editAccount', { group: 'info', seenBy: 'anybody', namesAuthor: true });
  expect((await ben.call('groups.organisation', {})).organisation?.unpublished).toMatchObject([
    { path: 'groupAccounts.info.namesAuthor', after: 'true' },
    { path: 'groupAccounts.info.seenBy', after: 'anybody' },
  ]);
  await ben.call('groups.publish', {});
  await fritz.call('groups.sync', {});
  expect((await fritz.mails())[0]?.group).toMatchObject({ mine: false, marksSeen: true });
  await anna.call('groups.sync', {});
  const { config } = await anna.call('groups.draft', {});
  expect(config.users.map(({ id }) => id)).toEqual(['anna', 'ben', 'cleo', 'dora', 'emil', 'fritz']);

  // Cleo leaves: her local copy goes.
  await anna.call('groups.removeUser', { user: 'cleo@xyz.test' });
  await anna.call('groups.publish', {});
  await cleo.call('groups.sync', {});
  expect((await cleo.call('accounts.list', {})).accounts).toEqual([]);
});
