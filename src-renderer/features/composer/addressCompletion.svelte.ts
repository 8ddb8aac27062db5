/** What a recipient field proposes while somebody types: found by the engine, newest question first, one of them marked. */
import type { Suggestion } from '#shared/contract/contacts.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { Latest } from '../../client/latest.ts';
import { isAddress, type AddressEntry } from './addressList.ts';

export interface CompletionParts {
  /** Addresses that are recipients already. */
  readonly taken: () => readonly string[];
  /** Told when a list appears or becomes another: how many stand in it. */
  readonly found: (count: number) => void;
}

export class AddressCompletion implements Disposable {
  suggestions = $state.raw<readonly Suggestion[]>([]);
  /** The marked one; -1: none, Enter then takes what is typed. */
  at = $state(-1);
  readonly open = $derived.by(() => this.suggestions.length > 0);
  readonly #client: EngineClient;
  readonly #parts: CompletionParts;
  readonly #latest = new Latest();
  #asking: Promise<void> | null = null;

  constructor(client: EngineClient, parts: CompletionParts) {
    this.#client = client;
    this.#parts = parts;
  }

  get marked(): Suggestion | undefined {
    return this.suggestions[this.at];
  }

  /** `typed` stands in the box now; an empty one proposes nobody. */
  ask(typed: string): void {
    if (typed.trim() === '') this.close();
    else this.#find(typed);
  }

  /** On purpose: also without a letter, those who are written to most. */
  show(typed: string): void {
    this.#find(typed);
  }

  #find(typed: string): void {
    const asking = this.#latest
      .run((signal) => this.#proposals(typed, { signal }))
      .then((outcome) => {
        if (outcome.kind === 'superseded') return;
        // Writing an address goes on without proposals where they fail.
        this.suggestions = outcome.kind === 'done' ? outcome.value : [];
        // A whole address is meant as it stands, whoever else begins like it.
        this.at = this.suggestions.length > 0 && typed.trim() !== '' && !isAddress(typed.trim()) ? 0 : -1;
        if (this.suggestions.length > 0) this.#parts.found(this.suggestions.length);
      })
      .finally(() => {
        if (this.#asking === asking) this.#asking = null;
      });
    this.#asking = asking;
  }

  async #proposals(typed: string, options?: { signal: AbortSignal }): Promise<readonly Suggestion[]> {
    const request = { text: typed.slice(0, 2000), except: this.#parts.taken().slice(0, 2000) };
    return (await this.#client.call('contacts.complete', request, options)).suggestions;
  }

  /** What is shown is the answer to fewer letters than are typed. */
  get asking(): boolean {
    return this.#asking !== null;
  }

  /**
   * Whom whoever types fast means by exactly this text: the first proposal for it. Nothing is shown for it any more, and the answer
   * comes although the field is put away in the meantime.
   */
  async first(typed: string): Promise<AddressEntry[]> {
    this.close();
    const [first] = await this.#proposals(typed);
    return first ? entriesOf(first) : [];
  }

  move(step: 1 | -1): void {
    const count = this.suggestions.length;
    if (count === 0) return;
    this.at = this.at < 0 ? (step === 1 ? 0 : count - 1) : (this.at + step + count) % count;
  }

  /** The marked collected address is not proposed any more. */
  async hideMarked(): Promise<Suggestion | null> {
    const marked = this.marked;
    if (marked?.kind !== 'person' || (marked.source !== 'written' && marked.source !== 'seen')) return null;
    await this.#client.call('contacts.hide', { address: marked.address });
    this.suggestions = this.suggestions.filter((one) => one !== marked);
    this.at = Math.min(this.at, this.suggestions.length - 1);
    return marked;
  }

  close(): void {
    this.#latest.cancel();
    this.#asking = null;
    this.suggestions = [];
    this.at = -1;
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
  }
}

/** Whom a suggestion stands for, as entries of the field. */
export function entriesOf(suggestion: Suggestion): AddressEntry[] {
  const people = suggestion.kind === 'group' ? suggestion.members : [suggestion];
  return people.map(({ name, address }) => ({ text: address, name, address }));
}
