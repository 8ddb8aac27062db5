import type { discoveryErrorsEn } from './discovery.en.ts';
import type { ErrorWords } from './errors.en.ts';

export const discoveryErrorsDe = {
  'servers-not-found': {
    message: 'Für {address} wurde kein Mailserver gefunden.',
    hint: '„postkorb discover {address}“ zeigt, was versucht wurde. Schreiben Sie die Server in eine Kontodatei, oder bitten Sie Ihren Administrator, das Konto anzubieten.',
  },
  'servers-elsewhere': {
    message: 'Die gefundenen Server für {address} gehören zu {domain}; dorthin ginge das Passwort.',
    hint: 'Wenn das Ihr Anbieter ist, ergänzen Sie: --servers-at {domain}',
  },
} as const satisfies Readonly<Record<keyof typeof discoveryErrorsEn, ErrorWords>>;
