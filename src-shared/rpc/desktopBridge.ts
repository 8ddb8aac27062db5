/** What the desktop shell's preload exposes to its window, and the window's view of it as a transport and a host. */
import { toDisposable } from '../base/disposables.ts';
import type { HostBridge, HostCapabilities, HostEvent, SaveFolder } from '../contract/host.ts';
import { MailError, fromWire } from '../errors/MailError.ts';
import type { WireError } from '../errors/MailError.ts';
import { createEndpoint } from './endpoint.ts';
import type { Transport } from './transport.ts';

/** Under this name the preload puts it on the window. */
export const desktopBridgeKey = 'postkorb';

export type HostAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/**
 * Plain functions and data only: nothing else passes from an isolated world into the page. There is no way in it to name an IPC
 * channel, and the event objects of Electron never cross.
 */
export interface DesktopBridge {
  readonly platform: HostBridge['platform'];
  readonly can: HostCapabilities;
  /** Opens this page's one connection to the engine; an earlier one is closed. */
  connect(
    onMessage: (message: unknown) => void,
    onClose: () => void,
  ): { send(message: unknown): void; close(): void };
  request(name: string, request: unknown): Promise<HostAnswer>;
  /** Returns what ends the listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
}

export function createDesktopTransport(bridge: DesktopBridge): Transport {
  const endpoint = createEndpoint();
  const connection = bridge.connect(
    (message) => endpoint.received(message),
    () => endpoint.closed(),
  );
  return {
    send(message) {
      if (!endpoint.isClosed) connection.send(message);
    },
    onMessage: (listener) => endpoint.onMessage(listener),
    onClose: (listener) => endpoint.onClose(listener),
    close() {
      if (endpoint.isClosed) return;
      connection.close();
      endpoint.closed();
    },
  };
}

export function createDesktopHost(bridge: DesktopBridge): HostBridge {
  const ask = async (name: string, request: unknown): Promise<unknown> => {
    const answer = await bridge.request(name, request);
    if (!answer.ok) throw fromWire(answer.error);
    return answer.value;
  };
  const askBoolean = async (name: string, request: unknown): Promise<boolean> =>
    (await ask(name, request)) === true;
  return {
    kind: 'desktop',
    platform: bridge.platform,
    can: bridge.can,
    notify: (notification) => askBoolean('notify', { notification }),
    setBadge: async (unread) => {
      await ask('setBadge', { unread });
    },
    saveFile: async (file) => {
      const answer = await ask('saveFile', file);
      if (answer !== 'saved' && answer !== 'cancelled') throw new MailError('internal');
      return answer;
    },
    chooseFolder: async () => {
      const folder = await ask('chooseFolder', {});
      return typeof folder === 'number' ? (folder as SaveFolder) : null;
    },
    createFile: async (filename, folder) => {
      const id = await ask('createFile', { filename, folder: folder ?? null });
      if (typeof id !== 'number') return null;
      return {
        write: async (content) => {
          await ask('writeFile', { id, content });
        },
        close: async (keep) => {
          await ask('closeFile', { id, keep });
        },
      };
    },
    openExternal: (url) => askBoolean('openExternal', { url }),
    makeDefaultMailProgram: () => askBoolean('makeDefaultMailProgram', {}),
    lookForUpdate: async () => {
      await ask('lookForUpdate', {});
    },
    installUpdate: () => askBoolean('installUpdate', {}),
    onEvent: (listener) => toDisposable(bridge.onEvent(listener)),
  };
}
