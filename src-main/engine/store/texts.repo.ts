/** Texts of messages: fetched newest first, kept compressed, and what of them could not be read. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { MessageWarning } from '#shared/domain/message.ts';
import type { WordFolder } from './wordFolder.ts';
import { listFolders } from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { hasAttachments, MessageStructure, type StoredAttachment } from './messageStructure.ts';
import { report } from './placements.repo.ts';
import { bodyWords, indexBuiltKey, indexMessage, rememberLongWords } from './searchRows.ts';
import { readValue } from './settings.repo.ts';

const Extra = z.object({
  warnings: z.array(MessageWarning),
  authenticationResults: z.array(z.string()),
  listUnsubscribe: z.string().nullable(),
});

/** What the MIME reader made of a message's text parts and its other headers. */
export interface MessageText extends z.infer<typeof Extra> {
  readonly text: string | null;
  /** As received and hostile. */
  readonly html: string | null;
  /** The first words that a reader sees, one line. */
  readonly snippet: string;
  /** Where reading the parts told more than BODYSTRUCTURE did (names, what is shown inside the text); absent: it stands as it is. */
  readonly attachments?: readonly StoredAttachment[];
}

export interface StoredText extends z.infer<typeof Extra> {
  readonly text: string | null;
  readonly html: string | null;
}

const maxSnippet = 300;
/** A stored text is never larger than this, whatever its bytes claim. */
const maxTextBytes = 64 * 1024 * 1024;

function pack(text: string | null): Buffer | null {
  if (text === null) return null;
  const bytes = Buffer.from(text, 'utf8');
  // Level 1: a tenth larger than the default, in a third of its time, which is felt in a first sync. A buffer that fits: the default is
  // 16 KB for each text, a few hundred megabytes of garbage in a large mailbox.
  return deflateRawSync(bytes, { level: 1, chunkSize: Math.min(Math.max(bytes.length, 64), 65_536) });
}

/** A stored text as it was. */
export function unpackText(bytes: Uint8Array): string {
  return inflateRawSync(bytes, { maxOutputLength: maxTextBytes }).toString('utf8');
}

function unpack(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : unpackText(bytes);
}

/** Stores a message's text; the search indexer takes it from there. Does nothing where the message is gone. */
export function storeText(db: WriteDb, id: MessageId, content: MessageText): void {
  putText(db, id, content, packed(content), false);
}

/**
 * The same for many at once, made searchable in the same go: what is at hand need not be read again. In the order of their ids, because
 * FTS5 writes its pending rows to the disk each time that a row id is lower than the one before.
 * `folder` spares folding what the texts before had in common with these; whoever rolls back lets it `forget`.
 */
export function storeTexts(
  db: WriteDb,
  texts: readonly { readonly id: MessageId; readonly content: MessageText }[],
  folder: WordFolder,
): void {
  // An index that was emptied to be built anew has none of the words that it was given before.
  folder.serve(readValue(db, indexBuiltKey));
  // Each kind of work for all of them in one go: in turn they push each other's tables out of the processor's cache, text for text.
  const unmet: string[] = [];
  const prepared = [...texts]
    .sort((a, b) => a.id - b.id)
    .map(({ id, content }) => ({ id, content, body: bodyWords(content, folder, unmet) }))
    .map((one) => ({ ...one, packed: packed(one.content) }));
  for (const { id, content, body, packed: bytes } of prepared)
    if (putText(db, id, content, bytes, true)) indexMessage(db, id, body, folder, unmet);
  rememberLongWords(db, unmet);
}

interface PackedText {
  readonly text: Buffer | null;
  readonly html: Buffer | null;
}

function packed({ text, html }: MessageText): PackedText {
  return { text: pack(text), html: pack(html) };
}

/** false: there is no such message any more. */
function putText(
  db: WriteDb,
  id: MessageId,
  content: MessageText,
  { text, html }: PackedText,
  indexed: boolean,
): boolean {
  const known = db
    .prepare('UPDATE messages SET text_state = 1, snippet = ?, indexed = ? WHERE id = ?')
    .run(content.snippet.slice(0, maxSnippet), indexed ? 1 : 0, id);
  if (known.changes === 0) return false;
  if (content.attachments) {
    const structure: MessageStructure = {
      textParts: structureOf(db, id)?.textParts ?? [],
      attachments: [...content.attachments],
    };
    db.prepare('UPDATE messages SET structure = ?, has_attachments = ? WHERE id = ?').run(
      JSON.stringify(structure),
      hasAttachments(structure) ? 1 : 0,
      id,
    );
  }
  db.prepare(
    `INSERT INTO texts (message_id, text, html, extra) VALUES (?, ?, ?, ?)
     ON CONFLICT (message_id) DO UPDATE SET text = excluded.text, html = excluded.html, extra = excluded.extra`,
  ).run(
    id,
    text,
    html,
    JSON.stringify({
      warnings: content.warnings,
      authenticationResults: content.authenticationResults,
      listUnsubscribe: content.listUnsubscribe,
    }),
  );
  reportMessage(db, id);
  return true;
}

/** The text of a message could not be read or fetched, now and for good: it is not asked for again until a person opens it. */
export function putTextAside(db: WriteDb, id: MessageId): void {
  db.prepare('UPDATE messages SET text_state = 2 WHERE id = ? AND text_state = 0').run(id);
}

/** null: not stored (yet). */
export function getText(db: ReadDb, id: MessageId): StoredText | null {
  const row = db
    .prepare<[number], { text: Uint8Array | null; html: Uint8Array | null; extra: string }>(
      'SELECT text, html, extra FROM texts WHERE message_id = ?',
    )
    .get(id);
  if (!row) return null;
  return { text: unpack(row.text), html: unpack(row.html), ...Extra.parse(JSON.parse(row.extra)) };
}

export function hasText(db: ReadDb, id: MessageId): boolean {
  return db.prepare<[number]>('SELECT 1 FROM texts WHERE message_id = ?').get(id) !== undefined;
}

export interface TextToFetch {
  readonly id: MessageId;
  readonly folderId: FolderId;
  readonly uid: number;
  /** RFC822.SIZE, bytes. */
  readonly size: number;
  readonly structure: MessageStructure | null;
}

/** Folders of which no texts are wanted by themselves: a person took them out of sight. As a JSON list. */
function outOfSight(db: ReadDb, accountId: AccountId): string {
  return JSON.stringify(
    listFolders(db, accountId)
      .filter(({ shown }) => !shown)
      .map(({ id }) => id),
  );
}

/**
 * Messages without their text, newest first, each with one place to fetch it from. Those that lie in folders out of sight alone wait
 * until they are opened, or the folder is back.
 * `before`: only older ones than this id, for going on after a batch that could not be stored.
 */
export function messagesWithoutText(
  db: ReadDb,
  accountId: AccountId,
  limit: number,
  options: { before?: MessageId } = {},
): TextToFetch[] {
  const rows = db
    .prepare<
      [string, number, string, number],
      { id: number; folder_id: number; uid: number; size: number; structure: string | null }
    >(
      `SELECT m.id, p.folder_id, max(p.uid) AS uid, m.size, m.structure
       FROM messages m CROSS JOIN placements p ON p.message_id = m.id
       WHERE m.account_id = ? AND m.text_state = 0 AND m.id < ? AND p.uid > 0
         AND p.folder_id NOT IN (SELECT value FROM json_each(?))
       GROUP BY m.id ORDER BY m.id DESC LIMIT ?`,
    )
    .all(accountId, options.before ?? Number.MAX_SAFE_INTEGER, outOfSight(db, accountId), limit);
  return rows.map((row) => ({
    id: row.id as MessageId,
    folderId: row.folder_id as FolderId,
    uid: row.uid,
    size: row.size,
    structure: readStructure(row.structure),
  }));
}

/** How many messages of an account have no text yet and are going to get it: what progress counts down. */
export function countWithoutText(db: ReadDb, accountId: AccountId): number {
  const unwanted = outOfSight(db, accountId);
  const missing = 'SELECT count(*) AS n FROM messages m WHERE m.account_id = ? AND m.text_state = 0';
  // Nearly always: the index alone says how many.
  if (unwanted === '[]') return db.prepare<[string], { n: number }>(missing).get(accountId)?.n ?? 0;
  return (
    db
      .prepare<[string, string], { n: number }>(
        `${missing} AND EXISTS (
           SELECT 1 FROM placements p
           WHERE p.message_id = m.id AND p.folder_id NOT IN (SELECT value FROM json_each(?)))`,
      )
      .get(accountId, unwanted)?.n ?? 0
  );
}

/** Where a message's texts and attachments are; null: not known. */
export function structureOf(db: ReadDb, id: MessageId): MessageStructure | null {
  const row = db
    .prepare<[number], { structure: string | null }>('SELECT structure FROM messages WHERE id = ?')
    .get(id);
  return readStructure(row?.structure ?? null);
}

export function readStructure(json: string | null): MessageStructure | null {
  if (json === null) return null;
  const parsed = MessageStructure.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

function reportMessage(db: WriteDb, id: MessageId): void {
  for (const row of db
    .prepare<[number], { folder_id: number }>(
      'SELECT folder_id FROM placements WHERE message_id = ? AND hidden = 0',
    )
    .all(id))
    report(db, row.folder_id as FolderId, [id]);
}
