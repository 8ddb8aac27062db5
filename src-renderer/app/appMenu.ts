/** The window's own menu. */
import type { MenuEntries, MenuEntry } from '../ui/menu.ts';
import type { AppContext } from './context.ts';

const groups = [
  ['app.sync', 'app.palette'],
  ['app.contacts', 'app.accounts', 'app.organisation', 'app.settings'],
  ['app.shortcuts', 'app.about'],
] as const;

export function appMenu({ commands }: AppContext): MenuEntries {
  return groups.map((ids) =>
    ids.flatMap((id): MenuEntry[] => {
      const command = commands.byId(id);
      return command
        ? [{ id, label: command.title(), icon: command.icon, keys: commands.keysOf(id), run: command.run }]
        : [];
    }),
  );
}
