/** The proposals under the search box, while it has the keyboard. Nothing is chosen until somebody goes to it: Enter searches. */
import type { AccountId } from '#shared/domain/ids.ts';
import type { SuggestedPerson } from '#shared/contract/contacts.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import { Latest } from '../../client/latest.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import { folderName } from '../folders/folderNames.ts';
import type { Folders } from '../folders/folders.svelte.ts';
import type { Groups } from '../group/groups.svelte.ts';
import {
  begins,
  fixedValues,
  forgetSearches,
  groupOperators,
  operators,
  operatorWord,
  recentSearches,
  rememberSearch,
  withWord,
  wordAt,
  type Operator,
  type Replaced,
  type TypedWord,
} from './completion.ts';

const maxValues = 7;
const maxRecentShown = 5;
const maxPeople = 6;

export interface Proposal extends Replaced {
  readonly key: string;
  readonly kind: 'operator' | 'value' | 'recent' | 'forget';
  readonly text: string;
  /** A word on what it does. */
  readonly detail: string;
}

export interface SearchCompletionParts {
  readonly client: EngineClient;
  readonly accounts: Accounts;
  readonly folders: Folders;
  readonly groups: Groups;
  readonly i18n: I18n;
  readonly storage: Storage;
}

export class SearchCompletion implements Disposable {
  proposals = $state.raw<readonly Proposal[]>([]);
  /** -1: none, the text itself is meant. */
  active = $state(-1);
  readonly #parts: SearchCompletionParts;
  readonly #latest = new Latest();

  constructor(parts: SearchCompletionParts) {
    this.#parts = parts;
  }

  get open(): boolean {
    return this.proposals.length > 0;
  }
  get current(): Proposal | undefined {
    return this.proposals[this.active];
  }

  close(): void {
    this.#latest.cancel();
    this.proposals = [];
    this.active = -1;
  }

  /** One on or back; beyond the ends stands the text itself. */
  move(step: 1 | -1): void {
    const count = this.proposals.length + 1;
    this.active = ((this.active + 1 + step + count) % count) - 1;
  }

  /** @param asked somebody wants to see what there is, also where nothing is typed */
  async update(query: string, caret: number, asked = false): Promise<void> {
    this.#latest.cancel();
    if (query.trim() === '' && !asked) {
      this.close();
      return;
    }
    const word = wordAt(query, caret);
    const { operator } = word;
    if (operator === null) this.#show([...this.#recent(query), ...this.#operators(query, word)]);
    else if (operator === 'from' || operator === 'to' || operator === 'cc') await this.#people(query, word);
    else this.#show(this.#values(query, word, operator));
  }

  remember(query: string): void {
    rememberSearch(this.#parts.storage, query);
  }

  forget(): void {
    forgetSearches(this.#parts.storage);
    this.close();
  }

  #show(proposals: readonly Proposal[]): void {
    this.proposals = proposals;
    this.active = -1;
  }

  #recent(query: string): Proposal[] {
    const { i18n, storage } = this.#parts;
    const typed = query.trim().toLowerCase();
    const found = recentSearches(storage)
      .filter((one) => one.toLowerCase().startsWith(typed) && one.toLowerCase() !== typed)
      .slice(0, maxRecentShown)
      .map((one): Proposal => ({
        key: `recent ${one}`,
        kind: 'recent',
        text: one,
        detail: i18n.t('completion.recent'),
        query: one,
        caret: one.length,
      }));
    return found;
  }

  #operators(query: string, word: TypedWord): Proposal[] {
    const { groups, i18n, storage } = this.#parts;
    // In the middle of a query nothing is proposed for a word that is not begun.
    if (word.value === '' && query.trim() !== '') return [];
    const listed = operators
      .filter((operator) => groups.active || !groupOperators.has(operator))
      .filter((operator) =>
        (['en', 'de'] as const).some((language) => {
          const name = operatorWord(operator, language);
          return (
            name.startsWith(word.value.toLowerCase()) && (language === i18n.language || word.value !== '')
          );
        }),
      )
      .map((operator): Proposal => {
        // In the language that it was begun in.
        const own = operatorWord(operator, i18n.language);
        const other = operatorWord(operator, i18n.language === 'en' ? 'de' : 'en');
        const name = own.startsWith(word.value.toLowerCase()) ? own : other;
        return {
          key: `operator ${operator}`,
          kind: 'operator',
          text: `${name}:`,
          detail: i18n.t(`completion.${operator}`),
          ...withWord(query, word, name, null),
        };
      });
    const forget: Proposal[] =
      query.trim() === '' && recentSearches(storage).length > 0
        ? [
            {
              key: 'forget',
              kind: 'forget',
              text: i18n.t('completion.forget'),
              detail: '',
              query: '',
              caret: 0,
            },
          ]
        : [];
    return [...listed, ...forget];
  }

  #value(query: string, word: TypedWord, value: string, text: string, detail: string): Proposal {
    return {
      key: `value ${value} ${detail}`,
      kind: 'value',
      text,
      detail,
      ...withWord(query, word, word.operatorText, value),
    };
  }

  #person(query: string, word: TypedWord, { name, address }: SuggestedPerson): Proposal {
    const readable = readableAddress(address);
    return this.#value(query, word, address, name || readable, name ? readable : '');
  }

  #values(query: string, word: TypedWord, operator: Operator): Proposal[] {
    const { accounts, folders, groups, i18n } = this.#parts;
    const { language, t } = i18n;
    const candidates: { value: string; detail: string }[] = [];
    const add = (value: string, detail: string): void => {
      if (!candidates.some((one) => one.value === value)) candidates.push({ value, detail });
    };
    switch (operator) {
      case 'in':
        // One name may stand for a folder of each account.
        for (const [name, named] of Map.groupBy(
          folders.rows.filter(({ selectable }) => selectable),
          (folder) => folderName(folder, t),
        ))
          add(
            name,
            named.length > 1
              ? t('search.scope.all')
              : (accounts.byId(named[0]?.accountId as AccountId)?.name ?? ''),
          );
        break;
      case 'account':
        for (const { name, address } of accounts.rows) add(name, address);
        break;
      case 'handler': {
        add(language === 'de' ? 'ich' : 'me', groups.me?.name ?? '');
        add(language === 'de' ? 'keiner' : 'none', t('completion.nobody'));
        for (const { id, group } of accounts.rows)
          if (group !== null) for (const { name } of groups.membersOf(id)) add(name, '');
        break;
      }
      default: {
        const ago = { d: 'day', t: 'day', m: 'month', y: 'year', j: 'year' } as const;
        for (const value of fixedValues(operator, language)) {
          const unit = /^(\d+)([dtmyj])$/.exec(value);
          add(
            value,
            unit ? t(`completion.ago.${ago[unit[2] as keyof typeof ago]}`, { count: Number(unit[1]) }) : '',
          );
        }
      }
    }
    const typed = word.value.toLowerCase();
    return candidates
      .filter(({ value }) => begins(value, word.value) && value.toLowerCase() !== typed)
      .slice(0, maxValues)
      .map(({ value, detail }) => this.#value(query, word, value, value, detail));
  }

  async #people(query: string, word: TypedWord): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      this.#parts.client.call(
        'contacts.complete',
        { text: word.value, except: [], limit: maxPeople },
        { signal },
      ),
    );
    if (outcome.kind === 'superseded') return;
    // Without proposals a search works as well.
    const found = outcome.kind === 'done' ? outcome.value.suggestions : [];
    this.#show(
      found.flatMap((one) =>
        one.kind === 'person' && one.address !== word.value.toLowerCase()
          ? [this.#person(query, word, one)]
          : [],
      ),
    );
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
  }
}
