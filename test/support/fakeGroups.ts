/**
 * What an engine knows of group work, in memory: for tests of the window. The first person is the one who sits before it; what others do is
 * done by a test, and told as the team log's events are.
 */
import type { EventName, Handlers, PayloadOf, ResponseOf } from '#shared/contract/contract.ts';
import type { GroupOutcome, GroupState, Person } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import { EventId, type Status } from '#shared/domain/group/events.ts';
import { isOnList, type GroupList } from '#shared/domain/group/messageView.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import type { GroupMark } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { FakeMessage } from './fakeMail.ts';

type Emit = <N extends EventName>(name: N, payload: PayloadOf<N>) => void;
type GroupHandlers = Pick<Handlers, Extract<keyof Handlers, `groups.${string}`>>;

const person = (id: string, name: string): Person => ({
  id: UserId.parse(id),
  name,
  address: `${id}@kontor-nord.test`,
});
export const anna = person('anna', 'Anna Albrecht');
export const ben = person('ben', 'Ben Berger');
export const clara = person('clara', 'Clara Claussen');

export interface FakeGroupsOptions {
  /** Addresses of accounts that are a group's. */
  readonly addresses: readonly string[];
  /** By subject: how a mail stands before anybody acts. */
  readonly states?: Readonly<Record<string, Partial<GroupState>>>;
  readonly defaultHandler?: Person | null;
}

const listOf = {
  handledByMe: 'handled-by-me',
  unassigned: 'unassigned',
  forInformation: 'for-information',
} as const;

export class FakeGroups {
  readonly me = anna;
  readonly members = [anna, ben, clara];
  /** The server is not reached: acts wait. */
  offline = false;
  /** Wins the next claim. */
  faster: Person | null = null;
  readonly #options: FakeGroupsOptions;
  readonly #states = new Map<MessageId, GroupState>();
  readonly #messages = new Map<MessageId, FakeMessage>();
  readonly #waiting: (() => void)[] = [];
  #emit: Emit = () => undefined;
  #tell: (message: FakeMessage) => void = () => undefined;
  #last = 0;

  constructor(options: FakeGroupsOptions) {
    this.#options = options;
  }

  isGroup(address: string): boolean {
    return this.#options.addresses.includes(address);
  }

  /** Called by the engine that serves it. */
  attach(emit: Emit, tell: (message: FakeMessage) => void): void {
    this.#emit = emit;
    this.#tell = tell;
  }

  arrived(message: FakeMessage): void {
    const { id, date, subject } = message.content;
    const handler = this.#options.defaultHandler ?? null;
    this.#messages.set(id, message);
    this.#states.set(id, {
      messageId: id,
      group: 'kontor-nord/info',
      info: this.members,
      handler,
      since: handler === null ? null : date,
      status: 'open',
      until: null,
      due: false,
      notes: [],
      readBy: [],
      composing: [],
      history: [{ at: date, by: this.me, event: 'intake', accepted: true, to: handler }],
      handling: null,
      pending: false,
      members: this.members,
      ...this.#options.states?.[subject],
    });
  }

  state(id: MessageId): GroupState {
    const state = this.#states.get(id);
    if (!state) throw new MailError('no-group-message', { id });
    return state;
  }

  mark(id: MessageId): GroupMark | undefined {
    const state = this.#states.get(id);
    if (!state) return undefined;
    const { handler } = state;
    return {
      group: state.group,
      handler: handler && { id: handler.id, name: handler.name },
      mine: handler?.id === this.me.id,
      status: state.status,
      until: state.until,
      notes: state.notes.length,
      readByMe: state.readBy.some(({ user }) => user.id === this.me.id),
      marksSeen: handler === null || handler.id === this.me.id,
      composing: state.composing.map(({ user }) => user).filter(({ id: one }) => one !== this.me.id),
      pending: state.pending,
    };
  }

  isOn(list: GroupList, id: MessageId): boolean {
    const state = this.#states.get(id);
    if (!state) return false;
    return isOnList(
      list,
      {
        handler: state.handler?.id ?? null,
        info: state.info.map(({ id: one }) => one),
        status: state.status,
        settled: false,
        readBy: state.readBy.map(({ user, at }) => ({ user: user.id, at })),
      },
      this.me.id,
    );
  }

  /** What somebody does with a mail, here or elsewhere. */
  assign(id: MessageId, by: Person, to: Person | null, at = Date.now()): void {
    const entry = { at, by, event: 'assign', accepted: true, to };
    const since = to === null ? null : at;
    this.#change(id, (state) => ({
      ...state,
      handler: to,
      since,
      handling: this.#id(),
      history: [...state.history, entry],
    }));
    this.#told(id, 'assign', by);
  }

  setStatus(id: MessageId, by: Person, status: Status, until: number | null = null, at = Date.now()): void {
    const entry = { at, by, event: 'status', accepted: true, status };
    this.#change(id, (state) => ({ ...state, status, until, history: [...state.history, entry] }));
    this.#told(id, 'status', by);
  }

  note(id: MessageId, by: Person, text: string, mentions: Person[] = [], at = Date.now()): void {
    const note = { id: this.#id(), at, by, text, mentions, editedAt: null };
    this.#change(id, (state) => ({
      ...state,
      notes: [...state.notes, note],
      history: [...state.history, { at, by, event: 'note', accepted: true }],
    }));
    this.#told(id, 'note', by);
  }

  composing(id: MessageId, by: Person, on: boolean): void {
    this.#change(id, (state) => ({
      ...state,
      composing: [
        ...state.composing.filter(({ user }) => user.id !== by.id),
        ...(on ? [{ user: by, until: Date.now() + 180_000 }] : []),
      ],
    }));
    this.#told(id, 'composing', by);
  }

  /** The server is reached again: what waited is written, unless `winner` was faster with it. */
  reconnect(winner?: Person): void {
    this.offline = false;
    for (const write of this.#waiting.splice(0)) {
      if (!winner) write();
    }
    for (const [id, state] of this.#states) {
      if (!state.pending) continue;
      this.#change(id, (one) => ({
        ...one,
        pending: false,
        ...(winner ? { handler: winner, since: Date.now() } : {}),
      }));
      if (winner) this.#told(id, 'assign', this.me, { by: winner, at: Date.now() });
    }
  }

  counts(): ResponseOf<'groups.counts'> {
    const count = (list: GroupList): { total: number; unread: number } => {
      const ids = [...this.#states.keys()].filter((id) => this.isOn(list, id));
      return { total: ids.length, unread: ids.filter((id) => this.mark(id)?.readByMe === false).length };
    };
    return {
      handledByMe: count(listOf.handledByMe),
      unassigned: count(listOf.unassigned),
      forInformation: count(listOf.forInformation),
    };
  }

  handlers(): Partial<GroupHandlers> {
    const { me } = this;
    return {
      'groups.organisation': () =>
        Promise.resolve({
          organisation: {
            id: 'kontor-nord',
            name: 'Kontor Nord',
            revision: 1,
            issuedAt: '2026-01-01T00:00:00Z',
            source: null,
            checkedAt: null,
            lastError: null,
            me,
            admin: false,
            admins: [],
            users: [],
            fingerprint: '',
            joinLink: null,
            unpublished: [],
            accounts: [],
          },
        }),
      'groups.counts': () => Promise.resolve(this.counts()),
      'groups.state': ({ messageId }) => Promise.resolve(structuredClone(this.state(messageId))),
      'groups.claim': ({ messageId, over }) => {
        const { faster } = this;
        this.faster = null;
        if (faster) this.assign(messageId, faster, faster);
        const { handler, handling, since } = this.state(messageId);
        const seen = over === undefined ? handler === null || handling === null : over === handling;
        if (handler !== null && handler.id !== me.id && !seen)
          return Promise.resolve(this.#outcome(messageId, { by: handler, at: since ?? 0 }));
        return this.#act(messageId, () => this.assign(messageId, me, me));
      },
      'groups.assign': ({ messageId, to }) =>
        this.#act(messageId, () =>
          this.assign(
            messageId,
            me,
            this.members.find(({ id, address }) => id === to || address === to) ?? null,
          ),
        ),
      'groups.status': ({ messageId, status, until }) =>
        this.#act(messageId, () =>
          this.setStatus(messageId, me, status, until === null ? null : Date.parse(until)),
        ),
      'groups.note': ({ messageId, text, mentions }) =>
        this.#act(messageId, () =>
          this.note(
            messageId,
            me,
            text,
            this.members.filter(({ id }) => mentions.includes(id)),
          ),
        ),
      'groups.editNote': ({ messageId, note, text }) =>
        this.#act(messageId, () =>
          this.#change(messageId, (state) => ({
            ...state,
            notes: state.notes.map((one) => (one.id === note ? { ...one, text, editedAt: Date.now() } : one)),
            history: [...state.history, { at: Date.now(), by: me, event: 'note-edit', accepted: true }],
          })),
        ),
      'groups.deleteNote': ({ messageId, note }) =>
        this.#act(messageId, () =>
          this.#change(messageId, (state) => ({
            ...state,
            notes: state.notes.filter(({ id }) => id !== note),
            history: [...state.history, { at: Date.now(), by: me, event: 'note-delete', accepted: true }],
          })),
        ),
      'groups.read': ({ messageIds }) => {
        for (const id of messageIds) {
          if (!this.#states.has(id)) continue;
          this.#change(id, (state) => ({
            ...state,
            readBy: [...state.readBy.filter(({ user }) => user.id !== me.id), { user: me, at: Date.now() }],
          }));
        }
        return Promise.resolve({});
      },
      'groups.composing': ({ messageId, composing }) => {
        this.state(messageId);
        this.composing(messageId, me, composing);
        return Promise.resolve({});
      },
    };
  }

  #act(id: MessageId, write: () => void): Promise<GroupOutcome> {
    if (!this.offline) {
      write();
      return Promise.resolve(this.#outcome(id));
    }
    this.#waiting.push(write);
    this.#change(id, (state) => ({ ...state, pending: true }));
    return Promise.resolve({ ...this.#outcome(id), accepted: false, pending: true });
  }

  #outcome(id: MessageId, conflict?: GroupOutcome['conflict']): GroupOutcome {
    const { handler, status } = this.state(id);
    return { accepted: !conflict, pending: false, handler, status, ...(conflict ? { conflict } : {}) };
  }

  #change(id: MessageId, change: (state: GroupState) => GroupState): void {
    this.#states.set(id, change(this.state(id)));
    const message = this.#messages.get(id);
    if (message) this.#tell(message);
    this.#emit('changed', { changes: [{ kind: 'groups' }] });
  }

  #told(id: MessageId, event: string, by: Person, conflict?: GroupOutcome['conflict']): void {
    const { group, handler, status } = this.state(id);
    const accountId = this.#messages.get(id)?.content.accountId ?? ('' as AccountId);
    this.#emit('groups.event', {
      accountId,
      group,
      messageId: id,
      event,
      by,
      mine: by.id === this.me.id,
      accepted: !conflict,
      handler,
      status,
      at: Date.now(),
      ...(conflict ? { conflict } : {}),
    });
  }

  #id(): EventId {
    this.#last += 1;
    return EventId.parse(`00000000-0000-7000-8000-${String(this.#last).padStart(12, '0')}`);
  }
}
