/** How a command is declared. */
import type { Arguments } from './Arguments.ts';
import type { ImapCapability } from './capabilities.ts';
import type { ImapSession } from './ImapSession.ts';

/** What the tagged OK says. */
export interface Done {
  readonly text: string;
  /** Response code without brackets. */
  readonly code?: string;
}

export interface Command {
  /** When it may come; `authenticated` includes with a mailbox selected. */
  readonly when: 'any' | 'before-login' | 'authenticated' | 'selected';
  /** Without this capability it is unknown. */
  readonly needs?: ImapCapability;
  /** The client counts by sequence numbers meanwhile. */
  readonly withholdsExpunges?: boolean;
  readonly run: (session: ImapSession, args: Arguments) => Done | Promise<Done>;
}

export type Commands = Readonly<Record<string, Command>>;
