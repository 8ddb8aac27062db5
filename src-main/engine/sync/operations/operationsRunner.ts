/**
 * Carries what users did to the server, in order, until nothing is left that can be carried now. A refusal is final: what it showed is
 * taken back and it is listed with the reason. A passing failure is tried again later; a lost connection ends the run, and the next
 * connection goes on with the same operation.
 */
import { getFolder } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import type { Operation } from '#engine/store/operationKinds.ts';
import {
  completeOperation,
  failOperation,
  markRunning,
  nextOperations,
} from '#engine/store/operations.repo.ts';
import { backOff } from '#engine/send/backOff.ts';
import type { Ids } from '#engine/ports/ports.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import { carryOut } from './carryOut.ts';
import type { CarryParts } from './carryOut.ts';
import type { VisitParts } from '../run/visitParts.ts';

export interface OperationParts extends VisitParts, CarryParts {
  readonly ids: Ids;
}

export interface CarriedResult {
  readonly done: number;
  readonly failed: number;
  /** Folders to look at: messages came there under UIDs that nobody told, or the folder is not what we took it for. */
  readonly look: readonly StoredFolder[];
}

/** A passing failure is passing for so many attempts; with the back-off that is about a day. */
const maxAttempts = 30;

export async function carryOperations(parts: OperationParts, signal: AbortSignal): Promise<CarriedResult> {
  const { store, accountId, clock, log } = parts;
  let done = 0;
  let failed = 0;
  const look = new Set<FolderId>();
  for (;;) {
    signal.throwIfAborted();
    // Asked anew each time: what was carried out may have given the next one its UIDs.
    const [operation] = nextOperations(store.read, accountId, clock.now(), 1);
    if (operation === undefined) break;
    // Offline is not an attempt: an operation that waits for the network for a week is not given up.
    await parts.session.lanes.withConnection('interactive', signal, () => Promise.resolve());
    const copiesFrom = store.precious((db) => markRunning(db, operation.id));
    try {
      const outcome = await parts.session.folderChanges.during(operation, async () => {
        const carried = await carryOut(
          parts,
          operation.kind === 'move' ? { ...operation, copiesFrom } : operation,
          signal,
        );
        store.precious((db) => {
          completeOperation(db, operation.id, carried);
        });
        return carried;
      });
      done += 1;
      for (const id of unseen(operation, outcome.uids)) look.add(id);
    } catch (error) {
      const fault = isMailError(error) ? error : new MailError('internal', {}, { cause: error });
      if (fault.code === 'internal') log.error('an operation failed', { kind: operation.kind, error });
      const retryAt = signal.aborted ? clock.now() : retryTime(parts, operation, fault);
      store.precious((db) => {
        failOperation(db, operation.id, toWire(fault), retryAt);
      });
      signal.throwIfAborted();
      if (retryAt === null) failed += 1;
      if (fault.code === 'mailbox-changed' && 'folder' in operation) {
        // Its UIDs mean nothing any more: the folder is read first, and the operation finds its messages again by identity.
        look.add(operation.folder.id);
        break;
      }
      if (endsRun(fault)) throw fault;
    }
  }
  return {
    done,
    failed,
    look: [...look].flatMap((id) => getFolder(store.read, id) ?? []),
  };
}

/** null: it is refused for good. */
function retryTime({ clock, ids }: OperationParts, operation: Operation, error: MailError): number | null {
  // The account's matter, not the operation's: it waits as it is for the account to work again.
  if (error.needs === 'credentials' || error.needs === 'trust' || error.code === 'cancelled')
    return clock.now();
  if (error.retry === 'never') return null;
  if (operation.attempts + 1 >= maxAttempts) return null;
  // A connection that broke says nothing about the operation, unless it does so each time.
  if (endsRun(error) && operation.attempts < 3) return clock.now();
  return clock.now() + backOff(operation.attempts + 1, ids.random());
}

/** Was it the connection or the account that failed, so that the next operation would fail too? */
function endsRun(error: MailError): boolean {
  switch (error.code) {
    case 'server-busy':
    case 'over-quota':
    case 'target-unavailable':
    case 'internal':
      return false;
    default:
      return error.retry !== 'never' || error.needs !== undefined;
  }
}

function unseen(operation: Operation, uids: ReadonlyMap<number, number> | undefined): FolderId[] {
  if (operation.kind !== 'move') return [];
  const told = operation.messages.every(({ uid }) => uids?.has(uid) === true);
  // An attempt before this one may have moved some, whose UIDs were told to nobody.
  return told && !operation.everything && operation.attempts === 0 ? [] : [operation.target.id];
}
