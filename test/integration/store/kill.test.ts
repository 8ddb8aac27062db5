import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { listNotices } from '#engine/store/notices.repo.ts';
import { nextOperations } from '#engine/store/operations.repo.ts';
import { readValue } from '#engine/store/settings.repo.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

const killedProcess = fileURLToPath(new URL('./killedProcess.ts', import.meta.url));
let fixture: StoreFixture;
beforeEach(() => {
  fixture = new StoreFixture();
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

it.each([1, 7, 60])(
  'an act that was said to be done is there after kill -9 (killed after %i)',
  async (enough) => {
    const [inbox] = fixture.folders('INBOX') as [StoredFolder];
    fixture.mails(inbox.id, ...Array.from({ length: 2000 }, (_, at) => ({ uid: at + 1 })));
    fixture.store.close();

    const child = spawn(process.execPath, [killedProcess, fixture.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let said = 0;
    for await (const line of createInterface(child.stdout)) {
      said = Number(line);
      if (said === enough) child.kill('SIGKILL');
    }
    expect((await exited)[1]).toBe('SIGKILL');
    expect(said).toBeGreaterThanOrEqual(enough);

    fixture.store = fixture.open();
    const { read } = fixture.store;
    const kept = readValue(read, 'acts') as number;
    // All that was said, and at most the one that was being written.
    expect(kept).toBeGreaterThanOrEqual(said);
    expect(kept).toBeLessThanOrEqual(said + 1);
    const done = nextOperations(read, fixture.account, 1e9, 10_000).flatMap((operation) =>
      'messages' in operation ? operation.messages : [],
    );
    expect(done).toHaveLength(kept);
    expect(read.prepare('SELECT count(*) AS n FROM placements WHERE flags <> 0').get()).toEqual({ n: kept });
    expect(listNotices(read)).toEqual([]);
  },
);
