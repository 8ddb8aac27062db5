/** Who holds a profile, written beside its lock: for people ("in use by ...") and for whom wants to attach. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { MailError } from '#shared/errors/MailError.ts';

export const hostKinds = ['desktop', 'browser', 'command-line'] as const;
export type HostKind = (typeof hostKinds)[number];

export const Holder = z.object({
  pid: z.int(),
  host: z.enum(hostKinds),
  machine: z.string(),
  /** ms since 1970. */
  since: z.number(),
  /** Where its engine can be reached, and what proves both sides to each other; null: it takes no one in. */
  attach: z.object({ address: z.string(), key: z.string() }).nullable(),
});
export type Holder = z.infer<typeof Holder>;

/** Readable by its owner only: it carries the key to the engine. Replaced whole, never seen half. */
export function writeHolder(file: string, holder: Holder): void {
  const fresh = `${file}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  renameSync(fresh, file);
}

export function removeHolder(file: string): void {
  rmSync(file, { force: true });
}

/** null where there is none or it cannot be read: the holder is just starting or ending, or wrote nothing. */
export function readHolder(file: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function profileInUse(profile: string, holder: Holder | null): MailError {
  if (!holder) return new MailError('profile-in-use', { profile });
  const { pid, host, machine, since } = holder;
  return new MailError('profile-in-use', {
    profile,
    pid,
    host,
    machine,
    since: new Date(since).toISOString(),
  });
}
