/**
 * Leaving a list: only after a person agreed, by the one request that the sender signed (RFC 8058), by a page the person opens or by a mail
 * the person sends (H23).
 */
import { parseMailto } from '#shared/domain/mailto.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import type { AppContext } from '../../app/context.ts';
import { linkTarget } from '../../mail-frame/links.ts';
import type { Unsubscribe } from './senderFacts.ts';

export async function unsubscribe(
  app: AppContext,
  message: MessageContent,
  offer: Unsubscribe,
): Promise<void> {
  const { compose, dialogs, host, i18n } = app;
  const { t } = i18n;
  const target = offer.web === null ? null : linkTarget(offer.web);
  if (target) {
    const oneClick = await oneClickHost(app, message);
    if (oneClick !== null) {
      await leaveAtOnce(app, message, oneClick, target.url);
      return;
    }
    const agreed = await dialogs.ask({
      title: t('reader.unsubscribe'),
      text: t('reader.unsubscribe.text', { target: target.host }),
      confirm: t('reader.unsubscribe.web'),
    });
    if (agreed) await host.openExternal(target.url);
    return;
  }
  const address = offer.mailAddress;
  if (offer.mail === null || address === null) return;
  const agreed = await dialogs.ask({
    title: t('reader.unsubscribe'),
    text: t('reader.unsubscribe.text', { target: address }),
    confirm: t('reader.unsubscribe.mail', { address }),
  });
  const draft = agreed ? parseMailto(offer.mail) : null;
  if (!draft) return;
  const { to, cc, bcc, subject, body } = draft;
  compose.open({ kind: 'new', accountId: message.accountId, content: { to, cc, bcc, subject, text: body } });
}

/** Whom the one request would go to; null: there is none, or the server that would have to be looked at is out of reach. */
async function oneClickHost({ client }: AppContext, { id }: MessageContent): Promise<string | null> {
  try {
    return (await client.call('mailingLists.oneClick', { id })).host;
  } catch {
    return null;
  }
}

async function leaveAtOnce(
  { announcer, client, dialogs, explain, host, i18n }: AppContext,
  { id }: MessageContent,
  server: string,
  page: string,
): Promise<void> {
  const { t } = i18n;
  const agreed = await dialogs.ask({
    title: t('reader.unsubscribe'),
    text: t('reader.unsubscribe.oneClick', { target: server }),
    confirm: t('reader.unsubscribe'),
  });
  if (!agreed) return;
  try {
    await client.call('mailingLists.leave', { id });
    announcer.show(t('reader.unsubscribe.done', { host: server }));
  } catch (error) {
    announcer.show(explain(error), {
      tone: 'error',
      action: { label: t('reader.unsubscribe.web'), run: () => void host.openExternal(page) },
    });
  }
}
