/** The commands of the window and of group work as they are listed, without a window: what they do is not to be called. */
import { commandSet } from '#renderer/app/commandSet.ts';
import type { Command } from '#renderer/app/commands.svelte.ts';
import type { AppContext } from '#renderer/app/context.ts';
import { groupCommands } from '#renderer/features/group/groupCommands.ts';
import type { ComposerDesk } from '#renderer/features/composer/composerDesk.svelte.ts';
import { writingCommands } from '#renderer/features/composer/writingCommands.ts';

export function listedCommands(): Command[] {
  const app = new Proxy({}, { get: () => ({}) }) as AppContext;
  const desk: unknown = {};
  return [...commandSet(app), ...groupCommands(app), ...writingCommands(app, desk as ComposerDesk)];
}
