/** The product itself: its dialogs, a look for mail. */
import Activity from '@lucide/svelte/icons/activity';
import Building2 from '@lucide/svelte/icons/building-2';
import BookUser from '@lucide/svelte/icons/book-user';
import CircleUser from '@lucide/svelte/icons/circle-user-round';
import CommandIcon from '@lucide/svelte/icons/command';
import FileUp from '@lucide/svelte/icons/file-up';
import Info from '@lucide/svelte/icons/info';
import Keyboard from '@lucide/svelte/icons/keyboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Signature from '@lucide/svelte/icons/signature';
import FileText from '@lucide/svelte/icons/file-text';
import Settings from '@lucide/svelte/icons/settings';
import type { Command } from '../commands.svelte.ts';
import { accountHere } from '../accountHere.ts';
import type { AppContext } from '../context.ts';

export function productCommands(app: AppContext): Command[] {
  const { dialogs, i18n } = app;
  const { translate: t } = i18n;

  return [
    {
      id: 'app.palette',
      group: 'app',
      title: () => t('menu.palette'),
      icon: CommandIcon,
      keys: ['Mod+K'],
      everywhere: true,
      hidden: true,
      run: () => {
        if (dialogs.current?.kind === 'palette') dialogs.close();
        else if (!dialogs.anyOpen) dialogs.show({ kind: 'palette' });
      },
    },
    {
      id: 'app.shortcuts',
      group: 'app',
      title: () => t('menu.shortcuts'),
      icon: Keyboard,
      keys: ['?'],
      run: () => dialogs.show({ kind: 'shortcuts' }),
    },
    {
      id: 'app.sync',
      group: 'app',
      title: () => t('menu.sync'),
      icon: RefreshCw,
      keys: ['F9'],
      everywhere: true,
      run: () => app.syncNow(),
    },
    {
      id: 'app.contacts',
      group: 'app',
      title: () => t('contacts.title'),
      icon: BookUser,
      keys: ['G C'],
      run: () => dialogs.show({ kind: 'contacts' }),
    },
    {
      id: 'app.identities',
      group: 'app',
      title: () => t('identities.title'),
      icon: Signature,
      run: () => dialogs.show({ kind: 'identities' }),
    },
    {
      id: 'app.templates',
      group: 'app',
      title: () => t('templates.title'),
      icon: FileText,
      run: () => dialogs.show({ kind: 'templates' }),
    },
    {
      id: 'app.accounts',
      group: 'app',
      title: () => t('menu.accounts'),
      icon: CircleUser,
      keys: ['G A'],
      run: () => dialogs.show({ kind: 'accounts', open: 'list' }),
    },
    {
      id: 'app.health',
      group: 'app',
      title: () => t('health.title'),
      icon: Activity,
      keys: ['G H'],
      run: () => dialogs.show({ kind: 'health' }),
    },
    {
      id: 'app.subscriptions',
      group: 'app',
      title: () => t('subscriptions.title'),
      icon: ListChecks,
      enabled: () => accountHere(app) !== null,
      run: () => {
        const accountId = accountHere(app);
        if (accountId !== null) dialogs.show({ kind: 'subscriptions', accountId });
      },
    },
    {
      id: 'app.import',
      group: 'app',
      title: () => t('import.command'),
      icon: FileUp,
      run: () => dialogs.show({ kind: 'import' }),
    },
    {
      id: 'app.organisation',
      group: 'app',
      title: () => t('organisation.title'),
      icon: Building2,
      keys: ['G R'],
      run: () => dialogs.show({ kind: 'organisation' }),
    },
    {
      id: 'app.settings',
      group: 'app',
      title: () => t('menu.settings'),
      icon: Settings,
      keys: ['Mod+,'],
      everywhere: true,
      enabled: () => !dialogs.anyOpen || dialogs.current?.kind === 'palette',
      run: () => dialogs.show({ kind: 'settings' }),
    },
    {
      id: 'app.keyboard',
      group: 'app',
      title: () => t('keyboard.change'),
      icon: Keyboard,
      run: () => dialogs.show({ kind: 'settings', section: 'keyboard' }),
    },
    {
      id: 'app.about',
      group: 'app',
      title: () => t('menu.about'),
      icon: Info,
      run: () => dialogs.show({ kind: 'about' }),
    },
  ];
}
