/** What the window asks of the desktop: parsed by the contract, answered as data, refused to every stranger. */
import type { BrowserWindow, Dialog, IpcMain, IpcMainInvokeEvent } from 'electron';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostRequests, type HostRequestName, type HostRequestOf } from '#shared/contract/host.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import type { HostAnswer } from '#shared/rpc/desktopBridge.ts';
import { cleanFileName } from '#shared/domain/fileName.ts';
import { channels } from './channels.ts';

export interface HostRequestParts {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  readonly dialog: Pick<Dialog, 'showSaveDialog'>;
  readonly trusted: (event: IpcMainInvokeEvent) => boolean;
  readonly window: () => BrowserWindow | null;
  readonly downloads: () => string;
  readonly notify: (request: HostRequestOf<'notify'>['notification']) => boolean;
  readonly setBadge: (unread: number) => void;
  readonly openExternal: (url: string) => Promise<boolean>;
  readonly makeDefaultMailProgram: () => boolean;
  readonly report: (error: unknown, why: string) => void;
}

export function answerHostRequests(parts: HostRequestParts): Disposable {
  const handlers: { [N in HostRequestName]: (request: HostRequestOf<N>) => Promise<unknown> } = {
    notify: ({ notification }) => Promise.resolve(parts.notify(notification)),
    setBadge: ({ unread }) => {
      parts.setBadge(unread);
      return Promise.resolve(null);
    },
    saveFile: (file) => saveFile(parts, file),
    openExternal: ({ url }) => parts.openExternal(url),
    makeDefaultMailProgram: () => Promise.resolve(parts.makeDefaultMailProgram()),
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
    },
  };
}

function isRequestName(name: unknown): name is HostRequestName {
  return typeof name === 'string' && Object.hasOwn(hostRequests, name);
}

function refused(error: unknown): HostAnswer {
  return { ok: false, error: toWire(error) };
}

/** The dialog asks before it overwrites; nothing is ever opened by being saved. */
async function saveFile(
  { dialog, window, downloads }: HostRequestParts,
  { filename, content }: HostRequestOf<'saveFile'>,
): Promise<'saved' | 'cancelled'> {
  const parent = window();
  const options = {
    defaultPath: join(downloads(), cleanFileName(filename)),
    properties: ['showOverwriteConfirmation', 'createDirectory'] as (
      'showOverwriteConfirmation' | 'createDirectory'
    )[],
  };
  const { canceled, filePath } = parent
    ? await dialog.showSaveDialog(parent, options)
    : await dialog.showSaveDialog(options);
  if (canceled || !filePath) return 'cancelled';
  try {
    await writeFile(filePath, content);
  } catch (cause) {
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw full
      ? new MailError('disk-full', {}, { cause })
      : new MailError('file-unreadable', { file: filePath }, { cause });
  }
  return 'saved';
}
