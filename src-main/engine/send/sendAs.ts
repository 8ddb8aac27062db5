/** One message over SMTP as an account: with its password, or with a token that is renewed once where the server refuses it. */
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { withLogin } from '#engine/secrets/access.ts';
import type { SendingAccount } from './outbox.ts';
import { sendOverSmtp, type SmtpOutcome, type SmtpTransaction } from './smtpSession.ts';

/** Never throws for what a server does. A login that cannot be had is a passing failure: the mail goes out once it can. */
export async function sendAs(
  account: SendingAccount,
  mail: Omit<SmtpTransaction, 'settings' | 'login'>,
): Promise<SmtpOutcome> {
  const refused: { outcome?: SmtpOutcome } = {};
  try {
    const access = await account.access();
    return await withLogin(access, 'smtp', mail.signal, async (login) => {
      const outcome = await sendOverSmtp({
        ...mail,
        settings: account.settings,
        login,
        network: account.network,
      });
      if (outcome.kind === 'refused' && outcome.error.code === 'credentials-rejected') {
        refused.outcome = outcome;
        throw outcome.error;
      }
      return outcome;
    });
  } catch (thrown) {
    const error = isMailError(thrown) ? thrown : new MailError('secrets-unavailable', {}, { cause: thrown });
    if (error.code === 'credentials-rejected' && refused.outcome) return refused.outcome;
    if (error.code === 'token-rejected' || error.code.startsWith('sign-in-')) account.refused(error);
    return { kind: 'temporary', error, recipients: [] };
  }
}
