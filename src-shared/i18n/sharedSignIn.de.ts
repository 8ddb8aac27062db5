/** Die Anmeldung am Postfach einer Gruppe als man selbst, und an Konten eines Imports. */
import type { sharedSignInEn } from './sharedSignIn.en.ts';
import type { Text } from './translate.ts';

export const sharedSignInDe: Readonly<Record<keyof typeof sharedSignInEn, Text>> = {
  'organisation.accounts.state.sign-in-missing': 'Anmeldung fehlt',
  'organisation.accounts.state.sign-in-again': 'Anmeldung abgelaufen',
  'organisation.accounts.signIn': 'Anmelden',
  'organisation.accounts.signInNamed': 'Anmelden: {name}',
  'organisation.banner.signIn': 'Melden Sie sich am Gruppenkonto „{name}“ an.',
  'organisation.signIn.title': 'An „{name}“ anmelden',
  'organisation.signIn.text':
    'Das Postfach {address} ist für Sie freigegeben: Melden Sie sich als Sie selbst an ({me}). Ihre Anmeldung bleibt auf diesem Rechner.',
  'organisation.signIn.testing': 'Angemeldet; das Postfach wird geprüft …',
  'organisation.signIn.failed': 'Der Test ist fehlgeschlagen; nichts wurde behalten. {reason} {hint}',
  'import.state.sign-in-needed': 'Anmeldung fehlt',
  'import.filter.sign-in-needed': 'Anmeldung fehlt',
  'import.signIn': 'Anmelden',
  'import.signInNamed': 'Anmelden: {name}',
  'import.signedIn': '{name} hinzugefügt',
};
