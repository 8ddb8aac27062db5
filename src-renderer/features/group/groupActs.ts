/** What a member does with a group's mails: carried out one after the other, told in the status region, and taken back by Undo. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupOutcome, GroupState, Person } from '#shared/contract/groups.ts';
import type { Status } from '#shared/domain/group/events.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { UndoStack } from '../../app/undoStack.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import { othersHandle } from './groupMark.ts';
import type { Groups } from './groups.svelte.ts';

export interface GroupActsParts {
  readonly client: EngineClient;
  readonly groups: Groups;
  readonly announcer: Announcer;
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
  readonly undo: UndoStack;
  /** Words for what was thrown. */
  readonly explain: (error: unknown) => string;
}

/** What an act changes, to be told and to be taken back. */
interface Act {
  readonly kind: 'assign' | 'status';
  /** What was done, in words, for so many mails. */
  readonly done: (count: number) => string;
  readonly carryOut: (row: MessageRow) => Promise<GroupOutcome>;
}

export class GroupActs {
  readonly #parts: GroupActsParts;
  /** Mails with an act on the way: what becomes of it is told by its answer, and not by the event besides. */
  readonly #underWay = new Map<MessageId, number>();

  constructor(parts: GroupActsParts) {
    this.#parts = parts;
  }

  isUnderWay(id: MessageId): boolean {
    return this.#underWay.has(id);
  }

  /**
   * Takes mails over. From somebody else only after asking, unless `state` shows that it was to be seen whom it is taken from. Resolves to
   * whether all of them are mine now, or will be when the server is reached.
   */
  async claim(rows: readonly MessageRow[], state?: GroupState): Promise<boolean> {
    const { announcer, groups, i18n } = this.#parts;
    const mails = this.#groupMails(rows);
    const others = mails.filter((row) => groups.markOf(row)?.mine !== true);
    if (others.length === 0) {
      if (mails.length > 0) announcer.show(i18n.t('group.already'), { replaces: 'act' });
      return mails.length > 0;
    }
    const states = new Map<MessageId, GroupState>();
    if (state) states.set(state.messageId, state);
    else if (!(await this.#mayTakeFrom(others.filter(othersHandle), states))) return false;
    return this.#carryOut(others, {
      kind: 'assign',
      done: (count) => i18n.t('group.did.claimed', { count }),
      carryOut: (row) => this.#claim(row, states.get(row.id)),
    });
  }

  /** `to`: null releases. */
  async assign(rows: readonly MessageRow[], to: Person | null): Promise<boolean> {
    const { client, groups, i18n } = this.#parts;
    if (to !== null && to.id === groups.me?.id) return this.claim(rows);
    const mails = this.#groupMails(rows).filter(
      (row) => (groups.markOf(row)?.handler?.id ?? null) !== (to?.id ?? null),
    );
    return this.#carryOut(mails, {
      kind: 'assign',
      done: (count) =>
        to === null
          ? i18n.t('group.did.released', { count })
          : i18n.t('group.did.assigned', { count, name: to.name }),
      carryOut: ({ id }) => client.call('groups.assign', { messageId: id, to: to?.id ?? null }),
    });
  }

  async setStatus(
    rows: readonly MessageRow[],
    status: Status,
    until: number | null = null,
  ): Promise<boolean> {
    const { client, groups, i18n } = this.#parts;
    const mails = this.#groupMails(rows).filter(
      (row) => status === 'waiting' || groups.markOf(row)?.status !== status,
    );
    const done = {
      open: 'group.did.reopened',
      waiting: 'group.did.waiting',
      done: 'group.did.done',
    } as const;
    return this.#carryOut(mails, {
      kind: 'status',
      done: (count) => i18n.t(done[status], { count }),
      carryOut: ({ id }) => client.call('groups.status', { messageId: id, status, until: isoOf(until) }),
    });
  }

  /** Who of `rows`' group could have them; null where their groups have different members. */
  async membersFor(rows: readonly MessageRow[]): Promise<readonly Person[] | null> {
    const { announcer, client, explain, i18n } = this.#parts;
    const mails = this.#groupMails(rows);
    const firsts = [...new Map(mails.map((row) => [row.accountId, row])).values()];
    try {
      const states = await Promise.all(
        firsts.map(({ id }) => client.call('groups.state', { messageId: id })),
      );
      const [first, ...more] = states.map(({ members }) => members);
      const ids = (members: readonly Person[]): string =>
        members
          .map(({ id }) => id)
          .sort()
          .join(' ');
      if (!first || more.some((members) => ids(members) !== ids(first))) {
        announcer.fail(i18n.t('group.notOne'));
        return null;
      }
      return first;
    } catch (error) {
      announcer.fail(explain(error));
      return null;
    }
  }

  /** Says who was faster. */
  tellLost(
    subject: string,
    outcome: Pick<GroupOutcome, 'handler' | 'conflict'>,
    kind: 'assign' | 'status',
  ): void {
    const { announcer, i18n } = this.#parts;
    const { handler, conflict } = outcome;
    const named = subject || i18n.t('common.noSubject');
    const time = conflict ? i18n.formats.moment(conflict.at, Date.now()) : '';
    const text = !conflict
      ? i18n.t('group.lost.unknown', { subject: named })
      : kind === 'status'
        ? i18n.t('group.lost.status', { who: conflict.by.name, subject: named, time })
        : handler === null
          ? i18n.t('group.lost.released', { who: conflict.by.name, subject: named, time })
          : i18n.t('group.lost', { who: handler.name, subject: named, time });
    announcer.show(text, { tone: 'error', replaces: `lost-${named}` });
  }

  #groupMails(rows: readonly MessageRow[]): MessageRow[] {
    const { groups } = this.#parts;
    return rows.map((row) => groups.newestOf(row)).filter(({ group }) => group !== undefined);
  }

  async #claim(row: MessageRow, state: GroupState | undefined): Promise<GroupOutcome> {
    const { client } = this.#parts;
    const messageId = row.id;
    // Without having been seen, nobody's decision is taken over: the engine then says whose it is.
    const over = state?.handler != null ? { over: state.handling } : {};
    return client.call('groups.claim', { messageId, ...over });
  }

  /** Asks before mails are taken from others; keeps in `states` what was to be seen when it was agreed to. */
  async #mayTakeFrom(rows: readonly MessageRow[], states: Map<MessageId, GroupState>): Promise<boolean> {
    const { announcer, client, dialogs, explain, i18n } = this.#parts;
    const [row] = rows;
    if (!row) return true;
    try {
      for (const { id } of rows) states.set(id, await client.call('groups.state', { messageId: id }));
    } catch (error) {
      announcer.fail(explain(error));
      return false;
    }
    const state = states.get(row.id);
    const name = state?.handler?.name ?? '';
    if (rows.length === 1 && name === '') return true;
    const subject = row.subject || i18n.t('common.noSubject');
    return dialogs.ask(
      rows.length === 1
        ? {
            title: i18n.t('group.takeFrom.title', { name }),
            text: i18n.t('group.takeFrom.text', {
              name,
              subject,
              time: i18n.formats.moment(state?.since ?? row.date, Date.now()),
            }),
            confirm: i18n.t('group.takeOver'),
          }
        : {
            title: i18n.t('group.takeOver'),
            text: i18n.t('group.takeFrom.some', { count: rows.length }),
            confirm: i18n.t('group.takeOver'),
          },
    );
  }

  async #carryOut(rows: readonly MessageRow[], { kind, done, carryOut }: Act): Promise<boolean> {
    const { announcer, explain, i18n, undo } = this.#parts;
    const made: MessageRow[] = [];
    let pending = false;
    let whole = rows.length > 0;
    for (const row of rows) {
      this.#begin(row.id);
      try {
        const outcome = await carryOut(row);
        if (outcome.accepted || outcome.pending) {
          made.push(row);
          pending ||= outcome.pending;
        } else {
          whole = false;
          this.tellLost(row.subject, outcome, kind);
        }
      } catch (error) {
        announcer.fail(explain(error));
        // What stopped one stops the others as well.
        whole = false;
        break;
      } finally {
        this.#end(row.id);
      }
    }
    if (made.length === 0) return whole;
    const what = done(made.length);
    const act = undo.push(() => this.#undo(made, kind));
    announcer.show(pending ? i18n.t('group.did.pending', { what }) : what, {
      replaces: 'act',
      ms: 8_000,
      action: { label: i18n.t('common.undo'), run: () => void undo.take(act) },
    });
    return whole;
  }

  /** Back to what was before, as a new act: a team log forgets nothing. */
  async #undo(rows: readonly MessageRow[], kind: Act['kind']): Promise<void> {
    const { announcer, client, explain, i18n } = this.#parts;
    try {
      for (const { id, subject, group } of rows) {
        if (!group) continue;
        const outcome =
          kind === 'assign'
            ? await client.call('groups.assign', { messageId: id, to: group.handler?.id ?? null })
            : await client.call('groups.status', {
                messageId: id,
                status: group.status,
                until: isoOf(group.until),
              });
        if (!outcome.accepted && !outcome.pending) {
          this.tellLost(subject, outcome, kind);
          return;
        }
      }
      announcer.show(i18n.t('done.undone'), { replaces: 'act' });
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  #begin(id: MessageId): void {
    this.#underWay.set(id, (this.#underWay.get(id) ?? 0) + 1);
  }

  #end(id: MessageId): void {
    const left = (this.#underWay.get(id) ?? 1) - 1;
    if (left > 0) this.#underWay.set(id, left);
    else this.#underWay.delete(id);
  }
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
