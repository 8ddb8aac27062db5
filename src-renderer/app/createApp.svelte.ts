/** Puts the window's parts together; disposing the result ends them all, last in first out. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { HostBridge } from '#shared/contract/host.ts';
import { toWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { ChangeFeed } from '../client/changeFeed.ts';
import { Accounts } from '../features/accounts/accounts.svelte.ts';
import { Folders } from '../features/folders/folders.svelte.ts';
import { MessageActs } from '../features/list/messageActs.ts';
import { MessageList } from '../features/list/messageList.svelte.ts';
import type { RowKey } from '../features/list/rows.ts';
import { Announcer } from '../features/notices/announcer.svelte.ts';
import { Reader } from '../features/reader/reader.svelte.ts';
import { Preferences } from '../features/settings/preferences.svelte.ts';
import { Connection } from '../transport/connection.svelte.ts';
import type { OpenClient } from '../transport/connection.svelte.ts';
import { Commands } from './commands.svelte.ts';
import { ComposeRequests } from './composeRequests.ts';
import type { AppContext } from './context.ts';
import { Dialogs } from './dialogs.svelte.ts';
import { I18n } from './i18n.svelte.ts';
import { Layout } from './layout.svelte.ts';
import { Navigation } from './navigation.svelte.ts';
import { Now } from './now.svelte.ts';
import { Panes } from './panes.ts';

export interface AppParts {
  readonly open: OpenClient;
  readonly host: HostBridge;
  readonly storage: Storage;
  /** The system's, as "de-AT". */
  readonly locale: string;
  report(error: unknown, why: string): void;
}

export type App = AppContext & Disposable;

export function createApp({ open, host, storage, locale, report }: AppParts): App {
  const owned = new DisposableStore();
  const i18n = new I18n(locale);
  const explain = (error: unknown): string => {
    const wire = toWire(error);
    // Not an error that the engine knows: a fault of ours, which belongs into the log as well.
    if (wire.code === 'internal') report(error, 'shown to the person as an unexpected fault');
    const { message, hint } = errorText(wire, i18n.language);
    return hint === '' ? message : `${message} ${hint}`;
  };

  const connection = owned.add(new Connection(open));
  const changes = owned.add(new ChangeFeed(connection, (error) => report(error, 'taking in a change')));
  const announcer = owned.add(new Announcer());
  const dialogs = new Dialogs();
  const layout = new Layout(storage);
  const preferences = owned.add(
    new Preferences(connection, changes, () => announcer.fail(i18n.t('settings.failed'))),
  );
  const accounts = owned.add(new Accounts(connection, changes, () => i18n.locale));
  const folders = owned.add(new Folders(connection, changes, storage));
  const list = owned.add(new MessageList(connection, changes, folders));
  const navigation = new Navigation((source) => list.show(source));
  const panes = new Panes();

  const reader = owned.add(
    new Reader(connection, preferences, (row) => void acts.setSeen([row], true, { quiet: true })),
  );
  /** After rows went: the next one has the selection, the focus, and the reader where that was in use. */
  const moveTo = (key: RowKey | null): void => {
    const row = list.byKey(key);
    if (key === null || !row) {
      list.selection.clear();
      reader.close();
      layout.readerOpen = false;
    } else {
      list.selection.only(key);
      if (reader.phase !== 'none') reader.open(row, { rest: true });
    }
    if (layout.mode === 'one' && layout.readerOpen) panes.focus('reader');
    else panes.focus('list');
  };
  const acts: MessageActs = new MessageActs({
    client: connection,
    list,
    folders,
    announcer,
    dialogs,
    i18n,
    explain,
    moveTo,
  });

  owned.add(
    connection.onReconnect(() => {
      announcer.show(i18n.t('status.online'), { replaces: 'connection' });
      changes.everything();
    }),
  );

  return {
    client: connection,
    connection,
    host,
    changes,
    i18n,
    now: owned.add(new Now()),
    layout,
    dialogs,
    announcer,
    commands: owned.add(new Commands(i18n, host.platform)),
    compose: owned.add(new ComposeRequests((error) => report(error, 'opening the composer'))),
    preferences,
    accounts,
    folders,
    navigation,
    list,
    reader,
    acts,
    panes,
    explain,
    report,
    [Symbol.dispose]: () => owned[Symbol.dispose](),
  };
}
