/** The events of a team log, as they stand in the payload of their envelope. DESIGN.md 6.2 says what each is for. */
import * as z from 'zod';
import { PublicKey, UserId } from './config.ts';
import { ConnectionReport } from './connectionReport.ts';
import { MessageKey } from './messageKey.ts';

export const eventPayloadType = 'application/vnd.postkorb.event+json';
/** A whole mail with an event in it. What is larger is none, and is not fetched. */
export const maxEventBytes = 64 * 1024;
export const maxNoteLength = 10_000;

/** "<organisation>/<group>" */
export const GroupPath = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\/[a-z0-9][a-z0-9-]{0,62}$/);

/** A UUID in lower case, version 7 when we make it: ids of one author rise with his clock. */
export const EventId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  .brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Instant = z.iso.datetime({ offset: true });
/** The event that the author believes to have set what he changes; null: nobody has yet. */
const Expect = EventId.nullable();
const Note = z.string().trim().min(1).max(maxNoteLength);
const Mentions = z.array(UserId).max(100).default([]);

const base = {
  v: z.literal(1),
  id: EventId,
  group: GroupPath,
  by: UserId,
  /** The author's clock: shown nowhere, orders nothing. */
  at: Instant,
  /** null: the author had read nothing yet. */
  seen: z
    .object({ uid: z.int().nonnegative(), digest: Digest, validity: z.string().regex(/^\d{1,20}$/) })
    .nullable(),
};
const about = { about: MessageKey };

export const Status = z.enum(['open', 'waiting', 'done']);
export type Status = z.infer<typeof Status>;

const Charter = z.object({ ...base, type: z.literal('charter'), organisationName: z.string().max(200) });
const Enrol = z.object({ ...base, type: z.literal('enrol'), user: UserId, key: PublicKey });
const Intake = z.object({
  ...base,
  ...about,
  type: z.literal('intake'),
  /** Members when the mail arrived: all of them have it for information. */
  info: z.array(UserId).max(10_000),
  handler: UserId.nullable(),
});
const Assign = z.object({
  ...base,
  ...about,
  type: z.literal('assign'),
  to: UserId.nullable(),
  expect: Expect,
});
const StatusSet = z.object({
  ...base,
  ...about,
  type: z.literal('status'),
  status: Status,
  /** With "waiting": when it is due again. */
  until: Instant.nullable().default(null),
  expect: Expect,
});
const NoteMade = z.object({ ...base, ...about, type: z.literal('note'), text: Note, mentions: Mentions });
const NoteEdited = z.object({
  ...base,
  ...about,
  type: z.literal('note-edit'),
  note: EventId,
  text: Note,
  mentions: Mentions,
});
const NoteDeleted = z.object({ ...base, ...about, type: z.literal('note-delete'), note: EventId });
const Replied = z.object({ ...base, ...about, type: z.literal('replied'), answer: MessageKey });
const Read = z.object({ ...base, type: z.literal('read'), messages: z.array(MessageKey).min(1).max(500) });
/** `until` by the author's clock: what counts is its distance from `at`, from the server's arrival date on. null: no longer. */
const Composing = z.object({ ...base, ...about, type: z.literal('composing'), until: Instant.nullable() });
/** How its author's program gets on with the mailbox; told by his choice alone. null: he tells it no more. */
const HealthTold = z.object({ ...base, type: z.literal('health'), report: ConnectionReport.nullable() });
const Snapshot = z.object({
  ...base,
  type: z.literal('snapshot'),
  upTo: z.object({
    uid: z.int().nonnegative(),
    validity: z.string().regex(/^\d{1,20}$/),
    /** Of the chain. */
    digest: Digest,
    /** Links in the chain up to there. */
    count: z.int().nonnegative(),
  }),
  /** SHA-256 of the state's text before it was cut and compressed. */
  state: Digest,
  parts: z.array(z.object({ sha256: Digest, bytes: z.int().positive() })).max(10_000),
});

export const TeamEvent = z.discriminatedUnion('type', [
  Charter,
  Enrol,
  Intake,
  Assign,
  StatusSet,
  NoteMade,
  NoteEdited,
  NoteDeleted,
  Replied,
  Read,
  Composing,
  HealthTold,
  Snapshot,
]);
export type TeamEvent = z.infer<typeof TeamEvent>;
export type EventType = TeamEvent['type'];
export type EventOf<T extends EventType> = Extract<TeamEvent, { type: T }>;

export const eventTypes: ReadonlySet<string> = new Set(
  TeamEvent.options.map((option) => option.shape.type.value),
);

/** Why an entry of the log changed nothing. Stable: counted, and shown to administrators. */
export const IgnoredReason = z.enum([
  'junk',
  'too-large',
  'malformed',
  'unknown-version',
  'unknown-type',
  'bad-signature',
  'unknown-key',
  'key-unconfirmed',
  'foreign-group',
  'before-charter',
  'charter-again',
  'not-a-member',
  'clock',
  'duplicate',
  'already-taken-in',
  'unknown-recipient',
  'no-such-note',
  'not-the-author',
  'overtaken',
]);
export type IgnoredReason = z.infer<typeof IgnoredReason>;

/** Faults that everyday work brings about: no sign that anybody does something wrong. */
export const everydayReasons: ReadonlySet<IgnoredReason> = new Set<IgnoredReason>([
  'duplicate',
  'charter-again',
  'already-taken-in',
  'overtaken',
]);

export type ReadEvent =
  { readonly ok: true; readonly event: TeamEvent } | { readonly ok: false; readonly reason: IgnoredReason };

/** From the payload's JSON value. Never throws. */
export function readEvent(value: unknown): ReadEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, reason: 'malformed' };
  const { v, type } = value as { v?: unknown; type?: unknown };
  if (typeof v === 'number' && v !== 1) return { ok: false, reason: 'unknown-version' };
  if (v === 1 && typeof type === 'string' && !eventTypes.has(type))
    return { ok: false, reason: 'unknown-type' };
  const parsed = TeamEvent.safeParse(value);
  return parsed.success ? { ok: true, event: parsed.data } : { ok: false, reason: 'malformed' };
}
