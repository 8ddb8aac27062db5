/**
 * Texts of messages, newest first: only the parts that are text, those of many messages in one round trip. Nothing of a mail is held
 * longer than until it is decoded.
 */
import type { FetchLimits, FetchRow } from '#engine/imap/fetchParser.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { uidSet } from '#engine/imap/uidSet.ts';
import { listFields, readerFields } from '#engine/mime/headers.ts';
import { readMessageText } from '#engine/mime/readText.ts';
import { getFolder } from '#engine/store/folders.repo.ts';
import type { MessageStructure } from '#engine/store/messageStructure.ts';
import { messagesWithoutText, putTextAside, storeTexts } from '#engine/store/texts.repo.ts';
import type { MessageText, TextToFetch } from '#engine/store/texts.repo.ts';
import type { FolderId, MessageId } from '#shared/domain/ids.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { bytesOf, uidOf } from './headerRow.ts';
import { fetchSplitting } from './fetchSplitting.ts';
import type { VisitParts } from './visitParts.ts';

export interface TextParts extends VisitParts {
  readonly session: AccountSession;
}

/** Messages looked at in one go. */
const batchSize = 500;
/** Bytes of texts asked for in one go; beyond it the answer of one round trip takes long anyway. */
const batchBytes = 8 * 1024 * 1024;
/** Of one text part. What is longer is cut here; who opens the mail gets more (MessageContents). */
const maxTextBytes = 2 * 1024 * 1024;
/** Texts in one transaction, and their characters: indexing them takes the longest of all that is done here. */
const textsPerWrite = 100;
const charactersPerWrite = 1024 * 1024;
const limits: FetchLimits = { responseBytes: 16 * 1024 * 1024, depth: 20 };

/** Also those of the list again: that a sender stands twice, for instance, is said with the text. */
const textHeaders = `BODY.PEEK[HEADER.FIELDS (${[...listFields, ...readerFields].join(' ').toUpperCase()})]`;

export interface TextBatch {
  /** How many messages now have their text, or were put aside. */
  readonly settled: number;
  /** Where to go on: older messages than this; null: that was all. */
  readonly next: MessageId | null;
}

/** Fetches one batch of texts. Throws what a connection throws; what was stored until then stays. */
export async function fetchTextBatch(
  parts: TextParts,
  before: MessageId | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<TextBatch> {
  const { store, accountId } = parts;
  const wanted = messagesWithoutText(
    store.read,
    accountId,
    Math.min(limit, batchSize),
    before === undefined ? {} : { before },
  );
  const batch = upTo(wanted, batchBytes);
  const last = batch.at(-1);
  if (last === undefined) return { settled: 0, next: null };
  let settled = 0;
  for (const [folderId, messages] of byFolder(batch)) {
    settled += await fetchFolderTexts(parts, folderId, messages, signal);
  }
  return { settled, next: last.id };
}

function upTo(wanted: readonly TextToFetch[], bytes: number): readonly TextToFetch[] {
  let sum = 0;
  const end = wanted.findIndex((message) => (sum += textBytes(message)) > bytes);
  return end < 0 ? wanted : wanted.slice(0, Math.max(1, end));
}

function textBytes({ structure, size }: TextToFetch): number {
  if (structure === null) return Math.min(size, maxTextBytes);
  return structure.textParts.reduce((sum, part) => sum + Math.min(part.size, maxTextBytes), 0);
}

function byFolder(messages: readonly TextToFetch[]): Map<FolderId, TextToFetch[]> {
  const groups = new Map<FolderId, TextToFetch[]>();
  for (const message of messages) {
    const group = groups.get(message.folderId);
    if (group === undefined) groups.set(message.folderId, [message]);
    else group.push(message);
  }
  return groups;
}

async function fetchFolderTexts(
  parts: TextParts,
  folderId: FolderId,
  messages: readonly TextToFetch[],
  signal: AbortSignal,
): Promise<number> {
  const { store, session } = parts;
  const folder = getFolder(store.read, folderId);
  if (folder === null || !folder.selectable || folder.hidden || folder.localOnly) return 0;
  try {
    return await session.lanes.withMailbox(
      'sync',
      folder.path,
      { readOnly: true, reuse: true, upTo: Math.max(...messages.map(({ uid }) => uid)) },
      signal,
      async (mailbox) => {
        // Its UIDs mean other messages by now: the next visit finds that out.
        if (mailbox.uidValidity !== folder.uidValidity) return 0;
        return fetchTexts(parts, mailbox, messages, signal);
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (isMailError(error) && (error.code === 'mailbox-not-found' || error.code === 'not-permitted'))
      return 0;
    throw error;
  }
}

/**
 * Fetches and stores the texts of these messages of the selected folder. Those that the server has and does not show are put aside; those
 * that left the folder meanwhile are asked for where the next visits find them.
 * @returns how many are settled
 */
export async function fetchTexts(
  parts: TextParts,
  mailbox: Mailbox,
  messages: readonly TextToFetch[],
  signal: AbortSignal,
): Promise<number> {
  const sink = new TextSink(parts, messages);
  const { fetchable, shapeless } = bySections(messages);
  for (const message of shapeless) sink.putAside(message);
  const whole = [...fetchable.entries()];
  try {
    await mailbox.fetchEach(
      whole.map(([items, group]) => ({ uids: uidSet(group.map(({ uid }) => uid)), items })),
      { onRow: sink.row, limits },
      signal,
    );
  } catch (error) {
    // A server that refuses a message refuses the command: the bad one is looked for in its group.
    if (!isMailError(error) || !mailbox.connection.usable) throw error;
    for (const [items, group] of whole) await fetchGroup(mailbox, items, group, sink, signal);
  }
  sink.write();
  const silent = sink.silent();
  if (silent.length === 0) return messages.length;
  const there = new Set(await mailbox.search(`UID ${uidSet(silent)}`, signal));
  const withheld = silent.filter((uid) => there.has(uid));
  sink.putSilentAside(withheld);
  return messages.length - (silent.length - withheld.length);
}

async function fetchGroup(
  mailbox: Mailbox,
  items: string,
  group: readonly TextToFetch[],
  sink: TextSink,
  signal: AbortSignal,
): Promise<void> {
  await fetchSplitting(
    group.map(({ uid }) => uid).sort((a, b) => a - b),
    () => mailbox.connection.usable,
    async (uids) => {
      await mailbox.fetch(uidSet(uids), items, { onRow: sink.row, limits }, signal);
    },
    () => undefined,
  );
}

/** Messages of which the same is wanted are asked for together. */
function bySections(messages: readonly TextToFetch[]): {
  fetchable: Map<string, TextToFetch[]>;
  shapeless: TextToFetch[];
} {
  const fetchable = new Map<string, TextToFetch[]>();
  const shapeless: TextToFetch[] = [];
  for (const message of messages) {
    const items = itemsFor(message.structure, maxTextBytes);
    if (items === null) {
      shapeless.push(message);
      continue;
    }
    const group = fetchable.get(items);
    if (group === undefined) fetchable.set(items, [message]);
    else group.push(message);
  }
  return { fetchable, shapeless };
}

/** What to ask for; null: the structure is not known. */
export function itemsFor(structure: MessageStructure | null, maxBytes: number): string | null {
  if (structure === null) return null;
  const sections = structure.textParts.map(({ part, size }) =>
    size > maxBytes ? `BODY.PEEK[${part}]<0.${maxBytes.toString()}>` : `BODY.PEEK[${part}]`,
  );
  return ['UID', textHeaders, ...sections].join(' ');
}

/** The text of one answer. null: it is not one to the text pass. */
export function textOf(row: FetchRow, structure: MessageStructure): MessageText | null {
  const header = row.items.get('BODY[HEADER.FIELDS]');
  if (header === undefined) return null;
  return readMessageText(structure, (part) => bytesOf(row.items.get(`BODY[${part}]`)), bytesOf(header));
}

/** What this pass makes of an answer: a text of which it asked for the beginning alone says so, and is fetched whole when it is opened. */
function beginningOf(row: FetchRow, structure: MessageStructure): MessageText | null {
  const text = textOf(row, structure);
  // Not by the announced size alone: some servers estimate it.
  const cut = structure.textParts.some(
    ({ part, size }) => size > maxTextBytes && bytesOf(row.items.get(`BODY[${part}]`)).length >= maxTextBytes,
  );
  if (text === null || !cut) return text;
  const detail = `${maxTextBytes / 1024 / 1024} MB`;
  return { ...text, warnings: [...text.warnings, { code: 'text-incomplete', detail }] };
}

class TextSink {
  readonly #parts: TextParts;
  readonly #waiting: Map<number, TextToFetch>;
  #ready: { id: MessageId; text: MessageText | null }[] = [];
  #characters = 0;

  constructor(parts: TextParts, messages: readonly TextToFetch[]) {
    this.#parts = parts;
    this.#waiting = new Map(messages.map((message) => [message.uid, message]));
  }

  readonly row = (row: FetchRow): void => {
    const uid = uidOf(row);
    const message = uid === null ? undefined : this.#waiting.get(uid);
    if (message?.structure == null) return;
    try {
      const text = beginningOf(row, message.structure);
      if (text !== null) this.#add(message, text);
    } catch (error) {
      // A fault in the reader, not in the mail: this text is put aside, the others are read.
      this.#parts.log.error('a text could not be read', { message: message.id, error });
      this.#add(message, null);
    }
  };

  /** A message of which nothing can be asked: its structure could not be read. */
  putAside(message: TextToFetch): void {
    this.#add(message, null);
  }

  #add(message: TextToFetch, text: MessageText | null): void {
    this.#waiting.delete(message.uid);
    this.#ready.push({ id: message.id, text });
    this.#characters += (text?.html?.length ?? 0) + (text?.text?.length ?? 0);
    if (this.#ready.length >= textsPerWrite || this.#characters > charactersPerWrite) this.write();
  }

  write(): void {
    const ready = this.#ready;
    this.#ready = [];
    this.#characters = 0;
    if (ready.length === 0) return;
    const { store, session } = this.#parts;
    try {
      store.write((db) => {
        storeTexts(
          db,
          ready.flatMap(({ id, text }) => (text === null ? [] : [{ id, content: text }])),
          session.words,
        );
        for (const { id, text } of ready) if (text === null) putTextAside(db, id);
      });
    } catch (error) {
      session.words.forget();
      throw error;
    }
    this.#parts.progress.did(ready.length);
  }

  /** UIDs that were asked for and not answered, ascending. */
  silent(): number[] {
    return [...this.#waiting.keys()].sort((a, b) => a - b);
  }

  /** The server has them and shows them to nobody: not asked for again. */
  putSilentAside(uids: readonly number[]): void {
    if (uids.length === 0) return;
    this.#parts.log.info('texts that the server did not show', { count: uids.length });
    this.#parts.store.write((db) => {
      for (const uid of uids) {
        const message = this.#waiting.get(uid);
        if (message) putTextAside(db, message.id);
      }
    });
  }
}
