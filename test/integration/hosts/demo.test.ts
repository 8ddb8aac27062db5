import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient, PayloadOf } from '#shared/contract/contract.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
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
      expect(accounts.map((account) => [account.name, account.default])).toEqual([
        [name, true],
        ['Info', false],
      ]);
      const inbox = await untilFilled(client, accounts[1]?.id);
      expect(inbox.total).toBeGreaterThan(250);
      expect(inbox.unread).toBeGreaterThan(2);
    }
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
  const look = async (): Promise<{ id: FolderId; total: number; unread: number } | undefined> => {
    const { folders } = await client.call('folders.list', accountId === undefined ? {} : { accountId });
    return folders.find((folder) => folder.role === 'inbox');
  };
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      client.on('changed', () => {
        resolve();
      });
    });
    const inbox = await look();
    if (inbox !== undefined && inbox.total > 250) return inbox;
    await changed;
  }
}
