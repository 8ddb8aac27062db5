/** "Search on the server": asks the accounts side by side, and keeps what they found with the query that it was found for. */
import type { Clock, Log } from '#engine/ports/ports.ts';
import type { Jobs } from '#engine/jobs/jobs.ts';
import { getAccount, listAccounts } from '#engine/store/accounts.repo.ts';
import { heldHits, type ServerHits } from '#engine/store/search.ts';
import { accountsNamed, type QueryContext } from '#engine/store/searchQuery.ts';
import type { Store } from '#engine/store/store.ts';
import { searchServer, type FoundOnServer } from '#engine/sync/access/serverSearch.ts';
import type { AccountSession } from '#engine/sync/accountSession.ts';
import { planServerSearch, type ServerSearchPlan } from '#engine/sync/plan/serverSearch.ts';
import type { HandlersOf } from '#shared/contract/contract.ts';
import type { ServerSearchResult } from '#shared/contract/search.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { parseQuery } from '#shared/domain/query.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';

export interface ServerSearchesParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  readonly kick: (id: AccountId) => void;
  readonly queryContext: () => Omit<QueryContext, 'db'>;
}

/** Queries of which the hits are kept: the latest. */
const maxQueries = 20;

const keyOf = (query: string, accountId: AccountId | null): string => `${accountId ?? ''} ${query.trim()}`;

export class ServerSearches {
  readonly handlers: HandlersOf<'search.onServer'>;
  readonly #parts: ServerSearchesParts;
  readonly #hits = new Map<string, readonly ServerHits[]>();

  constructor(parts: ServerSearchesParts) {
    this.#parts = parts;
    this.handlers = {
      'search.onServer': ({ query, accountId, job }, signal) =>
        this.#search(query, accountId ?? null, job, signal),
    };
  }

  hitsOf(query: string, accountId: AccountId | null): readonly ServerHits[] {
    return this.#hits.get(keyOf(query, accountId)) ?? [];
  }

  async #search(query: string, accountId: AccountId | null, id: string, signal: AbortSignal) {
    const { clock, jobs } = this.#parts;
    const tree = parseQuery(query);
    if (tree === null) return { accounts: [], local: [] };
    const plan = planServerSearch(tree, clock.now());
    const local = [...plan.local];
    if (plan.searches.length === 0) return { accounts: [], local };
    using job = jobs.begin({
      id,
      kind: 'server-search',
      accountId,
      folder: null,
      // A command that was sent cannot be held up.
      pausable: false,
    });
    const scope = AbortSignal.any([signal, job.signal]);
    let done = 0;
    let total = 0;
    const found = await Promise.all(
      this.#accounts(accountId).map(async (account) => ({
        account,
        outcome: await searchServer(
          this.#parts,
          {
            accountId: account,
            searches: plan.searches,
            means: (name) => accountsNamed(this.#context().accounts, name).some((one) => one.id === account),
            total: (folders) => job.set({ total: (total += folders) }),
            did: () => job.set({ done: (done += 1) }),
          },
          scope,
        ),
      })),
    );
    this.#keep(query, accountId, plan, found);
    return { accounts: found.map(({ account, outcome }) => this.#result(account, outcome)), local };
  }

  #context(): Omit<QueryContext, 'db'> {
    return this.#parts.queryContext();
  }

  /** All that are in use, or the one that is named. */
  #accounts(accountId: AccountId | null): AccountId[] {
    const { read } = this.#parts.store;
    if (accountId === null)
      return listAccounts(read)
        .filter(({ active }) => active)
        .map(({ id }) => id);
    if (getAccount(read, accountId) === null) throw new MailError('not-found', { what: 'account' });
    return [accountId];
  }

  #keep(
    query: string,
    accountId: AccountId | null,
    plan: ServerSearchPlan,
    found: readonly { readonly outcome: FoundOnServer }[],
  ): void {
    const key = keyOf(query, accountId);
    const hits = plan.searches.map((search) => ({
      ids: found.flatMap(({ outcome }) => [...(outcome.ids.get(search) ?? [])]),
      check: search.check,
    }));
    this.#hits.delete(key);
    this.#hits.set(
      key,
      hits.filter(({ ids }) => ids.length > 0),
    );
    const [oldest] = this.#hits.keys();
    if (this.#hits.size > maxQueries && oldest !== undefined) this.#hits.delete(oldest);
  }

  #result(accountId: AccountId, { ids, fetched, cut, error }: FoundOnServer): ServerSearchResult {
    const hits = [...ids].map(([{ check }, some]) => ({ ids: [...some], check }));
    return {
      accountId,
      found: this.#parts.store.snapshot((db) => heldHits(db, hits, this.#context())).size,
      fetched,
      cut,
      error: error && toWire(error),
    };
  }
}
