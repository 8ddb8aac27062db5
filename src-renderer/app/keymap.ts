/** Which keys a command has: Postkorb's own, those of a preset, or what the person chose; and which commands stand in each other's way. Pure. */
import type { Settings } from '#shared/contract/app.ts';
import type { Command } from './commands.svelte.ts';
import { presets } from './keymapPresets.ts';
import { parseKeys, sameStep } from './shortcuts.ts';

export interface Keymap {
  readonly preset: Settings['keymap'];
  readonly changes: Settings['shortcuts'];
}

export const ownKeymap: Keymap = { preset: 'postkorb', changes: {} };

type Bound = Pick<Command, 'id' | 'keys' | 'place' | 'turns' | 'fixed'>;

/** The keys that a preset gives a command. */
export function presetKeys(preset: Keymap['preset'], { id, keys = [] }: Bound): readonly string[] {
  return presets[preset][id] ?? keys;
}

/** The keys that count. */
export function keysIn({ preset, changes }: Keymap, command: Bound): readonly string[] {
  if (command.fixed) return command.keys ?? [];
  return Object.hasOwn(changes, command.id) ? (changes[command.id] ?? []) : presetKeys(preset, command);
}

export interface Conflict<C extends Bound = Bound> {
  readonly command: C;
  /** The other command's keys that are in the way. */
  readonly keys: string;
}

/** Is one the other, or the beginning of it? A key that means something by itself leaves no time for a second one. */
function collide(a: string, b: string): boolean {
  const [first, second] = [parseKeys(a), parseKeys(b)];
  return first.every((step, at) => {
    const other = second[at];
    return other === undefined || sameStep(step, other);
  });
}

/** The commands that `keys` would be taken from, were they given to `command`. */
export function conflictsOf<C extends Bound>(
  keys: string,
  command: Bound,
  commands: readonly C[],
): Conflict<C>[] {
  return commands.flatMap((other) => {
    if (other.id === command.id || other.place !== command.place) return [];
    const found = (other.keys ?? []).find((theirs) => collide(keys, theirs));
    if (found === undefined) return [];
    // One key for both directions of an act is meant; a beginning of it is not.
    const turned = other.turns === command.id || command.turns === other.id;
    return turned && parseKeys(found).length === parseKeys(keys).length
      ? []
      : [{ command: other, keys: found }];
  });
}

/** What must be written so that `command` has `keys` and nobody else has them. */
export function taking(
  keys: string,
  command: Bound,
  commands: readonly Bound[],
): Record<string, readonly string[]> {
  const changes: Record<string, readonly string[]> = { [command.id]: [keys] };
  for (const { command: other } of conflictsOf(keys, command, commands))
    changes[other.id] = (other.keys ?? []).filter((theirs) => !collide(keys, theirs));
  return changes;
}
