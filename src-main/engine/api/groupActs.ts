/** Who has which mail of a group: what a member does and sees, over the logs. */
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { GroupOutcome } from '#shared/contract/groups.ts';
import { findUser } from '#shared/domain/group/configEdits.ts';
import type { UserId } from '#shared/domain/group/config.ts';
import type { EventId } from '#shared/domain/group/events.ts';
import { groupAccountAt } from '#shared/domain/group/groupPath.ts';
import type { MessageView } from '#shared/domain/group/messageView.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import type { GroupLog, GroupWork } from '#engine/groups/groupWork.ts';
import { outcomeOf, stateOfMessage } from '#engine/groups/people.ts';
import type { EventDraft } from '#engine/groups/teamLog.ts';
import type { Clock } from '#engine/ports/ports.ts';
import { groupListCounts, groupMailOf } from '#engine/store/groupMail.repo.ts';
import type { Store } from '#engine/store/store.ts';

export interface GroupActParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly work: GroupWork;
  /** The logs do not follow their mailboxes by themselves: they are read before they are asked. */
  readonly passive: boolean;
}

export type GroupActName = Extract<
  CommandName,
  | `groups.${'state' | 'claim' | 'assign' | 'status' | 'note' | 'editNote' | 'deleteNote'}`
  | `groups.${'read' | 'composing' | 'counts' | 'logs'}`
>;

const composingMs = 3 * 60_000;

/** Somebody else has it by decision: nothing is written. */
class Refused {
  readonly view: MessageView;

  constructor(view: MessageView) {
    this.view = view;
  }
}

/** Reads what others did, where the server can be reached. */
async function catchUp({ runner }: GroupLog, signal: AbortSignal): Promise<void> {
  await runner.once(signal).catch((error: unknown) => {
    if (!isMailError(error) || error.code === 'group-foreign' || signal.aborted) throw error;
  });
}

export function createGroupActHandlers({
  store,
  clock,
  work,
  passive,
}: GroupActParts): HandlersOf<GroupActName> {
  async function act(
    id: MessageId,
    signal: AbortSignal,
    draft: (view: MessageView, log: GroupLog) => EventDraft | Refused | null,
  ): Promise<GroupOutcome> {
    const { log, row } = await work.mail(id, signal);
    const { team } = log;
    log.team.assertOurs();
    if (!log.context.isMember(log.me, clock.now()))
      throw new MailError('not-permitted', { reason: 'not-a-member' });
    // What others did meanwhile is known before the decision, where the server can be reached.
    if (passive || team.store.log === null) await catchUp(log, signal);
    const view = team.store.view(row.key);
    if (view === null) throw new MailError('not-found', { what: 'message' });
    const wanted = draft(view, log);
    if (wanted === null)
      return { ...outcomeOf(view, null, log.config, null), accepted: true, pending: false };
    if (wanted instanceof Refused) {
      const { handler, since } = wanted.view;
      return {
        ...outcomeOf(view, null, log.config, handler === null ? null : { by: handler, at: since ?? 0 }),
        pending: false,
      };
    }
    const { event, outcome, error } = await team.act({ about: row.key, ...wanted }, signal);
    if (error !== null && (!isMailError(error) || signal.aborted)) throw error as Error;
    if (outcome?.reason === 'unknown-key' || outcome?.reason === 'key-unconfirmed') {
      throw new MailError('member-key-unconfirmed', { fingerprint: fingerprintOf(team.parts.key.publicKey) });
    }
    if (outcome?.reason === 'not-a-member') throw new MailError('not-permitted', { reason: 'not-a-member' });
    if (outcome?.result === 'ignored') throw new MailError('not-permitted', { reason: outcome.reason ?? '' });
    const after = team.store.view(row.key);
    const own = team.store
      .state()
      .messages.get(row.key)
      ?.history.find(({ id: one }) => one === event.id);
    return outcomeOf(after, outcome, log.config, own?.conflict ?? null);
  }

  function assign(id: MessageId, to: UserId | null, signal: AbortSignal): Promise<GroupOutcome> {
    return act(id, signal, (view) =>
      view.handler === to && view.expect.assign !== null
        ? null
        : { type: 'assign', to, expect: view.expect.assign },
    );
  }

  return {
    'groups.state': async ({ messageId }, signal) => {
      const { log, row } = await work.mail(messageId, signal);
      if (passive) await catchUp(log, signal);
      log.team.assertOurs();
      const view = log.team.store.view(row.key);
      if (view === null) throw new MailError('not-found', { what: 'message' });
      return stateOfMessage(messageId, log.group, view, log.config, log.context.membersAt(clock.now()));
    },
    'groups.claim': ({ messageId, over }, signal) =>
      act(messageId, signal, (view, log) => {
        if (view.handler === log.me)
          return view.expect.assign === null ? { type: 'assign', to: log.me, expect: null } : null;
        // Without having seen it nobody takes over what somebody decided.
        const decided = view.expect.assign !== null && view.handler !== null;
        if (over === undefined && decided) return new Refused(view);
        return { type: 'assign', to: log.me, expect: over === undefined ? view.expect.assign : over };
      }),
    'groups.assign': async ({ messageId, to }, signal) => {
      const { log } = await work.mail(messageId, signal);
      return assign(messageId, to === null ? null : findUser(log.config, to).id, signal);
    },
    'groups.status': ({ messageId, status, until }, signal) =>
      act(messageId, signal, (view) =>
        view.status === status && status !== 'waiting'
          ? null
          : { type: 'status', status, until, expect: view.expect.status },
      ),
    'groups.note': ({ messageId, text, mentions }, signal) =>
      act(messageId, signal, (_view, log) => ({
        type: 'note',
        text,
        mentions: mentions.map((one) => findUser(log.config, one).id),
      })),
    'groups.editNote': ({ messageId, note, text }, signal) =>
      act(messageId, signal, () => ({ type: 'note-edit', note, text })),
    'groups.deleteNote': ({ messageId, note }: { messageId: MessageId; note: EventId }, signal) =>
      act(messageId, signal, () => ({ type: 'note-delete', note })),
    'groups.read': async ({ messageIds }) => {
      const rows = [...groupMailOf(store.read, messageIds).values()].filter(({ readByMe }) => !readByMe);
      for (const log of work.logs) {
        const keys = rows.filter(({ accountId }) => accountId === log.accountId).map(({ key }) => key);
        if (keys.length === 0 || log.team.store.log?.header.foreign) continue;
        log.team.write({ type: 'read', messages: [...new Set(keys)] });
        log.runner.kick();
      }
      return {};
    },
    'groups.composing': async ({ messageId, composing }, signal) => {
      const { log, row } = await work.mail(messageId, signal);
      log.team.write({
        type: 'composing',
        about: row.key,
        until: composing ? new Date(clock.now() + composingMs).toISOString() : null,
      });
      log.runner.kick();
      return {};
    },
    'groups.counts': () => {
      const seenByAnybody = work.logs.filter(
        ({ config, group }) => groupAccountAt(config, group)?.seenBy === 'anybody',
      );
      const counts = groupListCounts(
        store.read,
        seenByAnybody.map(({ accountId }) => accountId),
      );
      return Promise.resolve({
        handledByMe: counts['handled-by-me'],
        unassigned: counts.unassigned,
        forInformation: counts['for-information'],
      });
    },
    'groups.logs': () =>
      Promise.resolve({
        logs: work.logs.map(({ accountId, group, team, error }) => {
          const log = team.store.log;
          const foreign = log?.header.foreign ?? null;
          return {
            accountId,
            group,
            events: log?.header.count ?? 0,
            ignored: { ...log?.ignored },
            incompleteSince: log?.incomplete?.since ?? null,
            foreign: foreign === null ? null : foreign.organisationName || foreign.group,
            pending: team.pendingCount,
            error,
          };
        }),
      }),
  };
}
