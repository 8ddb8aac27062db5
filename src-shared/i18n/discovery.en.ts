/** From an address to its servers. */
import type { ErrorWords } from './errors.en.ts';

export const discoveryErrorsEn = {
  'servers-not-found': {
    message: 'No mail server was found for {address}.',
    hint: '“postkorb discover {address}” shows what was tried. Write the servers into an account file, or ask your administrator to offer the account.',
  },
  'servers-elsewhere': {
    message: 'The servers that were found for {address} belong to {domain}; the password would go there.',
    hint: 'If that is your provider, add: --servers-at {domain}',
  },
} as const satisfies Readonly<Record<string, ErrorWords>>;
