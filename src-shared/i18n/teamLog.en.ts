/** Subjects of the team log's mails, as people read them in any other mail program. */
import type { Text } from './translate.ts';

export const teamLogEn = {
  'log.charter': '{who} set up the group {group}',
  'log.enrol': '{who} joined with a new key',
  'log.intake': 'Arrived: {subject}',
  'log.intake.handler': 'Arrived for {to}: {subject}',
  'log.assign.taken': '{who} takes over: {subject}',
  'log.assign.given': '{who} gives to {to}: {subject}',
  'log.assign.released': '{who} releases: {subject}',
  'log.status.open': '{who} reopened: {subject}',
  'log.status.waiting': '{who} waits for an answer: {subject}',
  'log.status.done': '{who} finished: {subject}',
  'log.note': '{who} made a note: {subject}',
  'log.note-edit': '{who} changed a note: {subject}',
  'log.note-delete': '{who} removed a note: {subject}',
  'log.replied': '{who} answered: {subject}',
  'log.read': { one: '{who} read {count} mail', other: '{who} read {count} mails' },
  'log.composing': '{who} is writing an answer: {subject}',
  'log.composing.ended': '{who} stopped writing: {subject}',
  'log.health': '{who} reports how the connection is',
  'log.health.ended': '{who} reports no more how the connection is',
  'log.snapshot': 'State of the group, please keep ({count} events)',
  'log.snapshot.part': 'State of the group, part {part} of {count}, please keep',
} as const satisfies Record<string, Text>;
