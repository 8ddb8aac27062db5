/** One message in one mailbox. Copies share the content, which never changes; uid, flags and modseq are the mailbox's. */
import { parseMime } from '../mime/parseMime.ts';
import type { MimePart } from '../mime/parseMime.ts';

/** The bytes of a message and, once somebody asks, how it is built. */
export class MailContent {
  readonly raw: Buffer;
  #structure: MimePart | null = null;

  constructor(raw: Buffer) {
    this.raw = raw;
  }

  get structure(): MimePart {
    this.#structure ??= parseMime(this.raw);
    return this.#structure;
  }
}

export interface StoredMail {
  readonly uid: number;
  readonly content: MailContent;
  /** Milliseconds since 1970. */
  readonly internalDate: number;
  readonly flags: ReadonlySet<string>;
  /** The mailbox's modification sequence at the last change of this message (RFC 7162). */
  readonly modseq: number;
}
