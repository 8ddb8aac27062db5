/** All mailboxes of one user: a tree of names, with special uses and subscriptions. */
import { Mailbox } from './Mailbox.ts';

/** RFC 6154. */
export type SpecialUse = '\\Archive' | '\\Drafts' | '\\Flagged' | '\\Junk' | '\\Sent' | '\\Trash' | '\\All';

export interface FolderSpec {
  readonly path: string;
  readonly specialUse?: SpecialUse;
  /** Default: true. */
  readonly subscribed?: boolean;
}

export interface Folder {
  readonly path: string;
  readonly mailbox: Mailbox;
  readonly specialUse: SpecialUse | null;
}

export type FolderRefusal = 'exists' | 'missing' | 'not-allowed';

const maxNameBytes = 1_000;

export class Mailboxes implements Disposable {
  readonly delimiter: string;
  readonly #folders = new Map<string, Folder>();
  readonly #subscribed = new Set<string>();
  readonly #onError: (error: unknown) => void;
  #nextUidValidity: number;

  /** `uidValidity` is the first mailbox's; each later one gets a higher number, also one that is made again under an old name. */
  constructor(options: { delimiter: string; uidValidity: number; onError: (error: unknown) => void }) {
    this.delimiter = options.delimiter;
    this.#nextUidValidity = options.uidValidity;
    this.#onError = options.onError;
    this.create('INBOX');
    this.subscribe('INBOX');
  }

  get inbox(): Mailbox {
    return this.require('INBOX');
  }

  /** In the order of their making. */
  get folders(): readonly Folder[] {
    return [...this.#folders.values()];
  }

  /** Names below which there are folders, and which are none themselves. */
  get parentsOnly(): readonly string[] {
    const names = new Set<string>();
    for (const path of this.#folders.keys()) {
      for (let at = path.indexOf(this.delimiter); at > 0; at = path.indexOf(this.delimiter, at + 1)) {
        const parent = path.slice(0, at);
        if (!this.#folders.has(parent)) names.add(parent);
      }
    }
    return [...names];
  }

  /** INBOX is the same in any case (RFC 9051 section 5.1). */
  normal(path: string): string {
    const rest = path.slice(5);
    return /^inbox$/i.test(path.slice(0, 5)) && (rest === '' || rest.startsWith(this.delimiter))
      ? `INBOX${rest}`
      : path;
  }

  folder(path: string): Folder | null {
    return this.#folders.get(this.normal(path)) ?? null;
  }

  get(path: string): Mailbox | null {
    return this.folder(path)?.mailbox ?? null;
  }

  /** The mailbox, or an error: for tests and seeds that know their folders. */
  require(path: string): Mailbox {
    const mailbox = this.get(path);
    if (mailbox === null) throw new Error(`there is no mailbox "${path}"`);
    return mailbox;
  }

  hasChildren(path: string): boolean {
    const prefix = this.normal(path) + this.delimiter;
    for (const other of this.#folders.keys()) if (other.startsWith(prefix)) return true;
    return false;
  }

  create(path: string, specialUse: SpecialUse | null = null): FolderRefusal | null {
    const name = this.normal(path.endsWith(this.delimiter) ? path.slice(0, -this.delimiter.length) : path);
    if (name === '' || Buffer.byteLength(name) > maxNameBytes) return 'not-allowed';
    if (name.split(this.delimiter).includes('')) return 'not-allowed';
    if (this.#folders.has(name)) return 'exists';
    const mailbox = new Mailbox(this.#nextUidValidity, this.#onError);
    this.#nextUidValidity += 1;
    this.#folders.set(name, { path: name, mailbox, specialUse });
    return null;
  }

  delete(path: string): FolderRefusal | null {
    const folder = this.folder(path);
    if (folder === null) return 'missing';
    if (folder.path === 'INBOX') return 'not-allowed';
    this.#folders.delete(folder.path);
    folder.mailbox[Symbol.dispose]();
    return null;
  }

  /** Children move along. Renaming INBOX moves its messages and leaves it empty (RFC 9051 section 6.3.6). */
  rename(from: string, to: string): FolderRefusal | null {
    const source = this.normal(from);
    const target = this.normal(to);
    if (this.#folders.has(target)) return 'exists';
    if (source === 'INBOX') {
      const refusal = this.create(target);
      if (refusal !== null) return refusal;
      const { inbox } = this;
      const moved = this.require(target);
      for (const mail of inbox.messages) moved.append({ ...mail, raw: mail.content });
      inbox.expunge(inbox.messages.map((mail) => mail.uid));
      return null;
    }
    const below = source + this.delimiter;
    if (target.startsWith(below) || target.split(this.delimiter).includes('')) return 'not-allowed';
    const moving = this.folders.filter((folder) => folder.path === source || folder.path.startsWith(below));
    if (moving.length === 0) return 'missing';
    for (const folder of moving) {
      const path = target + folder.path.slice(source.length);
      this.#folders.delete(folder.path);
      this.#folders.set(path, { ...folder, path });
    }
    return null;
  }

  subscribe(path: string): void {
    this.#subscribed.add(this.normal(path));
  }

  unsubscribe(path: string): void {
    this.#subscribed.delete(this.normal(path));
  }

  isSubscribed(path: string): boolean {
    return this.#subscribed.has(this.normal(path));
  }

  /** Also names without a mailbox: a subscription outlives it. */
  get subscriptions(): readonly string[] {
    return [...this.#subscribed];
  }

  [Symbol.dispose](): void {
    for (const { mailbox } of this.#folders.values()) mailbox[Symbol.dispose]();
    this.#folders.clear();
  }
}
