import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { getFolder, savePosition, type StoredFolder } from '#engine/store/folders.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import type { Operation } from '#engine/store/operationKinds.ts';
import {
  completeOperation,
  dropUnconfirmed,
  failOperation,
  markRunning,
  nextOperations,
  queueLength,
  recoverOperations,
  resetFolder,
} from '#engine/store/operations.repo.ts';
import {
  applyFlags,
  collectOrphans,
  listPlacementUids,
  removePlacements,
} from '#engine/store/placements.repo.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { headerRow, StoreFixture } from '#test/support/storeFixture.ts';

/** A server as one sees it through IMAP: mails by UID in folders, nothing else. */
class ServerModel {
  readonly folders = new Map<
    string,
    { uidValidity: number; next: number; mails: Map<number, { key: number; flags: number }> }
  >();
  #keys = 0;

  constructor(paths: readonly string[]) {
    for (const path of paths) this.folders.set(path, { uidValidity: 1, next: 1, mails: new Map() });
  }

  folder(path: string) {
    const folder = this.folders.get(path);
    if (!folder) throw new Error(path);
    return folder;
  }

  deliver(path: string): void {
    this.#keys += 1;
    this.put(path, { key: this.#keys, flags: 0 });
  }

  put(path: string, mail: { key: number; flags: number }): number {
    const folder = this.folder(path);
    const uid = folder.next;
    folder.next += 1;
    folder.mails.set(uid, mail);
    return uid;
  }

  move(from: string, uid: number, to: string): number | null {
    const mail = this.folder(from).mails.get(uid);
    if (!mail) return null;
    this.folder(from).mails.delete(uid);
    return this.put(to, mail);
  }

  /** All get new UIDs. */
  renumber(path: string): void {
    const folder = this.folder(path);
    folder.uidValidity += 1;
    folder.next += 1000;
    const mails = [...folder.mails.values()];
    folder.mails.clear();
    for (const mail of mails) this.put(path, mail);
  }
}

const paths = ['INBOX', 'Archive', 'Trash', 'Other'];

/** The store beside the server: what users do here, what others do there, and what carries it over. */
class World implements Disposable {
  readonly fixture = new StoreFixture();
  readonly server = new ServerModel(paths);
  readonly folders: StoredFolder[];
  readonly api: MessageApi;

  constructor() {
    this.folders = this.fixture.folders(...paths);
    this.api = messageApi(this.fixture);
  }

  #folder(at: number): StoredFolder {
    return this.folders[at % this.folders.length]!;
  }

  async #shown(folder: StoredFolder) {
    const { messages } = await this.api.messages['messages.list'](
      { source: { kind: 'folder', folderId: folder.id }, limit: 500, threads: false },
      this.api.signal,
    );
    return messages;
  }

  async #refs(at: number, some: number) {
    const rows = await this.#shown(this.#folder(at));
    return rows.filter((_, index) => (some >> (index % 5)) & 1).map(({ id, folderId }) => ({ id, folderId }));
  }

  /** Brings one folder up to date, as a synchronisation does. */
  sync(at: number): void {
    const { store, account } = this.fixture;
    const folder = getFolder(store.read, this.#folder(at).id)!;
    const there = this.server.folder(folder.path);
    store.write((db) => {
      if (folder.uidValidity !== String(there.uidValidity))
        resetFolder(db, folder.id, String(there.uidValidity));
      const ours = new Set(listPlacementUids(db, folder.id));
      removePlacements(
        db,
        folder.id,
        [...ours].filter((uid) => !there.mails.has(uid)),
      );
      const fresh = [...there.mails].filter(([uid]) => !ours.has(uid));
      storeHeaders(
        db,
        account,
        folder.id,
        // Every third mail answers the one before: conversations form and merge.
        fresh.map(([uid, { key, flags }]) => ({
          ...headerRow({ uid: key, references: key % 3 === 0 ? [] : [`m${key - 1}@xyz.test`], flags }),
          uid,
        })),
      );
      applyFlags(
        db,
        folder.id,
        [...there.mails].map(([uid, { flags }]) => ({ uid, flags, keywords: [] })),
      );
      savePosition(db, folder.id, { uidNext: there.next, lowUid: 1, serverTotal: there.mails.size });
      dropUnconfirmed(db, folder.id);
    });
  }

  #carryOut(operation: Operation): Map<number, number> {
    const told = new Map<number, number>();
    if (operation.kind === 'flag') {
      for (const { uid } of operation.messages) {
        const mail = this.server.folder(operation.folder.path).mails.get(uid);
        if (mail) mail.flags = (mail.flags & ~operation.remove) | operation.add;
      }
    } else if (operation.kind === 'move') {
      for (const { uid } of operation.messages) {
        const now = this.server.move(operation.folder.path, uid, operation.target.path);
        if (now !== null) told.set(uid, now);
      }
    } else if (operation.kind === 'delete') {
      for (const { uid } of operation.messages) this.server.folder(operation.folder.path).mails.delete(uid);
    }
    return told;
  }

  /** One operation; false: there is none that can be carried out now. */
  carry(how: 'told' | 'untold' | 'lost' | 'refused'): boolean {
    const { store, account } = this.fixture;
    const [operation] = nextOperations(store.read, account, 0, 1);
    if (!operation) return false;
    if (
      'folder' in operation &&
      operation.folder.uidValidity !== String(this.server.folder(operation.folder.path).uidValidity)
    ) {
      // What the runner does: look at the folder first.
      this.sync(paths.indexOf(operation.folder.path));
      return true;
    }
    store.precious((db) => markRunning(db, operation.id));
    if (how === 'refused') {
      store.precious((db) => failOperation(db, operation.id, { code: 'server-refused', params: {} }, null));
      return true;
    }
    const uids = this.#carryOut(operation);
    // The answer never came, and we crashed: it is carried out once more.
    if (how === 'lost') store.precious((db) => recoverOperations(db));
    else store.precious((db) => completeOperation(db, operation.id, how === 'told' ? { uids } : {}));
    return true;
  }

  async step({ kind, at, to, some }: Step): Promise<void> {
    const { messages } = this.api;
    const path = paths[at % paths.length]!;
    switch (kind) {
      case 'deliver':
        this.server.deliver(path);
        return;
      case 'sync':
        this.sync(at);
        return;
      case 'told':
      case 'untold':
      case 'lost':
      case 'refused':
        this.carry(kind);
        return;
      case 'renumber':
        this.server.renumber(path);
        return;
      case 'expunge':
      case 'foreign-move':
      case 'foreign-flag': {
        const [uid, mail] = [...this.server.folder(path).mails][some % 3] ?? [];
        if (uid === undefined || !mail) return;
        if (kind === 'expunge') this.server.folder(path).mails.delete(uid);
        else if (kind === 'foreign-flag') mail.flags ^= FlagBit.seen;
        else this.server.move(path, uid, paths[to % paths.length]!);
        return;
      }
      case 'undo':
        await messages['messages.undo']({}, this.api.signal);
        return;
      default: {
        const refs = await this.#refs(at, some);
        if (refs.length === 0) return;
        if (kind === 'move')
          await messages['messages.move']({ refs, target: this.#folder(to).id }, this.api.signal);
        else if (kind === 'delete') await messages['messages.delete']({ refs }, this.api.signal);
        else if (kind === 'archive') await messages['messages.archive']({ refs }, this.api.signal);
        else
          await messages['messages.flag'](
            { refs, add: some & 1 ? ['seen'] : ['flagged'], remove: some & 1 ? ['flagged'] : ['seen'] },
            this.api.signal,
          );
      }
    }
  }

  /** Counters and conversation rows are what counting gives. */
  checkCounters(): void {
    const { read } = this.fixture.store;
    const counted = read
      .prepare(`SELECT f.id, f.total, f.unread, f.threads FROM folders f ORDER BY f.id`)
      .all();
    const real = read
      .prepare(
        `SELECT f.id, count(p.uid) AS total, coalesce(sum(p.flags & 1 = 0), 0) AS unread, count(DISTINCT p.thread_id) AS threads
         FROM folders f LEFT JOIN placements p ON p.folder_id = f.id AND p.hidden = 0 GROUP BY f.id ORDER BY f.id`,
      )
      .all();
    expect(counted).toEqual(real);
    const rows = read.prepare('SELECT * FROM folder_threads ORDER BY folder_id, thread_id').all();
    const threads = read
      .prepare(
        `SELECT p.folder_id, m.thread_id, max(p.message_id) AS newest, count(*) AS total, sum(p.flags & 1 = 0) AS unread
         FROM placements p JOIN messages m ON m.id = p.message_id WHERE p.hidden = 0 GROUP BY p.folder_id, m.thread_id ORDER BY 1, 2`,
      )
      .all();
    expect(rows).toEqual(threads);
  }

  /** What a user did stays as it was done until the server has it or has refused it; and a mail that moves stays the same mail. */
  checkActs(): void {
    const { read } = this.fixture.store;
    const items = read
      .prepare<[], { kind: string; payload: string; message_id: number; folder_id: number }>(
        `SELECT o.kind, o.payload, i.message_id, i.folder_id FROM operation_items i JOIN operations o ON o.id = i.operation_id
         WHERE o.state <> 'failed' ORDER BY o.id`,
      )
      .all();
    const place = read.prepare<[number, number], { flags: number }>(
      'SELECT flags FROM placements WHERE message_id = ? AND folder_id = ? AND hidden = 0',
    );
    const byMessage = Map.groupBy(items, (item) => item.message_id);
    for (const queued of byMessage.values()) {
      // Of several acts on one mail the later ones may take the earlier ones' effect away.
      const [item] = queued;
      if (queued.length !== 1 || !item) continue;
      const shown = place.get(item.message_id, item.folder_id);
      if (item.kind !== 'flag') expect(shown).toBeUndefined();
      else if (shown) {
        const { add, remove } = JSON.parse(item.payload) as { add: number; remove: number };
        expect(shown.flags & (add | remove)).toBe(add);
      }
    }
    expect(read.prepare('SELECT id FROM messages WHERE copy > 0').all()).toEqual([]);
  }

  /** Everything carried over and looked at: both sides hold the same, with the same flags. */
  async settle(): Promise<void> {
    const { store } = this.fixture;
    for (let round = 0; round < 20; round += 1) {
      for (const at of paths.keys()) this.sync(at);
      while (this.carry('told'));
      if (queueLength(store.read, null).queued === 0 && round > 0) break;
    }
    for (const at of paths.keys()) this.sync(at);
    expect(queueLength(store.read, null).queued).toBe(0);
    for (const folder of this.folders) {
      const rows = await this.#shown(folder);
      const ours = rows.map(({ uid, flags }) => [uid, (flags.seen ? 1 : 0) | (flags.flagged ? 2 : 0)]);
      const theirs = [...this.server.folder(folder.path).mails].map(([uid, { flags }]) => [uid, flags]);
      const byUid = (a: unknown[], b: unknown[]) => Number(a[0]) - Number(b[0]);
      expect(ours.sort(byUid)).toEqual(theirs.sort(byUid));
    }
    store.write((db) => collectOrphans(db, this.fixture.account, 1000));
    const left = store.read.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n;
    const keys = new Set(
      paths.flatMap((path) => [...this.server.folder(path).mails.values()].map(({ key }) => key)),
    );
    const held =
      store.read
        .prepare<[], { n: number }>('SELECT count(DISTINCT message_id) AS n FROM operation_items')
        .get()?.n ?? 0;
    expect(left).toBeGreaterThanOrEqual(keys.size);
    expect(left).toBeLessThanOrEqual(keys.size + held);
  }

  [Symbol.dispose](): void {
    this.fixture[Symbol.dispose]();
  }
}

interface Step {
  kind: string;
  at: number;
  to: number;
  some: number;
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'deliver',
      'deliver',
      'sync',
      'sync',
      'move',
      'move',
      'delete',
      'archive',
      'flag',
      'flag',
      'undo',
      'undo',
      'told',
      'told',
      'untold',
      'lost',
      'refused',
      'renumber',
      'expunge',
      'foreign-move',
      'foreign-flag',
    ),
    at: fc.nat(3),
    to: fc.nat(3),
    some: fc.nat(31),
  }),
  { minLength: 1, maxLength: 45, size: 'max' },
);

it(
  'whatever users, servers and crashes do: counters are counts, no mail is lost or doubled, and both sides agree in the end',
  { timeout: 400_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        using world = new World();
        for (let count = 0; count < 6; count += 1) world.server.deliver('INBOX');
        world.sync(0);
        for (const step of list) {
          await world.step(step);
          world.checkCounters();
          world.checkActs();
        }
        await world.settle();
        world.checkCounters();
      }),
      {
        numRuns: Number(process.env['STORE_RUNS'] ?? 60),
        examples: [
          // Moved, marked there, moved back with others, and the first move is refused: the mail was hidden for good.
          [
            [
              { kind: 'move', at: 0, to: 3, some: 1 },
              { kind: 'flag', at: 3, to: 0, some: 1 },
              { kind: 'move', at: 3, to: 0, some: 15 },
              { kind: 'refused', at: 0, to: 0, some: 0 },
            ],
          ],
        ],
      },
    );
  },
);
