/** The user's settings and other small values, each a JSON text under a key. */
import { Settings } from '#shared/contract/app.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import type { ReadDb, WriteDb } from './handles.ts';

/** A value under a key of the engine's own, as it was written; null: there is none. The reader checks its shape. */
export function readValue(db: ReadDb, key: string): unknown {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?').get(key);
  if (!row) return null;
  try {
    return JSON.parse(row.value) as unknown;
  } catch {
    return null;
  }
}

export function writeValue(db: WriteDb, key: string, value: unknown): void {
  db.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  ).run(key, JSON.stringify(value));
}

export function deleteValue(db: WriteDb, key: string): void {
  db.prepare('DELETE FROM settings WHERE key = ?').run(key);
}

/** Each setting has a row ("settings.<name>"), so that one that cannot be read costs no other. */
const settingKey = (name: string): string => `settings.${name}`;

export function readSettings(db: ReadDb): Settings {
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(Settings.shape)) {
    const parsed = schema.safeParse(readValue(db, settingKey(name)) ?? undefined);
    if (parsed.success) settings[name] = parsed.data;
  }
  return Settings.parse(settings);
}

/** Is new mail in this folder told to anybody? In an inbox, and where a person gave the folder a level of its own. */
export function isNewsFolder(db: ReadDb, { id, role }: Pick<FolderRow, 'id' | 'role'>): boolean {
  if (role === 'inbox') return true;
  const news = Settings.shape.folderNews.safeParse(readValue(db, settingKey('folderNews')) ?? undefined);
  return news.data?.some(({ folderId, level }) => folderId === id && level !== 'off') === true;
}

/** Sets what is given; the rest stays. */
export function writeSettings(db: WriteDb, change: Partial<Settings>): Settings {
  for (const [name, value] of Object.entries(change))
    if (value !== undefined) writeValue(db, settingKey(name), value);
  db.changed({ kind: 'settings' });
  return readSettings(db);
}
