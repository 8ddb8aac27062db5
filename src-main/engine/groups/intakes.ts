/** Who was informed of a mail and who is its first handler, written down by the member whom the mail elects, by others if he does not. */
import { electionDelayMs, electionOrder } from '#shared/domain/group/firstHandler.ts';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { keysWithoutIntake } from '#engine/store/groupMail.repo.ts';
import { listPending } from '#engine/store/teamLog.repo.ts';
import { sha256 } from './logStore.ts';
import type { TeamLog } from './teamLog.ts';

/** In one go: other work comes in between. */
const batch = 50;
const looked = 500;

export class Intakes {
  readonly #team: TeamLog;
  /** When a mail without an intake was first met here. */
  readonly #since = new Map<MessageKey, number>();

  constructor(team: TeamLog) {
    this.#team = team;
  }

  /** Writes what is this member's turn. Returns ms until the next turn may come; 0: there is more now; null: nothing waits. */
  write(now: number): number | null {
    const { store, parts } = this.#team;
    const { context, me, accountId } = parts;
    const header = store.log?.header;
    if (!header?.charter || header.foreign !== null || !context().isMember(me, now)) return null;
    const waiting = new Set(
      listPending(parts.store.read, accountId).flatMap(({ event }) =>
        event.type === 'intake' ? [event.about] : [],
      ),
    );
    const keys = keysWithoutIntake(parts.store.read, accountId, looked).filter((key) => !waiting.has(key));
    this.#forget(keys);
    let written = 0;
    let next: number | null = null;
    for (const key of keys) {
      const view = store.view(key);
      if (view === null || view.settled) continue;
      const present = view.info.filter((user) => context().isMember(user, now));
      const place = electionOrder(sha256, key, present).indexOf(me);
      if (place < 0) continue;
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      const due = since + electionDelayMs(place) - now;
      if (due > 0) {
        next = Math.min(next ?? due, due);
        continue;
      }
      if (written === batch) return 0;
      // The first handler, not one that somebody chose meanwhile.
      this.#team.write({ type: 'intake', about: key, info: view.info, handler: store.firstHandlerOf(key) });
      written += 1;
    }
    return next;
  }

  #forget(keys: readonly MessageKey[]): void {
    const wanted = new Set(keys);
    for (const key of this.#since.keys()) if (!wanted.has(key)) this.#since.delete(key);
  }
}
