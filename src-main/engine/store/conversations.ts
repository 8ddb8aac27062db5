/** Conversations as lists and the reader show them: over all folders of the account, by what the index on threads gives. */
import type { ActRef } from '#shared/contract/messages.ts';
import type { FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { Address, ConversationSummary, MessageRow } from '#shared/domain/message.ts';
import { FlagBit } from './flags.ts';
import type { ReadDb } from './handles.ts';
import { shownPlace, type RowPlace } from './messageRows.ts';

/** Of a longer conversation the newest so many messages are summed up. */
const maxSummed = 1000;
const maxPeople = 12;

/** Thrown away, unwanted, or no mail at all: part of a conversation only for whoever looks at it there. */
const elsewhere = new Set(['junk', 'trash', 'log']);

interface MemberRecord {
  id: number;
  from_name: string | null;
  from_address: string | null;
  has_attachments: number;
  folder_id: number;
  flags: number;
  role: string | null;
}

/** Rows that stand for their conversations, with what is to be said of those. */
export function withConversations(db: ReadDb, rows: readonly MessageRow[]): MessageRow[] {
  // `+?`: see messageRows.ts.
  const members = db.prepare<[number, number], MemberRecord>(
    `SELECT m.id, m.from_name, m.from_address, m.has_attachments, p.folder_id, p.flags, f.role
     FROM messages m CROSS JOIN placements p ON p.message_id = m.id CROSS JOIN folders f ON f.id = p.folder_id
     WHERE m.thread_id = +? AND p.hidden = 0 AND f.hidden = 0 ORDER BY m.id DESC LIMIT ?`,
  );
  const counts = db.prepare<[number, number], { total: number; unread: number }>(
    'SELECT total, unread FROM folder_threads WHERE folder_id = +? AND thread_id = +?',
  );
  return rows.map((row) => {
    const all = members
      .all(row.threadId, maxSummed)
      .filter(({ folder_id, role }) => folder_id === row.folderId || !elsewhere.has(role ?? ''));
    const here = all.filter(({ folder_id }) => folder_id === row.folderId);
    const { total, unread } = counts.get(row.folderId, row.threadId) ?? { total: 1, unread: 0 };
    const conversation: ConversationSummary = {
      total,
      unread,
      size: new Set(all.map(({ id }) => id)).size,
      people: peopleOf(all),
    };
    return {
      ...row,
      flags: {
        ...row.flags,
        seen: unread === 0,
        flagged: here.some(({ flags }) => (flags & FlagBit.flagged) !== 0),
      },
      hasAttachments: all.some(({ has_attachments }) => has_attachments === 1),
      conversation,
    };
  });
}

/** Of more than can be named the first ones and the last ones. */
function peopleOf(newestFirst: readonly MemberRecord[]): Address[] {
  const people = new Map<string, Address>();
  for (const { from_name, from_address } of [...newestFirst].reverse()) {
    if (from_name === null && from_address === null) continue;
    const key = (from_address ?? from_name ?? '').toLowerCase();
    if (!people.has(key)) people.set(key, { name: from_name ?? '', address: from_address ?? '' });
  }
  const all = [...people.values()];
  if (all.length <= maxPeople) return all;
  return [...all.slice(0, 1), ...all.slice(1 - maxPeople)];
}

/** The messages of a conversation that lie in this folder. */
export function conversationIn(db: ReadDb, { id, folderId }: RowPlace): RowPlace[] {
  return db
    .prepare<[number, number], { id: number }>(
      `SELECT m.id FROM messages m CROSS JOIN placements p ON p.message_id = m.id
       WHERE m.thread_id = (SELECT thread_id FROM messages WHERE id = +?) AND p.folder_id = +? AND p.hidden = 0`,
    )
    .all(id, folderId)
    .map((row) => ({ id: row.id as MessageId, folderId }));
}

/** What a person named, each place once: a conversation and one of its messages may both be among it. */
export function placesNamed(db: ReadDb, refs: readonly ActRef[]): RowPlace[] {
  const found = refs.flatMap(({ id, folderId, conversation }): RowPlace[] => {
    const place = folderId === undefined ? shownPlace(db, id) : { id, folderId };
    if (place === null) return [];
    return conversation === true ? conversationIn(db, place) : [place];
  });
  return [...new Map(found.map((place) => [`${place.id}:${place.folderId}`, place])).values()];
}

/**
 * Up to `limit` places of a conversation, oldest first, all older than `before`. A message that lies in several folders is shown in
 * `folderId`, else where it is nearest to a reader.
 */
export function conversationPage(
  db: ReadDb,
  threadId: ThreadId,
  folderId: FolderId,
  before: number,
  limit: number,
): RowPlace[] {
  return db
    .prepare<[number, number, number, number, number], { id: number; folder_id: number }>(
      `SELECT m.id, (
         SELECT p.folder_id FROM placements p JOIN folders f ON f.id = p.folder_id
         WHERE p.message_id = m.id AND p.hidden = 0 AND f.hidden = 0
           AND (p.folder_id = ? OR coalesce(f.role, '') NOT IN ('junk', 'trash', 'log'))
         ORDER BY p.folder_id <> ?, CASE f.role WHEN 'inbox' THEN 0 WHEN 'all' THEN 2 ELSE 1 END, p.folder_id LIMIT 1
       ) AS folder_id
       FROM messages m WHERE m.thread_id = ? AND m.id < ? AND folder_id IS NOT NULL ORDER BY m.id DESC LIMIT ?`,
    )
    .all(folderId, folderId, threadId, before, limit)
    .map((row) => ({ id: row.id as MessageId, folderId: row.folder_id as FolderId }))
    .reverse();
}
