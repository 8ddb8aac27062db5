/** Newer versions of the program, and where its passwords lie. */
import type { Text } from './translate.ts';

export const updatesEn = {
  'update.idle': 'Not looked for yet.',
  'update.looking': 'Looking for a newer version …',
  'update.newest': 'This is the newest version (as of {time}).',
  'update.available': 'Version {version} is available. It is not installed by itself.',
  'update.downloading': 'Version {version} is being fetched, {percent} %.',
  'update.fetching': 'Fetching version {version}',
  'update.ready': 'Version {version} is ready and is installed at the next start.',
  'update.failed.feed-unreachable':
    'The place that new versions come from cannot be reached. It is looked at again later.',
  'update.failed.feed-missing':
    'Nothing stands at the place that new versions come from. It is looked at again later.',
  'update.failed.feed-invalid':
    'What stands at the place that new versions come from describes none. It is looked at again later.',
  'update.failed.download-failed': 'Version {version} could not be fetched. It is tried again later.',
  'update.failed.file-refused':
    'Version {version} was refused: the file is not the one that was announced. It is tried again later; tell your administrator if it goes on.',
  'update.failed.signature-refused':
    'Version {version} was refused: it is not signed by its publisher. Tell your administrator.',
  'update.failed.install-failed':
    'The new version could not be installed. It is tried again at the next start.',
  'update.look': 'Look now',
  'update.restart': 'Restart to update',
  'update.restart.short': 'Restart',
  'update.later': 'Later',
  'update.writing': {
    one: 'You are writing a mail. It is kept as a draft and is open again afterwards.',
    other: 'You are writing {count} mails. They are kept as drafts and are open again afterwards.',
  },
  'quit.unsent': { one: 'A mail is not sent yet.', other: '{count} mails are not sent yet.' },
  'quit.unsent.detail': 'What is not sent stays in the outbox and goes out when Postkorb runs again.',
  'quit.stay': 'Keep running',
  'quit.anyway': 'Quit',
  'update.unsent': {
    one: 'A mail is not sent yet. It goes out after the restart.',
    other: '{count} mails are not sent yet. They go out after the restart.',
  },
  'update.notSaved':
    'What you are writing cannot be saved at the moment, so nothing is restarted. Save or discard it first.',
  'about.secrets.keychain': 'Passwords: in the system’s keychain',
  'about.secrets.encrypted-file': 'Passwords: in an encrypted file of the profile, readable by you only',
  'about.secrets.memory': 'Passwords: in memory only',
} as const satisfies Record<string, Text>;
