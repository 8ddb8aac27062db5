/** What the window asks of the desktop: parsed by the contract, answered as data, refused to every stranger. */
import type { BrowserWindow, Dialog, IpcMain, IpcMainInvokeEvent } from 'electron';
import { hostRequests, type HostRequestName, type HostRequestOf } from '#shared/contract/host.ts';
import { drop } from '#shared/base/drop.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import type { HostAnswer } from '#shared/rpc/desktopBridge.ts';
import { channels } from './channels.ts';
import { SavedFiles } from './savedFiles.ts';

export interface HostRequestParts {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  readonly dialog: Pick<Dialog, 'showSaveDialog' | 'showOpenDialog'>;
  readonly trusted: (event: IpcMainInvokeEvent) => boolean;
  readonly window: () => BrowserWindow | null;
  readonly downloads: () => string;
  readonly notify: (request: HostRequestOf<'notify'>['notification']) => boolean;
  readonly setBadge: (unread: number) => void;
  readonly openExternal: (url: string) => Promise<boolean>;
  readonly makeDefaultMailProgram: () => boolean;
  readonly lookForUpdate: () => Promise<void>;
  readonly installUpdate: () => Promise<boolean>;
  readonly report: (error: unknown, why: string) => void;
}

export function answerHostRequests(parts: HostRequestParts): Disposable {
  const saved = new SavedFiles(parts);
  const handlers: { [N in HostRequestName]: (request: HostRequestOf<N>) => Promise<unknown> } = {
    notify: ({ notification }) => Promise.resolve(parts.notify(notification)),
    setBadge: ({ unread }) => {
      parts.setBadge(unread);
      return Promise.resolve(null);
    },
    saveFile: (file) => saved.save(file),
    chooseFolder: () => saved.chooseFolder(),
    createFile: ({ filename, folder }) => saved.create(filename, folder),
    writeFile: ({ id, content }) => saved.write(id, content),
    closeFile: ({ id, keep }) => saved.close(id, keep),
    openExternal: ({ url }) => parts.openExternal(url),
    makeDefaultMailProgram: () => Promise.resolve(parts.makeDefaultMailProgram()),
    lookForUpdate: async () => {
      await parts.lookForUpdate();
      return null;
    },
    installUpdate: () => parts.installUpdate(),
  };

  const answer = async (event: IpcMainInvokeEvent, name: unknown, request: unknown): Promise<HostAnswer> => {
    if (!parts.trusted(event)) return refused(new MailError('not-permitted'));
    if (!isRequestName(name)) return refused(new MailError('unknown-command'));
    const parsed = hostRequests[name].safeParse(request);
    if (!parsed.success) return refused(new MailError('invalid-input'));
    try {
      const handle = handlers[name] as (request: unknown) => Promise<unknown>;
      return { ok: true, value: await handle(parsed.data) };
    } catch (error) {
      if (!(error instanceof MailError)) parts.report(error, `host request ${name}`);
      return refused(error);
    }
  };
  parts.ipcMain.handle(channels.request, answer);
  return {
    [Symbol.dispose]() {
      parts.ipcMain.removeHandler(channels.request);
      drop(saved[Symbol.asyncDispose](), 'putting away files that were being written', parts.report);
    },
  };
}

function isRequestName(name: unknown): name is HostRequestName {
  return typeof name === 'string' && Object.hasOwn(hostRequests, name);
}

function refused(error: unknown): HostAnswer {
  return { ok: false, error: toWire(error) };
}
