/** Lists, contents and acts on messages, and the queue that carries the acts: the contract's handlers. */
import { spelledAddressesOf } from '#engine/accounts/accountRules.ts';
import type { Clock } from '#engine/ports/ports.ts';
import {
  destroyMessages,
  flagMessages,
  folderForRole,
  messagesOfStep,
  moveMessages,
  transferMessages,
  type ActStep,
} from '#engine/store/acts.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { conversationPage, placesNamed, withConversations } from '#engine/store/conversations.ts';
import { bitsOf } from '#engine/store/flags.ts';
import { getFolder, requireFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { groupListCounts, groupListPlaces, groupListThreads } from '#engine/store/groupMail.repo.ts';
import type { ReadDb, WriteDb } from '#engine/store/handles.ts';
import { prepareView, viewPlaces, type ListView } from '#engine/store/listView.ts';
import {
  cursorText,
  folderList,
  foldersList,
  inboxes,
  readCursor,
  type ListCursor,
  type ListPage,
} from '#engine/store/messageLists.ts';
import { rowsAt, shownPlace, type RowPlace } from '#engine/store/messageRows.ts';
import {
  dismissOperation,
  queueLength,
  retryOperation,
  troubledOperations,
} from '#engine/store/operations.repo.ts';
import { getMessage } from '#engine/store/messageDetails.ts';
import {
  countUnread,
  search,
  unreadFloor,
  type SearchRequest,
  type ServerHits,
  type UnreadCount,
} from '#engine/store/search.ts';
import type { QueryContext } from '#engine/store/searchQuery.ts';
import { isDamagedIndex, type SearchIndexer } from '#engine/store/searchIndexer.ts';
import type { Store } from '#engine/store/store.ts';
import { delay } from '#shared/base/clock.ts';
import type { CommandName, HandlersOf, ParsedRequestOf, ResponseOf } from '#shared/contract/contract.ts';
import { newestFirst, type ActRef, type messageCommands } from '#shared/contract/messages.ts';
import { pieceFrom, withBeginning } from '#shared/domain/htmlBeginning.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { MessageContents } from './messageContent.ts';
import type { UndoLog } from './undoLog.ts';

export interface MessageParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly contents: MessageContents;
  readonly indexer: SearchIndexer;
  readonly undo: UndoLog;
  /** Something was queued for this account's server. */
  readonly kick: (id: AccountId) => void;
  /** Tries every queued operation of the account once; settles when that is done, whatever came of it. */
  readonly carryOut: (id: AccountId, signal: AbortSignal) => Promise<unknown>;
  /** What queries are understood by. */
  readonly queryContext: () => Omit<QueryContext, 'db'>;
  /** What servers found for this query. */
  readonly serverHits: (query: string, accountId: AccountId | null) => readonly ServerHits[];
}

export type MessageCommandName = Extract<CommandName, keyof typeof messageCommands>;

/** A search waits so long for mails that are not indexed yet; the newest are taken first. */
const catchUpMs = 150;

export function createMessageHandlers(parts: MessageParts): HandlersOf<MessageCommandName> {
  const { store, clock, contents, indexer, undo, queryContext, serverHits } = parts;

  const places = (refs: readonly ActRef[]): RowPlace[] => {
    const found = store.snapshot((db) => placesNamed(db, refs));
    if (found.length === 0) throw new MailError('not-found', { what: 'message' });
    return found;
  };

  /** Carries an act out in one transaction, remembers it for undo (null: nobody's act), and tells the accounts' runners. */
  function act(name: string | null, work: (db: WriteDb) => ActStep[]): { queued: number; done: number } {
    const steps = store.precious(work);
    if (name !== null) undo.remember(name, steps);
    for (const accountId of new Set(steps.map((step) => step.accountId))) parts.kick(accountId);
    return { queued: steps.reduce((sum, step) => sum + messagesOfStep(step), 0), done: 0 };
  }

  /** Places by account: a role means another folder in each. */
  const byAccount = (
    list: readonly RowPlace[],
  ): Map<AccountId, { place: RowPlace; folder: StoredFolder }[]> =>
    Map.groupBy(
      list.flatMap((place) => {
        const folder = getFolder(store.read, place.folderId);
        return folder ? [{ place, folder }] : [];
      }),
      ({ folder }) => folder.accountId,
    );

  function moveToRole(name: 'archive' | 'junk', refs: readonly ActRef[]): { queued: number; done: number } {
    const list = places(refs);
    return act(name, (db) =>
      [...byAccount(list)].flatMap(([accountId, placed]) =>
        moveMessages(
          db,
          placed.map(({ place }) => place),
          folderForRole(db, accountId, name, clock.now()),
          clock.now(),
        ),
      ),
    );
  }

  const readBefore = (text: string | undefined): ListCursor | null => {
    const cursor = text === undefined ? null : readCursor(text);
    if (text === undefined || cursor !== null) return cursor;
    const fault = { path: 'before', code: 'cursor', message: 'not a cursor of a list' };
    throw new MailError('invalid-input', {}, { faults: [fault] });
  };

  const folderOf = (id: FolderId): StoredFolder => requireFolder(store.read, id);

  function searchPage(
    source: Extract<ParsedRequestOf<'messages.list'>['source'], { kind: 'search' }>,
    wanted: Omit<SearchRequest, 'query' | 'accountId' | 'serverHits'>,
  ): ResponseOf<'messages.list'> {
    const { query } = source;
    const accountId = source.accountId ?? null;
    indexer.catchUp(catchUpMs);
    let page: ListPage;
    try {
      page = store.snapshot((db) =>
        search(db, { query, accountId, serverHits: serverHits(query, accountId), ...wanted }, queryContext()),
      );
    } catch (error) {
      if (!isDamagedIndex(error)) throw error;
      indexer.rebuild();
      return { messages: [], next: null, total: null, indexed: 0 };
    }
    const coverage = indexer.coverage();
    return {
      messages: page.rows,
      next: page.next && cursorText(page.next),
      total: page.total ?? (wanted.before === null && page.next === null ? page.rows.length : null),
      ...(coverage === null ? {} : { indexed: coverage }),
    };
  }

  function viewedPage(
    source: ParsedRequestOf<'messages.list'>['source'],
    after: ListCursor | null,
    limit: number,
    wanted: Pick<ListView, 'sort' | 'filter' | 'threads'>,
  ): ResponseOf<'messages.list'> {
    const foldersOf = (db: ReadDb): StoredFolder[] =>
      source.kind === 'folder' ? [folderOf(source.folderId)] : inboxes(db);
    prepareView(store.read, (work) => store.write(work), foldersOf(store.read), wanted);
    const accounts = new Map(listAccounts(store.read).map(({ id, settings }) => [id, settings]));
    const view: ListView = {
      ...wanted,
      ownAddresses: (id) => {
        const settings = accounts.get(id);
        return settings ? spelledAddressesOf(settings) : [];
      },
    };
    return store.snapshot((db) => {
      const folders = foldersOf(db);
      const found = viewPlaces(db, folders, view, after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const rows = rowsAt(db, page);
      const together = view.threads && view.sort.by === 'date';
      const unfiltered = Object.keys(view.filter).length === 0;
      return {
        messages: together ? withConversations(db, rows) : rows,
        next: found.length > limit && last ? cursorText(last) : null,
        total: unfiltered
          ? folders.reduce((sum, folder) => sum + (together ? folder.threads : folder.total), 0)
          : null,
      };
    });
  }

  return {
    'messages.list': async ({ source, limit, before, threads, sort = newestFirst, filter = {} }) => {
      const cursor = readBefore(before);
      const plain = sort.by === 'date' && !sort.ascending && Object.keys(filter).length === 0;
      if (!plain && source.kind === 'group')
        throw new MailError('not-supported', { what: 'sort-and-filter' });
      if (source.kind === 'search')
        return searchPage(source, { before: cursor, limit, threads, sort, filter });
      if (source.kind === 'group') {
        return store.snapshot((db) => {
          const { list } = source;
          const places = groupListPlaces(db, list, cursor?.id ?? Number.MAX_SAFE_INTEGER, limit, threads);
          const rows = rowsAt(db, places);
          const last = places.at(-1);
          return {
            messages: threads ? withConversations(db, rows) : rows,
            next: last !== undefined && places.length === limit ? cursorText(last) : null,
            total: threads ? groupListThreads(db, list) : groupListCounts(db)[list].total,
          };
        });
      }
      if (!plain) return viewedPage(source, cursor, limit, { sort, filter, threads });
      return store.snapshot((db) => {
        const folders = source.kind === 'folder' ? [folderOf(source.folderId)] : inboxes(db);
        const ids = folders.map(({ id }) => id);
        const [only] = ids;
        const page =
          ids.length === 1 && only !== undefined
            ? folderList(db, only, cursor, limit, threads)
            : foldersList(db, ids, cursor, limit, threads);
        return {
          messages: page.rows,
          next: page.next && cursorText(page.next),
          total: folders.reduce((sum, folder) => sum + (threads ? folder.threads : folder.total), 0),
        };
      });
    },
    'search.unread': async ({ searches }, signal) => {
      const context = queryContext();
      const counts: UnreadCount[] = [];
      const floor = unreadFloor(store.read);
      for (const { query, accountId = null } of searches) {
        const request = { query, accountId, serverHits: serverHits(query, accountId) };
        counts.push(store.snapshot((db) => countUnread(db, request, context, floor)));
        // Nobody waits for these numbers: whoever waits for something else comes first.
        await delay(clock, 0, signal);
      }
      return { unread: counts.map(({ unread }) => unread), more: counts.map(({ more }) => more) };
    },
    'messages.rows': async ({ refs }) => ({
      messages: store.snapshot((db) =>
        rowsAt(
          db,
          refs.flatMap(({ id, folderId }) =>
            folderId === undefined ? (shownPlace(db, id) ?? []) : { id, folderId },
          ),
        ),
      ),
    }),
    'messages.conversation': async ({ id, folderId, limit, before }) => {
      const cursor = readBefore(before);
      return store.snapshot((db) => {
        const place = folderId === undefined ? shownPlace(db, id) : { id, folderId };
        const threadId = getMessage(db, id)?.threadId;
        if (place === null || threadId === undefined) throw new MailError('not-found', { what: 'message' });
        const start = cursor?.id ?? Number.MAX_SAFE_INTEGER;
        const found = conversationPage(db, threadId, place.folderId, start, limit + 1);
        const page = found.slice(-limit);
        const [oldest] = page;
        return {
          messages: rowsAt(db, page),
          next: found.length > limit && oldest ? cursorText(oldest) : null,
        };
      });
    },
    'messages.get': async ({ id, folderId, beginning }, signal) => {
      const content = await contents.content(id, signal, folderId);
      return beginning === true ? withBeginning(content) : content;
    },
    'messages.piece': async ({ id, folderId, of, from }, signal) =>
      pieceFrom(await contents.content(id, signal, folderId), of, from),
    'messages.source': async ({ id }, signal) => ({ raw: await contents.source(id, signal) }),
    'messages.attachment': ({ id, part }, signal) => contents.attachment(id, part, signal),

    'messages.flag': async ({ refs, add, remove, automatic }) => {
      const list = places(refs);
      // What is asked for both ways is set.
      const change = { add: bitsOf(add), remove: bitsOf(remove) & ~bitsOf(add) };
      return act(automatic === true ? null : 'flag', (db) => flagMessages(db, list, change, clock.now()));
    },
    'messages.move': async ({ refs, target }) => {
      const folder = folderOf(target);
      if (!folder.selectable) throw new MailError('not-permitted', { what: 'folder' });
      const list = places(refs);
      return act('move', (db) =>
        [...byAccount(list)].flatMap(([accountId, placed]) => {
          const own = placed.map(({ place }) => place);
          return accountId === folder.accountId
            ? moveMessages(db, own, folder, clock.now())
            : transferMessages(db, own, folder, clock.now());
        }),
      );
    },
    'messages.archive': async ({ refs }) => moveToRole('archive', refs),
    'messages.junk': async ({ refs }) => moveToRole('junk', refs),
    'messages.delete': async ({ refs }) => {
      const list = places(refs);
      return act('delete', (db) =>
        [...byAccount(list)].flatMap(([accountId, placed]) => {
          const trashed = placed.filter(({ folder }) => folder.role === 'trash').map(({ place }) => place);
          const others = placed.filter(({ folder }) => folder.role !== 'trash').map(({ place }) => place);
          const moved =
            others.length === 0
              ? []
              : moveMessages(db, others, folderForRole(db, accountId, 'trash', clock.now()), clock.now());
          return [...moved, ...destroyMessages(db, trashed, clock.now())];
        }),
      );
    },
    'messages.undo': async () => {
      const undone = undo.takeBack();
      if (undone === null) return { undone: null };
      for (const accountId of undone.accounts) parts.kick(accountId);
      return { undone: undone.name };
    },

    'operations.flush': async ({ accountId }, signal) => {
      const queued = (): number => queueLength(store.read, accountId ?? null).queued;
      const before = queued();
      const accounts = listAccounts(store.read)
        .map(({ id }) => id)
        .filter(
          (id) => (accountId === undefined || id === accountId) && queueLength(store.read, id).queued > 0,
        );
      await Promise.allSettled(accounts.map((id) => parts.carryOut(id, signal)));
      signal.throwIfAborted();
      const left = queued();
      return { done: Math.max(0, before - left), queued: left };
    },
    'operations.failed': async () => ({
      operations: troubledOperations(store.read).map(({ error, ...operation }) => ({
        ...operation,
        error: error && { code: error.code, params: error.params },
      })),
    }),
    'operations.dismiss': async ({ id }) => {
      store.precious((db) => dismissOperation(db, id));
      return {};
    },
    'operations.retry': async ({ id }) => {
      parts.kick(store.precious((db) => retryOperation(db, id)));
      return {};
    },
  };
}
