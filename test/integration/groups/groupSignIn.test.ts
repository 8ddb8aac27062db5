/** A group's mailbox that each member opens with a sign-in of his own: a real authorisation server, and Dovecot that asks it about tokens. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { loopbackRedirects } from '#hosts/node/loopbackRedirect.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { CommandName, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import { arrived } from '#test/servers/mailbox.ts';
import { startPostfix } from '#test/servers/postfix.ts';
import { clientId, PlainBrowser, startSignInServer, type SignInServer } from '#test/servers/signInServer.ts';
import { silentLog } from '#test/support/silentLog.ts';

/** Somebody with a machine of his own in `folder`. */
async function person(owned: AsyncDisposableStack, folder: string, provider: SignInServer, name: string) {
  const root = join(folder, name);
  const secrets = memorySecrets();
  const open = () =>
    createEngine({
      clock: systemClock(),
      ids: nodeIds(),
      secrets,
      log: silentLog(),
      paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
      locale: 'en',
      machineId: name,
      version: '0.0.0',
      redirects: loopbackRedirects(),
      options: { passive: true },
    });
  let engine = await open();
  owned.defer(() => engine[Symbol.asyncDispose]());
  const reopen = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]();
    engine = await open();
  };
  const call = <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    engine.api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  const signIn = async (user: string): Promise<string> => {
    const { id, url } = await call('signIn.start', {
      provider: provider.issuer,
      address: user,
      language: 'en',
    });
    await new PlainBrowser().signIn(url, user);
    await call('signIn.wait', { id });
    return id;
  };
  return { call, signIn, secrets, reopen };
}

describeWith(['dovecot', 'postfix'], 'a group account that its members sign in to', () => {
  test(
    'each as himself, with a token of his own, until the provider ends it',
    { timeout: 240_000 },
    async () => {
      await using owned = new AsyncDisposableStack();
      const folder = mkdtempSync(join(tmpdir(), 'postkorb-shared-'));
      owned.defer(() => rmSync(folder, { recursive: true, force: true }));
      // The mailbox is shared with two; everybody else's token opens his own.
      const shared = new Set(['anna@xyz.test', 'ben@xyz.test']);
      const provider = owned.use(
        await startSignInServer({ mailboxOf: (user) => (shared.has(user) ? 'info@xyz.test' : user) }),
      );
      const mail = owned.use(
        await startDovecot({ introspection: { url: provider.introspectionUrl, mailbox: 'mailbox' } }),
      );
      const machine = (name: string) => person(owned, folder, provider, name);
      const [anna, ben] = await Promise.all([machine('anna'), machine('ben')]);

      // The administrator: client id in the rules, the account tried with her own sign-in, and published without any secret.
      await anna.call('groups.init', { organisation: 'XYZ', address: 'anna@xyz.test', name: 'Anna' });
      await anna.call('groups.addUser', { address: 'ben@xyz.test', name: 'Ben' });
      const client = { clientId, name: 'Test', scopes: ['openid', 'email', 'offline_access', 'mail'] };
      await anna.call('groups.setPolicy', { policy: { oauthClients: { [provider.issuer]: client } } });
      const to = join(folder, 'xyz.json');
      await anna.call('groups.publish', { to });
      const settings = {
        name: 'Info',
        address: 'info@xyz.test',
        displayName: 'XYZ',
        imap: { host: '127.0.0.1', port: mail.ports.imap, security: 'none' as const, user: 'info@xyz.test' },
        smtp: null,
        archiveAddress: null,
        tls: { trust: 'system' as const },
        auth: { method: 'oauth2' as const, provider: provider.issuer, login: 'anna@xyz.test' },
      };
      const signIn = await anna.signIn('anna@xyz.test');
      const tested = await anna.call('accounts.test', { settings, credentials: null, signIn });
      expect(tested.ok).toBe(true);
      await anna.call('groups.addAccount', {
        settings,
        credentials: null,
        signIn,
        token: tested.token ?? '',
        members: ['anna@xyz.test', 'ben@xyz.test'],
        defaultHandler: null,
      });
      const { config } = await anna.call('groups.draft', {});
      expect(config.groupAccounts[0]?.auth).toEqual({ method: 'oauth2', provider: provider.issuer });
      const { joinLink } = await anna.call('groups.publish', { inviteCode: 'A-CODE-1' });
      // Hers is ready: she signed in when she set it up.
      const hers = (await anna.call('groups.organisation', {})).organisation?.accounts[0];
      expect(hers).toMatchObject({ state: 'ready', signIn: { address: 'anna@xyz.test' } });
      expect(await anna.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });

      // A member: nothing is asked for but his sign-in, as himself.
      const joined = await ben.call('groups.join', {
        from: joinLink,
        me: 'ben@xyz.test',
        inviteCode: 'A-CODE-1',
      });
      expect(joined.accounts).toMatchObject([
        { state: 'sign-in-missing', signIn: { provider: provider.issuer, address: 'ben@xyz.test' } },
      ]);
      const set = async (user: string) =>
        ben.call('groups.setCredentials', {
          group: 'xyz/info',
          credentials: null,
          signIn: await ben.signIn(user),
        });
      await expect(set('cleo@xyz.test')).rejects.toMatchObject({
        code: 'sign-in-other-account',
        params: { identity: 'cleo@xyz.test', address: 'ben@xyz.test' },
      });
      await expect(
        ben.call('groups.setCredentials', {
          group: 'xyz/info',
          credentials: { imapPassword: 'x', smtpPassword: null },
        }),
      ).rejects.toMatchObject({ code: 'sign-in-expired' });
      const { accountId } = await set('ben@xyz.test');
      await mail.deliver(
        'info@xyz.test',
        'From: c@outside.test\r\nSubject: Hello\r\nMessage-ID: <1@o.test>\r\n\r\nx\r\n',
      );
      expect(await ben.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
      const inbox = { source: { kind: 'all-inboxes' as const }, limit: 10 };
      const [message] = (await ben.call('messages.list', inbox)).messages;
      expect(message?.subject).toBe('Hello');
      expect(await ben.call('groups.claim', { messageId: message!.id })).toMatchObject({ accepted: true });
      expect(await ben.secrets.get(`account:${accountId}`)).toContain('ben@xyz.test');

      // The provider ends it: that is said, nothing is tried in a loop, and a new sign-in mends it.
      await provider.forget();
      const grant = JSON.parse((await ben.secrets.get(`account:${accountId}`)) ?? '') as { oauth: object };
      await ben.secrets.set(
        `account:${accountId}`,
        JSON.stringify({ oauth: { ...grant.oauth, expiresAt: 0 } }),
      );
      // Nobody asks a connection that stands for a token.
      await ben.reopen();
      await ben.call('sync.run', {});
      const row = async () =>
        (await ben.call('accounts.list', {})).accounts.find(({ id }) => id === accountId);
      expect(await row()).toMatchObject({
        group: 'xyz/info',
        signIn: { address: 'ben@xyz.test' },
        health: { state: 'needs-attention', lastError: { code: 'sign-in-expired' } },
      });
      const refreshes = provider.tokenRequests.refresh;
      await ben.call('sync.run', {});
      expect(provider.tokenRequests.refresh).toBe(refreshes);
      const again = await ben.call('accounts.retest', {
        id: accountId,
        signIn: await ben.signIn('ben@xyz.test'),
      });
      expect(again.ok).toBe(true);
      expect((await row())?.health.state).toBe('healthy');

      // The next revision has a password instead: the sign-in is not tried, and the password is asked for.
      const { auth: _, ...plain } = settings;
      const credentials = { imapPassword: mail.password, smtpPassword: null };
      const passed = await anna.call('accounts.test', { settings: plain, credentials });
      await anna.call('groups.editAccount', {
        group: 'info',
        settings: plain,
        credentials,
        token: passed.token ?? '',
      });
      await anna.call('groups.publish', {});
      expect(await anna.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
      await ben.call('groups.sync', {});
      await ben.call('sync.run', {});
      expect((await row())?.signIn).toBeUndefined();
      expect((await row())?.health.lastError?.code).toBe('credentials-missing');
      await ben.call('groups.setCredentials', { group: 'xyz/info', credentials });
      expect(await ben.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
    },
  );

  test(
    'one that had a password asks its members to sign in, and what waits in their outboxes goes out once they did',
    { timeout: 240_000 },
    async () => {
      await using owned = new AsyncDisposableStack();
      const folder = mkdtempSync(join(tmpdir(), 'postkorb-shared-'));
      owned.defer(() => rmSync(folder, { recursive: true, force: true }));
      const provider = owned.use(await startSignInServer({ mailboxOf: () => 'info@xyz.test' }));
      const mail = owned.use(
        await startDovecot({ introspection: { url: provider.introspectionUrl, mailbox: 'mailbox' } }),
      );
      const smtp = owned.use(await startPostfix(mail));
      const [anna, ben] = await Promise.all([
        person(owned, folder, provider, 'anna'),
        person(owned, folder, provider, 'ben'),
      ]);
      await anna.call('groups.init', { organisation: 'XYZ', address: 'anna@xyz.test', name: 'Anna' });
      await anna.call('groups.addUser', { address: 'ben@xyz.test', name: 'Ben' });
      const client = { clientId, name: 'Test', scopes: ['openid', 'email', 'offline_access', 'mail'] };
      await anna.call('groups.setPolicy', { policy: { oauthClients: { [provider.issuer]: client } } });
      const server = (port: number) => ({
        host: '127.0.0.1',
        port,
        security: 'none' as const,
        user: 'info@xyz.test',
      });
      const settings = {
        name: 'Info',
        address: 'info@xyz.test',
        displayName: 'XYZ',
        imap: server(mail.ports.imap),
        smtp: server(smtp.ports.plain),
        archiveAddress: null,
        tls: { trust: 'system' as const },
      };
      const credentials = { imapPassword: mail.password, smtpPassword: null };
      const first = await anna.call('accounts.test', { settings, credentials, forGroup: true });
      await anna.call('groups.addAccount', {
        settings,
        credentials,
        token: first.token ?? '',
        members: ['anna@xyz.test', 'ben@xyz.test'],
        defaultHandler: null,
      });
      const inviteCode = 'A-CODE-1';
      const { joinLink } = await anna.call('groups.publish', { to: join(folder, 'xyz.json'), inviteCode });
      const joined = await ben.call('groups.join', { from: joinLink, me: 'ben@xyz.test', inviteCode });
      expect(joined.accounts).toMatchObject([{ state: 'ready' }]);
      const row = async () => (await ben.call('accounts.list', {})).accounts[0]!;
      const { id: accountId } = await row();
      expect(await ben.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
      const write = async (subject: string) => {
        const draft = await ben.call('drafts.create', { accountId });
        const content = { ...draft.content, to: 'cleo@xyz.test', subject, text: 'Hello' };
        await ben.call('drafts.save', { id: draft.id, accountId, content });
        return (await ben.call('outbox.send', { draftId: draft.id })).id;
      };
      const waits = await write('Written before');

      // The administrator signs in, tries it so, and publishes: nothing is left to seal.
      const signing = {
        ...settings,
        auth: { method: 'oauth2' as const, provider: provider.issuer, login: 'anna@xyz.test' },
      };
      const signIn = await anna.signIn('anna@xyz.test');
      const tested = await anna.call('accounts.test', {
        settings: signing,
        credentials: null,
        signIn,
        keepPasswordsOfGroup: 'xyz/info',
      });
      expect(tested).toMatchObject({ ok: true, smtp: { ok: true } });
      await anna.call('groups.editAccount', {
        group: 'info',
        settings: signing,
        signIn,
        token: tested.token ?? '',
      });
      await anna.call('groups.publish', { inviteCode });
      const { config } = await anna.call('groups.draft', {});
      expect(config.groupAccounts[0]).toMatchObject({ auth: { method: 'oauth2' }, credentials: null });
      expect(await anna.call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });

      // The member is asked; his password is not tried, and his mail waits.
      await ben.call('groups.sync', {});
      await ben.call('sync.run', {});
      expect(await row()).toMatchObject({
        id: accountId,
        signIn: { provider: provider.issuer, address: 'ben@xyz.test' },
        health: { state: 'needs-attention', lastError: { code: 'sign-in-expired' } },
      });
      const late = await write('Written meanwhile');
      for (const id of [waits, late]) {
        expect(await ben.call('outbox.settle', { id })).toMatchObject({
          state: 'retrying',
          error: { code: 'sign-in-expired' },
        });
      }
      expect(smtp.log()).not.toContain('authentication failed');

      // Signed in, he waits for nothing: both go out with his token, as the group.
      await ben.call('groups.setCredentials', {
        group: 'xyz/info',
        credentials: null,
        signIn: await ben.signIn('ben@xyz.test'),
      });
      for (const id of [waits, late]) {
        expect(await ben.call('outbox.settle', { id })).toMatchObject({
          state: 'sent',
          sentCopy: { state: 'filed' },
        });
      }
      expect((await arrived(mail, 'cleo@xyz.test', 2)).map(({ subject }) => subject)).toEqual([
        'Written before',
        'Written meanwhile',
      ]);
      expect(smtp.log()).toMatch(/sasl_method=(XOAUTH2|OAUTHBEARER), sasl_username=info@xyz\.test/);
      expect((await row()).health.state).toBe('healthy');

      // A token that counts no more is renewed on the way.
      const kept = JSON.parse((await ben.secrets.get(`account:${accountId}`)) ?? '') as {
        oauth: { accessToken: string };
      };
      await provider.revoke(kept.oauth.accessToken);
      expect(await ben.call('outbox.settle', { id: await write('With a new token') })).toMatchObject({
        state: 'sent',
      });
      expect(provider.tokenRequests.refresh).toBe(1);
    },
  );
});
