/** Everything about stored mail that windows ask for, with what it owns: the index, the cached attachments, the acts that can be undone. */
import { drop } from '#shared/base/drop.ts';
import type { HandlersOf } from '#shared/contract/contract.ts';
import type { AccountId, MessageId, PartId } from '#shared/domain/ids.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import { spelledAddressesOf } from '#engine/accounts/accountRules.ts';
import type { Jobs } from '#engine/jobs/jobs.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { flagMessages } from '#engine/store/acts.ts';
import { AttachmentCache } from '#engine/store/attachmentCache.ts';
import { FlagBit } from '#engine/store/flags.ts';
import { shownPlace } from '#engine/store/messageRows.ts';
import { SearchIndexer } from '#engine/store/searchIndexer.ts';
import type { QueryContext } from '#engine/store/searchQuery.ts';
import type { Store } from '#engine/store/store.ts';
import type { AccountSession } from '#engine/sync/accountSession.ts';
import { createFolderHandlers, type FolderCommandName } from './folders.ts';
import { MessageContents, type AttachmentBytes, type ServerReader } from './messageContent.ts';
import { createMessageHandlers, type MessageCommandName } from './messages.ts';
import { ServerSearches } from './serverSearch.ts';
import { UndoLog } from './undoLog.ts';

export interface MessageAreaParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Cached attachments lie in here. */
  readonly cacheFolder: string;
  readonly server: ServerReader;
  /** Something was queued for this account's server. */
  readonly kick: (id: AccountId) => void;
  /** Tries every queued operation of the account once; settles when that is done, whatever came of it. */
  readonly carryOut: (id: AccountId, signal: AbortSignal) => Promise<unknown>;
  /** Who works in group accounts. */
  readonly people: () => NonNullable<QueryContext['people']>;
  readonly jobs: Jobs;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  /** Nothing by itself: a command-line call. */
  readonly passive: boolean;
}

export interface MessageArea extends Disposable {
  readonly handlers: HandlersOf<MessageCommandName | FolderCommandName | 'search.onServer'>;
  /** The stored message; its text is fetched where it is not here yet. */
  content(id: MessageId, signal: AbortSignal): Promise<MessageContent>;
  attachment(id: MessageId, part: PartId, signal: AbortSignal): Promise<AttachmentBytes>;
  /** The whole message as its server has it. */
  source(id: MessageId, signal: AbortSignal): Promise<Uint8Array>;
  /** The mail was answered or forwarded. */
  markRelated(id: MessageId, kind: 'reply' | 'forward'): void;
}

/** How much of other people's attachments is kept at most. */
const maxCacheBytes = 1024 ** 3;

export function createMessageArea(parts: MessageAreaParts): MessageArea {
  const { store, clock, log, server, kick, carryOut, people, passive, jobs, session } = parts;
  const cache = new AttachmentCache({
    store,
    clock,
    log,
    folder: parts.cacheFolder,
    maxBytes: maxCacheBytes,
  });
  const contents = new MessageContents({ store, reader: server, cache });
  const indexer: SearchIndexer = new SearchIndexer({
    store,
    clock,
    log,
    passive,
    beginJob: (total) =>
      jobs.begin({
        id: 'index',
        kind: 'index',
        accountId: null,
        folder: null,
        total,
        cancellable: false,
        replaces: true,
        onResumed: () => {
          indexer.wake();
        },
      }),
  });
  const undo = new UndoLog(store, clock);
  const queryContext = (): Omit<QueryContext, 'db'> => ({
    now: clock.now(),
    accounts: listAccounts(store.read).map(({ id, settings }) => ({
      id,
      ...settings,
      addresses: spelledAddressesOf(settings),
    })),
    people: people(),
  });
  const servers = new ServerSearches({ store, clock, log, jobs, session, kick, queryContext });
  const messages = createMessageHandlers({
    store,
    clock,
    contents,
    indexer,
    undo,
    kick,
    carryOut,
    queryContext,
    serverHits: (query, accountId) => servers.hitsOf(query, accountId),
  });
  const folders = createFolderHandlers({ store, clock, undo, kick });

  indexer.start();
  if (!passive)
    drop(cache.sweep(), 'cached attachments of nobody are removed', (error, why) => {
      log.warn(why, { error });
    });

  return {
    handlers: { ...messages, ...folders, ...servers.handlers },
    content: (id, signal) => contents.content(id, signal),
    attachment: (id, part, signal) => contents.attachment(id, part, signal),
    source: (id, signal) => contents.source(id, signal),
    markRelated: (id, kind) => {
      const place = shownPlace(store.read, id);
      if (!place) return;
      const add = kind === 'reply' ? FlagBit.answered : FlagBit.forwarded;
      const steps = store.precious((db) => flagMessages(db, [place], { add, remove: 0 }, clock.now()));
      for (const { accountId } of steps) kick(accountId);
    },
    [Symbol.dispose]: () => {
      indexer[Symbol.dispose]();
    },
  };
}
