import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { collectOrphans, removePlacements } from '#engine/store/placements.repo.ts';
import {
  getText,
  messagesWithoutText,
  putTextAside,
  storeText,
  unpackText,
} from '#engine/store/texts.repo.ts';
import { PartId, type MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { messageApi } from '#test/support/messageApi.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox] = fixture.folders('INBOX') as [StoredFolder];
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const text = {
  text: 'Grüße',
  html: '<p>Grüße</p>',
  snippet: 'Grüße',
  warnings: [{ code: 'truncated' }],
  authenticationResults: ['spf=pass'],
  listUnsubscribe: '<mailto:x@y.test>',
};
const part = (id: string, filename: string) => ({
  part: id,
  filename,
  contentType: 'text/plain',
  encoding: 'base64',
  size: 3,
  inline: false,
  contentId: null,
});
const withParts = (...ids: string[]) => ({
  textParts: [],
  attachments: ids.map((id) => part(id, `${id}.txt`)),
});

describe('opening a mail', () => {
  it('fetches its text once, and shows it offline from then on', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    let fetched = 0;
    const api = messageApi(fixture, {
      reader: {
        fetchText: async (wanted) => {
          fetched += 1;
          fixture.store.write((db) => storeText(db, wanted, text));
        },
      },
    });
    const first = await api.messages['messages.get']({ id }, api.signal);
    expect(first).toMatchObject({
      id,
      folderId: inbox.id,
      text: 'Grüße',
      html: '<p>Grüße</p>',
      warnings: [{ code: 'truncated' }],
      authenticationResults: ['spf=pass'],
      listUnsubscribe: '<mailto:x@y.test>',
      messageId: 'm1@xyz.test',
    });
    await api.messages['messages.get']({ id }, api.signal);
    expect(fetched).toBe(1);
  });

  it('of a very long text the rest comes when it is opened; without a server its beginning is shown, and said so', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const incomplete = { code: 'text-incomplete', detail: '2 MB' };
    fixture.store.write((db) => storeText(db, id, { ...text, warnings: [incomplete] }));
    const offline = messageApi(fixture);
    expect(await offline.messages['messages.get']({ id }, offline.signal)).toMatchObject({
      text: 'Grüße',
      warnings: [incomplete],
    });
    const online = messageApi(fixture, {
      reader: {
        fetchText: async (wanted) => {
          fixture.store.write((db) => storeText(db, wanted, { ...text, text: 'All of it', warnings: [] }));
        },
      },
    });
    expect(await online.messages['messages.get']({ id }, online.signal)).toMatchObject({
      text: 'All of it',
      warnings: [],
    });
  });

  it('of very long HTML no more than a window shows at once, where that is asked for', async () => {
    const [id, other] = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    const html = '<p>A paragraph</p>'.repeat(100_000);
    fixture.store.write((db) => {
      storeText(db, id, { ...text, html });
      storeText(db, other, text);
    });
    const api = messageApi(fixture);
    const get = (one: MessageId, beginning: boolean) =>
      api.messages['messages.get']({ id: one, beginning }, api.signal);
    const beginning = await get(id, true);
    expect(beginning.htmlGoesOn).toBe(true);
    expect(beginning.html?.length).toBeLessThan(html.length / 10);
    expect(html.startsWith(beginning.html ?? '-')).toBe(true);
    expect((await get(id, false)).html).toHaveLength(html.length);
    expect(await get(other, true)).toEqual(await get(other, false));
    let pieces = '';
    for (let from: number | null = 0; from !== null;) {
      const request: { id: MessageId; of: 'html'; from: number } = { id, of: 'html', from };
      const answer: { piece: string; next: number | null } = await api.messages['messages.piece'](
        request,
        api.signal,
      );
      pieces += answer.piece;
      from = answer.next;
    }
    expect(pieces === html).toBe(true);
  });

  it('says what the connection said when the text is not here, and that a mail is gone when it is', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const offline = messageApi(fixture);
    await expect(offline.messages['messages.get']({ id }, offline.signal)).rejects.toMatchObject({
      code: 'network-unreachable',
    });
    const silent = messageApi(fixture, { reader: { fetchText: () => Promise.resolve() } });
    await expect(silent.messages['messages.get']({ id }, silent.signal)).rejects.toMatchObject({
      code: 'message-gone',
    });
    fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
    await expect(offline.messages['messages.get']({ id }, offline.signal)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(offline.messages['messages.source']({ id }, offline.signal)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('texts are fetched newest first, and what was put aside is not asked for again', () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }, { uid: 3 });
    const wanted = () => messagesWithoutText(fixture.store.read, fixture.account, 10).map(({ uid }) => uid);
    expect(wanted()).toEqual([3, 2, 1]);
    fixture.store.write((db) => putTextAside(db, ids[2] as MessageId));
    fixture.store.write((db) => storeText(db, ids[1] as MessageId, text));
    expect(wanted()).toEqual([1]);
    expect(
      messagesWithoutText(fixture.store.read, fixture.account, 10, { before: ids[0] as MessageId }),
    ).toEqual([]);
  });

  it('a stored text that unpacks to more than any mail holds is an error, not a crash', () => {
    expect(() => unpackText(Buffer.from('no deflate'))).toThrow();
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const large = 'ä'.repeat(2_000_000);
    fixture.store.write((db) => storeText(db, id, { ...text, text: large, html: null }));
    expect(getText(fixture.store.read, id)?.text).toBe(large);
  });
});

describe('attachments', () => {
  const bytes = (length: number) => new Uint8Array(length).fill(7);
  const folder = () => join(fixture.folder, 'attachments');
  const files = () => (existsSync(folder()) ? readdirSync(folder()).sort() : []);

  function setUp(size = 100) {
    const fetched: string[] = [];
    const api = messageApi(fixture, {
      maxCacheBytes: 1000,
      reader: {
        fetchPart: (_id, attachment) => {
          fetched.push(attachment.part);
          return Promise.resolve(bytes(size));
        },
      },
    });
    const get = (id: MessageId, partId: string) =>
      api.messages['messages.attachment']({ id, part: PartId.parse(partId) }, api.signal);
    return { api, fetched, get };
  }

  it('are fetched once and then taken from the disk', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1, structure: withParts('2') }) as [MessageId];
    const { get, fetched } = setUp();
    expect(await get(id, '2')).toMatchObject({ filename: '2.txt', contentType: 'text/plain' });
    expect((await get(id, '2')).content).toEqual(bytes(100));
    expect(fetched).toEqual(['2']);
    rmSync(join(folder(), files()[0] as string));
    expect((await get(id, '2')).content).toEqual(bytes(100));
    writeFileSync(join(folder(), files()[0] as string), 'cut');
    expect((await get(id, '2')).content).toEqual(bytes(100));
    expect(fetched).toEqual(['2', '2', '2']);
  });

  it('that the mail does not have are refused before anything is asked', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1, structure: withParts('2') }) as [MessageId];
    const { get, fetched } = setUp();
    await expect(get(id, '3')).rejects.toMatchObject({ code: 'not-found' });
    expect(fetched).toEqual([]);
  });

  it('stay within their size: the ones not used for longest go, and one too large is not kept', async () => {
    const ids = fixture.mails(
      inbox.id,
      ...Array.from({ length: 6 }, (_, at) => ({ uid: at + 1, structure: withParts('2') })),
    );
    const { get, fetched } = setUp(240);
    for (const id of ids) {
      await get(id, '2');
      await fixture.clock.advance(1000);
    }
    expect(files()).toHaveLength(4);
    await get(ids[5] as MessageId, '2');
    expect(fetched).toHaveLength(6);
    await get(ids[0] as MessageId, '2');
    expect(fetched).toHaveLength(7);
    const large = setUp(300);
    await large.get(ids[1] as MessageId, '2');
    await large.get(ids[1] as MessageId, '2');
    expect(large.fetched).toHaveLength(2);
  });

  it('that cannot be written are handed over all the same', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1, structure: withParts('2') }) as [MessageId];
    writeFileSync(folder(), 'a file where the folder should be');
    const { get } = setUp();
    expect((await get(id, '2')).content).toEqual(bytes(100));
  });

  it('go with their mail, and files that a crash left behind are swept away', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1, structure: withParts('2') }) as [MessageId];
    const { api, get } = setUp();
    await get(id, '2');
    writeFileSync(join(folder(), '123-4.5'), 'left behind');
    writeFileSync(join(folder(), 'notes.txt'), 'not ours');
    await api.cache.sweep();
    expect(files()).toEqual([`${id}-2`, 'notes.txt']);
    fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
    const { files: gone } = fixture.store.write((db) => collectOrphans(db, fixture.account, 10));
    await api.cache.removeFiles(gone);
    expect(files()).toEqual(['notes.txt']);
  });
});

describe('the queue', () => {
  it('is flushed once for each account that has something in it, and the answer counts', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const asked: string[] = [];
    let refuse = false;
    const api = messageApi(fixture, {
      carryOut: async (account) => {
        asked.push(account);
        if (refuse) throw new MailError('network-unreachable');
        api.carry();
      },
    });
    const flush = () => api.messages['operations.flush']({}, api.signal);
    expect(await flush()).toEqual({ done: 0, queued: 0 });
    expect(asked).toEqual([]);
    await api.messages['messages.flag']({ refs: [{ id }], add: ['seen'], remove: [] }, api.signal);
    expect(await flush()).toEqual({ done: 1, queued: 0 });
    refuse = true;
    await api.messages['messages.flag']({ refs: [{ id }], add: [], remove: ['seen'] }, api.signal);
    expect(await flush()).toEqual({ done: 0, queued: 1 });
  });
});
