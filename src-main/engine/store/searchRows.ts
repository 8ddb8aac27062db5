/** Writes the search index. One row a message, under the message's own id, which rises with the date. */
import type { MessageId } from '#shared/domain/ids.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import { foldText } from '#shared/domain/searchWords.ts';
import type { WriteDb } from './handles.ts';
import { textOfHtml } from './htmlWords.ts';
import type { WordFolder } from './wordFolder.ts';

/** A setting: how often the index was emptied to be built anew. What an index of another time holds says nothing about this one. */
export const indexBuiltKey = 'search.built';

/** Of longer texts the beginning is indexed: a bound on what one mail can cost. */
const maxBody = 500_000;
const maxPeople = 1000;
const shortestLongWord = 8;
const longWord = /^\p{L}{8,40}$/u;

interface Person {
  readonly name: string;
  readonly address: string;
}

interface IndexedMessage {
  subject: string;
  from_name: string | null;
  from_address: string | null;
  recipients: string;
  structure: string | null;
}

/** An address as one word of the index, whatever stands in it. */
export function addressWord(address: string): string {
  return foldText(address).replace(/[^\p{L}\p{N}@._+-]/gu, '_');
}

/** A domain beyond ASCII is looked for by what it reads like as well as by what it is. */
function spellingsOf(address: string): string[] {
  if (address === '') return [];
  const readable = readableAddress(address);
  return readable === address ? [address] : [address, readable];
}

function people(list: readonly Person[], folder: WordFolder): string {
  const some = list.slice(0, maxPeople);
  const spelled = some.map(({ name, address }) => ({ name, spellings: spellingsOf(address) }));
  const words = folder.distinct(
    spelled.map(({ name, spellings }) => [name, ...spellings].join(' ')).join(' '),
  );
  const addresses = spelled.flatMap(({ spellings }) => spellings.map(addressWord));
  return [...words, ...new Set(addresses)].join(' ');
}

/** What a reader reads of a text, for search: the plain part, or the words of the HTML where there is none. */
export function searchableText(body: { text: string | null; html: string | null } | null): string {
  if (body === null) return '';
  if (body.text !== null && body.text.trim() !== '') return body.text.slice(0, maxBody);
  return body.html === null ? '' : textOfHtml(body.html, maxBody);
}

/** The row of a message's text: its words, and in `unmet` those that `folder` did not hand out before. `body` null: it is not stored. */
export function bodyWords(
  body: { text: string | null; html: string | null } | null,
  folder: WordFolder,
  unmet: string[],
): string {
  return folder.distinct(searchableText(body), unmet).join(' ');
}

/**
 * (Re)writes a message's search row. `body`: from `bodyWords`; what is in `unmet` afterwards has to be remembered
 * (`rememberLongWords`) in the same transaction.
 */
export function indexMessage(
  db: WriteDb,
  id: MessageId,
  body: string,
  folder: WordFolder,
  unmet: string[],
): void {
  const row = db
    .prepare<[number], IndexedMessage>(
      'SELECT subject, from_name, from_address, recipients, structure FROM messages WHERE id = ?',
    )
    .get(id);
  if (!row) return;
  const recipients = JSON.parse(row.recipients) as Record<'to' | 'cc' | 'bcc' | 'replyTo', Person[]> & {
    sender: Person | null;
  };
  const structure =
    row.structure === null ? null : (JSON.parse(row.structure) as { attachments: { filename: string }[] });
  const sender: Person[] = [{ name: row.from_name ?? '', address: row.from_address ?? '' }];
  if (recipients.sender) sender.push(recipients.sender);
  const subject = folder.distinct(row.subject, unmet);
  const files = folder.distinct((structure?.attachments ?? []).map(({ filename }) => filename).join(' '));
  db.prepare(
    `INSERT OR REPLACE INTO search (rowid, subject, sender, recipients, copies, body, files) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    subject.join(' '),
    people(sender, folder),
    people(recipients.to, folder),
    people([...recipients.cc, ...recipients.bcc], folder),
    body,
    files.join(' '),
  );
}

/** Of folded words the long ones. They are kept once each with an index of their parts, so that "betrag" finds "Rechnungsbetrag" at the price of the words, not of the mails. */
export function rememberLongWords(db: WriteDb, folded: readonly string[]): void {
  const words = folded.filter((word) => word.length >= shortestLongWord && longWord.test(word));
  if (words.length === 0) return;
  const fresh = db
    .prepare<[string], { id: number; word: string }>(
      'INSERT OR IGNORE INTO long_words (word) SELECT value FROM json_each(?) RETURNING id, word',
    )
    .all(JSON.stringify(words));
  const insert = db.prepare<[number, string]>('INSERT INTO word_parts (rowid, word) VALUES (?, ?)');
  for (const { id, word } of fresh) insert.run(id, word);
}
