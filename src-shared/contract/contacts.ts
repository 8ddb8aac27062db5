/** People: completing an address from whom the user writes to, the address book, and the organisation. */
import * as z from 'zod';
import { EmailAddress } from '../domain/account.ts';
import { command } from './define.ts';

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/);
const Id = z.uuid();

/** An entry of the address book as it is edited. */
export const ContactContent = z.object({
  name: line(200),
  organisation: line(200),
  /** The first is the one that is proposed before the others. */
  addresses: z.array(EmailAddress).max(20),
  phones: z.array(line(100)).max(20),
  note: z.string().max(10_000),
});
export type ContactContent = z.infer<typeof ContactContent>;

export const Contact = ContactContent.extend({ id: Id, groups: z.array(Id) });
export type Contact = z.infer<typeof Contact>;

/** A row of the list of people: an entry of the address book, or an address that was only collected. */
export const PersonRow = z.object({
  /** null: collected. */
  contactId: Id.nullable(),
  name: z.string(),
  organisation: z.string(),
  addresses: z.array(z.string()),
  /** Mails that went there. */
  sent: z.int(),
});
export type PersonRow = z.infer<typeof PersonRow>;

export const ContactGroup = z.object({ id: Id, name: z.string(), size: z.int() });
export type ContactGroup = z.infer<typeof ContactGroup>;

export const CardFault = z.object({
  line: z.int(),
  code: z.enum(['outside', 'unfinished', 'line', 'address', 'empty', 'limit']),
  /** What stands there. */
  text: z.string(),
});
export type CardFault = z.infer<typeof CardFault>;

const SuggestedPerson = z.object({ name: z.string(), address: z.string() });

export const Suggestion = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('person'),
    ...SuggestedPerson.shape,
    /** `contact`: in the address book · `written`: mail went there · `member`: of the organisation · `seen`: mail came from there */
    source: z.enum(['contact', 'written', 'member', 'seen']),
  }),
  /** Stands for all its members. */
  z.object({
    kind: z.literal('group'),
    id: z.string(),
    name: z.string(),
    members: z.array(SuggestedPerson),
  }),
]);
export type Suggestion = z.infer<typeof Suggestion>;
export type SuggestedPerson = z.infer<typeof SuggestedPerson>;

export const contactCommands = {
  /**
   * Whom the typed text may mean: every word the beginning of a word of the name, the address or the organisation. Best first;
   * without any word those who are written to most.
   */
  'contacts.complete': command(
    z.object({
      text: z.string().max(2000),
      limit: z.int().min(1).max(50).default(8),
      /** Addresses that are there already. */
      except: z.array(z.string().max(320)).max(2000).default([]),
    }),
    z.object({ suggestions: z.array(Suggestion) }),
  ),
  /** Of the address book by name, of what was collected those who are written to most. `total`: how many there are beyond `limit`. */
  'contacts.list': command(
    z.object({
      from: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('contacts') }),
        z.object({ kind: z.literal('collected') }),
        z.object({ kind: z.literal('group'), id: Id }),
      ]),
      text: z.string().max(200).default(''),
      limit: z.int().min(1).max(1000).default(300),
    }),
    z.object({ people: z.array(PersonRow), total: z.int() }),
  ),
  'contacts.get': command(z.object({ id: Id }), Contact),
  /**
   * A new entry (`id` null), or one that is changed. Errors: invalid-input with faults at "name" (nothing is entered) and "addresses.1"
   * (`address-taken`, by the name in its message), not-found.
   */
  'contacts.save': command(
    z.object({ id: Id.nullable(), content: ContactContent, groups: z.array(Id).max(1000).optional() }),
    z.object({ id: Id }),
  ),
  /** Its addresses are not proposed any more either. */
  'contacts.remove': command(z.object({ id: Id }), z.object({})),
  'contacts.groups': command(z.object({}), z.object({ groups: z.array(ContactGroup) })),
  'contacts.group': command(
    z.object({ id: Id }),
    z.object({ id: Id, name: z.string(), members: z.array(SuggestedPerson) }),
  ),
  /** Errors: invalid-input with a fault at "name" (`name-taken`) or "members" (`invalid-address`), not-found. */
  'contacts.saveGroup': command(
    z.object({
      id: Id.nullable(),
      name: line(200).trim().min(1),
      members: z.array(z.object({ name: line(200), address: EmailAddress })).max(2000),
    }),
    z.object({ id: Id }),
  ),
  'contacts.removeGroup': command(z.object({ id: Id }), z.object({})),
  /**
   * vCards of any version. What can be read comes in, what cannot is listed. An entry that shares an address with one that is there is
   * completed, never doubled. Errors: message-too-large.
   */
  'contacts.import': command(
    z.object({ content: z.instanceof(Uint8Array) }),
    z.object({
      added: z.int(),
      completed: z.int(),
      known: z.int(),
      groups: z.int(),
      faults: z.array(CardFault),
    }),
  ),
  /** The whole address book as vCards, or a group's. */
  'contacts.export': command(
    z.object({ groupId: Id.nullable().default(null) }),
    z.object({ content: z.instanceof(Uint8Array), contacts: z.int() }),
  ),
  /** A collected address is not suggested any more, however often it is met again. A contact stays one. */
  'contacts.hide': command(z.object({ address: z.string().min(1).max(320) }), z.object({})),
};
