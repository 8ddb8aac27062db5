/**
 * What is done in the composer, told so that it is listed under "?" and its shortcuts can be changed; the composer that has the keyboard
 * listens for them itself.
 */
import type { Command } from '../../app/commands.svelte.ts';
import type { AppContext } from '../../app/context.ts';
import type { ComposerDesk } from './composerDesk.svelte.ts';

export function writingCommands({ i18n }: Pick<AppContext, 'i18n'>, desk: ComposerDesk): Command[] {
  const local = {
    group: 'compose',
    place: 'composer',
    local: true,
    hidden: true,
    enabled: () => desk.active !== null,
  } as const;
  return [
    {
      ...local,
      id: 'compose.send',
      title: () => i18n.t('compose.send'),
      keys: ['Mod+Enter'],
      run: () => desk.active && void desk.send(desk.active),
    },
    {
      ...local,
      id: 'compose.sendLater',
      title: () => i18n.t('compose.sendLater'),
      keys: ['Mod+Shift+Enter'],
      run: () => desk.active && desk.activate(desk.active),
    },
    {
      ...local,
      id: 'compose.attach',
      title: () => i18n.t('compose.attach'),
      keys: ['Mod+Shift+A'],
      run: () => desk.active && desk.activate(desk.active),
    },
    {
      ...local,
      id: 'compose.suggestNoMore',
      fixed: true,
      title: () => i18n.t('contacts.shortcut.hide'),
      keys: ['Shift+Delete'],
      run: () => undefined,
    },
    {
      ...local,
      id: 'compose.minimise',
      fixed: true,
      title: () => i18n.t('compose.minimise'),
      keys: ['Escape'],
      run: () => desk.active && desk.minimise(desk.active),
    },
  ];
}
