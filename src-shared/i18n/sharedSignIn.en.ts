/** Signing in to a group's mailbox as oneself, and to accounts of an import. */
import type { Text } from './translate.ts';

export const sharedSignInEn = {
  'organisation.accounts.state.sign-in-missing': 'Sign-in needed',
  'organisation.accounts.state.sign-in-again': 'Sign-in ended',
  'organisation.accounts.signIn': 'Sign in',
  'organisation.accounts.signInNamed': 'Sign in: {name}',
  'organisation.banner.signIn': 'Sign in to the group account “{name}”.',
  'organisation.signIn.title': 'Sign in to “{name}”',
  'organisation.signIn.text':
    'The mailbox {address} is shared with you: sign in as yourself ({me}). Your sign-in stays on this computer.',
  'organisation.signIn.testing': 'Signed in; the mailbox is being tried …',
  'organisation.signIn.failed': 'The test failed; nothing was kept. {reason} {hint}',
  'import.state.sign-in-needed': 'Sign-in needed',
  'import.filter.sign-in-needed': 'Sign-in needed',
  'import.signIn': 'Sign in',
  'import.signInNamed': 'Sign in: {name}',
  'import.signedIn': '{name} added',
} as const satisfies Record<string, Text>;
