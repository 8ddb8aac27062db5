/** One recipient field: what became an address stands as a pill, what is being typed stands behind it. Nothing typed is ever dropped. */
import {
  oneLine,
  readAddressList,
  withoutRepeats,
  writeAddressList,
  writeEntry,
  type AddressEntry,
} from './addressList.ts';

export interface Pill extends AddressEntry {
  /** Stable while it stands there. */
  readonly id: number;
  /** Nobody knows yet whom it means: who is proposed for it is being asked. */
  readonly asking: boolean;
}

export type FieldProblem =
  { readonly kind: 'invalid'; readonly text: string } | { readonly kind: 'unclosed' };

export class AddressField {
  pills = $state.raw<readonly Pill[]>([]);
  typed = $state('');
  /** Set once the person left the field or tried to send: until then nobody is corrected in the middle of a word. */
  judged = $state(false);
  readonly #changed: () => void;
  /** One for each pill that is being asked for. */
  readonly #asked = new Set<Promise<void>>();
  #lastId = 0;
  readonly problem: FieldProblem | null = $derived.by(() => {
    const bad = this.pills.find(({ address, asking }) => address === '' && !asking);
    if (bad) return { kind: 'invalid', text: bad.text };
    const { entries, unclosed } = readAddressList(this.typed);
    if (unclosed !== '') return { kind: 'unclosed' };
    const wrong = entries.find(({ address }) => address === '');
    return wrong ? { kind: 'invalid', text: wrong.text } : null;
  });

  /** @param changed told of each change by a person */
  constructor(value: string, changed: () => void) {
    this.#changed = changed;
    this.load(value);
  }

  /** The field's content as it goes into the draft: pills and what is being typed, as one list. */
  get value(): string {
    return writeAddressList(this.pills, this.typed);
  }

  get isEmpty(): boolean {
    return this.pills.length === 0 && this.typed.trim() === '';
  }

  /** Addresses that mail can be sent to, with what is typed so far. */
  get addresses(): string[] {
    return [...this.pills, ...readAddressList(this.typed).entries]
      .map(({ address }) => address)
      .filter((address) => address !== '');
  }

  load(value: string): void {
    const { entries, unclosed } = readAddressList(value);
    this.pills = entries.map((entry) => this.#pill(entry));
    this.typed = unclosed;
    this.judged = false;
  }

  /** The text of the input changed. An address that a comma or semicolon ends becomes a pill at once. */
  type(text: string): void {
    this.typed = text.includes('\n') ? text : text.replace(/[\r\u2028\u2029]/g, ' ');
    if (/[,;\n]\s*$/.test(text)) {
      const { entries, unclosed } = readAddressList(text);
      // "Müller," may be the beginning of "Müller, Anna <…>": only addresses are taken over while typing goes on.
      if (unclosed === '' && entries.length > 0 && entries.every(({ address }) => address !== '')) {
        this.#add(entries);
        this.typed = '';
      }
    }
    this.#changed();
  }

  /** Takes over what is typed: on Enter, on leaving the field, before sending. What is not closed stays in the input. */
  commit(): void {
    const { entries, unclosed } = readAddressList(this.typed);
    this.judged = true;
    if (entries.length === 0 && unclosed === this.typed) return;
    this.#add(entries);
    this.typed = unclosed;
    this.#changed();
  }

  /**
   * Takes over what is typed before it is known whom it means: a pill stands for it and what is typed next begins anew. Becomes whom `answer`
   * names, or, where that is nobody, what `commit` makes of it.
   */
  hold(answer: Promise<readonly AddressEntry[]>): void {
    const typed = this.typed;
    const text = oneLine(typed).trim();
    if (text === '' || readAddressList(typed).unclosed !== '') {
      this.commit();
      return;
    }
    const held = { ...this.#pill({ text, name: '', address: '' }), asking: true };
    this.pills = [...this.pills, held];
    this.typed = '';
    this.#changed();
    const asked = answer
      .catch(() => [])
      .then((entries) => {
        this.#settle(held, entries.length > 0 ? entries : readAddressList(typed).entries);
        this.#asked.delete(asked);
      });
    this.#asked.add(asked);
  }

  /** Resolves once nothing is being asked for any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#asked);
  }

  get asking(): boolean {
    return this.#asked.size > 0;
  }

  #settle(held: Pill, entries: readonly AddressEntry[]): void {
    // Taken away or back into the input in the meantime: then that is what was wanted.
    const at = this.pills.findIndex(({ id }) => id === held.id);
    if (at < 0) return;
    const others = this.pills.filter(({ id }) => id !== held.id);
    const fresh = withoutRepeats(entries, others).map((entry) => this.#pill(entry));
    this.pills = [...others.slice(0, at), ...fresh, ...others.slice(at)];
    this.judged = true;
    this.#changed();
  }

  /** Proposals that were chosen take the place of what was typed for them. */
  accept(entries: readonly AddressEntry[]): void {
    this.#add(entries);
    this.typed = '';
    this.#changed();
  }

  /** Pasted text that is a list; one that is only a part of what is being typed is left to the input. Tells whether it was taken. */
  paste(text: string): boolean {
    const { entries, unclosed } = readAddressList(text);
    const several = entries.length > 1;
    const whole = entries.length === 1 && entries[0]?.address !== '' && this.typed.trim() === '';
    if (unclosed !== '' || !(several || whole)) return false;
    this.#add(entries);
    this.#changed();
    return true;
  }

  remove(id: number): void {
    this.pills = this.pills.filter((pill) => pill.id !== id);
    this.#changed();
  }

  /** Back into the input, for correcting it; what stood there becomes a pill first. */
  edit(id: number): void {
    const pill = this.pills.find((one) => one.id === id);
    if (!pill) return;
    if (this.typed.trim() !== '') {
      const { entries, unclosed } = readAddressList(this.typed);
      if (unclosed !== '') return;
      this.#add(entries);
    }
    this.pills = this.pills.filter((one) => one.id !== id);
    this.typed = writeEntry(pill);
    this.#changed();
  }

  #add(entries: readonly AddressEntry[]): void {
    const fresh = withoutRepeats(entries, this.pills).map((entry) => this.#pill(entry));
    this.pills = [...this.pills, ...fresh];
  }

  #pill({ text, name, address }: AddressEntry): Pill {
    this.#lastId += 1;
    return { id: this.#lastId, text: oneLine(text), name, address, asking: false };
  }
}
