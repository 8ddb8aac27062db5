import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient, PayloadOf } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { runDemo } from '#hosts/cli/runDemo.ts';
import type { Demo } from '#hosts/cli/runDemo.ts';
import { readAssets } from '#hosts/node/assets.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import type { EngineConnection } from '#hosts/node/connectEngine.ts';

const faults: string[] = [];
const report = (error: unknown, why: string): void => {
  faults.push(`${why}: ${String(error)}`);
};

describe('the demo', () => {
  let folder: string;
  let assets: Assets;
  let demo: Demo;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-demo-test-'));
    const page = join(folder, 'page');
    mkdirSync(page);
    writeFileSync(join(page, 'index.html'), '<!doctype html>');
    assets = await readAssets(page);
    demo = await runDemo({ folder: join(folder, 'demo'), locale: 'en', assets, report });
  });
  afterAll(async () => {
    await demo[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    expect(faults).toEqual([]);
  });

  /** As a second window of that person comes in. */
  const attach = (name: string): Promise<EngineConnection> => {
    const person = demo.people.find((candidate) => candidate.name.startsWith(name));
    return connectEngine({ profile: person?.profile, passive: true });
  };

  it('serves everybody an app of their own, each at its own address', async () => {
    expect(demo.people.map(({ name }) => name)).toEqual(['Anna Albrecht', 'Ben Becker', 'Clara Conrad']);
    expect(new Set(demo.people.map(({ url }) => new URL(url).port)).size).toBe(3);
    for (const { url } of demo.people) {
      const answer = await fetch(url);
      expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>']);
    }
  });

  it('has both accounts set up, healthy and filled', async () => {
    for (const name of ['Anna', 'Ben', 'Clara']) {
      await using connection = await attach(name);
      const { client } = connection;
      const { accounts } = await client.call('accounts.list', {});
      expect(accounts.map((account) => [account.name, account.default, account.group])).toEqual([
        [name, true, null],
        ['Info', false, 'leuchtwerk-kiel-gmbh/info'],
      ]);
      const inbox = await untilFilled(client, accounts[1]?.id);
      expect(inbox.total).toBeGreaterThan(250);
      expect(inbox.unread).toBeGreaterThan(2);
    }
  });

  it('is an organisation that all three have joined, with Anna as its administrator', async () => {
    for (const name of ['Anna', 'Ben', 'Clara']) {
      await using connection = await attach(name);
      const { organisation } = await connection.client.call('groups.organisation', {});
      expect(organisation).toMatchObject({
        name: demo.organisation,
        revision: 1,
        lastError: null,
        admin: name === 'Anna',
        unpublished: [],
        accounts: [{ name: 'Info', state: 'ready', defaultHandler: null, members: [{}, {}, {}] }],
      });
      expect(organisation?.me.name).toContain(name);
    }
  });

  it('begins in the middle of the work: some is taken and talked about, some waits, some is done', async () => {
    await using ben = await attach('Ben');
    const counts = await untilSettled(ben.client);
    expect(counts.handledByMe.total).toBeGreaterThan(0);
    expect(counts.forInformation.total).toBeGreaterThan(counts.unassigned.total);

    const stateOf = async (subject: string, from: string) => {
      const { id } = await find(ben.client, subject, from);
      return ben.client.call('groups.state', { messageId: id });
    };
    const hotel = await stateOf('Re: Reading lamps for our Edinburgh house', 'robertson');
    expect(hotel).toMatchObject({ handler: { name: 'Ben Becker' }, status: 'open', pending: false });
    expect(hotel.info.map(({ name }) => name)).toEqual(['Anna Albrecht', 'Ben Becker', 'Clara Conrad']);
    expect(hotel.notes.map(({ by, mentions }) => [by.name, mentions.map(({ name }) => name)])).toEqual([
      ['Clara Conrad', ['Ben Becker']],
      ['Ben Becker', []],
    ]);
    const museum = await stateOf('AW: Leihgabe für die Ausstellung "Küstenlicht"', 'museum');
    expect(museum).toMatchObject({ handler: { name: 'Clara Conrad' }, status: 'waiting', due: false });
    const school = await stateOf('AW: Schulprojekt: Lampen bauen in Klasse 6', 'heikendorf');
    expect(school).toMatchObject({ handler: { name: 'Ben Becker' }, status: 'done' });
    const { logs } = await ben.client.call('groups.logs', {});
    expect(logs).toMatchObject([{ incompleteSince: null, foreign: null, error: null }]);
    expect(logs[0]?.ignored).toEqual({});
  });

  it('shows Ben that Anna takes what was nobody’s', async () => {
    await using anna = await attach('Anna');
    await using ben = await attach('Ben');
    await Promise.all([untilSettled(anna.client), untilSettled(ben.client)]);
    const subject = 'Euer Lieferwagen steht vor unserem Tor';
    const [hers, his] = await Promise.all([find(anna.client, subject), find(ben.client, subject)]);
    const seen = new Promise<PayloadOf<'groups.event'>>((resolve) => {
      ben.client.on('groups.event', (told) => {
        if (told.messageId === his.id && told.event === 'assign') resolve(told);
      });
    });
    expect(await ben.client.call('groups.state', { messageId: his.id })).toMatchObject({ handler: null });
    expect(await anna.client.call('groups.claim', { messageId: hers.id })).toMatchObject({ accepted: true });
    expect(await seen).toMatchObject({ mine: false, by: { name: 'Anna Albrecht' }, accepted: true });
    expect(await ben.client.call('groups.state', { messageId: his.id })).toMatchObject({
      handler: { name: 'Anna Albrecht' },
    });
    expect(await ben.client.call('groups.claim', { messageId: his.id })).toMatchObject({
      accepted: false,
      conflict: { by: { name: 'Anna Albrecht' } },
    });
  });

  it('brings to one person what another sends', async () => {
    await using anna = await attach('Anna');
    await using ben = await attach('Ben');
    const [own] = (await anna.client.call('accounts.list', {})).accounts;
    const subject = 'Are you there?';
    const arrived = new Promise<PayloadOf<'mail.new'>>((resolve) => {
      ben.client.on('mail.new', (mail) => {
        if (mail.subject === subject) resolve(mail);
      });
    });
    const draft = await anna.client.call('drafts.create', {
      accountId: own?.id as AccountId,
      content: {
        to: 'Ben Becker <ben@leuchtwerk.example>',
        subject,
        text: 'Hello Ben',
      },
    });
    await anna.client.call('outbox.send', { draftId: draft.id });
    expect((await arrived).from).toContain('Anna Albrecht');
  });

  it('names in mail of the group who wrote it', async () => {
    await using anna = await attach('Anna');
    await using ben = await attach('Ben');
    const [, info] = (await anna.client.call('accounts.list', {})).accounts;
    const arrived = new Promise<PayloadOf<'mail.new'>>((resolve) => {
      ben.client.on('mail.new', (mail) => {
        if (mail.subject === 'From all of us') resolve(mail);
      });
    });
    const content = { to: 'ben@leuchtwerk.example', subject: 'From all of us', text: 'Hello' };
    const draft = await anna.client.call('drafts.create', { accountId: info?.id as AccountId, content });
    await anna.client.call('outbox.send', { draftId: draft.id });
    const { id, folderId } = await arrived;
    const { raw } = await ben.client.call('messages.source', { id, folderId });
    const source = Buffer.from(raw).toString();
    expect(source).toMatch(/^From: .*<info@leuchtwerk\.example>\r$/m);
    expect(source).toMatch(/^Sender: Anna Albrecht <anna@leuchtwerk\.example>\r$/m);
  });

  it('begins afresh in the folder of an earlier demo, and touches no folder that holds anything else', async () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'anna'), { recursive: true });
    writeFileSync(join(other, 'anna/letters.txt'), 'mine');
    await expect(runDemo({ folder: other, locale: 'en', assets, report })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(existsSync(join(other, 'anna/letters.txt'))).toBe(true);

    const again = join(folder, 'again');
    const stale = join(again, 'anna', 'stale');
    mkdirSync(join(again, 'anna'), { recursive: true });
    writeFileSync(join(again, 'postkorb-demo.json'), '{}');
    writeFileSync(stale, '');
    await using second = await runDemo({ folder: again, locale: 'en', assets, report });
    expect(second.people).toHaveLength(3);
    expect(existsSync(stale)).toBe(false);
  });
});

async function untilFilled(client: EngineClient, accountId: AccountId | undefined) {
  return until(client, async () => {
    const { folders } = await client.call('folders.list', accountId === undefined ? {} : { accountId });
    const inbox = folders.find((folder) => folder.role === 'inbox');
    return inbox !== undefined && inbox.total > 250 ? inbox : null;
  });
}

/** All of the group's mails and of its log are here: nothing is left that has no first entry. */
async function untilSettled(client: EngineClient) {
  const { accounts } = await client.call('accounts.list', {});
  await untilFilled(client, accounts.find(({ group }) => group !== null)?.id);
  return until(client, async () => {
    const { logs } = await client.call('groups.logs', {});
    return (logs[0]?.events ?? 0) > 500 ? client.call('groups.counts', {}) : null;
  });
}

async function find(client: EngineClient, subject: string, from = ''): Promise<MessageRow> {
  return until(client, async () => {
    const { folders } = await client.call('folders.list', {});
    const accounts = await client.call('accounts.list', {});
    const group = accounts.accounts.find((account) => account.group !== null);
    const inbox = folders.find(({ role, accountId }) => role === 'inbox' && accountId === group?.id);
    if (inbox === undefined) return null;
    const { messages } = await client.call('messages.list', {
      source: { kind: 'folder', folderId: inbox.id },
      limit: 200,
    });
    return (
      messages.find((row) => row.subject === subject && row.from?.address.includes(from) === true) ?? null
    );
  });
}

/** Looks again after every change until there is something. */
async function until<T>(client: EngineClient, look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      client.on('changed', () => resolve());
    });
    const found = await look();
    if (found !== null) return found;
    await changed;
  }
}
