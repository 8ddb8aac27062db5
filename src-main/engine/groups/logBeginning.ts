/**
 * How reading a log begins, or begins anew: from the newest snapshot that can be believed, without the events below it; and without
 * losing what this client remembers of a log whose folder was deleted, moved or emptied (G09).
 */
import { chainNext } from '#shared/domain/group/chain.ts';
import type { EventOf } from '#shared/domain/group/events.ts';
import { foldEntry, keySpeaksFor } from '#shared/domain/group/fold.ts';
import type { FoldContext } from '#shared/domain/group/foldContext.ts';
import { newMemoryState, type MemoryState } from '#shared/domain/group/logState.ts';
import type { Log } from '#engine/ports/ports.ts';
import type { SignatureChecker } from './dsse.ts';
import { readEventMail, readPartMail, type ReadMail } from './eventMail.ts';
import type { LogFolder } from './logMailbox.ts';
import { sha256, type LogBase, type LogStore } from './logStore.ts';
import { maxPartBytes, packSnapshot, partDigest, unpackSnapshot } from './snapshotParts.ts';

export interface BeginningParts {
  readonly context: () => FoldContext;
  readonly checker: SignatureChecker;
  readonly log: Log;
}

const readPage = 1000;
/** Manifests that are tried, newest first: one that cannot be read must not keep us from the one before. */
const triedSnapshots = 5;

export interface Beginning {
  readonly base: LogBase | null;
  /** The folder lacks history that we remember. */
  readonly lost: boolean;
}

export async function beginLog(
  folder: LogFolder,
  store: LogStore,
  parts: BeginningParts,
): Promise<Beginning> {
  const fresh = await newestSnapshot(folder, parts);
  const { log } = store;
  if (log === null || log.header.count === 0) return { base: fresh, lost: false };
  // The same log under new UIDs leads over the point that we had come to.
  const { count, last } = log.header;
  const verdict = await readsOver(folder, fresh, { count, digest: last.digest }, parts);
  if (verdict !== 'lacks') return { base: verdict === 'foreign' ? null : fresh, lost: false };
  const memory = store.stateAt(log.readUid);
  if (memory === null) return { base: fresh, lost: false };
  parts.log.warn('the team log lost history that is still known here', { events: count });
  return {
    base: { state: { ...memory, incomplete: log.incomplete }, parts: packSnapshot(memory).parts },
    lost: true,
  };
}

async function readsOver(
  folder: LogFolder,
  fresh: LogBase | null,
  known: { count: number; digest: string },
  { context, checker }: BeginningParts,
): Promise<'leads' | 'lacks' | 'foreign'> {
  const scratch = newMemoryState(sha256, context().group, folder.uidValidity);
  let { count } = fresh?.state.header ?? scratch.header;
  let { digest } = fresh?.state.header.last ?? scratch.header.last;
  // Its author saw at least as much as we did, and signed for it.
  if (count >= known.count) return 'leads';
  for (let from = (fresh?.state.header.last.uid ?? 0) + 1; ;) {
    const mails = await folder.fetchFrom(from, readPage);
    for (const mail of mails) {
      from = mail.uid + 1;
      const { link, ...entry } = readEventMail(mail, checker);
      // The first charter says whose log it is.
      if (entry.event?.type === 'charter' && scratch.header.charter === null)
        foldEntry(scratch, { ...entry, digest: null }, context());
      if (scratch.header.foreign !== null) return 'foreign';
      if (link === null) continue;
      digest = chainNext(sha256, digest, link);
      count += 1;
      if (count === known.count && digest === known.digest) return 'leads';
    }
    if (mails.length < readPage) return 'lacks';
  }
}

/** null: there is none that can be believed; then everything is read. */
export async function newestSnapshot(folder: LogFolder, parts: BeginningParts): Promise<LogBase | null> {
  const found = (await folder.findKind('snapshot')).slice(-triedSnapshots).reverse();
  if (found.length === 0) return null;
  const keys = await keyState(folder, parts);
  for (const uid of found) {
    const [mail] = await folder.fetchEach([uid]);
    const entry = mail && readEventMail(mail, parts.checker);
    if (entry?.event?.type !== 'snapshot' || !mayBeBelieved(entry, keys, parts.context())) continue;
    const base = await loadSnapshot(folder, entry.event);
    if (base !== null && enrolmentsHold(base.state, keys, entry, parts.context())) return base;
    parts.log.warn('a snapshot of the team log could not be used', { uid });
  }
  return null;
}

/** Charter and enrolments, which are kept for ever: whose keys are whose before any snapshot is believed. */
async function keyState(folder: LogFolder, { context, checker }: BeginningParts): Promise<MemoryState> {
  const state = newMemoryState(sha256, context().group, folder.uidValidity);
  const uids = [...(await folder.findKind('charter')), ...(await folder.findKind('enrol'))].sort(
    (a, b) => a - b,
  );
  for (const mail of await folder.fetchEach(uids)) {
    const { link: _, ...entry } = readEventMail(mail, checker);
    foldEntry(state, { ...entry, digest: null }, context());
  }
  return state;
}

function mayBeBelieved({ event, key, at }: ReadMail, keys: MemoryState, context: FoldContext): boolean {
  return (
    event !== null &&
    key !== null &&
    event.group === context.group &&
    context.isMember(event.by, at) &&
    keySpeaksFor(keys.header, event.by, key, at, context)
  );
}

/** Who writes a snapshot does not get to say whose keys are whose, unless an administrator vouches for his own. */
function enrolmentsHold(
  state: MemoryState,
  keys: MemoryState,
  { event, key, at }: ReadMail,
  context: FoldContext,
): boolean {
  if (event !== null && key !== null && context.keyState(event.by, key, at) === 'valid') return true;
  return state.header.enrolled.every((one) =>
    keys.header.enrolled.some((known) => known.user === one.user && known.key === one.key),
  );
}

/** Fetches the parts that a manifest names. null: one is missing or not what it says. */
export async function loadSnapshot(
  folder: LogFolder,
  manifest: EventOf<'snapshot'>,
): Promise<LogBase | null> {
  const parts: Uint8Array[] = [];
  for (const { sha256: digest, bytes } of manifest.parts) {
    if (bytes > maxPartBytes) return null;
    const part = await loadPart(folder, digest, bytes);
    if (part === null) return null;
    parts.push(part);
  }
  const state = unpackSnapshot(parts, manifest.state);
  if (state === null) return null;
  const { header } = state;
  const { upTo } = manifest;
  const fits =
    header.group === manifest.group &&
    header.count === upTo.count &&
    header.last.digest === upTo.digest &&
    header.validity === upTo.validity;
  return fits ? { state, parts } : null;
}

async function loadPart(folder: LogFolder, digest: string, bytes: number): Promise<Uint8Array | null> {
  for (const uid of await folder.findMessageId(`${digest}@log.postkorb.invalid`)) {
    // As base64 in lines, and its headers.
    const raw = await folder.fetchWhole(uid, Math.ceil(bytes * 1.4) + 16_384);
    const part = raw === null ? null : readPartMail(raw);
    if (part !== null && partDigest(part) === digest) return part;
  }
  return null;
}
