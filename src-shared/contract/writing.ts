/** How the user writes: identities with their signatures, and templates. */
import * as z from 'zod';
import { EmailAddress } from '../domain/account.ts';
import { AccountId } from '../domain/ids.ts';
import { command } from './define.ts';

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/);

/** Without the "-- " before it. `html` null: plain text alone. */
export const Signature = z.object({
  html: z.string().max(200_000).nullable(),
  text: z.string().max(50_000),
});
export type Signature = z.infer<typeof Signature>;

const Written = z.object({
  name: line(200),
  address: EmailAddress,
  /** '': answers come to the address. */
  replyTo: z.union([z.literal(''), EmailAddress]),
  signature: Signature.nullable(),
});

/** A name and an address that mails of an account can be from. */
export const Identity = Written.extend({
  /** Of the account's own name and address: the account's id. */
  id: z.string(),
  accountId: AccountId,
  /** Name and address are the account's. */
  main: z.boolean(),
  /** The signature is set by the organisation for everybody. */
  managed: z.boolean(),
});
export type Identity = z.infer<typeof Identity>;

export const Template = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Of a mail that has none yet; '': it stays as it is. */
  subject: z.string(),
  html: z.string().nullable(),
  text: z.string(),
});
export type Template = z.infer<typeof Template>;

export const writingCommands = {
  /** Of all accounts that can send: by account, its own name and address first. */
  'identities.list': command(z.object({}), z.object({ identities: z.array(Identity) })),
  /**
   * `id` null: a further one. Of an account's own name and address the reply-to and the signature are saved. Errors: not-found,
   * not-permitted (a group account's are the administrator's), archive-address-inside, invalid-input with a fault at "address"
   * (`address-taken`).
   */
  'identities.save': command(
    Written.extend({ accountId: AccountId, id: z.string().max(64).nullable() }),
    z.object({ id: z.string() }),
  ),
  /** A draft that is from it is sent no more until another sender is chosen. */
  'identities.remove': command(z.object({ id: z.string().max(64) }), z.object({})),

  'templates.list': command(z.object({}), z.object({ templates: z.array(Template) })),
  /** Errors: not-found, invalid-input with a fault at "name" (`name-taken`). */
  'templates.save': command(
    z.object({
      id: z.uuid().nullable(),
      name: line(100).trim().min(1),
      subject: line(2000),
      html: z.string().max(1_000_000).nullable(),
      text: z.string().max(500_000),
    }),
    z.object({ id: z.uuid() }),
  ),
  'templates.remove': command(z.object({ id: z.uuid() }), z.object({})),
};
