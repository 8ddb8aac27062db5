/** Does precious acts one after the other, says each time that one is done, and goes on until it is killed. */
import { writeSync } from 'node:fs';
import { FlagBit } from '#engine/store/flags.ts';
import { listFolders } from '#engine/store/folders.repo.ts';
import { enqueue } from '#engine/store/operations.repo.ts';
import { openStore } from '#engine/store/store.ts';
import { writeValue } from '#engine/store/settings.repo.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { silentLog } from '#test/support/silentLog.ts';

const store = openStore({ file: process.argv[2] ?? '', clock: new FakeClock(), log: silentLog() });
const [folder] = listFolders(store.read, null);
if (!folder) throw new Error('no folder');
const ids = store.read
  .prepare<[], { id: number }>('SELECT message_id AS id FROM placements ORDER BY uid')
  .all()
  .map(({ id }) => id as MessageId);
ids.forEach((id, at) => {
  store.precious((db) => {
    enqueue(
      db,
      {
        kind: 'flag',
        accountId: folder.accountId,
        folderId: folder.id,
        messageIds: [id],
        add: at % 2 ? FlagBit.seen : FlagBit.flagged,
        remove: 0,
      },
      at,
    );
    writeValue(db, 'acts', at + 1);
  });
  // At once, past every buffer: what was said to be done must be found.
  writeSync(1, `${at + 1}\n`);
});
// The test kills before this; a process that ends by itself would not be one that was killed.
setInterval(() => undefined, 1000);
