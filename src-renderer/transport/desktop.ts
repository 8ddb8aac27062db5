/** The desktop shell: its preload put a bridge on the window. */
import { createRpcClient } from '#shared/rpc/client.ts';
import { createDesktopTransport, desktopBridgeKey } from '#shared/rpc/desktopBridge.ts';
import type { DesktopBridge } from '#shared/rpc/desktopBridge.ts';
import type { OpenClient } from './connection.svelte.ts';

/** The bridge, or null where the window runs in a browser. */
export function findDesktopBridge(page: Window): DesktopBridge | null {
  const bridge: unknown = (page as unknown as Record<string, unknown>)[desktopBridgeKey];
  // An element with this id would be found under the same name (DOM clobbering): the bridge is no node.
  if (typeof bridge !== 'object' || bridge === null || bridge instanceof Node) return null;
  return bridge as DesktopBridge;
}

export function desktopOpener(bridge: DesktopBridge, report: (error: unknown) => void): OpenClient {
  return () => Promise.resolve(createRpcClient(createDesktopTransport(bridge), { report }));
}
