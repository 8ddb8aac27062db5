/** What a person does with folders. */
import type { RequestOf } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import type { AppContext } from '../../app/context.ts';
import { folderName } from './folderNames.ts';

export async function markAllRead(app: AppContext, folders: readonly FolderRow[]): Promise<void> {
  const { announcer, client, explain, i18n } = app;
  try {
    let count = 0;
    for (const { id } of folders.filter(({ unread }) => unread > 0)) {
      count += (await client.call('folders.markAllRead', { id })).changed;
    }
    announcer.show(i18n.t('folders.markedRead', { count }), { replaces: 'act' });
  } catch (error) {
    announcer.fail(explain(error));
  }
}

/** Asks first: nothing brings back what goes. */
export async function emptyFolder(app: AppContext, folder: FolderRow): Promise<void> {
  const { announcer, client, dialogs, explain, i18n } = app;
  const name = folderName(folder, i18n.t);
  const agreed = await dialogs.ask({
    title: i18n.t('folders.empty.title', { name }),
    text: i18n.t('folders.empty.text', { count: folder.total }),
    confirm: i18n.t('folders.empty.confirm'),
    dangerous: true,
  });
  if (!agreed) return;
  try {
    const { removed } = await client.call('folders.empty', { id: folder.id });
    announcer.show(i18n.t('done.deletedForGood', { count: removed }), { replaces: 'act' });
  } catch (error) {
    announcer.fail(explain(error));
  }
}

/** Under another folder; `parent` null: to the top. */
export async function moveFolder(
  app: AppContext,
  folder: FolderRow,
  parent: FolderRow | null,
): Promise<void> {
  const { announcer, client, explain, i18n } = app;
  const { t } = i18n;
  try {
    await client.call('folders.move', { id: folder.id, parent: parent?.id ?? null });
    const name = folderName(folder, t);
    announcer.show(
      parent
        ? t('folders.moveFolder.done', { name, parent: folderName(parent, t) })
        : t('folders.moveFolder.doneTop', { name }),
      { replaces: 'act' },
    );
  } catch (error) {
    announcer.fail(explain(error));
  }
}

/** Tells whether the engine took it over; it says itself why not. */
export async function setSubscribed(
  { announcer, client, explain }: AppContext,
  { id }: FolderRow,
  change: Omit<RequestOf<'folders.subscribe'>, 'id'>,
): Promise<boolean> {
  try {
    await client.call('folders.subscribe', { id, ...change });
    return true;
  } catch (error) {
    announcer.fail(explain(error));
    return false;
  }
}

/** It leaves the tree; the folder that is open gives way to the inboxes. */
export async function unsubscribeFolder(app: AppContext, folder: FolderRow): Promise<void> {
  const { announcer, folders, i18n, navigation, panes } = app;
  if (!(await setSubscribed(app, folder, { subscribed: false }))) return;
  // Back as it stood there: subscribed only if it was.
  const before = folder.subscribed ? { subscribed: true } : { subscribed: false, shown: true };
  const { place } = navigation;
  if (place.kind === 'folder' && place.folderId === folder.id) navigation.go({ kind: 'all-inboxes' });
  announcer.show(i18n.t('folders.unsubscribed', { name: folderName(folder, i18n.t) }), {
    replaces: 'act',
    action: { label: i18n.t('common.undo'), run: () => void setSubscribed(app, folder, before) },
  });
  // Its line is gone, and with it the focus.
  await folders.load();
  panes.focus('folders');
}

export async function showSubscribedOnly(
  { announcer, client, explain }: AppContext,
  accountId: AccountId,
  only: boolean,
): Promise<boolean> {
  try {
    await client.call('folders.showSubscribedOnly', { accountId, only });
    return true;
  } catch (error) {
    announcer.fail(explain(error));
    return false;
  }
}

/** Among the first lines of the tree, or no longer. */
export async function setFavourite(
  { preferences }: AppContext,
  { id }: FolderRow,
  favourite: boolean,
): Promise<void> {
  const others = preferences.values.favourites.filter((other) => other !== id);
  await preferences.set({ favourites: favourite ? [...others, id] : others });
}

/** Asks first; the folder that is open gives way to the inboxes. */
export async function deleteFolder(app: AppContext, folder: FolderRow): Promise<void> {
  const { announcer, client, dialogs, explain, i18n, navigation } = app;
  const agreed = await dialogs.ask({
    title: i18n.t('folders.delete.title', { name: folderName(folder, i18n.t) }),
    text: i18n.t('folders.delete.text'),
    confirm: i18n.t('common.delete'),
    dangerous: true,
  });
  if (!agreed) return;
  try {
    await client.call('folders.delete', { id: folder.id });
    const { place } = navigation;
    if (place.kind === 'folder' && place.folderId === folder.id) navigation.go({ kind: 'all-inboxes' });
  } catch (error) {
    announcer.fail(explain(error));
  }
}
