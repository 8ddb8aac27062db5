/** UUIDs of version 7 (RFC 9562): they rise with the clock, so that one author's events can be told older from newer. */
import { EventId } from '#shared/domain/group/events.ts';
import type { Clock, Ids } from '#engine/ports/ports.ts';

export interface EventIds {
  next(): EventId;
}

/** Those of one object rise strictly, also within a millisecond and when the clock is set back. */
export function createEventIds(clock: Pick<Clock, 'now'>, ids: Ids): EventIds {
  let last = 0;
  let counter = 0;
  return {
    next() {
      const now = Math.max(Math.floor(clock.now()), last);
      counter = now === last ? counter + 1 : 0;
      // Twelve bits of the version's own place count; when they are used up, the next millisecond is borrowed.
      const time = counter > 0xfff ? now + 1 : now;
      if (counter > 0xfff) counter = 0;
      last = time;
      const random = ids.uuid().replaceAll('-', '');
      const head = time.toString(16).padStart(12, '0').slice(-12);
      const variant = ((parseInt(random.slice(16, 17), 16) & 3) | 8).toString(16);
      return EventId.parse(
        `${head.slice(0, 8)}-${head.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${random.slice(17, 20)}-${random.slice(20)}`,
      );
    },
  };
}
