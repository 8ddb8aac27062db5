/** What a user did and a server has yet to hear: the kinds of operations, what each carries, and how a runner gets them. */
import * as z from 'zod';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { WireError } from '#shared/errors/MailError.ts';

const subscription = z.object({ subscribed: z.boolean(), putAway: z.boolean() });

/**
 * From which UID of the target on a copy of a mail may be one that a move made itself: what was known there before its first attempt lies
 * below. Under another UIDVALIDITY nothing is known.
 */
export const CopiesFrom = z.object({ uidValidity: z.string().nullable(), uid: z.int() });
export type CopiesFrom = z.infer<typeof CopiesFrom>;

/** Payloads as stored. Messages and folders are not in here: they are columns and items, by identity and not by UID or path. */
export const operationPayloads = {
  /** Bits of store/flags.ts. */
  flag: z.object({ add: z.int(), remove: z.int() }),
  /** `everything`: all that lies in the folder, also what is not known here. `copiesFrom` is set with the first attempt. */
  move: z.object({ everything: z.boolean(), copiesFrom: CopiesFrom.optional() }),
  /** To a folder of another account, which has its own operations and its own messages: no target column, nothing shown there beforehand. */
  transfer: z.object({ target: z.int() }),
  /** For good. */
  delete: z.object({}),
  /** One message of ours, named by its UID where it was never stored here. */
  'remove-draft': z.object({
    path: z.string(),
    uid: z.int().nullable(),
    uidValidity: z.string().nullable(),
    messageId: z.string().nullable(),
  }),
  'folder-create': z.object({ path: z.string(), delimiter: z.string().nullable() }),
  'folder-rename': z.object({ from: z.string(), to: z.string() }),
  'folder-delete': z.object({ path: z.string() }),
  /** `before`: what is shown again when the server refuses. */
  'folder-subscribe': z.object({ path: z.string(), before: subscription }),
  'folder-unsubscribe': z.object({ path: z.string(), before: subscription }),
} as const;

/** An operation to be queued. `messageIds` lie in `folderId` and are shown there. */
export type NewOperation = { readonly accountId: AccountId } & (
  | ({ readonly kind: 'flag'; readonly add: number; readonly remove: number } & NewOnMessages)
  | ({ readonly kind: 'move'; readonly targetId: FolderId; readonly everything?: boolean } & NewOnMessages)
  | ({ readonly kind: 'transfer'; readonly targetId: FolderId } & NewOnMessages)
  | ({ readonly kind: 'delete' } & NewOnMessages)
  | ({ readonly kind: 'remove-draft' } & OperationPayload<'remove-draft'>)
  | { readonly kind: 'folder-create'; readonly folderId: FolderId }
  | { readonly kind: 'folder-rename'; readonly folderId: FolderId; readonly to: string }
  | { readonly kind: 'folder-delete'; readonly folderId: FolderId }
  | { readonly kind: 'folder-subscribe' | 'folder-unsubscribe'; readonly folderId: FolderId }
);
interface NewOnMessages {
  readonly folderId: FolderId;
  readonly messageIds: readonly MessageId[];
}

export type OperationKind = keyof typeof operationPayloads;
export type OperationPayload<K extends OperationKind> = z.infer<(typeof operationPayloads)[K]>;

export function isOperationKind(kind: string): kind is OperationKind {
  return Object.hasOwn(operationPayloads, kind);
}

/** What is decided of a folder's subscription: it happens to a name, and neither in the folder nor to those below it. */
const subscriptionKinds = [
  'folder-subscribe',
  'folder-unsubscribe',
] as const satisfies readonly OperationKind[];
/** The same as a list in SQL. */
export const subscriptionKindList = `(${subscriptionKinds.map((kind) => `'${kind}'`).join(', ')})`;

export function isSubscriptionKind(kind: string): kind is (typeof subscriptionKinds)[number] {
  return subscriptionKinds.some((one) => one === kind);
}

export type OperationState = 'queued' | 'running' | 'failed';

/** A message that an operation works on, where it lies now. */
export interface OperationMessage {
  readonly messageId: MessageId;
  readonly uid: number;
}

export interface OperationFolder {
  readonly id: FolderId;
  /** As the server knows it. */
  readonly path: string;
  readonly delimiter: string | null;
  /** The UIDs are of this one and no other: a runner that finds another does not carry the operation out. */
  readonly uidValidity: string | null;
}

interface OperationBase {
  readonly id: number;
  readonly accountId: AccountId;
  readonly state: OperationState;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly error: WireError | null;
  /** ms since 1970. */
  readonly createdAt: number;
}

interface OnMessages {
  readonly folder: OperationFolder;
  /** By UID, ascending. Those that are gone from the folder are left out: nothing is to be done for them. */
  readonly messages: readonly OperationMessage[];
}

/** An operation ready to be carried out: UIDs and paths as they are right now. */
export type Operation = OperationBase &
  (
    | ({ readonly kind: 'flag'; readonly add: number; readonly remove: number } & OnMessages)
    | ({
        readonly kind: 'move';
        readonly everything: boolean;
        readonly target: OperationFolder;
        readonly copiesFrom?: CopiesFrom | undefined;
      } & OnMessages)
    | ({
        readonly kind: 'transfer';
        readonly target: OperationFolder & { readonly accountId: AccountId };
      } & OnMessages)
    | ({ readonly kind: 'delete' } & OnMessages)
    | {
        readonly kind: 'remove-draft';
        readonly path: string;
        readonly uidValidity: string | null;
        /** null: look for `messageId`. */
        readonly uid: number | null;
        readonly messageId: string | null;
      }
    | { readonly kind: 'folder-create'; readonly folder: OperationFolder }
    | {
        readonly kind: 'folder-rename';
        readonly folder: OperationFolder;
        readonly to: string;
        /** Paths of what is subscribed of it and below it: a subscription is to a name, and does not move along. */
        readonly subscribed: readonly string[];
      }
    | {
        readonly kind: 'folder-delete' | 'folder-subscribe' | 'folder-unsubscribe';
        readonly folder: OperationFolder;
      }
  );
