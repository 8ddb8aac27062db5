/** How accounts are: archive copies that are open, and what members tell administrators of their connections. */
import type { Text } from './translate.ts';

export const healthEn = {
  'health.tabs': 'Whose accounts',
  'health.tab.own': 'My accounts',
  'health.tab.members': 'Members',
  'health.archive.waiting': {
    one: '{count} sent mail waits for its archive copy',
    other: '{count} sent mails wait for their archive copies',
  },
  'health.archive.failed': {
    one: '{count} archive copy failed',
    other: '{count} archive copies failed',
  },
  'health.archive.retry': 'Try again',
  'health.archive.retryNamed': 'Try again: archive copies of {name}',
  'health.archive.retried': {
    one: '{count} archive copy is tried again.',
    other: '{count} archive copies are tried again.',
  },
  'health.archive.more': { one: 'and {count} more', other: 'and {count} more' },
  'health.archive.sent': 'sent {time}',
  'health.archive.untried': 'Not tried yet',
  'health.archive.refused': 'Refused: {reason}',
  'health.archive.unreachable': 'Not delivered: {reason}',
  'health.archive.attempts': { one: '{count} attempt', other: '{count} attempts' },
  'health.report': 'Let the administrators know how this connection is',
  'health.report.hint':
    'State, last check, times, the kind of an error, what waits, and the version of the program; never what mails say. It stands in the team log, which everybody in the group can read.',
  'health.report.recommended': 'Your organisation recommends it. You decide.',
  'health.members.intro':
    'As members report it from their own computers, where they chose to. A connection that is down can report only once it is back.',
  'health.members.table': 'Members of {name}',
  'health.members.member': 'Member',
  'health.members.state': 'State',
  'health.members.lastSuccess': 'Last check',
  'health.members.latency': 'Login, folders',
  'health.members.reported': 'Reported',
  'health.members.me': 'you',
  'health.members.silent': 'Does not report',
  'health.members.stale': 'out of date',
  'health.members.trouble.open': 'Since {since}: {error}',
  'health.members.trouble.over': '{since} to {until}: {error}',
  'health.members.waiting': { one: '{count} change waits', other: '{count} changes wait' },
  'health.members.refused': { one: '{count} change refused', other: '{count} changes refused' },
  'health.members.version': 'Version {version}',
  'health.members.notHere':
    'This group account is not set up on this computer, so that nothing is known of its members.',
  'health.members.none': 'No group accounts',
  'health.members.count': '{reporting} of {members} report',
  'organisation.policy.reports': 'Recommend that members report the health of group accounts',
  'organisation.policy.reports.hint':
    'Members are shown that the organisation recommends it; each decides for each group account. Reports stand under Account health.',
} as const satisfies Record<string, Text>;
