/** What the desktop shows outside the window: notifications, the number of unread mails, the tray. */
import type { App, BrowserWindow, Menu, NativeImage, Notification, Tray } from 'electron';
import type { HostEvent, HostNotification, MenuAction } from '#shared/contract/host.ts';
import type { Translate } from '#shared/i18n/translate.ts';

export interface AttentionParts {
  readonly app: Pick<App, 'setBadgeCount'>;
  readonly Notification: typeof Notification;
  readonly Tray: typeof Tray;
  readonly Menu: typeof Menu;
  readonly icon: NativeImage;
  readonly platform: NodeJS.Platform;
  readonly translate: () => Translate;
  readonly window: () => BrowserWindow | null;
  readonly showWindow: () => void;
  readonly tell: (event: HostEvent) => void;
  readonly act: (action: MenuAction) => void;
  readonly quit: () => void;
}

export interface Attention extends Disposable {
  notify(notification: HostNotification): boolean;
  setBadge(unread: number): void;
  /** The language changed. */
  relabel(): void;
}

export function createAttention(parts: AttentionParts): Attention {
  /** Kept while shown: one that is collected loses its click. A later one with the same tag takes the place of the earlier. */
  const shown = new Map<string, Notification>();
  let tray: Tray | null = null;
  let unread = 0;

  const relabel = (): void => {
    if (tray === null) return;
    const t = parts.translate();
    tray.setToolTip(unread > 0 ? t('shell.tray.unread', { count: unread }) : t('app.name'));
    tray.setContextMenu(
      parts.Menu.buildFromTemplate([
        { label: t('shell.tray.open'), click: parts.showWindow },
        {
          label: t('compose.new'),
          click: () => {
            parts.showWindow();
            parts.act('new-message');
          },
        },
        { label: t('menu.sync'), click: () => parts.act('sync') },
        { type: 'separator' },
        { label: t('shell.quit'), click: parts.quit },
      ]),
    );
  };

  // On macOS the dock is what a tray is elsewhere. A Linux desktop without one throws, and does well without.
  if (parts.platform !== 'darwin') {
    try {
      tray = new parts.Tray(parts.icon);
      tray.on('click', parts.showWindow);
      relabel();
    } catch {
      tray = null;
    }
  }

  return {
    notify({ title, body, tag, target, acts = [] }) {
      if (!parts.Notification.isSupported()) return false;
      const key = tag ?? `${title}\u0000${body}`;
      shown.get(key)?.close();
      const notification = new parts.Notification({
        title,
        body,
        icon: parts.icon,
        // A system without buttons shows it without them.
        actions: acts.map(({ label }) => ({ type: 'button' as const, text: label })),
      });
      shown.set(key, notification);
      const forget = (): void => {
        if (shown.get(key) === notification) shown.delete(key);
      };
      notification.on('click', () => {
        forget();
        parts.showWindow();
        if (target) parts.tell({ kind: 'open-message', target });
      });
      notification.on('action', ({ actionIndex }) => {
        forget();
        const chosen = acts[actionIndex];
        if (chosen && target) parts.tell({ kind: 'message-act', act: chosen.act, target });
      });
      notification.on('close', forget);
      notification.on('failed', forget);
      notification.show();
      return true;
    },
    setBadge(count) {
      unread = count;
      relabel();
      if (parts.platform !== 'win32') {
        parts.app.setBadgeCount(count);
        return;
      }
      // Windows has no number on the task bar: the overlay says that there is something, and its description how much.
      const t = parts.translate();
      parts
        .window()
        ?.setOverlayIcon(count > 0 ? parts.icon : null, count > 0 ? t('shell.tray.unread', { count }) : '');
    },
    relabel,
    [Symbol.dispose]() {
      for (const notification of shown.values()) notification.close();
      shown.clear();
      tray?.destroy();
      tray = null;
    },
  };
}
