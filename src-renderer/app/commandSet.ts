/** The commands of the main window. Features that come and go (a composer) register their own. */
import { conversationCommands } from './commandSets/conversationCommands.ts';
import { mailFileCommands } from './commandSets/mailFileCommands.ts';
import { messageCommands } from './commandSets/messageCommands.ts';
import { placeCommands } from './commandSets/placeCommands.ts';
import { productCommands } from './commandSets/productCommands.ts';
import { viewCommands } from './commandSets/viewCommands.ts';
import type { Command } from './commands.svelte.ts';
import type { AppContext } from './context.ts';

export function commandSet(app: AppContext): Command[] {
  return [
    ...messageCommands(app),
    ...mailFileCommands(app),
    ...placeCommands(app),
    ...productCommands(app),
    ...viewCommands(app),
    // Last: they take their keys from others while it has the focus.
    ...conversationCommands(app),
  ];
}
