/**
 * A small file beside the store that says how it was left. What was closed properly and not touched since is trusted; anything else is
 * looked at before it is used. It also tells a damaged store of ours from a file that never was one.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const State = z.object({
  state: z.enum(['open', 'closed', 'suspect']),
  /** Of the file when it was closed. */
  size: z.number().nullable().catch(null),
  mtimeMs: z.number().nullable().catch(null),
});
export type StoreState = z.infer<typeof State>;

const stateFile = (file: string): string => `${file}.state`;

/** null: no store of ours was ever here. A state that cannot be read is one of a store that must be looked at. */
export function readStoreState(file: string): StoreState | null {
  let text: string;
  try {
    text = readFileSync(stateFile(file), 'utf8');
  } catch {
    return null;
  }
  try {
    return State.parse(JSON.parse(text));
  } catch {
    return { state: 'suspect', size: null, mtimeMs: null };
  }
}

/** Never throws: without it the next start looks more closely, and that is all. */
export function writeStoreState(file: string, state: StoreState['state']): void {
  try {
    const { size, mtimeMs } = state === 'closed' ? statSync(file) : { size: null, mtimeMs: null };
    writeFileSync(stateFile(file), JSON.stringify({ state, size, mtimeMs } satisfies StoreState));
  } catch {
    // A full or read-only disk says so where it matters.
  }
}

/** Was the file closed properly and left alone since? */
export function wasLeftAlone(file: string, state: StoreState | null): boolean {
  if (state?.state !== 'closed') return false;
  const { size, mtimeMs } = statSync(file);
  return size === state.size && mtimeMs === state.mtimeMs;
}
