/** A mailbox as one session sees it: sequence numbers move only when the client was told (RFC 9051 section 7.5.1). */
import type { Mailbox } from '../storage/Mailbox.ts';
import type { StoredMail } from '../storage/StoredMail.ts';
import { Refusal } from './Refusal.ts';
import type { SequenceSet } from './SequenceSet.ts';
import { numberSet } from './wire.ts';

export interface SeenMail {
  readonly sequence: number;
  readonly mail: StoredMail;
}

export interface UpdateOptions {
  /** Not while a client counts by sequence numbers. */
  readonly expunges: boolean;
  readonly condstore: boolean;
  readonly qresync: boolean;
}

export class SelectedMailbox {
  readonly mailbox: Mailbox;
  readonly path: string;
  readonly readOnly: boolean;
  /** UIDs by sequence number; those that are gone stay until the client was told. */
  readonly #view: number[];
  #told: number;
  #expungesDue = false;
  /** Changes of its own that the client knows already: UID to modseq. */
  readonly #known = new Map<number, number>();

  constructor(mailbox: Mailbox, path: string, readOnly: boolean) {
    this.mailbox = mailbox;
    this.path = path;
    this.readOnly = readOnly;
    this.#view = mailbox.messages.map((mail) => mail.uid);
    this.#told = mailbox.highestModseq;
  }

  get exists(): number {
    return this.#view.length;
  }

  /** Messages of the set that are still there, ascending. Sequence numbers that do not exist are a BAD; such UIDs are passed over. */
  resolve(set: SequenceSet, byUid: boolean): SeenMail[] {
    const largest = byUid ? (this.#view.at(-1) ?? 0) : this.#view.length;
    if (!byUid && set.exceeds(largest)) throw new Refusal('BAD', 'no such message');
    const found: SeenMail[] = [];
    this.#view.forEach((uid, index) => {
      if (!set.has(byUid ? uid : index + 1, largest)) return;
      const mail = this.mailbox.byUid(uid);
      if (mail !== null) found.push({ sequence: index + 1, mail });
    });
    return found;
  }

  /** All that are still there, with their numbers. */
  all(): SeenMail[] {
    const all: SeenMail[] = [];
    this.#view.forEach((uid, index) => {
      const mail = this.mailbox.byUid(uid);
      if (mail !== null) all.push({ sequence: index + 1, mail });
    });
    return all;
  }

  get largestUid(): number {
    return this.#view.at(-1) ?? 0;
  }

  /** The client has just been told this message's flags or modseq. */
  knows(mail: StoredMail): void {
    this.#known.set(mail.uid, mail.modseq);
  }

  /** Untagged lines for what changed since the client was told last, without line breaks. */
  updates({ expunges, condstore, qresync }: UpdateOptions): string[] {
    const { mailbox } = this;
    const changed = mailbox.highestModseq !== this.#told;
    if (!changed && !(expunges && this.#expungesDue)) return [];
    const lines: string[] = [];
    if (expunges) lines.push(...this.#tellExpunged(qresync));
    else this.#expungesDue = true;
    const last = this.#view.at(-1) ?? 0;
    const before = this.#view.length;
    for (let at = mailbox.messages.length - 1; at >= 0; at -= 1) {
      const uid = mailbox.messages[at]?.uid ?? 0;
      if (uid <= last) break;
      this.#view.splice(before, 0, uid);
    }
    if (this.#view.length > before) lines.push(`* ${this.#view.length.toString()} EXISTS`);
    for (let index = 0; index < before; index += 1) {
      const mail = mailbox.byUid(this.#view[index] ?? 0);
      if (mail === null || mail.modseq <= this.#told || this.#known.get(mail.uid) === mail.modseq) continue;
      const uid = qresync ? `UID ${mail.uid.toString()} ` : '';
      const modseq = condstore ? ` MODSEQ (${mail.modseq.toString()})` : '';
      lines.push(`* ${(index + 1).toString()} FETCH (${uid}FLAGS (${[...mail.flags].join(' ')})${modseq})`);
    }
    this.#told = mailbox.highestModseq;
    this.#known.clear();
    return lines;
  }

  #tellExpunged(qresync: boolean): string[] {
    this.#expungesDue = false;
    const gone: { uid: number; sequence: number }[] = [];
    for (let index = this.#view.length - 1; index >= 0; index -= 1) {
      const uid = this.#view[index] ?? 0;
      if (this.mailbox.byUid(uid) !== null) continue;
      this.#view.splice(index, 1);
      gone.push({ uid, sequence: index + 1 });
    }
    if (gone.length === 0) return [];
    if (qresync) return [`* VANISHED ${numberSet(gone.map(({ uid }) => uid).reverse())}`];
    return gone.map(({ sequence }) => `* ${sequence.toString()} EXPUNGE`);
  }
}
