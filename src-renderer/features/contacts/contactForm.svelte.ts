/** An entry of the address book while it is edited: its fields, what is wrong with them, and saving. */
import type { Contact, ContactContent } from '#shared/contract/contacts.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { asMailError } from '../../client/latest.ts';
import { isAddress } from '../composer/addressList.ts';

export type ContactProblem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly text: string }
  | { readonly kind: 'twice' }
  | { readonly kind: 'taken'; readonly name: string };

export class ContactForm {
  readonly id: string | null;
  name = $state('');
  organisation = $state('');
  note = $state('');
  addresses = $state<string[]>([]);
  phones = $state<string[]>([]);
  groups = $state.raw<ReadonlySet<string>>(new Set());
  nameProblem = $state.raw<ContactProblem | null>(null);
  /** By the place of the address. */
  addressProblems = $state.raw<ReadonlyMap<number, ContactProblem>>(new Map());
  error = $state.raw<MailError | null>(null);
  saving = $state(false);
  readonly #client: EngineClient;
  #before = $state.raw('');

  constructor(client: EngineClient, contact: Partial<Contact>) {
    this.#client = client;
    this.id = contact.id ?? null;
    this.name = contact.name ?? '';
    this.organisation = contact.organisation ?? '';
    this.note = contact.note ?? '';
    this.addresses = [...(contact.addresses ?? [])];
    if (this.addresses.length === 0) this.addresses.push('');
    this.phones = [...(contact.phones ?? [])];
    if (this.phones.length === 0) this.phones.push('');
    this.groups = new Set(contact.groups);
    this.#before = this.#state();
  }

  get changed(): boolean {
    return this.#state() !== this.#before;
  }

  #state(): string {
    return JSON.stringify([this.#content(), [...this.groups].sort()]);
  }

  #content(): ContactContent {
    const filled = (list: readonly string[]): string[] =>
      list.map((text) => text.trim()).filter((text) => text !== '');
    return {
      name: this.name.trim(),
      organisation: this.organisation.trim(),
      note: this.note.trim(),
      addresses: filled(this.addresses),
      phones: filled(this.phones),
    };
  }

  setGroup(id: string, member: boolean): void {
    const groups = new Set(this.groups);
    if (member) groups.add(id);
    else groups.delete(id);
    this.groups = groups;
  }

  /** The id, or null where something is wrong: the fields then say what. */
  async save(): Promise<string | null> {
    this.error = null;
    this.nameProblem = null;
    const problems = new Map<number, ContactProblem>();
    const seen = new Set<string>();
    this.addresses.forEach((typed, at) => {
      const address = typed.trim();
      if (address === '') return;
      const key = normaliseAddress(address);
      if (!isAddress(address)) problems.set(at, { kind: 'invalid', text: address });
      else if (seen.has(key)) problems.set(at, { kind: 'twice' });
      seen.add(key);
    });
    this.addressProblems = problems;
    const before = this.#state();
    const content = this.#content();
    if (content.name === '' && content.organisation === '' && content.addresses.length === 0)
      this.nameProblem = { kind: 'missing' };
    if (problems.size > 0 || this.nameProblem) return null;
    this.saving = true;
    try {
      const { id } = await this.#client.call('contacts.save', {
        id: this.id,
        content,
        groups: [...this.groups],
      });
      this.#before = before;
      return id;
    } catch (error) {
      this.#take(asMailError(error));
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** Faults at the fields that they are about; anything else over the form. */
  #take(error: MailError): void {
    const filled = this.addresses.flatMap((text, at) => (text.trim() === '' ? [] : [at]));
    const problems = new Map<number, ContactProblem>();
    for (const { path, code, message } of error.faults ?? []) {
      const at = filled[Number(/^addresses\.(\d+)$/.exec(path)?.[1] ?? Number.NaN)];
      if (at !== undefined && code === 'address-taken') problems.set(at, { kind: 'taken', name: message });
    }
    this.addressProblems = problems;
    if (problems.size === 0) this.error = error;
  }
}
