/** The index of what members of a group wrote beside its mails. One row a mail that has notes, under the message's id. */
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { wordsOf } from '#shared/domain/searchWords.ts';
import { MessageId, type AccountId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { rememberLongWords } from './searchRows.ts';
import { readValue, writeValue } from './settings.repo.ts';

/** Grows with every change of how words are folded. */
const indexVersion = 1;
const versionKey = 'search.notes.version';

/** Keeps the notes of a mail as they are shown, and their words. @returns whether they are others than before */
export function saveNotes(
  db: WriteDb,
  accountId: AccountId,
  key: MessageKey,
  notes: readonly string[],
): boolean {
  const texts = notes.length === 0 ? null : JSON.stringify(notes);
  const mails = db
    .prepare<[string | null, string, string, string | null], { message_id: number }>(
      `UPDATE group_mail SET note_texts = ? WHERE account_id = ? AND key = ? AND note_texts IS NOT ?
       RETURNING message_id`,
    )
    .all(texts, accountId, key, texts);
  for (const { message_id } of mails) indexNotes(db, MessageId.parse(message_id), notes);
  return mails.length > 0;
}

function indexNotes(db: WriteDb, id: MessageId, notes: readonly string[]): void {
  db.prepare('DELETE FROM note_words WHERE rowid = ?').run(id);
  const words = notes.map(wordsOf);
  if (words.every((some) => some.length === 0)) return;
  // No phrase reaches from one note into the next.
  const text = words.map((some) => some.join(' ')).join(' _ ');
  db.prepare('INSERT INTO note_words (rowid, notes) VALUES (?, ?)').run(id, text);
  rememberLongWords(db, [...new Set(words.flat())]);
}

/** Writes the whole index again, from the notes that are kept. */
export function rebuildNoteIndex(db: WriteDb): void {
  db.prepare("INSERT INTO note_words (note_words) VALUES ('delete-all')").run();
  const mails = db
    .prepare<[], { message_id: number; note_texts: string }>(
      'SELECT message_id, note_texts FROM group_mail WHERE note_texts IS NOT NULL ORDER BY message_id',
    )
    .all();
  for (const { message_id, note_texts } of mails)
    indexNotes(db, MessageId.parse(message_id), JSON.parse(note_texts) as string[]);
  writeValue(db, versionKey, indexVersion);
}

/** Was the index never written, or with another fold of words? */
export function noteIndexIsOld(db: ReadDb): boolean {
  return readValue(db, versionKey) !== indexVersion;
}
