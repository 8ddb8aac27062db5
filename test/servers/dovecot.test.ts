import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './available.ts';
import { startDovecot } from './dovecot.ts';
import type { Dovecot } from './dovecot.ts';

const mail = (subject: string): string =>
  `From: a@outside.test\r\nTo: b@xyz.test\r\nSubject: ${subject}\r\n\r\nHello.\r\n`;

describeWith(['dovecot'], 'the Dovecot of the tests', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot[Symbol.asyncDispose]());

  it('delivers into the inbox of any user', async () => {
    await dovecot.deliver('anna@xyz.test', mail('first'));
    await using client = await dovecot.client('anna@xyz.test');
    await client.mailboxOpen('INBOX');
    const message = await client.fetchOne('1', { envelope: true });
    expect(message && message.envelope?.subject).toBe('first');
  });

  it('has folders with special uses and speaks TLS by the certificate of its own CA', async () => {
    await using client = await dovecot.client('bob', {
      host: 'localhost',
      port: dovecot.ports.imaps,
      secure: true,
      tls: { ca: dovecot.ca },
    });
    const folders = await client.list();
    expect(folders.map((folder) => folder.specialUse).sort()).toEqual([
      '\\Archive',
      '\\Drafts',
      '\\Inbox',
      '\\Junk',
      '\\Sent',
      '\\Trash',
    ]);
    expect(client.capabilities.has('QRESYNC')).toBe(true);
  });

  it('offers STARTTLS and COMPRESS', async () => {
    await using client = await dovecot.client('bob', {
      host: 'localhost',
      doSTARTTLS: true,
      disableCompression: false,
      tls: { ca: dovecot.ca },
    });
    expect(client.secureConnection).toBe(true);
    expect(client.capabilities.has('COMPRESS=DEFLATE')).toBe(true);
  });

  it('has a folder filled fast, in order, with flags and dates', async () => {
    const date = new Date('2024-05-06T07:08:09Z');
    dovecot.fill('carol', 'Projects/North', [
      { raw: mail('one'), flags: ['\\Seen', '\\Flagged'], date },
      { raw: mail('two') },
    ]);
    await using client = await dovecot.client('carol');
    await client.mailboxOpen('Projects/North');
    const found = await client.fetchAll('1:*', { envelope: true, flags: true, internalDate: true });
    expect(found.map((message) => message.envelope?.subject)).toEqual(['one', 'two']);
    expect(found[0]?.flags).toEqual(new Set(['\\Seen', '\\Flagged', '\\Recent']));
    expect(new Date(found[0]!.internalDate!)).toEqual(date);
  });

  it('a wrong password slows no right one', async () => {
    const started = performance.now();
    await expect(dovecot.client('dave', { auth: { user: 'dave', pass: 'wrong' } })).rejects.toThrow();
    await using client = await dovecot.client('dave');
    expect(client.authenticated).toBeTruthy();
    expect(performance.now() - started).toBeLessThan(1900);
  });

  it('keeps mail and ports over a restart', async () => {
    await dovecot.deliver('erin', mail('kept'));
    await dovecot.stop();
    await expect(dovecot.client('erin')).rejects.toThrow();
    await dovecot.start();
    await using client = await dovecot.client('erin');
    expect((await client.mailboxOpen('INBOX')).exists).toBe(1);
  });

  it('answers doveadm', async () => {
    await dovecot.deliver('frank', mail('counted'));
    expect(await dovecot.doveadm('mailbox', 'status', '-u', 'frank', 'messages', 'INBOX')).toContain(
      'messages=1',
    );
  });

  it('several with other abilities live side by side, and leave nothing behind', async () => {
    const folders: string[] = [];
    {
      await using plain = await startDovecot({
        without: ['QRESYNC', 'CONDSTORE', 'MOVE', 'COMPRESS=DEFLATE'],
      });
      await using boxes = await startDovecot({ storage: 'mdbox' });
      folders.push(plain.folder, boxes.folder);
      await boxes.deliver('bob', mail('elsewhere'));
      await using client = await plain.client('bob');
      expect((await client.mailboxOpen('INBOX')).exists).toBe(0);
      const words = [...client.capabilities.keys()];
      expect(words).toContain('UIDPLUS');
      for (const word of ['QRESYNC', 'CONDSTORE', 'MOVE', 'COMPRESS=DEFLATE'])
        expect(words).not.toContain(word);
    }
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
