/** What a socket, a name lookup or TLS reports, as MailError. */
import { toMailError } from '#engine/imap/errorMapping.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { type ErrorParams } from '#shared/errors/MailError.ts';

/** `context`: host, port and whatever the words need; kept as parameters of the error. A MailError passes through unchanged. */
export function mapSocketError(error: unknown, context: ErrorParams): MailError {
  const code = (error as { code?: unknown } | null)?.code;
  // OpenSSL's and Node's reason helps an administrator and quotes nothing of the session.
  if (typeof code !== 'string' || !/^(ERR_(SSL|TLS)_|EPROTO)/.test(code)) return toMailError(error, context);
  return toMailError(error, { ...context, reason: code });
}
