/** Tells of new mail: in the status region, and by the system's notification where nobody looks at the window. */
import { NewsLevel, type Settings } from '#shared/contract/app.ts';
import type { PayloadOf } from '#shared/contract/contract.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { HostBridge, HostNotification } from '#shared/contract/host.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { GroupRole } from '../group/groups.svelte.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';
import type { Announcer } from './announcer.svelte.ts';
import { ownLevel } from './folderNews.ts';

export interface NewMailParts {
  readonly client: Pick<EngineClient, 'on'>;
  readonly host: Pick<HostBridge, 'notify'>;
  readonly announcer: Announcer;
  readonly preferences: Preferences;
  readonly i18n: I18n;
  /** Does somebody look at the window? */
  readonly attended: () => boolean;
  /** What those of group accounts are to this person. */
  readonly roles: (mails: readonly NewMailEvent[]) => Promise<ReadonlyMap<MessageId, GroupRole>>;
  readonly report: (error: unknown, why: string) => void;
}

type NewMailEvent = PayloadOf<'mail.new'>;

/** Mails that come together are told together. */
const gatherMs = 600;
/** More than this at once, and one notification counts them. */
const fewNotifications = 3;

export class NewMail implements Disposable {
  readonly #parts: NewMailParts;
  readonly #listening: Disposable;
  #gathered: NewMailEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: NewMailParts) {
    this.#parts = parts;
    this.#listening = parts.client.on('mail.new', (mail) => {
      this.#gathered.push(mail);
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#tell().catch((error: unknown) => parts.report(error, 'telling of new mail'));
      }, gatherMs);
    });
  }

  async #tell(): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = [];
    const { announcer, attended, i18n, preferences, roles } = this.#parts;
    const { t } = i18n;
    const known = await roles(gathered);
    const levels = gathered.map(
      (mail) => [mail, levelOf(mail, known.get(mail.id), preferences.values)] as const,
    );
    const wanted = oncePerPerson(levels.filter(([, level]) => level !== 'off'));
    const mails = wanted.map(([mail]) => mail);
    const [first] = mails;
    if (!first) return;
    const words = (mail: NewMailEvent): string =>
      t('status.newMail', { from: mail.from, subject: mail.subject || t('common.noSubject') });
    announcer.say(mails.length === 1 ? words(first) : t('status.newMails', { count: mails.length }));
    if (!preferences.values.notifications || attended()) return;
    const loud = wanted.filter(([, level]) => level === 'loud').map(([mail]) => mail);
    const [loudest] = loud;
    if (loudest && loud.length > fewNotifications) {
      const title = t('status.newMails', { count: loud.length });
      this.#notify({ title, body: loudest.from, tag: 'many' }, loudest);
      return;
    }
    for (const mail of loud) {
      const body = mail.subject || t('common.noSubject');
      this.#notify({ title: mail.from, body, tag: `mail-${mail.id}`, acts: this.#acts() }, mail);
    }
  }

  #acts(): HostNotification['acts'] {
    const { t } = this.#parts.i18n;
    return [
      { act: 'read', label: t('actions.markRead') },
      { act: 'archive', label: t('actions.archive') },
      { act: 'delete', label: t('actions.delete') },
    ];
  }

  /** Text only: the system never reads it as markup (H20). */
  #notify({ title, body, ...rest }: HostNotification, target: NewMailEvent): void {
    const { host, report } = this.#parts;
    const { accountId, folderId, id } = target;
    host
      .notify({
        ...rest,
        title: title.slice(0, 200) || '?',
        body: body.slice(0, 500),
        target: { accountId, folderId, id },
      })
      .catch((error: unknown) => report(error, 'showing a notification'));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#listening[Symbol.dispose]();
  }
}

/** A person's own mail is told aloud, a group's by its role; an account can be quieter than that, and a folder other than its account. */
export function levelOf(
  { accountId, folderId }: { readonly accountId: AccountId; readonly folderId: FolderId },
  role: GroupRole | undefined,
  settings: Pick<Settings, 'accountNews' | 'folderNews' | 'groupHandled' | 'groupInformation'>,
): NewsLevel {
  const { accountNews, groupHandled, groupInformation } = settings;
  const byRole = role === undefined ? 'loud' : role === 'handler' ? groupHandled : groupInformation;
  const most = ownLevel(settings, folderId) ?? accountNews[accountId] ?? 'loud';
  // Loudest first.
  const levels = NewsLevel.options;
  return levels.indexOf(byRole) > levels.indexOf(most) ? byRole : most;
}

/** A mail that went to a person and to his group as well is told once, as loudly as either would be. */
export function oncePerPerson(
  mails: readonly (readonly [NewMailEvent, NewsLevel])[],
): (readonly [NewMailEvent, NewsLevel])[] {
  const told: (readonly [NewMailEvent, NewsLevel])[] = [];
  for (const one of mails) {
    const [mail, level] = one;
    const at = told.findIndex(
      ([other]) =>
        other.accountId !== mail.accountId && other.from === mail.from && other.subject === mail.subject,
    );
    if (at < 0) told.push(one);
    else if (level === 'loud') told[at] = one;
  }
  return told;
}
