/** Every mail that the server said 250 to: what was sent, byte for byte, to whom, and what of it left the organisation. */

export interface AcceptedMail {
  /** The envelope's sender, '' for none. */
  readonly from: string;
  /** The envelope's recipients, as given. */
  readonly to: readonly string[];
  /** Those of them that are not in the server's domains. */
  readonly outside: readonly string[];
  /** As it came, without the lines that a server adds. */
  readonly raw: Buffer;
  /** Who had logged in, null for nobody. */
  readonly user: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const maxKept = 10_000;

export class AcceptedMails {
  #mails: AcceptedMail[] = [];
  readonly #waiting = new Set<{
    fits: (mail: AcceptedMail) => boolean;
    resolve: (mail: AcceptedMail) => void;
  }>();

  /** Oldest first. */
  get all(): readonly AcceptedMail[] {
    return this.#mails;
  }

  /** The mails that went to this address; case plays no part. */
  to(address: string): AcceptedMail[] {
    const wanted = address.toLowerCase();
    return this.#mails.filter((mail) => mail.to.some((recipient) => recipient.toLowerCase() === wanted));
  }

  /** The mails of which something left the organisation. */
  get outside(): AcceptedMail[] {
    return this.#mails.filter((mail) => mail.outside.length > 0);
  }

  /** The first that fits, already here or yet to come. */
  find(fits: (mail: AcceptedMail) => boolean): Promise<AcceptedMail> {
    const here = this.#mails.find(fits);
    if (here !== undefined) return Promise.resolve(here);
    return new Promise((resolve) => {
      this.#waiting.add({ fits, resolve });
    });
  }

  add(mail: AcceptedMail): void {
    if (this.#mails.length >= maxKept) this.#mails = this.#mails.slice(maxKept / 2);
    this.#mails.push(mail);
    for (const waiting of [...this.#waiting]) {
      if (!waiting.fits(mail)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(mail);
    }
  }

  clear(): void {
    this.#mails = [];
  }
}
