/** What has happened to a mail, in sentences. Pure. */
import type { GroupState } from '#shared/contract/groups.ts';
import type { Status } from '#shared/domain/group/events.ts';
import type { Translate } from '#shared/i18n/translate.ts';

type Entry = GroupState['history'][number];

/** One line of the history. What lost says who was faster. */
export function historyLine(entry: Entry, t: Translate): string {
  const who = entry.by.name;
  if (!entry.accepted && entry.pending !== true) {
    if (!entry.conflict) return t('group.history.refused', { who });
    const winner = entry.conflict.by.name;
    return t(entry.event === 'assign' ? 'group.history.lost' : 'group.history.lostStatus', { who, winner });
  }
  switch (entry.event) {
    case 'intake':
      return entry.to ? t('group.history.intake.handler', { to: entry.to.name }) : t('group.history.intake');
    case 'assign':
      if (!entry.to) return t('group.history.released', { who });
      return entry.to.id === entry.by.id
        ? t('group.history.taken', { who })
        : t('group.history.given', { who, to: entry.to.name });
    case 'status':
      return t(`group.history.${entry.status ?? 'open'}`, { who });
    case 'note':
      return t('group.history.note', { who });
    case 'note-edit':
      return t('group.history.noteEdited', { who });
    case 'note-delete':
      return t('group.history.noteDeleted', { who });
    case 'replied':
      return t('group.history.replied', { who });
    case 'left':
      return entry.to
        ? t('group.history.left.to', { who, to: entry.to.name })
        : t('group.history.left', { who });
    default:
      return t('group.history.other', { who, event: entry.event });
  }
}

interface HandlerFacts {
  readonly handler: { readonly id: string; readonly name: string } | null;
  readonly status: Status;
}

/** The headline of the dialog: who has it, or had it when it was done. */
export function handlerLine({ handler, status }: HandlerFacts, me: string | null, t: Translate): string {
  const done = status === 'done';
  if (handler === null) return t(done ? 'group.doneByNobody' : 'group.unassigned');
  if (handler.id === me) return t(done ? 'group.doneByMe' : 'group.handledByMe');
  return t(done ? 'group.doneBy' : 'group.handledBy', { name: handler.name });
}
