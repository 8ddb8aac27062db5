/**
 * The folded state as text and back. One state gives one text, so that its digest can be compared: messages stand in the order of their
 * keys, fields in a fixed order. What a client noticed about its own copy (incomplete, counts of ignored mail) is no part of it, nor is what
 * members tell of their connections: versions that do not know such events must come to the same text.
 */
import * as z from 'zod';
import { canonicalJson } from './canonicalJson.ts';
import { PublicKey, UserId } from './config.ts';
import { EventId, Status } from './events.ts';
import { newMessage, type LogHeader, type MemoryState, type MessageState } from './logState.ts';
import { MessageKey } from './messageKey.ts';

/** Messages in one part: small enough to be handled in one go, large enough that a log of years has a few dozen parts. */
const messagesInPart = 2000;

const Link = z.object({ uid: z.int().nonnegative(), digest: z.string().length(64) });
const Enrolment = z.object({ user: UserId, key: PublicKey, signer: PublicKey, id: EventId, at: z.number() });
const Header = z.object({
  group: z.string(),
  validity: z.string(),
  charter: z.object({ id: EventId, at: z.number(), by: UserId }).nullable(),
  clock: z.number(),
  count: z.int().nonnegative(),
  last: Link,
  links: z.array(Link).max(1000),
  enrolled: z.array(Enrolment),
  requests: z.array(Enrolment),
  spent: z.array(EventId),
  lastComposing: z.record(UserId, EventId),
});
const Times = z.record(UserId, z.number());
const History = z.object({
  id: EventId,
  at: z.number(),
  by: UserId,
  type: z.enum(['intake', 'assign', 'status', 'note', 'note-edit', 'note-delete', 'replied']),
  accepted: z.boolean(),
  to: UserId.nullable().optional(),
  status: Status.optional(),
  until: z.number().nullable().optional(),
  conflict: z.object({ by: UserId, at: z.number() }).optional(),
});
const Message = z.object({
  key: MessageKey,
  intake: z
    .object({ id: EventId, at: z.number(), by: UserId, info: z.array(UserId), handler: UserId.nullable() })
    .optional(),
  assigned: z.object({ id: EventId, at: z.number(), by: UserId, to: UserId.nullable() }).optional(),
  status: z
    .object({ id: EventId, at: z.number(), by: UserId, status: Status, until: z.number().nullable() })
    .optional(),
  notes: z
    .array(
      z.object({
        id: EventId,
        at: z.number(),
        by: UserId,
        text: z.string(),
        mentions: z.array(UserId),
        editedAt: z.number().nullable(),
      }),
    )
    .optional(),
  readBy: Times.optional(),
  answers: z.array(z.object({ id: EventId, at: z.number(), by: UserId, key: MessageKey })).optional(),
  composing: Times.optional(),
  history: z.array(History).optional(),
  answerTo: MessageKey.optional(),
});
const Part = z.union([
  z.object({ header: Header }),
  z.object({ messages: z.array(Message).max(messagesInPart) }),
]);

/** The state's text in parts; the digest of a snapshot is that of all parts joined by line breaks. */
export function* writeSnapshot(state: MemoryState): Generator<string> {
  const { foreign: _, tellings: __, ...header } = state.header;
  yield canonicalJson({ header });
  const keys = [...state.messages.keys()].sort();
  for (let at = 0; at < keys.length; at += messagesInPart) {
    const messages = keys
      .slice(at, at + messagesInPart)
      .map((key) => compact(key, state.messages.get(key) ?? newMessage()));
    yield canonicalJson({ messages });
  }
}

/** Without what is empty: most mails have neither notes nor readers. */
function compact(key: MessageKey, message: MessageState): Record<string, unknown> {
  const filled = Object.entries(message).filter(([, value]: [string, unknown]) => !isEmpty(value));
  return { key, ...Object.fromEntries(filled) };
}

function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Throws (ZodError, SyntaxError) where a part is not what `writeSnapshot` writes: then the snapshot is worth nothing. */
export function readSnapshot(parts: Iterable<string>): MemoryState {
  let header: LogHeader | null = null;
  const messages = new Map<MessageKey, MessageState>();
  const ids = new Set<EventId>();
  for (const text of parts) {
    const part = Part.parse(JSON.parse(text));
    if ('header' in part) {
      header = { ...part.header, foreign: null, tellings: {} };
      for (const id of header.spent) ids.add(id);
      continue;
    }
    for (const { key, ...filled } of part.messages) {
      const message = { ...newMessage(), ...filled };
      messages.set(key, message);
      for (const { id } of message.history) ids.add(id);
    }
  }
  if (header === null) throw new SyntaxError('a snapshot without a header');
  return { header, messages, ids, incomplete: null };
}
