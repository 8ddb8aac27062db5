/**
 * The plan for one folder. `whyVisit` looks at a STATUS and says whether there is anything to do at all; `planVisit` looks at the
 * selected folder and says what. Both are pure.
 *
 * What a visit relies on (RFC 9051 section 2.3.1.1, RFC 7162): UIDs rise and are never used again while UIDVALIDITY stays, UIDNEXT and
 * HIGHESTMODSEQ never fall. Where a server breaks that, what we hold under its UIDs means nothing, and the folder is read anew.
 */
import { fellBehind } from './state.ts';
import type { FolderStatusFacts, KnownFolder, Level, SelectedFacts } from './state.ts';

/** How thoroughly flags are looked at where a server cannot say which have changed. */
export type Thoroughness = 'recent' | 'all';

/** null: nothing to do. The word is for logs and tests. */
export type VisitReason =
  | 'first'
  | 'no-status'
  | 'uidvalidity'
  | 'history'
  | 'uidnext'
  | 'modseq'
  | 'messages'
  | 'unseen'
  | 'look-at-flags';

export function whyVisit(
  known: KnownFolder,
  status: FolderStatusFacts | null,
  look: { readonly lookAtFlags: boolean },
): VisitReason | null {
  if (known.uidValidity === null) return 'first';
  if (status?.uidValidity == null || status.uidNext === null || status.messages === null) return 'no-status';
  if (status.uidValidity !== known.uidValidity) return 'uidvalidity';
  if (status.uidNext !== known.uidNext) return 'uidnext';
  if (status.messages !== known.serverTotal) return 'messages';
  if (known.lowUid > 1) return 'history';
  if (status.highestModseq !== null) return status.highestModseq === known.highestModseq ? null : 'modseq';
  if (status.unseen !== known.serverUnseen) return 'unseen';
  return look.lookAtFlags ? 'look-at-flags' : null;
}

export type VisitStep =
  /** Forget what lies in this folder (the messages themselves are known again by their identity). */
  | { readonly do: 'reset'; readonly because: 'uidvalidity' | 'uidnext-fell' }
  /** The newest messages, by place. */
  | { readonly do: 'first-page' }
  /** Headers of all messages with a UID from here on. */
  | { readonly do: 'new'; readonly from: number }
  /** What changed since in the part that we hold: flags, and with `vanished` what is gone. */
  | { readonly do: 'changes'; readonly since: string; readonly vanished: boolean }
  /** The flags of all messages from this UID on, below what `new` fetches. */
  | { readonly do: 'flags'; readonly from: number }
  /** Both sides' UIDs side by side, whatever the counts say. */
  | { readonly do: 'compare' }
  /** Do the counts agree? If not: compare. */
  | { readonly do: 'check' }
  /** Older headers, newest first. */
  | { readonly do: 'history' };

export interface VisitOptions {
  readonly level: Level;
  readonly thoroughness: Thoroughness;
  /** The UID that the newest messages begin with, for the bounded look at flags. */
  readonly recentFrom: number;
}

export function planVisit(known: KnownFolder, server: SelectedFacts, options: VisitOptions): VisitStep[] {
  const { level, thoroughness } = options;
  if (known.uidValidity === null) return fromNothing(server);
  if (known.uidValidity !== server.uidValidity)
    return [{ do: 'reset', because: 'uidvalidity' }, ...fromNothing(server)];
  // 0 is "not told", not "fell".
  if (server.uidNext > 0 && server.uidNext < known.uidNext)
    return [{ do: 'reset', because: 'uidnext-fell' }, ...fromNothing(server)];

  const steps: VisitStep[] = [];
  if (server.uidNext === 0 || server.uidNext > known.uidNext) steps.push({ do: 'new', from: known.uidNext });
  const since = known.highestModseq;
  const trusted =
    level !== 'uidnext' &&
    since !== null &&
    server.highestModseq !== null &&
    !fellBehind(server.highestModseq, since);
  if (known.count > 0) {
    if (trusted && thoroughness === 'recent') {
      if (server.stale === true || server.highestModseq !== since)
        steps.push({ do: 'changes', since, vanished: level === 'qresync' });
    } else if (level === 'uidnext' && thoroughness === 'recent')
      steps.push({ do: 'flags', from: Math.max(known.lowUid, options.recentFrom) });
    // Sequences that fell, or that there were none of until now, say nothing about what changed.
    else steps.push({ do: 'flags', from: known.lowUid });
  }
  steps.push({ do: thoroughness === 'all' || (level !== 'uidnext' && !trusted) ? 'compare' : 'check' });
  if (known.lowUid > 1) steps.push({ do: 'history' }, { do: 'check' });
  return steps;
}

function fromNothing(server: SelectedFacts): VisitStep[] {
  // An empty folder has a position too: the next visit begins there.
  return server.exists === 0
    ? [{ do: 'first-page' }]
    : [{ do: 'first-page' }, { do: 'history' }, { do: 'check' }];
}
