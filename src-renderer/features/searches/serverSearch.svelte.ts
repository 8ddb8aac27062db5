/** "Search on the server", for the search that the list shows: offered, under way, and what came of it. */
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { LocalPart } from '#shared/contract/search.ts';
import { parseQuery } from '#shared/domain/query.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import type { MessageList } from '../list/messageList.svelte.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';

export type ServerSearchState =
  | { readonly phase: 'offered' }
  | { readonly phase: 'running'; readonly done: number; readonly total: number }
  | {
      readonly phase: 'done';
      /** Rows that the list did not have before. */
      readonly more: number;
      readonly cut: boolean;
      readonly local: readonly LocalPart[];
      /** No server was asked: it is all about what is known here. */
      readonly asked: boolean;
      readonly faults: readonly string[];
    }
  | { readonly phase: 'stopped' }
  | { readonly phase: 'failed'; readonly reason: string };

export interface ServerSearchParts {
  readonly client: EngineClient;
  readonly list: MessageList;
  readonly accounts: Accounts;
  readonly announcer: Announcer;
  readonly i18n: I18n;
  readonly explain: (error: unknown) => string;
}

export class ServerSearch implements Disposable {
  state = $state.raw<ServerSearchState>({ phase: 'offered' });
  readonly #parts: ServerSearchParts;
  #abort: AbortController | null = null;

  constructor(parts: ServerSearchParts) {
    this.#parts = parts;
  }

  /** Is there a search that a server could be asked for, and is none asked? */
  get offered(): boolean {
    const { source } = this.#parts.list;
    return source?.kind === 'search' && this.state.phase !== 'running' && parseQuery(source.query) !== null;
  }

  /** The list shows something else. */
  leave(): void {
    this.#abort?.abort(new MailError('cancelled'));
    this.#abort = null;
    this.state = { phase: 'offered' };
  }

  stop(): void {
    if (this.#abort === null) return;
    this.leave();
    this.state = { phase: 'stopped' };
    this.#parts.announcer.say(this.#parts.i18n.t('serverSearch.stopped'));
  }

  async run(): Promise<void> {
    const { client, list, announcer, i18n, explain } = this.#parts;
    const { source } = list;
    if (source?.kind !== 'search' || !this.offered) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.state = { phase: 'running', done: 0, total: 0 };
    announcer.say(i18n.t('serverSearch.running'));
    const job = crypto.randomUUID();
    const listening = client.on('jobs.changed', ({ jobs }) => {
      const own = jobs.find(({ id }) => id === job);
      if (own && !abort.signal.aborted) this.state = { phase: 'running', done: own.done, total: own.total };
    });
    try {
      const before = list.count;
      const { query, accountId } = source;
      const answer = await client.call(
        'search.onServer',
        { query, job, ...(accountId === undefined ? {} : { accountId }) },
        { signal: abort.signal },
      );
      list.reload();
      await list.whenRead();
      if (abort.signal.aborted) return;
      this.state = this.#outcome(answer, Math.max(0, list.count - before));
      announcer.say(this.words.join(' '));
    } catch (error) {
      if (abort.signal.aborted) return;
      // Ended from the list of jobs.
      if (isMailError(error) && error.code === 'cancelled') this.state = { phase: 'stopped' };
      else this.state = { phase: 'failed', reason: explain(error) };
      announcer.say(this.words.join(' '));
    } finally {
      listening[Symbol.dispose]();
      if (this.#abort === abort) this.#abort = null;
    }
  }

  #outcome({ accounts, local }: ResponseOf<'search.onServer'>, more: number): ServerSearchState {
    const { accounts: known, i18n } = this.#parts;
    return {
      phase: 'done',
      more,
      cut: accounts.some(({ cut }) => cut),
      local,
      asked: accounts.length > 0,
      faults: accounts.flatMap(({ accountId, error }) =>
        error === null
          ? []
          : i18n.t('serverSearch.fault', {
              account: known.byId(accountId)?.name ?? '',
              reason: errorText(error, i18n.language).message,
            }),
      ),
    };
  }

  /** What came of it, a sentence each. */
  get words(): string[] {
    const { t } = this.#parts.i18n;
    const { state } = this;
    if (state.phase === 'stopped') return [t('serverSearch.stopped')];
    if (state.phase === 'failed') return [state.reason];
    if (state.phase !== 'done') return [];
    const parts = state.local.map((part) => t(`serverSearch.part.${part}`)).join(', ');
    if (!state.asked) return parts === '' ? [] : [t('serverSearch.onlyLocal', { parts })];
    const found =
      state.more > 0
        ? [t('serverSearch.found', { count: state.more })]
        : state.faults.length === 0
          ? [t('serverSearch.nothing')]
          : [];
    return [
      ...found,
      ...(state.cut ? [t('serverSearch.cut')] : []),
      ...(parts === '' ? [] : [t('serverSearch.checkedHere', { parts })]),
      ...state.faults,
    ];
  }

  [Symbol.dispose](): void {
    this.leave();
  }
}
