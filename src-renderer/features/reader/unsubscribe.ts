/** Leaving a list: only after a click, only by a page the person opens or a mail the person sends (H23). */
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
