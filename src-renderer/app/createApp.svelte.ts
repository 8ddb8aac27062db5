/** Puts the window's parts together; disposing the result ends them all, last in first out. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { HostBridge, MessageTarget, NotificationAct } from '#shared/contract/host.ts';
import type { Address, MessageRow } from '#shared/domain/message.ts';
import { toWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { ChangeFeed } from '../client/changeFeed.ts';
import { Accounts } from '../features/accounts/accounts.svelte.ts';
import { Folders } from '../features/folders/folders.svelte.ts';
import { AnswerGate } from '../features/group/answerGate.ts';
import { GroupActs } from '../features/group/groupActs.ts';
import { GroupNews } from '../features/group/groupNews.ts';
import { isUnread } from '../features/group/groupMark.ts';
import { Groups } from '../features/group/groups.svelte.ts';
import { Dragging } from '../features/list/dragging.svelte.ts';
import { ListCursor } from '../features/list/cursor.ts';
import { MessageActs } from '../features/list/messageActs.ts';
import { MessageList } from '../features/list/messageList.svelte.ts';
import { messageAlone, rowKey } from '../features/list/rows.ts';
import type { RowKey } from '../features/list/rows.ts';
import { MailFiles } from '../features/mailFiles/mailFiles.svelte.ts';
import { NewMail } from '../features/notices/newMail.ts';
import { Announcer } from '../features/notices/announcer.svelte.ts';
import { OrganisationState } from '../features/organisation/organisation.svelte.ts';
import { Outbox } from '../features/outbox/outbox.svelte.ts';
import { Reader } from '../features/reader/reader.svelte.ts';
import { PolicyState } from '../features/policy/policyState.svelte.ts';
import { ServerSearch } from '../features/searches/serverSearch.svelte.ts';
import { JobList } from '../features/status/jobList.svelte.ts';
import { SavedSearches } from '../features/searches/savedSearches.svelte.ts';
import { Preferences } from '../features/settings/preferences.svelte.ts';
import { Updates } from '../features/updates/updates.svelte.ts';
import { Writing } from '../features/writing/writing.svelte.ts';
import { MailView, wholeMessage } from '../mail-frame/mailView.svelte.ts';
import { printMail } from '../mail-frame/print.ts';
import { visibleHtml } from '../mail-frame/quote.ts';
import { Connection } from '../transport/connection.svelte.ts';
import type { OpenClient } from '../transport/connection.svelte.ts';
import { Commands } from './commands.svelte.ts';
import { ComposeRequests } from './composeRequests.ts';
import type { AppContext } from './context.ts';
import { Dialogs } from './dialogs.svelte.ts';
import { listenToHost } from './hostEvents.ts';
import { I18n } from './i18n.svelte.ts';
import { Layout } from './layout.svelte.ts';
import { Navigation } from './navigation.svelte.ts';
import { Now } from './now.svelte.ts';
import { Panes } from './panes.ts';
import { isKept, takerOf } from './reservedKeys.ts';
import { Theme } from './theme.svelte.ts';
import { UndoStack } from './undoStack.ts';

export interface AppParts {
  readonly darkQuery: MediaQueryList;
  readonly open: OpenClient;
  readonly host: HostBridge;
  readonly storage: Storage;
  /** The system's, as "de-AT". */
  readonly locale: string;
  report(error: unknown, why: string): void;
}

export type App = AppContext & Disposable;

export function createApp({ open, host, storage, locale, darkQuery, report }: AppParts): App {
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
    new Preferences(connection, changes, (error, doing) => {
      if (doing === 'save') announcer.fail(i18n.t('settings.failed'));
      else report(error, 'reading the settings');
    }),
  );
  const policy = owned.add(
    new PolicyState(connection, changes, (error) => report(error, 'reading the policy')),
  );
  const accounts = owned.add(new Accounts(connection, changes, () => i18n.locale));
  const writing = owned.add(
    new Writing(connection, changes, (error) => report(error, 'reading identities and templates')),
  );
  const folders = owned.add(new Folders(connection, changes, storage));
  const organisation = owned.add(new OrganisationState(connection, changes));
  const outbox = owned.add(new Outbox(connection, changes));
  const list = owned.add(new MessageList(connection, changes, folders, storage));
  const navigation = new Navigation((source, how) => {
    list.show(source, how);
    serverSearch.leave();
    reader.close();
    layout.readerOpen = false;
  });
  const serverSearch = owned.add(
    new ServerSearch({ client: connection, list, accounts, announcer, i18n, explain }),
  );
  const jobs = owned.add(new JobList(connection, (error) => report(error, 'reading the jobs')));
  const searches = owned.add(new SavedSearches(connection, changes, preferences));
  const panes = new Panes();

  const reader = owned.add(
    new Reader(connection, changes, preferences, (row) => void acts.setSeen([row], true, { quiet: true })),
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
      if (reader.phase !== 'none') reader.open(row, { rest: true, byItself: true });
    }
    if (layout.single && layout.readerOpen) panes.focus('reader');
    else panes.focus('list');
  };
  const syncNow = async (accountId?: AccountId): Promise<void> => {
    announcer.say(i18n.t('status.syncing'));
    try {
      const { accounts: results } = await connection.call(
        'sync.run',
        accountId === undefined ? {} : { accountId },
      );
      const failed = results.filter(({ error }) => error !== undefined);
      for (const { id, error } of failed) {
        const reason = error ? errorText(error, i18n.language).message : '';
        announcer.fail(`${accounts.byId(id)?.name ?? ''}: ${reason}`);
      }
      if (failed.length === 0) announcer.show(i18n.t('status.checked'), { replaces: 'sync', ms: 3_000 });
    } catch (error) {
      announcer.fail(explain(error));
    }
  };
  const undo = new UndoStack();
  const acts: MessageActs = new MessageActs({
    undo,
    client: connection,
    list,
    folders,
    announcer,
    dialogs,
    i18n,
    explain,
    moveTo,
    takenOut: (rows) => reader.removeAtOnce(new Set(rows.map(({ id }) => id))),
    readInGroup: (rows) => void groups.read(rows),
  });

  const mailFiles = owned.add(
    new MailFiles({
      client: connection,
      host,
      accounts,
      announcer,
      dialogs,
      i18n,
      explain,
      answer: (request) => compose.open(request),
    }),
  );

  const groups = owned.add(new Groups({ client: connection, changes, accounts, list, reader }));
  const groupActs = new GroupActs({ client: connection, groups, announcer, dialogs, i18n, undo, explain });

  owned.add(
    connection.onReconnect(() => {
      announcer.show(i18n.t('status.online'), { replaces: 'connection' });
      changes.everything();
    }),
  );

  const compose = owned.add(new ComposeRequests((error) => report(error, 'opening the composer')));
  const updates = new Updates({ client: connection, host, announcer, compose, dialogs, i18n, explain });
  const cursor = new ListCursor({ list, reader, layout, panes });
  const gate = new AnswerGate({ client: connection, groups, groupActs, dialogs, i18n });
  /** Of an open conversation the message that the person is at is meant, else what the row shows. */
  const answer = async (kind: 'reply' | 'reply-all' | 'forward'): Promise<void> => {
    const [row] = cursor.targets;
    if (!row) return;
    try {
      const open =
        reader.row !== null && list.rowFor(reader.row) === list.rowFor(row) ? reader.current : null;
      const { id, folderId } = open?.row ?? row;
      if (kind !== 'forward' && !(await gate.mayAnswer(open?.row ?? row))) return;
      const message = open?.content
        ? await wholeMessage(connection, open.content)
        : await wholeMessage(
            connection,
            await connection.call('messages.get', { id, folderId, beginning: true }),
          );
      compose.open({ kind, message, quoteHtml: await visibleHtml(message) });
      // Whoever answers has read it, however short it was open.
      const answered = messageAlone(open?.row ?? row);
      if (isUnread(answered)) void acts.setSeen([answered], true, { quiet: true });
    } catch (error) {
      announcer.fail(explain(error));
    }
  };
  const theme = owned.add(new Theme(darkQuery));
  const printMessage = async (): Promise<void> => {
    const { content: shown, plainText } = reader;
    if (!shown) return;
    const content = await wholeMessage(connection, shown);
    const { t, formats } = i18n;
    const names = (addresses: readonly Address[]): string =>
      addresses
        .slice(0, 100)
        .map(({ name, address }) => (name ? `${name} <${address}>` : address))
        .join(', ');
    const view = new MailView(connection, content, t, { whole: true });
    view.plain = plainText;
    view.withQuote = true;
    await view.ready;
    printMail(
      view,
      {
        subject: content.subject || t('common.noSubject'),
        lines: [
          [t('reader.from'), names(content.from ? [content.from] : [])],
          [t('reader.to'), names(content.to)],
          [t('reader.cc'), names(content.cc)],
          [t('reader.date'), formats.fullDate(content.date)],
        ].filter((line): line is [string, string] => line[1] !== ''),
      },
      {
        language: i18n.language,
        fixedFont: preferences.values.plainFont === 'fixed',
        remote: view.remote,
        parts: view.parts,
        words: { missingPicture: t('reader.image.blocked'), leadsTo: (url) => url },
        base: document.baseURI,
        rem: 16,
        links: 'as-sent',
      },
    );
    view[Symbol.dispose]();
  };

  const commands = owned.add(
    new Commands(i18n, host.platform, {
      singleKeys: () => preferences.values.singleKeys,
      keymap: () => ({ preset: preferences.values.keymap, changes: preferences.values.shortcuts }),
      taken: (keys) => isKept(takerOf(keys, host.kind, host.platform)),
    }),
  );
  /** From outside (a notification): wherever it lies, and whatever is shown. */
  /** Does something with a mail that is named from outside the window, where it is still there. */
  const withTarget = async (
    { folderId, id }: MessageTarget,
    act: (row: MessageRow) => Promise<void>,
  ): Promise<void> => {
    try {
      const { messages } = await connection.call('messages.rows', { refs: [{ id, folderId }] });
      const [row] = messages;
      if (row) await act(row);
      else announcer.show(i18n.t('reader.gone'));
    } catch (error) {
      announcer.fail(explain(error));
    }
  };
  const openMessage = (target: MessageTarget): Promise<void> =>
    withTarget(target, async (row) => {
      navigation.go({ kind: 'folder', folderId: row.folderId });
      layout.readerOpen = true;
      reader.open(row);
      await list.whenRead();
      const shown = list.rowFor(row);
      if (reader.row === row && shown) list.selection.only(rowKey(shown));
      panes.focus('reader');
    });
  const actOn = (act: NotificationAct, target: MessageTarget): Promise<void> =>
    withTarget(target, (row) => {
      switch (act) {
        case 'archive':
          return acts.archive([row]);
        case 'delete':
          return acts.delete([row]);
        case 'read':
          return acts.setSeen([row], true);
      }
    });
  owned.add(
    listenToHost({
      host,
      commands,
      compose,
      connection,
      changes,
      dialogs,
      updates,
      openMessage: (target) => void openMessage(target),
      actOn: (act, target) => void actOn(act, target),
      openFile: (content) => void mailFiles.open(Uint8Array.from(content)),
    }),
  );
  owned.add(
    new GroupNews({
      client: connection,
      host,
      groups,
      groupActs,
      announcer,
      preferences,
      i18n,
      attended: () => document.hasFocus(),
      openMessage: (row) => void openMessage(row),
      report,
    }),
  );
  owned.add(
    new NewMail({
      client: connection,
      host,
      announcer,
      preferences,
      i18n,
      attended: () => document.hasFocus(),
      roles: (mails) => groups.rolesIn(mails),
      report,
    }),
  );

  return {
    client: connection,
    connection,
    host,
    changes,
    i18n,
    now: owned.add(new Now()),
    theme,
    layout,
    dialogs,
    announcer,
    commands,
    compose,
    policy,
    preferences,
    updates,
    writing,
    accounts,
    folders,
    organisation,
    outbox,
    searches,
    serverSearch,
    jobs,
    navigation,
    list,
    reader,
    cursor,
    acts,
    mailFiles,
    dragging: new Dragging(),
    groups,
    groupActs,
    panes,
    explain,
    syncNow: (accountId) => void syncNow(accountId),
    answer: (kind) => void answer(kind),
    printMessage: () =>
      void printMessage().catch((error: unknown) => {
        announcer.fail(explain(error));
      }),
    report,
    [Symbol.dispose]: () => owned[Symbol.dispose](),
  };
}
