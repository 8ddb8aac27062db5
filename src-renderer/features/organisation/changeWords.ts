/** What a change of the shared config means, in words. */
import type { ConfigChange } from '#shared/contract/groups.ts';
import type * as z from 'zod';
import type { Fault } from '#shared/errors/MailError.ts';
import { isMessageKey, type MessageKey, type Translate } from '#shared/i18n/translate.ts';

export type Change = z.infer<typeof ConfigChange>;

/** Made with the organisation and never changed: nothing that anybody decided. */
export const isSpoken = ({ path }: Change): boolean => path !== 'organisation.id';

export interface ChangeNames {
  readonly user: (id: string) => string;
  readonly group: (id: string) => string;
}

export interface ChangeWords {
  readonly what: string;
  /** Before and after, where that fits on a line; else empty. */
  readonly detail: string;
}

/** What a conflict tells of the other revision (an error's faults), as changes. */
export function conflictChanges(faults: readonly Fault[]): Change[] {
  return faults.map(({ path, code, message }) =>
    code === 'removed'
      ? { path, kind: 'removed', before: message, after: '' }
      : { path, kind: code === 'added' ? 'added' : 'changed', before: '', after: message },
  );
}

/** Fields whose values are words for people. */
const spoken = new Set(['name', 'address', 'displayName', 'archiveAddress', 'logFolder']);

export function changeWords(change: Change, names: ChangeNames, t: Translate): ChangeWords {
  const { path, kind, before, after } = change;
  const [area = '', id = '', ...rest] = path.split('.');
  const field = rest.join('.');
  const label = after === '' ? before : after;
  switch (area) {
    case 'users':
      if (field === '') {
        const key =
          kind === 'removed' ? 'organisation.change.user.removed' : 'organisation.change.user.added';
        return { what: t(key, { name: label }), detail: '' };
      }
      return fieldWords(names.user(id), field, change, names, t);
    case 'groupAccounts':
      if (field === '') {
        const key =
          kind === 'removed' ? 'organisation.change.group.removed' : 'organisation.change.group.added';
        return { what: t(key, { name: label }), detail: '' };
      }
      return fieldWords(names.group(id), field, change, names, t);
    case 'admins': {
      const key =
        kind === 'removed' ? 'organisation.change.admin.removed' : 'organisation.change.admin.added';
      return { what: t(key, { name: names.user(id) }), detail: '' };
    }
    case 'organisation':
      return fieldWords(t('organisation.title'), id, change, names, t);
    case 'presets':
      return { what: t('organisation.change.preset'), detail: '' };
    case 'policy':
      return { what: t('organisation.change.policy'), detail: '' };
    default:
      return { what: path, detail: arrow(before, after, t) };
  }
}

function fieldWords(
  name: string,
  field: string,
  { before, after }: Change,
  names: ChangeNames,
  t: Translate,
): ChangeWords {
  const active = field === 'active' ? (after === 'true' ? 'back' : 'left') : field;
  const key = `organisation.change.field.${active}`;
  const words = isMessageKey(key) ? t(key as MessageKey & 'organisation.change.field.name') : field;
  const what = t('organisation.change.field', { name, field: words });
  if (spoken.has(field)) return { what, detail: arrow(before, after, t) };
  if (field === 'defaultHandler')
    return { what, detail: arrow(handler(before, names, t), handler(after, names, t), t) };
  if (field === 'members') return { what, detail: members(after, names) };
  return { what, detail: '' };
}

function handler(id: string, names: ChangeNames, t: Translate): string {
  return id === '' ? t('organisation.accounts.handler.none') : names.user(id);
}

function arrow(before: string, after: string, t: Translate): string {
  if (before === '' || after === '') return after === '' ? before : after;
  return t('organisation.change.values', { before, after });
}

/** Those who are members from now on. Cut off where there are too many to be told: then nothing is said. */
function members(json: string, names: ChangeNames): string {
  try {
    const list = JSON.parse(json) as readonly { user: string; until?: string }[];
    const present = list.filter(({ until }) => until === undefined).map(({ user }) => names.user(user));
    return [...new Set(present)].join(', ');
  } catch {
    return '';
  }
}
