/**
 * Runs in the window's isolated, sandboxed world before the page: puts plain functions on it and nothing else. No channel name, no
 * Electron object and no event object reaches the page.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { HostCapabilities, HostEvent, type HostBridge } from '#shared/contract/host.ts';
import { desktopBridgeKey, type DesktopBridge, type HostAnswer } from '#shared/rpc/desktopBridge.ts';
import { bootArgument, channels } from './channels.ts';

interface Boot {
  readonly platform: HostBridge['platform'];
  readonly can: HostCapabilities;
}

function readBoot(argv: readonly string[]): Boot {
  const argument = argv.find((one) => one.startsWith(bootArgument));
  if (argument === undefined) throw new Error('the window was started without its boot argument');
  const boot = JSON.parse(argument.slice(bootArgument.length)) as Boot;
  return { platform: boot.platform, can: HostCapabilities.parse(boot.can) };
}

/** Each connection has a number, so that what is still on its way of an earlier one meets nobody. */
let connection = 0;
let current: { onMessage: (message: unknown) => void; onClose: () => void } | null = null;

ipcRenderer.on(channels.message, (_event, number: unknown, message: unknown) => {
  if (number === connection) current?.onMessage(message);
});
ipcRenderer.on(channels.close, (_event, number: unknown) => {
  if (number !== connection) return;
  const closing = current;
  current = null;
  closing?.onClose();
});

const bridge: DesktopBridge = {
  ...readBoot(process.argv),
  connect(onMessage, onClose) {
    const earlier = current;
    connection += 1;
    const number = connection;
    current = { onMessage, onClose };
    earlier?.onClose();
    ipcRenderer.send(channels.connect, number);
    return {
      send(message) {
        if (number === connection && current) ipcRenderer.send(channels.message, number, message);
      },
      close() {
        if (number !== connection || !current) return;
        current = null;
        ipcRenderer.send(channels.close, number);
      },
    };
  },
  request: (name, request) => ipcRenderer.invoke(channels.request, name, request) as Promise<HostAnswer>,
  onEvent(listener) {
    const heard = (_event: unknown, value: unknown): void => {
      const parsed = HostEvent.safeParse(value);
      if (parsed.success) listener(parsed.data);
    };
    ipcRenderer.on(channels.event, heard);
    return () => ipcRenderer.removeListener(channels.event, heard);
  },
};

contextBridge.exposeInMainWorld(desktopBridgeKey, bridge);
