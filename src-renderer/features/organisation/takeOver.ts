/** A personal account with a group account's mailbox becomes the group account, after its owner agreed. */
import type { GroupAccountRow } from '#shared/contract/groups.ts';
import type { AppContext } from '../../app/context.ts';

export async function takeOver(app: AppContext, row: GroupAccountRow): Promise<void> {
  const { accounts, announcer, client, dialogs, explain, i18n, organisation } = app;
  const { group, name, personalAccount } = row;
  const own = personalAccount === null ? undefined : accounts.byId(personalAccount);
  const agreed = await dialogs.ask({
    title: i18n.t('organisation.accounts.takeOver.title', { account: own?.name ?? name, name }),
    text: i18n.t('organisation.accounts.takeOver.text'),
    confirm: i18n.t('organisation.accounts.takeOver'),
  });
  if (!agreed) return;
  try {
    await client.call('groups.takeOver', { group });
    announcer.show(i18n.t('organisation.accounts.takenOver', { name }));
    await Promise.all([accounts.load(), organisation.load()]);
  } catch (error) {
    announcer.fail(explain(error));
  }
}
