/** Folders: the contract's handlers. */
import type { Clock } from '#engine/ports/ports.ts';
import { getAccount, setSubscribedOnly } from '#engine/store/accounts.repo.ts';
import { destroyMessages, flagMessages, messagesOfStep, shownOf, unreadOf } from '#engine/store/acts.ts';
import { FlagBit } from '#engine/store/flags.ts';
import {
  createFolder,
  deleteFolder,
  moveFolder,
  renameFolder,
  subscribeFolder,
} from '#engine/store/folderActs.ts';
import { folderRow, getFolder, requireFolder, listFolders } from '#engine/store/folders.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { folderCommands } from '#shared/contract/folders.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { UndoLog } from './undoLog.ts';

export interface FolderParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly undo: UndoLog;
  /** Something was queued for this account's server. */
  readonly kick: (id: AccountId) => void;
}

export type FolderCommandName = Extract<CommandName, keyof typeof folderCommands>;

export function createFolderHandlers(parts: FolderParts): HandlersOf<FolderCommandName> {
  const { store, clock, undo, kick } = parts;

  const accountOf = (id: FolderId): AccountId => requireFolder(store.read, id).accountId;

  return {
    'folders.list': async ({ accountId }) => ({
      folders: listFolders(store.read, accountId ?? null).map(folderRow),
    }),
    'folders.create': async ({ accountId, parent, name }) => {
      if (getAccount(store.read, accountId) === null) throw new MailError('not-found', { what: 'account' });
      const { id } = store.precious((db) => createFolder(db, accountId, parent, name, clock.now()));
      kick(accountId);
      return { id };
    },
    'folders.rename': async ({ id, name }) => {
      const accountId = accountOf(id);
      store.precious((db) => renameFolder(db, id, name, clock.now()));
      kick(accountId);
      return {};
    },
    'folders.move': async ({ id, parent }) => {
      const accountId = accountOf(id);
      store.precious((db) => moveFolder(db, id, parent, clock.now()));
      kick(accountId);
      return {};
    },
    'folders.subscribe': async ({ id, subscribed, shown }) => {
      const accountId = accountOf(id);
      const putAway = !subscribed && shown !== true;
      store.precious((db) => subscribeFolder(db, id, { subscribed, putAway }, clock.now()));
      kick(accountId);
      return {};
    },
    'folders.showSubscribedOnly': async ({ accountId, only }) => {
      if (getAccount(store.read, accountId) === null) throw new MailError('not-found', { what: 'account' });
      store.write((db) => {
        setSubscribedOnly(db, accountId, only);
      });
      // What is shown again is read.
      kick(accountId);
      return {};
    },
    'folders.delete': async ({ id }) => {
      const accountId = accountOf(id);
      store.precious((db) => deleteFolder(db, id, clock.now()));
      kick(accountId);
      return {};
    },
    'folders.empty': async ({ id }) => {
      const accountId = accountOf(id);
      const role = getFolder(store.read, id)?.role;
      if (role !== 'trash' && role !== 'junk') throw new MailError('not-permitted', { what: 'folder' });
      const steps = store.precious((db) => destroyMessages(db, shownOf(db, id), clock.now()));
      undo.remember('delete', steps);
      if (steps.length > 0) kick(accountId);
      return { removed: steps.reduce((sum, step) => sum + messagesOfStep(step), 0) };
    },
    'folders.markAllRead': async ({ id }) => {
      const accountId = accountOf(id);
      const steps = store.precious((db) =>
        flagMessages(db, unreadOf(db, id), { add: FlagBit.seen, remove: 0 }, clock.now()),
      );
      undo.remember('flag', steps);
      if (steps.length > 0) kick(accountId);
      return { changed: steps.reduce((sum, step) => sum + messagesOfStep(step), 0) };
    },
  };
}
