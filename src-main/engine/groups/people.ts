/** What the fold says by ids, with the names that the config has for them. */
import type { GroupOutcome, GroupState, Person } from '#shared/contract/groups.ts';
import type { SharedConfig, UserId } from '#shared/domain/group/config.ts';
import type { FoldOutcome } from '#shared/domain/group/fold.ts';
import { groupAccountAt } from '#shared/domain/group/groupPath.ts';
import type { MessageView, ViewHistory } from '#shared/domain/group/messageView.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { GroupMark } from '#shared/domain/message.ts';
import type { GroupMailRow } from '#engine/store/groupMail.repo.ts';
import type { GroupLog } from './groupWork.ts';

export function personOf(config: SharedConfig, id: UserId): Person {
  const user = config.users.find((one) => one.id === id);
  return { id, name: user?.name ?? id, address: user?.address ?? '' };
}

export function stateOfMessage(
  messageId: MessageId,
  group: string,
  view: MessageView,
  config: SharedConfig,
  members: readonly UserId[],
): GroupState {
  const person = (id: UserId): Person => personOf(config, id);
  const orNull = (id: UserId | null): Person | null => (id === null ? null : person(id));
  const entry = (one: ViewHistory): GroupState['history'][number] => ({
    at: one.at,
    by: person(one.by),
    event: one.type,
    accepted: one.accepted,
    ...('to' in one && one.to !== undefined ? { to: orNull(one.to) } : {}),
    ...('status' in one && one.status !== undefined ? { status: one.status } : {}),
    ...('conflict' in one && one.conflict !== undefined
      ? { conflict: { by: person(one.conflict.by), at: one.conflict.at } }
      : {}),
    ...('pending' in one ? { pending: true } : {}),
  });
  return {
    messageId,
    group,
    info: view.info.map(person),
    handler: orNull(view.handler),
    since: view.since,
    status: view.status,
    until: view.until,
    due: view.due,
    notes: view.notes.map((note) => ({ ...note, by: person(note.by), mentions: note.mentions.map(person) })),
    readBy: view.readBy.map(({ user, at }) => ({ user: person(user), at })),
    composing: view.composing.map(({ user, until }) => ({ user: person(user), until })),
    history: view.history.map(entry),
    handling: view.expect.assign,
    pending: view.pending,
    members: members.map(person),
  };
}

/** `outcome`: null while the event waits for the server. */
export function outcomeOf(
  view: MessageView | null,
  outcome: FoldOutcome | null,
  config: SharedConfig,
  conflict: { by: UserId; at: number } | null,
): GroupOutcome {
  const handler = view?.handler ?? null;
  return {
    accepted: outcome?.result === 'accepted',
    pending: outcome === null,
    handler: handler === null ? null : personOf(config, handler),
    status: view?.status ?? 'open',
    ...(conflict === null ? {} : { conflict: { by: personOf(config, conflict.by), at: conflict.at } }),
  };
}

export function markOf(
  row: GroupMailRow,
  { group, config, me }: Pick<GroupLog, 'group' | 'config' | 'me'>,
  now: number,
): GroupMark {
  const named = (id: UserId): { id: string; name: string } => ({ id, name: personOf(config, id).name });
  const seenBy = groupAccountAt(config, group)?.seenBy;
  return {
    group,
    handler: row.handler === null ? null : named(row.handler),
    mine: row.handler === me,
    status: row.status,
    until: row.until,
    notes: row.notes,
    readByMe: row.readByMe,
    marksSeen: seenBy === 'anybody' || row.handler === null || row.handler === me,
    composing: row.composing
      .filter(({ user, until }) => user !== me && until > now)
      .map(({ user }) => named(user)),
    pending: row.pending,
  };
}
