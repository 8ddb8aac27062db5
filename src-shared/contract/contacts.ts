/** People: completing an address from whom the user writes to, the address book, and the organisation. */
import { z } from 'zod';
import { command } from './define.ts';

const SuggestedPerson = z.object({ name: z.string(), address: z.string() });

export const Suggestion = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('person'),
    ...SuggestedPerson.shape,
    /** `contact`: in the address book · `written`: mail went there · `member`: of the organisation · `seen`: mail came from there */
    source: z.enum(['contact', 'written', 'member', 'seen']),
  }),
  /** Stands for all its members. */
  z.object({
    kind: z.literal('group'),
    id: z.string(),
    name: z.string(),
    members: z.array(SuggestedPerson),
  }),
]);
export type Suggestion = z.infer<typeof Suggestion>;
export type SuggestedPerson = z.infer<typeof SuggestedPerson>;

export const contactCommands = {
  /**
   * Whom the typed text may mean: every word the beginning of a word of the name, the address or the organisation. Best first;
   * without any word those who are written to most.
   */
  'contacts.complete': command(
    z.object({
      text: z.string().max(2000),
      limit: z.int().min(1).max(50).default(8),
      /** Addresses that are there already. */
      except: z.array(z.string().max(320)).max(2000).default([]),
    }),
    z.object({ suggestions: z.array(Suggestion) }),
  ),
  /** A collected address is not suggested any more, however often it is met again. A contact stays one. */
  'contacts.hide': command(z.object({ address: z.string().min(1).max(320) }), z.object({})),
};
