/** An engine in memory behind the real contract, for tests of the window: no server, no store, and every fault on cue. */
import { createJobHandlers } from '#engine/api/jobs.ts';
import { Jobs } from '#engine/jobs/jobs.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { Emitter } from '#shared/base/emitter.ts';
import { Settings } from '#shared/contract/app.ts';
import type { Notice, SyncProgress } from '#shared/contract/app.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import { commands, isCommandName } from '#shared/contract/contract.ts';
import type { CommandName, EngineApi, EventName, Handlers, PayloadOf } from '#shared/contract/contract.ts';
import type { Suggestion } from '#shared/contract/contacts.ts';
import { findableWords, meetsAll, wantedWords } from '#shared/domain/contacts.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import type { ActRef, ListSource, MessageRef } from '#shared/contract/messages.ts';
import { pieceFrom, withBeginning } from '#shared/domain/htmlBeginning.ts';
import { FolderId } from '#shared/domain/ids.ts';
import type { AccountId, ThreadId } from '#shared/domain/ids.ts';
import type { Flags, FolderRole, FolderRow, MessageRow } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { MailErrorCode } from '#shared/errors/MailError.ts';
import { arranged } from './fakeArrangement.ts';
import { asConversation, conversationRows, newestOfEach } from './fakeConversations.ts';
import { bytes, fakeAccounts, fakeFolders, makeMessage, redPixel } from './fakeMail.ts';
import type { FakeMessage, FakeMessageInit } from './fakeMail.ts';
import type { FakeGroups } from './fakeGroups.ts';

export interface FakeEngineOptions {
  readonly now?: number;
  readonly accounts?: AccountRow[];
  /** Messages in the first account's inbox that nobody describes. */
  readonly filler?: number;
  readonly messages?: readonly FakeMessageInit[];
  readonly settings?: Partial<Settings>;
  readonly notices?: Notice[];
  /** Mails that only the servers have, until they are searched. */
  readonly onServer?: readonly FakeMessageInit[];
  /** Whom the composer proposes. */
  readonly people?: readonly Suggestion[];
  /** Makes accounts a group's; without, there is no organisation. */
  readonly groups?: FakeGroups;
  readonly locale?: string;
  /** What the organisation prescribes. */
  readonly policy?: Partial<PolicyReport>;
  /** Handlers that take the place of ours: drafts and an outbox, say. */
  readonly extend?: (
    emit: <N extends EventName>(name: N, payload: PayloadOf<N>) => void,
    accounts: readonly AccountRow[],
  ) => Partial<Handlers>;
}

export interface FakeEngine extends EngineApi {
  readonly calls: { name: string; request: unknown }[];
  readonly folders: FolderRow[];
  readonly accounts: AccountRow[];
  readonly settings: Settings;
  readonly jobs: Jobs;
  /** A new mail arrives, and is told. */
  deliver(init: FakeMessageInit): FakeMessage;
  /** Another client removes it. */
  removeElsewhere(message: FakeMessage): void;
  /** The next calls of `name` fail. */
  fail(name: CommandName, code: MailErrorCode, times?: number): void;
  /** Answers to `name` wait until it resolves. */
  hold(name: CommandName, until: Promise<void>): void;
  emit<N extends EventName>(name: N, payload: PayloadOf<N>): void;
  folder(role: FolderRole, account?: number): FolderRow;
  find(subject: string): FakeMessage | undefined;
}

export const freePolicy: PolicyReport = {
  file: null,
  state: 'none',
  faults: [],
  personalAccounts: true,
  offersAccounts: false,
  allowedDomains: null,
  allowedHosts: null,
  archiveAddress: null,
  remoteContent: null,
  updates: null,
  logLevel: null,
  healthReports: null,
  proxy: null,
  caFiles: [],
  oauthProviders: [],
  sources: {},
};

interface Move {
  readonly message: FakeMessage;
  readonly from: FolderId;
  readonly flags: Flags;
}

function rowOf({ content }: FakeMessage, groups: FakeGroups | undefined): MessageRow {
  const group = groups?.mark(content.id);
  return {
    ...(group ? { group } : {}),
    id: content.id,
    accountId: content.accountId,
    folderId: content.folderId,
    uid: 1,
    threadId: content.threadId,
    subject: content.subject,
    from: content.from,
    to: content.to,
    date: content.date,
    flags: { ...content.flags },
    size: content.size,
    hasAttachments: content.attachments.some(({ inline }) => !inline),
    snippet: (content.text ?? (content.html ?? '').replace(/<style[^]*?<\/style>|<[^>]*>/g, ' '))
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 160),
    pending: false,
  };
}

export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const now = options.now ?? Date.now();
  const { groups } = options;
  const accounts = (options.accounts ?? fakeAccounts(now)).map((row) =>
    groups?.isGroup(row.address) ? { ...row, group: 'kontor-nord/info' } : row,
  );
  const folders = fakeFolders(accounts);
  let settings = Settings.parse(options.settings ?? {});
  let notices = [...(options.notices ?? [])];
  const emitter = new Emitter<{ name: EventName; payload: unknown }>((error) => {
    throw error;
  });
  const calls: FakeEngine['calls'] = [];
  const failures = new Map<string, { code: MailErrorCode; left: number }>();
  const holds = new Map<string, Promise<void>>();
  let messages: FakeMessage[] = [];
  let lastMoves: Move[] = [];
  let number = 0;
  const threads = new Map<string, ThreadId>();
  const beyond = [...(options.onServer ?? [])];
  const jobs = new Jobs(systemClock(), (rows) => {
    emitter.emit({ name: 'jobs.changed', payload: { jobs: rows } });
  });

  const folderOf = (role: FolderRole, account = 0): FolderRow => {
    const found = folders.find((row) => row.role === role && row.accountId === accounts[account]?.id);
    if (!found) throw new MailError('not-found');
    return found;
  };
  const add = (init: FakeMessageInit): FakeMessage => {
    number += 1;
    const folder = init.folder ?? folderOf(init.role ?? 'inbox', init.account ?? 0).id;
    const row = folders.find(({ id }) => id === folder);
    if (!row) throw new MailError('not-found');
    const message = makeMessage(init, number, { accountId: row.accountId, folderId: row.id }, now);
    const first = init.thread === undefined ? undefined : threads.get(init.thread);
    if (first !== undefined) message.content.threadId = first;
    else if (init.thread !== undefined) threads.set(init.thread, message.content.threadId);
    messages.push(message);
    const account = accounts.find((one) => one.id === row.accountId);
    if (account?.group != null && row.role !== 'sent' && row.role !== 'drafts') groups?.arrived(message);
    return message;
  };
  const sort = (): void => {
    messages.sort((a, b) => b.content.id - a.content.id);
  };
  for (const init of options.messages ?? []) add(init);
  for (let count = 0; count < (options.filler ?? 0); count += 1) add({});
  sort();

  const recount = (): void => {
    for (const folder of folders) {
      folder.total = 0;
      folder.unread = 0;
    }
    const byId = new Map(folders.map((row) => [row.id, row]));
    for (const { content } of messages) {
      const folder = byId.get(content.folderId);
      if (!folder) continue;
      folder.total += 1;
      if (!content.flags.seen) folder.unread += 1;
    }
  };
  recount();

  const tell = (changed: readonly FakeMessage[], alsoIn: readonly FolderId[] = []): void => {
    recount();
    const byFolder = new Map<FolderId, FakeMessage[]>();
    for (const message of changed) {
      for (const id of new Set([message.content.folderId, ...alsoIn])) {
        byFolder.set(id, [...(byFolder.get(id) ?? []), message]);
      }
    }
    const accountOf = (id: FolderId): AccountId =>
      folders.find((row) => row.id === id)?.accountId ?? (accounts[0]?.id as AccountId);
    emitter.emit({
      name: 'changed',
      payload: {
        changes: [...byFolder].map(([folderId, some]) => ({
          kind: 'messages',
          accountId: accountOf(folderId),
          folderId,
          ids: some.map(({ content }) => content.id),
        })),
      },
    });
  };
  groups?.attach(
    (name, payload) => emitter.emit({ name, payload }),
    (message) => tell([message]),
  );
  const byRef = ({ id, folderId }: MessageRef): FakeMessage | undefined =>
    messages.find(
      ({ content }) => content.id === id && (folderId === undefined || content.folderId === folderId),
    );
  const get = (ref: MessageRef): FakeMessage => {
    const found = byRef(ref);
    if (!found) throw new MailError('not-found');
    return found;
  };
  const rows = (some: readonly FakeMessage[]): MessageRow[] => some.map((one) => rowOf(one, groups));
  /** With the rest of the conversation where that is meant. */
  const concerned = (refs: readonly ActRef[]): FakeMessage[] => [
    ...new Set(
      refs.flatMap(({ conversation, ...ref }) => {
        const one = get(ref);
        return conversation === true
          ? messages.filter(
              ({ content }) =>
                content.threadId === one.content.threadId && content.folderId === one.content.folderId,
            )
          : one;
      }),
    ),
  ];
  const matching = (source: ListSource): FakeMessage[] => {
    switch (source.kind) {
      case 'folder':
        return messages.filter(({ content }) => content.folderId === source.folderId);
      case 'all-inboxes': {
        const inboxes = new Set(folders.filter(({ role }) => role === 'inbox').map(({ id }) => id));
        return messages.filter(({ content }) => inboxes.has(content.folderId));
      }
      case 'group':
        return messages.filter(({ content }) => groups?.isOn(source.list, content.id) === true);
      case 'search': {
        const words = source.query
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== 'is:unread');
        const unread = source.query.includes('is:unread');
        return messages.filter(({ content }) => {
          if (source.accountId !== undefined && content.accountId !== source.accountId) return false;
          if (unread && content.flags.seen) return false;
          const text =
            `${content.subject} ${content.from?.name} ${content.from?.address} ${content.text}`.toLowerCase();
          return words.every((word) => text.includes(word));
        });
      }
    }
  };
  const moveTo = (
    refs: readonly ActRef[],
    role: FolderRole | FolderRow,
  ): { queued: number; done: number } => {
    lastMoves = [];
    const left = new Set<FolderId>();
    for (const message of concerned(refs)) {
      const account = accounts.findIndex(({ id }) => id === message.content.accountId);
      const target = typeof role === 'string' ? folderOf(role, account) : role;
      lastMoves.push({ message, from: message.content.folderId, flags: { ...message.content.flags } });
      left.add(message.content.folderId);
      message.content.folderId = target.id;
    }
    tell(
      lastMoves.map(({ message }) => message),
      [...left],
    );
    return { queued: refs.length, done: 0 };
  };

  const unused = (name: CommandName) => (): Promise<never> =>
    Promise.reject(new MailError('not-supported', { name }));
  const handlers: Partial<Handlers> = {
    'app.info': () =>
      Promise.resolve({
        version: '0.0.0',
        locale: options.locale ?? 'en-GB',
        secrets: 'encrypted-file',
        profile: 'memory',
      }),
    'network.authorities': () => Promise.resolve({ files: [], faults: [] }),
    'network.setProxyPassword': () => Promise.resolve({}),
    'policy.get': () => Promise.resolve({ ...freePolicy, ...options.policy }),
    'app.notices': () => Promise.resolve({ notices }),
    'app.dismissNotice': ({ id }) => {
      notices = notices.filter((notice) => notice.id !== id);
      return Promise.resolve({});
    },
    'settings.get': () => Promise.resolve(settings),
    'settings.set': (change) => {
      settings = { ...settings, ...change };
      emitter.emit({ name: 'changed', payload: { changes: [{ kind: 'settings' }] } });
      return Promise.resolve(settings);
    },
    'contacts.complete': ({ text, except, limit }) => {
      const wanted = wantedWords(text);
      const suggestions = (options.people ?? []).filter(
        (one) =>
          meetsAll(findableWords(one.name, one.kind === 'person' ? one.address : ''), wanted) &&
          (one.kind === 'group' || !except.includes(one.address)),
      );
      return Promise.resolve({ suggestions: suggestions.slice(0, limit) });
    },
    'mailingLists.oneClick': () => Promise.resolve({ host: null }),
    'identities.list': () => Promise.resolve({ identities: [] }),
    'templates.list': () => Promise.resolve({ templates: [] }),
    'contacts.hide': () => Promise.resolve({}),
    'sync.run': () => Promise.resolve({ accounts: [] }),
    'sync.progress': () => Promise.resolve({ accounts: [] as SyncProgress[] }),
    'remote.image': () => Promise.resolve({ contentType: 'image/png', content: redPixel }),
    'accounts.list': () => Promise.resolve({ accounts }),
    'folders.list': ({ accountId }) =>
      Promise.resolve({
        folders: folders
          .filter((row) => accountId === undefined || row.accountId === accountId)
          .map((row) => ({ ...row })),
      }),
    'folders.create': ({ accountId, parent, name }) => {
      const above = folders.find(({ id }) => id === parent);
      const path = above ? `${above.path}/${name}` : name;
      if (folders.some((row) => row.accountId === accountId && row.path === path))
        throw new MailError('mailbox-exists', { folder: name });
      const id = FolderId.parse(Math.max(...folders.map((row) => row.id)) + 1);
      folders.push({
        id,
        accountId,
        path,
        name,
        parent: above?.path ?? null,
        delimiter: '/',
        role: null,
        selectable: true,
        subscribed: true,
        shown: true,
        total: 0,
        unread: 0,
      });
      emitter.emit({ name: 'changed', payload: { changes: [{ kind: 'folders', accountId }] } });
      return Promise.resolve({ id });
    },
    'folders.rename': ({ id, name }) => {
      const folder = folders.find((row) => row.id === id);
      if (!folder) throw new MailError('not-found');
      folder.name = name;
      emitter.emit({
        name: 'changed',
        payload: { changes: [{ kind: 'folders', accountId: folder.accountId }] },
      });
      return Promise.resolve({});
    },
    'folders.move': ({ id, parent }) => {
      const folder = folders.find((row) => row.id === id);
      if (!folder) throw new MailError('not-found');
      folder.parent = folders.find((row) => row.id === parent)?.path ?? null;
      folder.path = folder.parent === null ? folder.name : `${folder.parent}/${folder.name}`;
      emitter.emit({
        name: 'changed',
        payload: { changes: [{ kind: 'folders', accountId: folder.accountId }] },
      });
      return Promise.resolve({});
    },
    'folders.subscribe': ({ id, subscribed, shown = subscribed }) => {
      const folder = folders.find((row) => row.id === id);
      if (!folder) throw new MailError('not-found');
      Object.assign(folder, { subscribed, shown });
      emitter.emit({
        name: 'changed',
        payload: { changes: [{ kind: 'folders', accountId: folder.accountId }] },
      });
      return Promise.resolve({});
    },
    'folders.showSubscribedOnly': ({ accountId, only }) => {
      const account = accounts.find((row) => row.id === accountId);
      if (!account) throw new MailError('not-found');
      account.subscribedOnly = only;
      emitter.emit({ name: 'changed', payload: { changes: [{ kind: 'accounts' }] } });
      return Promise.resolve({});
    },
    'folders.delete': ({ id }) => {
      const at = folders.findIndex((row) => row.id === id);
      const [gone] = folders.splice(at, 1);
      if (gone)
        emitter.emit({
          name: 'changed',
          payload: { changes: [{ kind: 'folders', accountId: gone.accountId }] },
        });
      return Promise.resolve({});
    },
    'folders.empty': ({ id }) => {
      const gone = messages.filter(({ content }) => content.folderId === id);
      messages = messages.filter(({ content }) => content.folderId !== id);
      tell(gone);
      return Promise.resolve({ removed: gone.length });
    },
    'folders.markAllRead': ({ id }) => {
      const unread = messages.filter(({ content }) => content.folderId === id && !content.flags.seen);
      for (const { content } of unread) content.flags.seen = true;
      tell(unread);
      return Promise.resolve({ changed: unread.length });
    },
    'messages.list': ({ source, limit, before, threads: together, sort, filter }) => {
      const found = arranged(matching(source), sort, filter);
      const all = together ? newestOfEach(found) : found;
      const from =
        before === undefined
          ? 0
          : all.findIndex(({ content }) => `${content.id}:${content.folderId}` === before) + 1;
      const page = all.slice(from, from + limit);
      const last = page.at(-1)?.content;
      const shown = new Set(page.map(({ content }) => content.threadId));
      const around = together ? rows(messages.filter(({ content }) => shown.has(content.threadId))) : [];
      return Promise.resolve({
        messages: rows(page).map((row) => (together ? asConversation(row, around, folders) : row)),
        next: from + limit < all.length && last ? `${last.id}:${last.folderId}` : null,
        total: source.kind === 'search' || filter !== undefined ? null : all.length,
      });
    },
    'search.unread': ({ searches }) =>
      Promise.resolve({
        unread: searches.map(
          (search) =>
            matching({ kind: 'search', ...search }).filter(({ content }) => !content.flags.seen).length,
        ),
        more: searches.map(() => false),
      }),
    'messages.conversation': ({ limit, before, ...ref }) => {
      const all = conversationRows(rows(messages), folders, rowOf(get(ref), groups));
      const end = before === undefined ? all.length : all.findIndex(({ id }) => String(id) === before);
      const start = Math.max(0, end - limit);
      return Promise.resolve({
        messages: all.slice(start, end),
        next: start > 0 ? String(all[start]?.id) : null,
      });
    },
    'messages.rows': ({ refs }) =>
      Promise.resolve({
        messages: refs.flatMap((ref) => byRef(ref) ?? []).map((message) => rowOf(message, groups)),
      }),
    'messages.get': (ref) => {
      const content = structuredClone(get(ref).content);
      return Promise.resolve(ref.beginning === true ? withBeginning(content) : content);
    },
    'messages.piece': ({ of, from, ...ref }) => Promise.resolve(pieceFrom(get(ref).content, of, from)),
    'messages.source': (ref) =>
      Promise.resolve({
        raw: bytes(`Subject: ${get(ref).content.subject}\r\n\r\n${get(ref).content.text ?? ''}`),
      }),
    'messages.attachment': ({ part, ...ref }) => {
      const message = get(ref);
      const found = message.parts.get(part);
      const row = message.content.attachments.find(({ id }) => id === part);
      if (!found || !row) throw new MailError('not-found');
      return Promise.resolve({ filename: row.filename, ...found });
    },
    'messages.flag': ({ refs, add: on, remove }) => {
      const changed = concerned(refs);
      lastMoves = changed.map((message) => ({
        message,
        from: message.content.folderId,
        flags: { ...message.content.flags },
      }));
      for (const { content } of changed) {
        for (const flag of on) content.flags[flag] = true;
        for (const flag of remove) content.flags[flag] = false;
      }
      tell(changed);
      return Promise.resolve({ queued: refs.length, done: 0 });
    },
    'messages.move': ({ refs, target }) => {
      const folder = folders.find(({ id }) => id === target);
      if (!folder) throw new MailError('not-found');
      return Promise.resolve(moveTo(refs, folder));
    },
    'messages.archive': ({ refs }) => Promise.resolve(moveTo(refs, 'archive')),
    'messages.junk': ({ refs }) => Promise.resolve(moveTo(refs, 'junk')),
    'messages.delete': ({ refs }) => Promise.resolve(moveTo(refs, 'trash')),
    'messages.undo': () => {
      const moves = lastMoves;
      lastMoves = [];
      const also = moves.map(({ message }) => message.content.folderId);
      for (const { message, from, flags } of moves) {
        message.content.folderId = from;
        message.content.flags = flags;
      }
      tell(
        moves.map(({ message }) => message),
        also,
      );
      return Promise.resolve({ undone: moves.length === 0 ? null : 'move' });
    },
    'operations.failed': () => Promise.resolve({ operations: [] }),
    'drafts.list': () => Promise.resolve({ drafts: [] }),
    'outbox.list': () => Promise.resolve({ entries: [] }),
    'groups.organisation': () => Promise.resolve({ organisation: null }),
    'groups.counts': () => {
      const none = { total: 0, unread: 0 };
      return Promise.resolve({ handledByMe: none, unassigned: none, forInformation: none });
    },
    ...createJobHandlers(jobs),
    'search.onServer': ({ accountId }) => {
      const found = options.onServer ?? [];
      for (const init of beyond.splice(0)) add(init);
      sort();
      recount();
      const asked = accounts.filter(({ id }) => accountId === undefined || id === accountId);
      return Promise.resolve({
        accounts: asked.map(({ id }, at) => ({
          accountId: id,
          found: at === 0 ? found.length : 0,
          fetched: at === 0 ? found.length : 0,
          cut: false,
          error: null,
        })),
        local: [],
      });
    },
    ...groups?.handlers(),
    ...options.extend?.((name, payload) => emitter.emit({ name, payload }), accounts),
  };

  return {
    calls,
    jobs,
    folders,
    accounts,
    get settings() {
      return settings;
    },
    deliver(init) {
      const message = add({ seen: false, date: now + number * 1000, ...init });
      sort();
      tell([message]);
      return message;
    },
    removeElsewhere(message) {
      messages = messages.filter((other) => other !== message);
      tell([message]);
    },
    fail: (name, code, times = 1) => void failures.set(name, { code, left: times }),
    hold: (name, until) => void holds.set(name, until),
    emit: (name, payload) => emitter.emit({ name, payload }),
    folder: folderOf,
    find: (subject) => messages.find(({ content }) => content.subject === subject),
    async dispatch(name, request) {
      if (!isCommandName(name)) throw new MailError('unknown-command', { name });
      calls.push({ name, request });
      await holds.get(name);
      const failure = failures.get(name);
      if (failure && failure.left > 0) {
        failure.left -= 1;
        throw new MailError(failure.code);
      }
      const parsed = commands[name].request.safeParse(request);
      if (!parsed.success) throw new MailError('invalid-input', { command: name });
      const handler = (handlers[name] ?? unused(name)) as (
        request: unknown,
        signal: AbortSignal,
      ) => Promise<unknown>;
      return handler(parsed.data, new AbortController().signal);
    },
    onEvent: (listener) => emitter.on(({ name, payload }) => listener(name, payload)),
    async [Symbol.asyncDispose]() {
      emitter[Symbol.dispose]();
    },
  };
}
