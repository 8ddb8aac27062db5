/** Carries a window's RPC messages to the engine's thread and back. The shell looks into none of them: the contract is the engine's end's. */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import { toDisposable } from '#shared/base/disposables.ts';
import { relay } from '#hosts/node/relay.ts';
import { compactBytes } from '#shared/rpc/compact.ts';
import { createEndpoint } from '#shared/rpc/endpoint.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { channels } from './channels.ts';

export interface EngineBridgeParts {
  readonly ipcMain: Pick<IpcMain, 'on' | 'removeListener'>;
  /** May this event's sender speak at all? */
  readonly trusted: (event: IpcMainEvent) => boolean;
  readonly openTransport: () => Transport;
  /** A message that could not be carried, or one of a stranger; never its content. */
  readonly report: (error: unknown, why: string) => void;
}

interface Connection {
  readonly number: number;
  readonly received: (message: unknown) => void;
  readonly end: () => void;
}

/** One connection a window at a time; it ends with the page, the window or the engine. */
export function bridgeEngine(parts: EngineBridgeParts): Disposable {
  const { ipcMain, trusted, report } = parts;
  const connections = new Map<WebContents, Connection>();

  const onConnect = (event: IpcMainEvent, number: unknown): void => {
    if (!trusted(event) || typeof number !== 'number') {
      report(new Error('refused'), 'a stranger asked for the engine');
      return;
    }
    const { sender } = event;
    connections.get(sender)?.end();
    const { transport, connection } = windowTransport(sender, number);
    connections.set(sender, connection);
    const joined = relay(transport, parts.openTransport(), (error) => report(error, 'passing a message on'));
    const end = (): void => connection.end();
    sender.once('destroyed', end);
    sender.once('render-process-gone', end);
    transport.onClose(() => {
      sender.removeListener('destroyed', end);
      sender.removeListener('render-process-gone', end);
      if (connections.get(sender) === connection) connections.delete(sender);
      joined[Symbol.dispose]();
    });
  };
  const onMessage = (event: IpcMainEvent, number: unknown, message: unknown): void => {
    const connection = connections.get(event.sender);
    if (trusted(event) && connection?.number === number) connection?.received(message);
  };
  const onClose = (event: IpcMainEvent, number: unknown): void => {
    const connection = connections.get(event.sender);
    if (trusted(event) && connection?.number === number) connection?.end();
  };
  ipcMain.on(channels.connect, onConnect);
  ipcMain.on(channels.message, onMessage);
  ipcMain.on(channels.close, onClose);
  return toDisposable(() => {
    ipcMain.removeListener(channels.connect, onConnect);
    ipcMain.removeListener(channels.message, onMessage);
    ipcMain.removeListener(channels.close, onClose);
    for (const connection of [...connections.values()]) connection.end();
  });
}

function windowTransport(
  sender: WebContents,
  number: number,
): { transport: Transport; connection: Connection } {
  const endpoint = createEndpoint();
  const close = (): void => {
    if (endpoint.isClosed) return;
    endpoint.closed();
    if (!sender.isDestroyed()) sender.send(channels.close, number);
  };
  return {
    connection: { number, received: (message) => endpoint.received(message), end: close },
    transport: {
      send(message) {
        if (!endpoint.isClosed && !sender.isDestroyed()) {
          sender.send(channels.message, number, compactBytes(message));
        }
      },
      onMessage: (listener) => endpoint.onMessage(listener),
      onClose: (listener) => endpoint.onClose(listener),
      close,
    },
  };
}
