/** Folders of an account. What is done to them shows at once and is carried to the server afterwards. */
import * as z from 'zod';
import { AccountId, FolderId } from '../domain/ids.ts';
import { FolderRow } from '../domain/message.ts';
import { command } from './define.ts';

/** A folder name as typed: no control characters (N13, N20); the delimiter is refused by the engine, which knows it. */

const FolderName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]*$/);

export const folderCommands = {
  /** Without an account: all folders of all accounts. */
  'folders.list': command(
    z.object({ accountId: AccountId.optional() }),
    z.object({ folders: z.array(FolderRow) }),
  ),
  'folders.create': command(
    z.object({ accountId: AccountId, parent: FolderId.nullable(), name: FolderName }),
    z.object({ id: FolderId }),
  ),
  'folders.rename': command(z.object({ id: FolderId, name: FolderName }), z.object({})),
  /** Under another folder of its account, with all below it; `parent` null: to the top. */
  'folders.move': command(z.object({ id: FolderId, parent: FolderId.nullable() }), z.object({})),
  /**
   * Subscribes a folder on the server, or unsubscribes it: then it is shown no more and not synchronised, what is known of it stays. Roles
   * keep their folders in sight (not-permitted). `shown`: of one that is not subscribed, it stands in the tree all the same, as one
   * that nobody ever unsubscribed.
   */
  'folders.subscribe': command(
    z.object({ id: FolderId, subscribed: z.boolean(), shown: z.boolean().optional() }),
    z.object({}),
  ),
  /** Shows of an account's folders only those that are subscribed, or all but those that were unsubscribed here. */
  'folders.showSubscribedOnly': command(z.object({ accountId: AccountId, only: z.boolean() }), z.object({})),
  /** Deletes an empty folder or one whose mails may go to the trash first; role folders are refused (not-permitted). */
  'folders.delete': command(z.object({ id: FolderId }), z.object({})),
  /** Removes for good what lies in the trash or in spam; other folders are refused (not-permitted). */
  'folders.empty': command(z.object({ id: FolderId }), z.object({ removed: z.int() })),
  'folders.markAllRead': command(z.object({ id: FolderId }), z.object({ changed: z.int() })),
};
