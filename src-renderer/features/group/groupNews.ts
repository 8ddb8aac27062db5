/** What others do in the group and this person must hear of: a mail given to him or taken from him, a mention, a claim that lost later. */
import type { EngineClient, PayloadOf } from '#shared/contract/contract.ts';
import type { HostBridge } from '#shared/contract/host.ts';
import type { GroupState } from '#shared/contract/groups.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';
import type { GroupActs } from './groupActs.ts';
import type { Groups } from './groups.svelte.ts';

export interface GroupNewsParts {
  readonly client: EngineClient;
  readonly host: Pick<HostBridge, 'notify'>;
  readonly groups: Groups;
  readonly groupActs: GroupActs;
  readonly announcer: Announcer;
  readonly preferences: Preferences;
  readonly i18n: I18n;
  /** Does somebody look at the window? */
  readonly attended: () => boolean;
  readonly openMessage: (row: MessageRow) => void;
  readonly report: (error: unknown, why: string) => void;
}

type GroupEvent = PayloadOf<'groups.event'>;
type News = 'lost' | 'assigned' | 'taken' | 'mentioned';

/** What is older when it is read was done while nobody was here: the lists tell of it. */
const newsMs = 5 * 60_000;

export class GroupNews implements Disposable {
  readonly #parts: GroupNewsParts;
  readonly #listening: Disposable;

  constructor(parts: GroupNewsParts) {
    this.#parts = parts;
    this.#listening = parts.client.on('groups.event', (event) => {
      this.#take(event).catch((error: unknown) => parts.report(error, 'telling of group work'));
    });
  }

  async #take(event: GroupEvent): Promise<void> {
    const { client, groups, groupActs } = this.#parts;
    const { messageId } = event;
    const me = groups.me?.id;
    if (messageId === null || me === undefined || Date.now() - event.at > newsMs) return;
    if (event.mine) {
      // What was done a moment ago is told by its answer; this waited for the server.
      if (event.accepted || groupActs.isUnderWay(messageId)) return;
    } else if (!event.accepted || (event.event !== 'assign' && event.event !== 'note')) return;
    const state = event.mine ? null : await client.call('groups.state', { messageId });
    const news = newsOf(event, state, me);
    if (news === null) return;
    const { messages } = await client.call('messages.rows', { refs: [{ id: messageId }] });
    const [row] = messages;
    if (row) this.#tell(news, event, row);
  }

  #tell(news: News, event: GroupEvent, row: MessageRow): void {
    const { announcer, attended, groupActs, host, i18n, openMessage, preferences, report } = this.#parts;
    const { t } = i18n;
    if (news === 'lost') {
      groupActs.tellLost(row.subject, event, event.event === 'status' ? 'status' : 'assign');
      return;
    }
    const subject = row.subject || t('common.noSubject');
    const text = t(`group.told.${news}`, { who: event.by.name, subject });
    announcer.show(text, {
      ms: 10_000,
      replaces: `told-${row.id}`,
      action: { label: t('actions.open'), run: () => openMessage(row) },
    });
    const { groupHandled, notifications } = preferences.values;
    if (!notifications || attended() || groupHandled !== 'loud') return;
    const { accountId, folderId, id } = row;
    host
      .notify({
        title: event.by.name.slice(0, 200) || '?',
        body: text.slice(0, 500),
        tag: `group-${id}`,
        target: { accountId, folderId, id },
      })
      .catch((error: unknown) => report(error, 'showing a notification'));
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}

/** What an event means for `me`; null: nothing that must be told. `state` is as it stands after the event. */
export function newsOf(
  event: Pick<GroupEvent, 'event' | 'mine' | 'accepted' | 'handler' | 'by'>,
  state: Pick<GroupState, 'history' | 'notes'> | null,
  me: string,
): News | null {
  if (event.mine)
    return !event.accepted && (event.event === 'assign' || event.event === 'status') ? 'lost' : null;
  if (!event.accepted) return null;
  if (event.event === 'note') {
    const note = state?.notes.findLast(({ by }) => by.id === event.by.id);
    return note?.mentions.some(({ id }) => id === me) === true ? 'mentioned' : null;
  }
  if (event.event !== 'assign') return null;
  if (event.handler?.id === me) return 'assigned';
  const holders = (state?.history ?? []).filter(
    ({ event: kind, accepted }) => accepted && (kind === 'assign' || kind === 'intake' || kind === 'left'),
  );
  return holders.at(-2)?.to?.id === me ? 'taken' : null;
}
