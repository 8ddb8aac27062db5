/** The handlers of messages and folders on a fixture's store, with a server that is played by the test. */
import { join } from 'node:path';
import { addressesOf } from '#engine/accounts/accountRules.ts';
import { createFolderHandlers } from '#engine/api/folders.ts';
import { MessageContents, type ServerReader } from '#engine/api/messageContent.ts';
import { createMessageHandlers } from '#engine/api/messages.ts';
import { UndoLog } from '#engine/api/undoLog.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { AttachmentCache } from '#engine/store/attachmentCache.ts';
import type { Operation } from '#engine/store/operationKinds.ts';
import {
  completeOperation,
  failOperation,
  markRunning,
  nextOperations,
  type OperationOutcome,
} from '#engine/store/operations.repo.ts';
import { SearchIndexer } from '#engine/store/searchIndexer.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError, toWire, type MailErrorCode } from '#shared/errors/MailError.ts';
import { silentLog } from './silentLog.ts';
import type { StoreFixture } from './storeFixture.ts';

export interface MessageApiOptions {
  reader?: Partial<ServerReader>;
  carryOut?: (id: AccountId) => Promise<unknown>;
  maxCacheBytes?: number;
}

export function messageApi(fixture: StoreFixture, options: MessageApiOptions = {}) {
  const { store, clock, account } = fixture;
  const log = silentLog();
  const offline = () => Promise.reject(new MailError('network-unreachable'));
  const reader: ServerReader = {
    fetchText: offline,
    fetchSource: offline,
    fetchPart: offline,
    ...options.reader,
  };
  const cache = new AttachmentCache({
    store,
    clock,
    log,
    folder: join(fixture.folder, 'attachments'),
    maxBytes: options.maxCacheBytes ?? 1000,
  });
  const contents = new MessageContents({ store, reader, cache });
  const indexer = new SearchIndexer({ store, clock, log, passive: true });
  const undo = new UndoLog(store, clock);
  const kicked: AccountId[] = [];
  const kick = (id: AccountId) => void kicked.push(id);
  const carryOut = options.carryOut ?? (() => Promise.resolve());
  const messages = createMessageHandlers({
    store,
    clock,
    contents,
    indexer,
    undo,
    kick,
    carryOut,
    queryContext: () => ({
      now: clock.now(),
      accounts: listAccounts(store.read).map(({ id, settings }) => ({
        id,
        ...settings,
        addresses: addressesOf(settings),
      })),
    }),
    serverHits: () => [],
  });
  const folders = createFolderHandlers({ store, clock, undo, kick });
  const signal = new AbortController().signal;

  return {
    messages,
    folders,
    contents,
    cache,
    indexer,
    kicked,
    signal,
    next: (): Operation[] => nextOperations(store.read, account, clock.now()),
    /** The server does the next operation. */
    carry: (outcome: OperationOutcome = {}): Operation => {
      const [operation] = nextOperations(store.read, account, clock.now(), 1);
      if (!operation) throw new Error('nothing is queued');
      store.precious((db) => markRunning(db, operation.id));
      store.precious((db) => completeOperation(db, operation.id, outcome));
      return operation;
    },
    /** The server refuses the next operation. */
    refuse: (code: MailErrorCode, retryAt: number | null = null): Operation => {
      const [operation] = nextOperations(store.read, account, clock.now(), 1);
      if (!operation) throw new Error('nothing is queued');
      store.precious((db) => markRunning(db, operation.id));
      store.precious((db) => failOperation(db, operation.id, toWire(new MailError(code)), retryAt));
      return operation;
    },
  };
}
export type MessageApi = ReturnType<typeof messageApi>;
