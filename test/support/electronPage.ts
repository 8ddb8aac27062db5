/** The desktop shell's window as a test plays it: the built preload, joined to the shell over a stand-in of Electron. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DesktopBridge } from '#shared/rpc/desktopBridge.ts';
import type { StandIn, StandInWindow } from './electronStandIn.ts';
import { requireWith } from './requireWith.ts';

/** Where the built shell lies. */
export const builtShell = join(import.meta.dirname, '../../dist/electron');

/** Resolves when the shell made its window. */
export async function shownBy(standIn: StandIn): Promise<StandInWindow> {
  for (;;) {
    const [window] = standIn.windows;
    if (window?.url) return window;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The page's side: the built preload with its own stand-in, joined to the shell's. */
export function pageOf(standIn: StandIn, window: StandInWindow): DesktopBridge {
  const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>();
  window.webContents.on('sent', (channel: string, ...args: unknown[]) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...structuredClone(args));
  });
  const exposed = new Map<string, unknown>();
  const preferences = window.options['webPreferences'] as { additionalArguments: string[] };
  const argv = process.argv;
  process.argv = [...argv, ...preferences.additionalArguments];
  try {
    requireWith(join(builtShell, 'preload.cjs'), 'electron', {
      contextBridge: {
        exposeInMainWorld: (key: string, value: unknown) => exposed.set(key, value),
      },
      ipcRenderer: {
        on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) => {
          const set = listeners.get(channel) ?? new Set();
          listeners.set(channel, set.add(listener));
        },
        removeListener: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) =>
          listeners.get(channel)?.delete(listener),
        send: (channel: string, ...args: unknown[]) => standIn.send(window, channel, structuredClone(args)),
        invoke: (channel: string, ...args: unknown[]) =>
          standIn.invoke(window, channel, structuredClone(args)),
      },
    });
  } finally {
    process.argv = argv;
  }
  assert.deepEqual([...exposed.keys()], ['postkorb']);
  return exposed.get('postkorb') as DesktopBridge;
}
