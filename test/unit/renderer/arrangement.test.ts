import { describe, expect, test } from 'vitest';
import type { AccountRow } from '#shared/contract/accounts.ts';
import { newestFirst, type ListSource } from '#shared/contract/messages.ts';
import { FolderId, PartId } from '#shared/domain/ids.ts';
import type { AttachmentRow } from '#shared/domain/message.ts';
import { createTranslate } from '#shared/i18n/translate.ts';
import { Layout } from '#renderer/app/layout.svelte.ts';
import { favouriteKey, treeLines } from '#renderer/features/folders/tree.ts';
import { rememberedSort, rememberSort, sortWords } from '#renderer/features/list/listSort.ts';
import { previewKind, textOf } from '#renderer/features/reader/preview.ts';
import { fakeAccounts, fakeFolders } from '#test/support/fakeMail.ts';

class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  key = (at: number): string | null => [...this.#items.keys()][at] ?? null;
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.#items.set(key, value);
  removeItem = (key: string): void => void this.#items.delete(key);
  clear = (): void => this.#items.clear();
}

describe('the order of a list', () => {
  const inbox: ListSource = { kind: 'folder', folderId: FolderId.parse(1) };

  test('is remembered for that list alone, and forgotten when it is the usual one again', () => {
    const storage = new MemoryStorage();
    const bySize = { by: 'size', ascending: false } as const;
    rememberSort(storage, inbox, bySize);
    rememberSort(storage, { kind: 'search', query: 'x' }, bySize);
    expect(rememberedSort(storage, inbox)).toEqual(bySize);
    expect(rememberedSort(storage, { kind: 'all-inboxes' })).toEqual(newestFirst);
    expect(rememberedSort(storage, { kind: 'search', query: 'x' })).toEqual(newestFirst);
    rememberSort(storage, inbox, newestFirst);
    expect(storage.getItem('postkorb.sort')).toBe('[]');
  });

  test.each(['', '{', '7', '[["folder:1",{"by":"colour","ascending":true}]]', '[["folder:1"]]'])(
    'that was stored as %j is the usual one',
    (stored) => {
      const storage = new MemoryStorage();
      storage.setItem('postkorb.sort', stored);
      expect(rememberedSort(storage, inbox)).toEqual(newestFirst);
    },
  );

  test('is said in words', () => {
    const t = createTranslate('en');
    expect(sortWords(newestFirst, t)).toBe('Date, newest first');
    expect(sortWords({ by: 'sender', ascending: true }, t)).toBe('Sender, A to Z');
    expect(sortWords({ by: 'size', ascending: true }, t)).toBe('Size, smallest first');
  });
});

describe('favourites', () => {
  test('stand between the smart folders and the accounts, in their own order; what is gone is passed over', () => {
    const accounts: AccountRow[] = fakeAccounts(0);
    const folders = fakeFolders(accounts);
    const [first, , third] = folders;
    const lines = treeLines(accounts, folders, ['all-inboxes', 'outbox'], new Set(), 'en', [
      third!.id,
      FolderId.parse(9_999),
      first!.id,
    ]);
    expect(lines.slice(0, 5).map(({ item }) => item.key)).toEqual([
      'smart:all-inboxes',
      'smart:outbox',
      favouriteKey(third!.id),
      favouriteKey(first!.id),
      `account:${accounts[0]!.id}`,
    ]);
    expect(new Set(lines.map(({ item }) => item.key)).size).toBe(lines.length);
  });
});

describe('an attachment', () => {
  const part = (filename: string, contentType: string, size = 1): AttachmentRow => ({
    id: PartId.parse('2'),
    filename,
    contentType,
    size,
    inline: false,
    contentId: null,
  });
  test.each([
    ['a.png', 'application/octet-stream', 'picture'],
    ['photo', 'image/jpeg', 'picture'],
    ['notes.txt', 'text/plain', 'text'],
    ['table.CSV', 'application/octet-stream', 'text'],
    ['plan.pdf', 'application/pdf', 'pdf'],
    ['drawing.svg', 'image/svg+xml', null],
    ['page.html', 'text/html', null],
    ['a.png.exe', 'image/png', null],
    ['letter.docx', 'application/octet-stream', null],
  ] as const)('%s (%s) is looked at as %s', (filename, contentType, kind) => {
    expect(previewKind(part(filename, contentType))).toBe(kind);
  });

  test('that is too large is saved instead', () => {
    expect(previewKind(part('a.png', 'image/png', 30_000_000))).toBeNull();
    expect(previewKind(part('a.txt', 'text/plain', 30_000_000))).toBeNull();
  });

  test('has its characters, in whatever usual encoding they come', () => {
    expect(textOf(new TextEncoder().encode('Größe'))).toBe('Größe');
    expect(textOf(Uint8Array.from([0x47, 0x72, 0xf6, 0xdf, 0x65]))).toBe('Größe');
    expect(textOf(Uint8Array.from([0xff, 0xfe, 0x47, 0x00, 0xf6, 0x00]))).toBe('Gö');
  });
});

describe('the layout', () => {
  test('is as wanted where there is room; what is too narrow shows one pane', () => {
    const layout = new Layout(new MemoryStorage());
    layout.wanted = 'stacked';
    expect([layout.arrangement, layout.single]).toEqual(['stacked', false]);
    layout.width = 500;
    expect([layout.arrangement, layout.single]).toEqual(['list', true]);
  });

  test('mails are enlarged in steps, with an end at both sides, and are so again after a start', () => {
    const storage = new MemoryStorage();
    const layout = new Layout(storage);
    layout.zoomMail('in');
    expect(layout.mailZoom).toBe(1.1);
    expect(new Layout(storage).mailZoom).toBe(1.1);
    for (let count = 0; count < 20; count += 1) layout.zoomMail('in');
    expect(layout.mailZoom).toBe(2.5);
    for (let count = 0; count < 20; count += 1) layout.zoomMail('out');
    expect(layout.mailZoom).toBe(0.75);
    layout.zoomMail('reset');
    expect(layout.mailZoom).toBe(1);
    storage.setItem('postkorb.mailZoom', '40');
    expect(new Layout(storage).mailZoom).toBe(1);
  });
});
