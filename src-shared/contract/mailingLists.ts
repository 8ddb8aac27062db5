/** Leaving a mailing list by one request to its sender's server (RFC 8058). */
import * as z from 'zod';
import { MessageId } from '../domain/ids.ts';
import { command } from './define.ts';

export const mailingListCommands = {
  /**
   * Whether this mail offers it, by what its server has of it: `host` would be asked; null: it does not, or what it says was not signed by its
   * sender. Errors: not-found, message-gone, and what a connection throws.
   */
  'mailingLists.oneClick': command(z.object({ id: MessageId }), z.object({ host: z.string().nullable() })),
  /**
   * Asks that server to take the reader off the list: without cookies or credentials, and never further than there. Errors: those above,
   * not-permitted (the mail does not offer it, or the address is this machine), unsubscribe-refused.
   */
  'mailingLists.leave': command(z.object({ id: MessageId }), z.object({})),
};
