/** The faults that the server can be told to have, as data. Each is consumed by the first place that it fits. */
import type { WireFault } from '../wire/wireFault.ts';

export type Protocol = 'imap' | 'smtp';

/** Why a login fails although the password may be right. */
export type LoginRefusal = 'auth-failed' | 'unavailable' | 'too-many-connections' | 'expired';

export interface FaultSpecs {
  /** The connection is accepted, and nothing is ever said. */
  'greeting-never': { readonly protocol?: Protocol };
  /** `* BYE` or `421` instead of a greeting. */
  'greeting-bye': { readonly protocol?: Protocol; readonly text?: string };
  /** `* PREAUTH`: the connection is logged in as `user` without asking (N03). */
  'greeting-preauth': { readonly user: string };
  /** For one connection the capability is missing and the command unknown (N01). */
  'starttls-not-offered': { readonly protocol?: Protocol };
  /** Clear text behind the OK to STARTTLS, in the same packet, as an attacker on the way puts it there (N02). */
  'starttls-injection': { readonly protocol?: Protocol; readonly bytes?: string };
  'login-refused': { readonly protocol?: Protocol; readonly user?: string; readonly reason: LoginRefusal };

  /** A tagged NO or BAD instead of carrying it out. `command` is "MOVE" for MOVE and UID MOVE. */
  refuse: CommandMatch & { readonly status?: 'NO' | 'BAD'; readonly code?: string; readonly text?: string };
  /** `NO [OVERQUOTA]` to what would store a message. */
  overquota: { readonly command?: 'APPEND' | 'COPY' | 'MOVE'; readonly user?: string };
  /** Carried out or not, the answer never comes. */
  hang: CommandMatch & { readonly carriedOut?: boolean };
  /** The connection is closed instead of an answer; `carriedOut`: after the command was done. */
  drop: CommandMatch & { readonly carriedOut?: boolean };
  /** `* BYE` and the end, instead of an answer. */
  bye: CommandMatch & { readonly text?: string };
  /** These bytes before the command's own answer; a line break at the end is the caller's. */
  inject: CommandMatch & { readonly bytes: string };
  /** These bytes instead of the command's answer; `{tag}` is replaced. */
  answer: CommandMatch & { readonly bytes: string };
  /** The command is carried out `ms` later. */
  delay: CommandMatch & { readonly ms: number };
  /** The connection ends after so many bytes of a message's literal in a FETCH (N07). */
  'literal-cut': { readonly afterBytes: number; readonly user?: string };
  /** A FETCH literal is announced by so many bytes more (or, negative, less) than it has (N09). */
  'literal-length': { readonly delta: number; readonly user?: string };
  /** The mailbox has another UIDVALIDITY when it is selected next (N10). */
  'uidvalidity-change': { readonly path?: string; readonly user?: string; readonly keepUids?: boolean };

  /** An SMTP reply other than success at one step. */
  'smtp-refuse': SmtpMatch & { readonly code: number; readonly text?: string };
  /** The connection ends at that step without a reply; `data` after the message was received, and kept if `accepted`. */
  'smtp-drop': SmtpMatch & { readonly accepted?: boolean };
  /** The reply of that step never comes. */
  'smtp-hang': SmtpMatch;

  /** What the network does to one connection, in bytes. */
  wire: WireFault & { readonly protocol?: Protocol };
}

export interface CommandMatch {
  /** Upper case, without "UID ". */
  readonly command: string;
  readonly user?: string;
  /** The mailbox that is selected or named. */
  readonly path?: string;
  /** What stands in its arguments, such as "CHANGEDSINCE". */
  readonly having?: string;
}

export interface SmtpMatch {
  readonly at: 'connect' | 'mail' | 'rcpt' | 'data';
  /** For `rcpt`: only this recipient, in lower case; for `mail`: only this sender. */
  readonly address?: string;
}

export type FaultName = keyof FaultSpecs;
