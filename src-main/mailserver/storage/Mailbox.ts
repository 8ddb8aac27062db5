/** A mailbox in memory: messages by rising UID, modification sequences, and what was expunged when (RFC 7162 needs it). */
import { Emitter } from '#shared/base/emitter.ts';
import { canonicalFlag } from './flags.ts';
import { MailContent } from './StoredMail.ts';
import type { StoredMail } from './StoredMail.ts';

export type MailboxChange =
  | { readonly kind: 'appended' | 'flags'; readonly uid: number }
  | { readonly kind: 'expunged'; readonly uids: readonly number[] }
  | { readonly kind: 'uidvalidity' }
  | { readonly kind: 'deleted' };

export interface NewMail {
  readonly raw: Buffer | MailContent;
  readonly flags?: Iterable<string>;
  /** Milliseconds since 1970. */
  readonly internalDate: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Mailbox implements Disposable {
  readonly changes: Emitter<MailboxChange>;
  readonly #messages: Mutable<StoredMail>[] = [];
  readonly #keywords = new Map<string, string>();
  #expunged: { uid: number; modseq: number }[] = [];
  #uidValidity: number;
  #uidNext = 1;
  #modseq = 1;

  constructor(uidValidity: number, onError: (error: unknown) => void) {
    this.#uidValidity = uidValidity;
    this.changes = new Emitter(onError);
  }

  get uidValidity(): number {
    return this.#uidValidity;
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  get highestModseq(): number {
    return this.#modseq;
  }

  /** By rising UID: the index plus one is the sequence number. */
  get messages(): readonly StoredMail[] {
    return this.#messages;
  }

  /** Every keyword that was ever used here. */
  get keywords(): readonly string[] {
    return [...this.#keywords.values()];
  }

  get unseen(): number {
    let count = 0;
    for (const { flags } of this.#messages) if (!flags.has('\\Seen')) count += 1;
    return count;
  }

  get size(): number {
    let bytes = 0;
    for (const { content } of this.#messages) bytes += content.raw.length;
    return bytes;
  }

  append(mail: NewMail): StoredMail {
    this.#modseq += 1;
    const stored: StoredMail = {
      uid: this.#uidNext,
      content: mail.raw instanceof MailContent ? mail.raw : new MailContent(mail.raw),
      internalDate: mail.internalDate,
      flags: this.#canonical(mail.flags ?? []),
      modseq: this.#modseq,
    };
    this.#uidNext += 1;
    this.#messages.push(stored);
    this.changes.emit({ kind: 'appended', uid: stored.uid });
    return stored;
  }

  byUid(uid: number): StoredMail | null {
    return this.#find(uid);
  }

  /** Adds to, takes from or replaces a message's flags. False where that changes nothing. */
  setFlags(uid: number, how: 'add' | 'remove' | 'replace', flags: Iterable<string>): boolean {
    const mail = this.#find(uid);
    if (mail === null) return false;
    const given = this.#canonical(flags);
    const next = how === 'replace' ? given : new Set(mail.flags);
    if (how === 'add') for (const flag of given) next.add(flag);
    if (how === 'remove') for (const flag of given) next.delete(flag);
    if (next.size === mail.flags.size && [...next].every((flag) => mail.flags.has(flag))) return false;
    this.#modseq += 1;
    mail.flags = next;
    mail.modseq = this.#modseq;
    this.changes.emit({ kind: 'flags', uid });
    return true;
  }

  /** Removes messages for good; UIDs that are not there are passed over. Returns those removed. */
  expunge(uids: Iterable<number>): number[] {
    const removed: number[] = [];
    const wanted = new Set(uids);
    for (let at = this.#messages.length - 1; at >= 0; at -= 1) {
      const mail = this.#messages[at];
      if (mail === undefined || !wanted.has(mail.uid)) continue;
      this.#messages.splice(at, 1);
      removed.push(mail.uid);
    }
    if (removed.length === 0) return removed;
    removed.reverse();
    this.#modseq += 1;
    for (const uid of removed) this.#expunged.push({ uid, modseq: this.#modseq });
    this.changes.emit({ kind: 'expunged', uids: removed });
    return removed;
  }

  /** UIDs that went after `modseq`, ascending. */
  expungedSince(modseq: number): number[] {
    return this.#expunged
      .filter((gone) => gone.modseq > modseq)
      .map((gone) => gone.uid)
      .sort((a, b) => a - b);
  }

  /**
   * What a restored backup or a rebuilt index does: the same messages under a new UIDVALIDITY and, unless `keepUids`, numbered afresh
   * from `firstUid`. Sessions that have the mailbox selected are told by the `uidvalidity` change.
   */
  changeUidValidity(options: { keepUids?: boolean; firstUid?: number; uidValidity?: number } = {}): void {
    this.#uidValidity = options.uidValidity ?? this.#uidValidity + 1;
    this.#expunged = [];
    if (options.keepUids !== true) {
      let uid = options.firstUid ?? 1;
      for (const mail of this.#messages) {
        mail.uid = uid;
        uid += 1;
      }
      this.#uidNext = uid;
    }
    this.#modseq += 1;
    for (const mail of this.#messages) mail.modseq = this.#modseq;
    this.changes.emit({ kind: 'uidvalidity' });
  }

  /** Makes the counters lie, as a broken server does (N11): UIDNEXT or HIGHESTMODSEQ fall or jump. */
  falsify(counters: { uidNext?: number; highestModseq?: number }): void {
    this.#uidNext = counters.uidNext ?? this.#uidNext;
    this.#modseq = counters.highestModseq ?? this.#modseq;
  }

  [Symbol.dispose](): void {
    this.changes.emit({ kind: 'deleted' });
    this.changes[Symbol.dispose]();
  }

  #canonical(flags: Iterable<string>): Set<string> {
    const canonical = new Set<string>();
    for (const flag of flags) {
      const known = canonicalFlag(flag, this.#keywords);
      if (known !== null) canonical.add(known);
    }
    return canonical;
  }

  #find(uid: number): Mutable<StoredMail> | null {
    let low = 0;
    let high = this.#messages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const mail = this.#messages[middle];
      if (mail === undefined) return null;
      if (mail.uid === uid) return mail;
      if (mail.uid < uid) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }
}
