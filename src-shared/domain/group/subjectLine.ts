/** What a person reads in the log folder with any other mail program. For people alone: nothing is ever read back from it. */
import type { Translate } from '#shared/i18n/translate.ts';
import type { UserId } from './config.ts';
import type { TeamEvent } from './events.ts';

export interface SubjectWords {
  readonly t: Translate;
  /** A user's name. */
  readonly name: (user: UserId) => string;
  readonly groupName: string;
  /** Subject of the mail that the event is about; empty where it is not known here. */
  readonly subject: string;
}

const maxLength = 200;

/** One line without control characters. */
export function subjectLine(event: TeamEvent, words: SubjectWords): string {
  const line = text(event, words)
    .replace(/\p{C}+|\s+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}

function text(event: TeamEvent, { t, name, groupName, subject: known }: SubjectWords): string {
  const who = name(event.by);
  const subject = known === '' ? t('common.noSubject') : known;
  switch (event.type) {
    case 'charter':
      return t('log.charter', { who, group: groupName });
    case 'intake':
      return event.handler === null
        ? t('log.intake', { subject })
        : t('log.intake.handler', { to: name(event.handler), subject });
    case 'assign':
      if (event.to === null) return t('log.assign.released', { who, subject });
      return event.to === event.by
        ? t('log.assign.taken', { who, subject })
        : t('log.assign.given', { who, to: name(event.to), subject });
    case 'status':
      return t(`log.status.${event.status}`, { who, subject });
    case 'composing':
      return event.until === null
        ? t('log.composing.ended', { who, subject })
        : t('log.composing', { who, subject });
    case 'read':
      return t('log.read', { who, count: event.messages.length });
    case 'snapshot':
      return t('log.snapshot', { count: event.upTo.count });
    case 'enrol':
      return t('log.enrol', { who });
    case 'health':
      return t(event.report === null ? 'log.health.ended' : 'log.health', { who });
    default:
      return t(`log.${event.type}`, { who, subject });
  }
}
