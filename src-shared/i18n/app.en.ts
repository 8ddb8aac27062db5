/** What belongs to no part of the window alone. */
import type { Text } from './translate.ts';

export const appEn = {
  'app.name': 'Postkorb',
  'app.loading': 'Starting …',
  'app.startFailed': 'Postkorb could not be started',
  'app.startFailed.hint': 'Close this window and start Postkorb again.',
  'app.sessionEnded':
    'This page’s key has been used or has run out. Start Postkorb again and open the new address.',
  'app.reload': 'Reload',
  'app.retry': 'Try again',
  'app.unexpected': 'Something went wrong that should not have. The action was not carried out.',

  'common.close': 'Close',
  'common.cancel': 'Cancel',
  'common.save': 'Save',
  'common.delete': 'Delete',
  'common.create': 'Create',
  'common.rename': 'Rename',
  'common.dismiss': 'Dismiss',
  'common.undo': 'Undo',
  'common.back': 'Back',
  'common.more': 'More',
  'common.showMore': 'Show more',
  'common.showLess': 'Show less',
  'common.noSubject': '(no subject)',
  'common.noSender': '(no sender)',
  'common.and': '{first} and {count} more',
  'search.label': 'Search',
  'search.placeholder': 'Search mail',
  'search.clear': 'Clear the search',
  'search.scope': 'Where to search',
  'search.scope.all': 'All accounts',

  // health
  'health.button': 'Account health',
  'health.button.attention': {
    one: 'Account health, {count} account needs attention',
    other: 'Account health, {count} accounts need attention',
  },
  'health.button.trouble': {
    one: 'Account health, {count} account not reachable',
    other: 'Account health, {count} accounts not reachable',
  },
  'health.title': 'Account health',
  'health.state.healthy': 'Working',
  'health.state.retrying': 'Trying again',
  'health.state.failing': 'Not reachable',
  'health.state.needs-attention': 'Needs attention',
  'health.state.inactive': 'Inactive',
  'health.since': 'since {time}',
  'health.lastSuccess': 'Last successful check',
  'health.never': 'never',
  'health.lastError': 'Last error',
  'health.nextAttempt': 'Next attempt',
  'health.noAttempt': 'not before a test passes',
  'health.gap': {
    one: 'After the outage from {from} to {until}, {count} message was fetched.',
    other: 'After the outage from {from} to {until}, {count} messages were fetched.',
  },
  'health.queued': {
    one: '{count} change waits for the server',
    other: '{count} changes wait for the server',
  },
  'health.failedOperations': {
    one: '{count} change was refused by the server',
    other: '{count} changes were refused by the server',
  },
  'health.refused': 'Refused by the server',
  'health.refused.retry': 'Try again',
  'health.refused.dismiss': 'Give up',
  'health.attention': { one: '{count} account needs attention', other: '{count} accounts need attention' },
  'health.trouble': { one: '{count} account not reachable', other: '{count} accounts not reachable' },
  'health.sinceLabel': 'Since',
  'health.refused.retryNamed': 'Try again: {name}',
  'health.refused.dismissNamed': 'Give up: {name}',
  'health.retest': 'Test again',
  'health.edit': 'Edit account',
  'health.allWell': 'All accounts work',

  // status bar
  'status.bar': 'Status bar',
  'status.offline': 'No connection to Postkorb. Trying again …',
  'status.online': 'Connected again',
  'status.idle': 'Up to date',
  'status.syncing': 'Checking for mail',
  'status.progress': '{account}: {phase}',
  'status.progress.counted': '{account}: {phase} {done} of {total}',
  'status.phase.folders': 'folders',
  'status.phase.headers': 'headers',
  'status.phase.texts': 'texts',
  'status.phase.operations': 'changes',
  'status.newMail': 'New mail from {from}: {subject}',
  'status.newMails': { one: '{count} new mail', other: '{count} new mails' },
  'status.checked': 'Checked for mail',
  'palette.title': 'All commands',
  'palette.placeholder': 'What do you want to do?',
  'palette.none': 'No command of this name',
  'palette.folders': 'Folders',
  'palette.commands': 'Commands',

  // notices
  'notices.title': 'Notices',
  'notice.unknown': 'Postkorb has a notice for you ({code}).',
  'notice.store-rescued':
    'The mail database was damaged and has been built anew. Mail is fetched again from the servers. Rescued: {accounts} accounts, {drafts} drafts, {outbox} mails of the outbox, {operations} changes that the servers did not know yet. Not readable: {lost}. The damaged file is kept at {file}; beside it lies a readable list of what was rescued.',
  'notice.store-missing': 'The mail database was missing at {file}. Postkorb has started with an empty one.',

  // the desktop's own menus
  'shell.file': 'File',
  'shell.edit': 'Edit',
  'shell.message': 'Message',
  'shell.view': 'View',
  'shell.help': 'Help',
  'shell.quit': 'Quit Postkorb',
  'shell.tray.open': 'Open Postkorb',
  'shell.tray.unread': { one: 'Postkorb, {count} unread', other: 'Postkorb, {count} unread' },

  // the command line's hosts
  'serve.ready':
    'Open this address in a browser on this machine. It is good once, for ten minutes; Ctrl+C ends the app.',
  'demo.ready':
    '{organisation}: three people who share info@, each with an app of their own. Open all three side by side:',
  'demo.end':
    'What one of them takes or sends, the others see. Anna is the administrator. Ctrl+C ends the demo.',
} as const satisfies Record<string, Text>;
