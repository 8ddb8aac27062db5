/** The application menu: the window's acts in the system's places, in the language of the settings. */
import type { Menu, MenuItemConstructorOptions } from 'electron';
import type { MenuAction } from '#shared/contract/host.ts';
import type { MessageKey, Translate } from '#shared/i18n/translate.ts';

export interface MenuParts {
  readonly translate: Translate;
  readonly macos: boolean;
  /** The person chose other shortcuts: the window alone knows which. */
  readonly ownKeys: boolean;
  readonly act: (action: MenuAction) => void;
  readonly quit: () => void;
}

/** What the menu is built from; accelerators are those the window itself listens to where it has the focus. */
export function menuTemplate({
  translate: t,
  macos,
  ownKeys,
  act,
  quit,
}: MenuParts): MenuItemConstructorOptions[] {
  type PlainKey = Extract<MessageKey, `menu.${string}` | `actions.${string}` | `compose.new`>;
  const item = (key: PlainKey, action: MenuAction, accelerator?: string): MenuItemConstructorOptions => ({
    label: (t as (key: PlainKey) => string)(key),
    click: () => act(action),
    ...(accelerator === undefined || ownKeys ? {} : { accelerator }),
    // The window has shortcuts of its own for these; the menu shows them and must not take the keys away from a text field.
    registerAccelerator: !ownKeys && (accelerator?.startsWith('CmdOrCtrl') ?? false),
  });
  const settings = item('menu.settings', 'settings', 'CmdOrCtrl+,');
  return [
    ...(macos
      ? [
          {
            role: 'appMenu' as const,
            submenu: [
              item('menu.about', 'about'),
              { type: 'separator' as const },
              settings,
              { type: 'separator' as const },
              { role: 'services' as const },
              { type: 'separator' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              { type: 'separator' as const },
              { label: t('shell.quit'), accelerator: 'Cmd+Q', click: quit },
            ],
          },
        ]
      : []),
    {
      label: t('shell.file'),
      submenu: [
        item('compose.new', 'new-message', 'CmdOrCtrl+N'),
        item('menu.sync', 'sync'),
        { type: 'separator' },
        item('actions.print', 'print', 'CmdOrCtrl+P'),
        { type: 'separator' },
        item('menu.accounts', 'accounts'),
        ...(macos
          ? [{ role: 'close' as const }]
          : [
              settings,
              { type: 'separator' as const },
              { label: t('shell.quit'), accelerator: 'Ctrl+Q', click: quit },
            ]),
      ],
    },
    { role: 'editMenu', label: t('shell.edit') },
    {
      label: t('shell.message'),
      submenu: [
        item('actions.reply', 'reply'),
        item('actions.replyAll', 'reply-all'),
        item('actions.forward', 'forward'),
        { type: 'separator' },
        item('actions.archive', 'archive'),
        item('actions.delete', 'delete'),
      ],
    },
    {
      label: t('shell.view'),
      submenu: [
        item('menu.palette', 'command-palette', 'CmdOrCtrl+K'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    ...(macos ? [{ role: 'windowMenu' as const }] : []),
    {
      role: 'help',
      label: t('shell.help'),
      submenu: [item('menu.shortcuts', 'shortcuts'), ...(macos ? [] : [item('menu.about', 'about')])],
    },
  ];
}

export function setMenu(menu: typeof Menu, parts: MenuParts): void {
  menu.setApplicationMenu(menu.buildFromTemplate(menuTemplate(parts)));
}
