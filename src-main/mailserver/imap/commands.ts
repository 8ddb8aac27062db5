/** Every command that the server knows. */
import type { Commands } from './command.ts';
import { appendCommands } from './commands/append.ts';
import { connectionCommands } from './commands/connection.ts';
import { fetchCommands } from './commands/fetch.ts';
import { folderCommands } from './commands/folders.ts';
import { searchCommands } from './commands/search.ts';
import { selectCommands } from './commands/select.ts';
import { storeCommands } from './commands/store.ts';

export const imapCommands: Commands = {
  ...connectionCommands,
  ...folderCommands,
  ...selectCommands,
  ...appendCommands,
  ...fetchCommands,
  ...storeCommands,
  ...searchCommands,
  CHECK: {
    when: 'selected',
    run: (_session, args) => {
      args.end();
      return { text: 'Check completed' };
    },
  },
};
