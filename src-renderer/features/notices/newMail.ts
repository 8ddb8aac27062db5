/** Tells of new mail: in the status region, and by the system's notification where nobody looks at the window. */
import type { PayloadOf } from '#shared/contract/contract.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { HostBridge } from '#shared/contract/host.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';
import type { Announcer } from './announcer.svelte.ts';

export interface NewMailParts {
  readonly client: Pick<EngineClient, 'on'>;
  readonly host: Pick<HostBridge, 'notify'>;
  readonly announcer: Announcer;
  readonly preferences: Preferences;
  readonly i18n: I18n;
  /** Does somebody look at the window? */
  readonly attended: () => boolean;
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
      this.#timer ??= setTimeout(() => this.#tell(), gatherMs);
    });
  }

  #tell(): void {
    this.#timer = undefined;
    const mails = this.#gathered;
    this.#gathered = [];
    const { announcer, attended, i18n, preferences } = this.#parts;
    const { t } = i18n;
    const [first] = mails;
    if (!first) return;
    const words = (mail: NewMailEvent): string =>
      t('status.newMail', { from: mail.from, subject: mail.subject || t('common.noSubject') });
    announcer.say(mails.length === 1 ? words(first) : t('status.newMails', { count: mails.length }));
    if (!preferences.values.notifications || attended()) return;
    if (mails.length > fewNotifications) {
      this.#notify(t('status.newMails', { count: mails.length }), first.from, 'many', first);
      return;
    }
    for (const mail of mails) {
      this.#notify(mail.from, mail.subject || t('common.noSubject'), `mail-${mail.id}`, mail);
    }
  }

  /** Text only: the system never reads it as markup (H20). */
  #notify(title: string, body: string, tag: string, { accountId, folderId, id }: NewMailEvent): void {
    const { host, report } = this.#parts;
    host
      .notify({
        title: title.slice(0, 200) || '?',
        body: body.slice(0, 500),
        tag,
        target: { accountId, folderId, id },
      })
      .catch((error: unknown) => report(error, 'showing a notification'));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#listening[Symbol.dispose]();
  }
}
