/** The shared config: the organisation's signed file. Its form; its rules are in configRules.ts. */
import * as z from 'zod';
import { AccountSettings, EmailAddress, Server, SharedSignIn, Trust } from '../account.ts';
import { OrganisationPolicy } from '../policy.ts';

/** Short, stable, and safe in a path, a subject and a log line. */
export const ConfigId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
export const UserId = ConfigId.brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;
export const GroupId = ConfigId.brand<'GroupId'>();
export type GroupId = z.infer<typeof GroupId>;
export const OrganisationId = ConfigId.brand<'OrganisationId'>();
export type OrganisationId = z.infer<typeof OrganisationId>;

/** An Ed25519 public key: 32 raw bytes as base64, without stray bits in its last letter. It is its own key id. */
export const PublicKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/)
  .brand<'PublicKey'>();
export type PublicKey = z.infer<typeof PublicKey>;

const Instant = z.iso.datetime({ offset: true });
const Name = z.string().trim().min(1).max(200);

export const ConfigUser = z.strictObject({
  id: UserId,
  name: Name,
  address: EmailAddress,
  /** A user who left stays here with `false`, so that the history keeps the name. */
  active: z.boolean(),
  /** Confirmed by an administrator. A key that only the team log knows is shown as new. */
  keys: z.array(PublicKey).max(20),
  /** To become an administrator with the first key that is confirmed: nobody can be one without. */
  wantsAdmin: z.boolean().optional(),
  /** Keys that count no more (a lost laptop): what they signed before `until` stays valid, so that no history is lost. */
  retired: z
    .array(z.strictObject({ key: PublicKey, until: Instant }))
    .max(50)
    .optional(),
});
export type ConfigUser = z.infer<typeof ConfigUser>;

export const Membership = z.strictObject({ user: UserId, since: Instant, until: Instant.optional() });
export type Membership = z.infer<typeof Membership>;

/** Salt, parameters and ciphertext of the mailbox's passwords under the invite code (scrypt, AES-256-GCM). */
export const SealedCredentials = z.strictObject({
  sealed: z.strictObject({
    kdf: z.literal('scrypt'),
    n: z
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    r: z.int().min(8).max(32),
    p: z.int().min(1).max(16),
    salt: z.base64(),
    nonce: z.base64(),
    ciphertext: z.base64().max(20_000),
  }),
});
export type SealedCredentials = z.infer<typeof SealedCredentials>;

/** How a group account is worked in, beyond who works in it. */
export const GroupConduct = z.strictObject({
  /** What is sent names its author in `Sender`, beside the group in `From` (RFC 5322, 3.6.2). Without: the group's name alone. */
  namesAuthor: z.boolean().optional(),
  /** Whose reading sets the server's \\Seen, which all share: `handler` (without: he, and anybody while there is none), or `anybody`. */
  seenBy: z.enum(['handler', 'anybody']).optional(),
});
export type GroupConduct = z.infer<typeof GroupConduct>;

/** Of whatever holds it among other things; what is not said stays unsaid. */
export function conductOf({ namesAuthor, seenBy }: GroupConduct): GroupConduct {
  return {
    ...(namesAuthor === undefined ? {} : { namesAuthor }),
    ...(seenBy === undefined ? {} : { seenBy }),
  };
}
export const GroupSignature = z.strictObject({
  text: z.string().max(20_000),
  html: z.string().max(50_000).nullable().default(null),
});
export type GroupSignature = z.infer<typeof GroupSignature>;

export const GroupAccount = z.strictObject({
  ...GroupConduct.shape,
  id: GroupId,
  name: Name,
  address: EmailAddress,
  displayName: z.string().max(200),
  imap: Server,
  smtp: Server.nullable(),
  tls: z.strictObject({ trust: Trust }).optional(),
  allowPlaintext: z.boolean().optional(),
  /** Each member signs in there as himself, and the mailbox is shared with him. Left out: with passwords that all share. */
  auth: SharedSignIn.optional(),
  members: z.array(Membership).max(10_000),
  defaultHandler: UserId.nullable(),
  archiveAddress: EmailAddress.nullable(),
  /** What every member signs with in this account; without it each has his own. `html` null: plain text alone. */
  signature: GroupSignature.optional(),
  logFolder: z.string().min(1).max(200).default('Postkorb'),
  credentials: SealedCredentials.nullable(),
});
export type GroupAccount = z.infer<typeof GroupAccount>;

/**
 * Settings offered to a user whose address matches: he types nothing but the password. "{address}", "{local}" and "{domain}" are filled
 * in, and so are the placeholders of autoconfig files ("%EMAILADDRESS%").
 */
export const Preset = z.strictObject({
  match: z.strictObject({ address: EmailAddress.optional(), domain: z.string().min(1).max(253).optional() }),
  settings: AccountSettings.partial({ address: true, displayName: true, name: true }),
});
export type Preset = z.infer<typeof Preset>;

export const SharedConfig = z.strictObject({
  format: z.literal(1),
  organisation: z.strictObject({ id: OrganisationId, name: Name }),
  /** Rises with every publication; a client never goes back. */
  revision: z.int().min(1),
  issuedAt: Instant,
  admins: z
    .array(z.strictObject({ user: UserId, key: PublicKey }))
    .min(1)
    .max(100),
  users: z.array(ConfigUser).min(1).max(100_000),
  groupAccounts: z.array(GroupAccount).max(10_000),
  presets: z.array(Preset).max(1000).default([]),
  policy: OrganisationPolicy.default({}),
});
export type SharedConfig = z.infer<typeof SharedConfig>;

export const configPayloadType = 'application/vnd.postkorb.config+json';
/** A config is text about people and mailboxes; ten thousand of each fit. */
export const maxConfigBytes = 5 * 1024 * 1024;
