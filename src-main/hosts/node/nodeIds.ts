/** Random ids and jitter from the platform. */
import { randomUUID } from 'node:crypto';
import type { Ids } from '#engine/ports/ports.ts';

export function nodeIds(): Ids {
  return { uuid: () => randomUUID(), random: () => Math.random() };
}
