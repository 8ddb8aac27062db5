/** How the demo's content is written down: who writes what to whom, and when, counted back from the start of the demo. */

/** A person of the organisation, or its shared mailbox. */
export type Insider = Colleague | 'info';
export type Colleague = 'anna' | 'ben' | 'clara';

export interface Correspondent {
  readonly name: string;
  readonly address: string;
}

export type Attachment =
  | {
      readonly kind: 'invoice';
      readonly number: string;
      readonly filename: string;
      readonly lines: readonly InvoiceLine[];
    }
  | { readonly kind: 'picture'; readonly filename: string; readonly seed: number }
  | { readonly kind: 'text'; readonly filename: string; readonly contentType: string; readonly text: string };

export type InvoiceLine = readonly [what: string, quantity: number, priceInCents: number];

/** What the group did about a mail to the shared mailbox, where the conversation alone does not tell (teamHistory.ts). */
export interface ScriptedTeamwork {
  /** null: nobody took it. */
  readonly handler: Colleague | null;
  /** Who gave it to the handler; default: he took it. */
  readonly givenBy?: Colleague;
  /** Default: open. */
  readonly status?: 'open' | 'done';
  /** It waits for somebody else, and is due again in so many days from now. */
  readonly waitingDays?: number;
  readonly notes?: readonly {
    readonly by: Colleague;
    readonly text: string;
    readonly to?: readonly Colleague[];
  }[];
}

export interface ScriptedMail {
  readonly from: Insider | Correspondent;
  /** Of a mail from the shared mailbox: who wrote it. */
  readonly by?: Colleague;
  readonly team?: ScriptedTeamwork;
  /** Default: everybody else who took part so far. */
  readonly to?: readonly (Insider | Correspondent)[];
  readonly cc?: readonly (Insider | Correspondent)[];
  /** Hours after the mail before it; the first one's is the thread's start. */
  readonly after?: number;
  readonly text: string;
  /** Beside the text. "{{name}}" is not replaced here: it is markup as a sender wrote it. */
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
  readonly flagged?: boolean;
  /** Still unread although it is old; by default the mails of the last two days are unread. */
  readonly unread?: boolean;
  /** Header fields beside the usual ones. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export interface ScriptedThread {
  readonly subject: string;
  /** Days before now when it begins. */
  readonly daysAgo: number;
  /** Where the insiders' copies lie, apart from what they sent; default INBOX. */
  readonly folder?: 'Archive' | 'Junk' | 'Trash';
  /** "AW:" in a German thread, "Re:" in an English one. */
  readonly language: 'de' | 'en';
  /** In the shared mailbox: whose kind of question it is. */
  readonly expert?: Colleague;
  readonly mails: readonly ScriptedMail[];
}
