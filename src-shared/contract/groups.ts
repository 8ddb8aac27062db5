/** Group work: the organisation and its config, and what members do with a group account's mails. */
import * as z from 'zod';
import { AccountSettings, Credentials, EmailAddress } from '../domain/account.ts';
import {
  GroupConduct,
  GroupSignature,
  Preset,
  PublicKey,
  SharedConfig,
  UserId,
} from '../domain/group/config.ts';
import { EventId, Status } from '../domain/group/events.ts';
import { AccountId, MessageId } from '../domain/ids.ts';
import { OrganisationPolicy } from '../domain/policy.ts';
import { WireError } from '../errors/MailError.ts';
import { command, event } from './define.ts';

/** A person as the config names him; `name` is the id where the config does not know him any more. */
export const Person = z.object({ id: UserId, name: z.string(), address: z.string() });
export type Person = z.infer<typeof Person>;

export const ConfigChange = z.object({
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.string(),
  after: z.string(),
});

/** A group account of the config as it stands on this machine. */
export const GroupAccountRow = z.object({
  group: z.string(),
  name: z.string(),
  address: z.string(),
  /** null: it is not set up here. */
  accountId: AccountId.nullable(),
  /**
   * `ready`; `password-missing`, `sign-in-missing`: groups.setCredentials; `conflict`: a personal account has this mailbox, groups.takeOver;
   * `not-a-member`: others work in it.
   */
  state: z.enum(['ready', 'password-missing', 'sign-in-missing', 'conflict', 'not-a-member']),
  /** Each member signs in at this provider as himself. */
  signIn: z.object({ provider: z.string(), address: z.string() }).optional(),
  personalAccount: AccountId.nullable(),
  members: z.array(Person),
  defaultHandler: Person.nullable(),
  archiveAddress: z.string().nullable(),
});
export type GroupAccountRow = z.infer<typeof GroupAccountRow>;

export const Organisation = z.object({
  id: z.string(),
  name: z.string(),
  /** 0: not published yet. */
  revision: z.int(),
  issuedAt: z.string(),
  source: z.string().nullable(),
  /** ms: when the source was last reached. */
  checkedAt: z.number().nullable(),
  /** Why the newest file is not in force. */
  lastError: WireError.nullable(),
  me: Person,
  admin: z.boolean(),
  /** Who may change it. */
  admins: z.array(Person),
  /** Those that are active. */
  users: z.array(Person),
  /** Of my key on this machine, for an administrator to compare. */
  fingerprint: z.string(),
  joinLink: z.string().nullable(),
  unpublished: z.array(ConfigChange),
  accounts: z.array(GroupAccountRow),
});
export type Organisation = z.infer<typeof Organisation>;

/** A key that asks to be confirmed. */
export const KeyRequest = z.object({ user: Person, key: PublicKey, fingerprint: z.string(), at: z.number() });

export const GroupHistoryEntry = z.object({
  at: z.number(),
  by: Person,
  /** An event's type, or `left`: whoever had it is no member any more. */
  event: z.string(),
  accepted: z.boolean(),
  to: Person.nullable().optional(),
  status: Status.optional(),
  conflict: z.object({ by: Person, at: z.number() }).optional(),
  pending: z.boolean().optional(),
});

export const GroupState = z.object({
  messageId: MessageId,
  group: z.string(),
  info: z.array(Person),
  handler: Person.nullable(),
  since: z.number().nullable(),
  status: Status,
  until: z.number().nullable(),
  due: z.boolean(),
  notes: z.array(
    z.object({
      id: EventId,
      at: z.number(),
      by: Person,
      text: z.string(),
      mentions: z.array(Person),
      editedAt: z.number().nullable(),
    }),
  ),
  readBy: z.array(z.object({ user: Person, at: z.number() })),
  composing: z.array(z.object({ user: Person, until: z.number() })),
  history: z.array(GroupHistoryEntry),
  /** What `groups.claim` hands back as `over`: the handling that was on screen. */
  handling: EventId.nullable(),
  pending: z.boolean(),
  members: z.array(Person),
});
export type GroupState = z.infer<typeof GroupState>;

/** `accepted: false, pending: true`: it waits for the server. */
export const GroupOutcome = z.object({
  accepted: z.boolean(),
  pending: z.boolean(),
  handler: Person.nullable(),
  status: Status,
  conflict: z.object({ by: Person, at: z.number() }).optional(),
});
export type GroupOutcome = z.infer<typeof GroupOutcome>;

const Joined = z.object({
  organisation: z.object({ id: z.string(), name: z.string() }),
  revision: z.int(),
  changed: z.boolean(),
  fingerprint: z.string(),
  accounts: z.array(GroupAccountRow),
});
/** Of a finished sign-in. */
const SignInId = z.string().max(64).nullable().default(null);
const Code = z.string().min(4).max(200);
const Named = z.string().min(1).max(254);
const Message = z.object({ messageId: MessageId });
const Saved = z.object({ id: z.string(), name: z.string() });

export const groupCommands = {
  /** null: this profile belongs to none. */
  'groups.organisation': command(z.object({}), z.object({ organisation: Organisation.nullable() })),
  'groups.init': command(
    z.object({
      organisation: z.string().trim().min(1).max(200),
      address: EmailAddress,
      name: z.string().max(200).optional(),
    }),
    z.object({ organisation: z.string(), id: z.string(), fingerprint: z.string() }),
  ),
  /** Looks without joining: whose config it is and who signed it. */
  'groups.inspect': command(
    z.object({ from: z.string().max(4000) }),
    z.object({ organisation: z.string(), revision: z.int(), fingerprint: z.string(), users: z.int() }),
  ),
  /** Errors: join-link-invalid, fingerprint-mismatch, other-organisation, not-found (`me`), invite-code-wrong, config-*. */
  'groups.join': command(
    z.object({ from: z.string().max(4000), me: EmailAddress, inviteCode: Code.optional() }),
    Joined,
  ),
  /** Fetches the config again now. */
  'groups.sync': command(z.object({}), Joined),
  'groups.publish': command(
    z.object({ to: z.string().max(4000).optional(), inviteCode: Code.optional() }),
    z.object({ revision: z.int(), url: z.string(), joinLink: z.string() }),
  ),
  /** For administrators: what is edited, and what asks for a decision. */
  'groups.draft': command(
    z.object({}),
    z.object({
      config: SharedConfig,
      changes: z.array(ConfigChange),
      requests: z.array(KeyRequest),
      /** Of every key that the draft names. */
      fingerprints: z.record(PublicKey, z.string()),
    }),
  ),
  'groups.discardDraft': command(z.object({}), z.object({})),
  'groups.addUser': command(
    z.object({
      address: EmailAddress,
      name: z.string().trim().min(1).max(200),
      admin: z.boolean().default(false),
    }),
    Saved,
  ),
  'groups.editUser': command(
    z.object({
      user: Named,
      name: z.string().trim().min(1).max(200).optional(),
      address: EmailAddress.optional(),
      admin: z.boolean().optional(),
    }),
    z.object({}),
  ),
  'groups.removeUser': command(z.object({ user: Named }), z.object({ groups: z.array(z.string()) })),
  'groups.confirmKey': command(z.object({ user: UserId, key: PublicKey }), z.object({})),
  'groups.retireKey': command(z.object({ user: UserId, key: PublicKey }), z.object({})),
  /** `token`: of a connection test of exactly these (accounts.test). `signIn`: where `settings.auth` is OAuth, instead of passwords. */
  'groups.addAccount': command(
    z.object({
      settings: AccountSettings,
      credentials: Credentials.nullable(),
      signIn: SignInId,
      token: z.string(),
      members: z.array(Named).max(10_000),
      defaultHandler: Named.nullable(),
      signature: GroupSignature.nullable().default(null),
      ...GroupConduct.shape,
    }),
    Saved,
  ),
  /** Other servers or passwords need a test, as a new account does. */
  'groups.editAccount': command(
    z.object({
      group: Named,
      settings: AccountSettings.optional(),
      credentials: Credentials.optional(),
      signIn: SignInId,
      token: z.string().optional(),
      members: z.array(Named).max(10_000).optional(),
      defaultHandler: Named.nullable().optional(),
      archiveAddress: EmailAddress.nullable().optional(),
      /** null: each member signs with his own. */
      signature: GroupSignature.nullable().optional(),
      ...GroupConduct.shape,
    }),
    z.object({}),
  ),
  /** What the organisation allows and prescribes, as a whole. Errors: not-permitted, archive-address-inside, config-invalid. */
  'groups.setPolicy': command(z.object({ policy: OrganisationPolicy }), z.object({})),
  /** The accounts that the organisation offers, as a whole. Errors: as groups.setPolicy. */
  'groups.setPresets': command(z.object({ presets: z.array(Preset).max(1000) }), z.object({})),
  'groups.removeAccount': command(z.object({ group: Named }), z.object({})),
  /** A member types the password of a group account that came without one, or signs in to it; it is tested first. */
  'groups.setCredentials': command(
    z.object({ group: z.string(), credentials: Credentials.nullable(), signIn: SignInId }),
    z.object({ accountId: AccountId }),
  ),
  /** The personal account with a group account's mailbox becomes the group account. */
  'groups.takeOver': command(z.object({ group: z.string() }), z.object({ accountId: AccountId })),

  'groups.state': command(Message, GroupState),
  /** `over`: the handling that was seen (GroupState.handling). Left out: somebody else's decision is not taken over. */
  'groups.claim': command(Message.extend({ over: EventId.nullable().optional() }), GroupOutcome),
  'groups.assign': command(Message.extend({ to: Named.nullable() }), GroupOutcome),
  'groups.status': command(
    Message.extend({ status: Status, until: z.iso.datetime({ offset: true }).nullable().default(null) }),
    GroupOutcome,
  ),
  'groups.note': command(
    Message.extend({
      text: z.string().trim().min(1).max(10_000),
      mentions: z.array(Named).max(100).default([]),
    }),
    GroupOutcome,
  ),
  'groups.editNote': command(
    Message.extend({ note: EventId, text: z.string().trim().min(1).max(10_000) }),
    GroupOutcome,
  ),
  'groups.deleteNote': command(Message.extend({ note: EventId }), GroupOutcome),
  'groups.read': command(z.object({ messageIds: z.array(MessageId).min(1).max(100) }), z.object({})),
  /** Repeated every minute or two while the composer is open; false when it closes. */
  'groups.composing': command(Message.extend({ composing: z.boolean() }), z.object({})),
  'groups.counts': command(
    z.object({}),
    z.object({
      handledByMe: z.object({ total: z.int(), unread: z.int() }),
      unassigned: z.object({ total: z.int(), unread: z.int() }),
      forInformation: z.object({ total: z.int(), unread: z.int() }),
    }),
  ),
  /** Each log as administrators judge it. */
  'groups.logs': command(
    z.object({}),
    z.object({
      logs: z.array(
        z.object({
          accountId: AccountId,
          group: z.string(),
          events: z.int(),
          ignored: z.record(z.string(), z.int()),
          incompleteSince: z.number().nullable(),
          foreign: z.string().nullable(),
          pending: z.int(),
          error: WireError.nullable(),
        }),
      ),
    }),
  ),
};

export const groupEvents = {
  /** An event of a team log was folded: by whom, about what, and what became of it. `mine`: made by me. */
  'groups.event': event(
    z.object({
      accountId: AccountId,
      group: z.string(),
      messageId: MessageId.nullable(),
      event: z.string(),
      by: Person,
      mine: z.boolean(),
      accepted: z.boolean(),
      handler: Person.nullable(),
      status: Status.nullable(),
      conflict: z.object({ by: Person, at: z.number() }).optional(),
      at: z.number(),
    }),
  ),
  /** Another revision is in force, or why not. */
  'groups.config': event(z.object({ revision: z.int(), changed: z.boolean(), error: WireError.nullable() })),
};
