/** What queued operations hold of a folder's messages: a sync must not undo here what the server does not know yet. */
import type { FolderId } from '#shared/domain/ids.ts';
import type { ReadDb } from './handles.ts';
import { operationPayloads } from './operationKinds.ts';

export interface Held {
  /** On its way out of the folder. */
  hidden: boolean;
  /** Bits that a queued operation set or took away, and what it made them. */
  mask: number;
  value: number;
}

/** By message id; empty for most folders at most times. Failed operations hold nothing: what they did was taken back. */
export function heldItems(db: ReadDb, folderId: FolderId): Map<number, Held> {
  const held = new Map<number, Held>();
  const rows = db
    .prepare<[number], { message_id: number; kind: string; payload: string }>(
      `SELECT i.message_id, o.kind, o.payload FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE i.folder_id = ? AND o.state <> 'failed' ORDER BY o.id`,
    )
    .all(folderId);
  let payload = '';
  let flags = { add: 0, remove: 0 };
  for (const row of rows) {
    const entry = held.get(row.message_id) ?? { hidden: false, mask: 0, value: 0 };
    held.set(row.message_id, entry);
    if (row.kind !== 'flag') {
      entry.hidden = true;
      continue;
    }
    if (row.payload !== payload) {
      payload = row.payload;
      flags = operationPayloads.flag.parse(JSON.parse(payload));
    }
    entry.mask |= flags.add | flags.remove;
    entry.value = (entry.value & ~flags.remove) | flags.add;
  }
  return held;
}

/** The server's flags with what is held. */
export function withHeld(flags: number, held: Held | undefined): number {
  return held ? (flags & ~held.mask) | (held.value & held.mask) : flags;
}
