/** What a browser can do for the window, by the same interface as the desktop shell. */
import { Emitter } from '#shared/base/emitter.ts';
import type { FileSink, HostBridge, HostEvent, HostNotification, SaveFolder } from '#shared/contract/host.ts';
import { parseMailto } from '#shared/domain/mailto.ts';
import { leaveChannel, readLeaveMessage } from '../mail-frame/leaveChannel.ts';

function platformOf(userAgent: string): HostBridge['platform'] {
  if (/Windows/i.test(userAgent)) return 'windows';
  if (/Mac OS X|Macintosh/i.test(userAgent)) return 'macos';
  if (/Linux|X11|CrOS/i.test(userAgent)) return 'linux';
  return 'other';
}

/** The type is the mail's claim: as octets no browser shows the file instead of saving it. */
const octets = 'application/octet-stream';

function download(filename: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The pieces are the browser's, which keeps large ones on the disk, until the file is whole. */
function fileOfPieces(filename: string): FileSink {
  const pieces: Blob[] = [];
  return {
    write(content) {
      pieces.push(new Blob([Uint8Array.from(content)]));
      return Promise.resolve();
    },
    close(keep) {
      if (keep) download(filename, new Blob(pieces, { type: octets }));
      pieces.length = 0;
      return Promise.resolve();
    },
  };
}

/** Where the browser puts what it saves. */
const downloads = 0 as SaveFolder;

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
    saveFile({ filename, content }) {
      download(filename, new Blob([Uint8Array.from(content)], { type: octets }));
      return Promise.resolve('saved');
    },
    chooseFolder: () => Promise.resolve(downloads),
    createFile: (filename) => Promise.resolve(fileOfPieces(filename)),
    openExternal(url) {
      if (!/^(https?|mailto):/i.test(url)) return Promise.resolve(false);
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve(true);
    },
    makeDefaultMailProgram: () => Promise.resolve(false),
    lookForUpdate: () => Promise.resolve(),
    installUpdate: () => Promise.resolve(false),
    onEvent: (listener) => events.on(listener),
  };
}
