/** What a browser can do for the window, by the same interface as the desktop shell. */
import { Emitter } from '#shared/base/emitter.ts';
import type { HostBridge, HostEvent, HostNotification } from '#shared/contract/host.ts';
import { parseMailto } from '#shared/domain/mailto.ts';
import { leaveChannel, readLeaveMessage } from '../mail-frame/leaveChannel.ts';

function platformOf(userAgent: string): HostBridge['platform'] {
  if (/Windows/i.test(userAgent)) return 'windows';
  if (/Mac OS X|Macintosh/i.test(userAgent)) return 'macos';
  if (/Linux|X11|CrOS/i.test(userAgent)) return 'linux';
  return 'other';
}

function download(filename: string, contentType: string, content: Uint8Array): void {
  // The type is the mail's claim: as octets no browser shows the file instead of saving it.
  void contentType;
  const url = URL.createObjectURL(new Blob([Uint8Array.from(content)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function createBrowserHost(report: (error: unknown) => void): HostBridge {
  const events = new Emitter<HostEvent>(report);
  const canNotify = typeof Notification === 'function';

  window.addEventListener('online', () => events.emit({ kind: 'resumed' }));
  const channel = new BroadcastChannel(leaveChannel);
  channel.addEventListener('message', (message: MessageEvent<unknown>) => {
    const url = readLeaveMessage(message.data);
    const draft = url === null ? null : parseMailto(url);
    if (draft) events.emit({ kind: 'compose', draft });
  });

  const notify = async ({ title: heading, body, tag, target }: HostNotification): Promise<boolean> => {
    if (!canNotify) return false;
    const permission =
      Notification.permission === 'default'
        ? await Notification.requestPermission()
        : Notification.permission;
    if (permission !== 'granted') return false;
    const shown = new Notification(heading, { body, ...(tag === undefined ? {} : { tag }) });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
      if (target) events.emit({ kind: 'open-message', target });
    });
    return true;
  };

  return {
    kind: 'browser',
    platform: platformOf(navigator.userAgent),
    can: {
      notify: canNotify,
      badge: true,
      saveFile: false,
      openExternal: true,
      tray: false,
      mailto: false,
      updates: false,
    },
    notify,
    setBadge(unread) {
      const title = document.title.replace(/^\(\d+\) /, '');
      document.title = unread > 0 ? `(${unread}) ${title}` : title;
      return Promise.resolve();
    },
    saveFile({ filename, contentType, content }) {
      download(filename, contentType, content);
      return Promise.resolve('saved');
    },
    openExternal(url) {
      if (!/^(https?|mailto):/i.test(url)) return Promise.resolve(false);
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve(true);
    },
    makeDefaultMailProgram: () => Promise.resolve(false),
    onEvent: (listener) => events.on(listener),
  };
}
