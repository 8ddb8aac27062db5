/** One table from nodemailer's and the socket's errors to MailError. */
import { getSystemErrorMap } from 'node:util';
import type { AccountSettings } from '#shared/domain/account.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { mapSocketError } from '#engine/net/socketErrors.ts';

interface SmtpFailure {
  readonly code?: string;
  /** Of the socket's own error, whose code nodemailer replaces by its kind. */
  readonly errno?: number;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
  readonly message: string;
}

function asFailure(error: unknown): SmtpFailure {
  return error instanceof Error ? error : { message: String(error) };
}

/** A reply of the server is definite: 4xx for now, 5xx for good (RFC 5321, 4.2.1). */
export function hasReply(error: unknown): boolean {
  const { responseCode } = asFailure(error);
  return responseCode !== undefined && responseCode >= 400;
}

export function mapSmtpError(error: unknown, smtp: NonNullable<AccountSettings['smtp']>): MailError {
  if (isMailError(error)) return error;
  const failure = asFailure(error);
  const { responseCode, command = '' } = failure;
  const answer = (failure.response ?? '').slice(0, 500);
  const params = { host: smtp.host, port: smtp.port, answer };
  if (responseCode !== undefined && responseCode >= 400) {
    const options = { cause: error };
    if (command.startsWith('AUTH')) {
      if (responseCode === 535 || responseCode === 534 || responseCode === 530)
        return new MailError('credentials-rejected', params, options);
      return new MailError(responseCode < 500 ? 'login-refused' : 'credentials-rejected', params, options);
    }
    if (responseCode < 500) return new MailError('smtp-temporary', params, options);
    if (responseCode === 552 || (command === 'MAIL FROM' && /size/i.test(answer)))
      return new MailError('message-too-large', params, options);
    if (command === 'MAIL FROM') return new MailError('sender-refused', params, options);
    if (command === 'RCPT TO') return new MailError('recipients-refused', params, options);
    return new MailError('message-refused', params, options);
  }
  if (failure.code === 'EAUTH') return new MailError('auth-not-offered', params, { cause: error });
  if (failure.code === 'EMESSAGE') return new MailError('message-too-large', params, { cause: error });
  if (failure.code === 'EENVELOPE') return new MailError('no-recipients', params, { cause: error });
  if (failure.code === 'EPROTOCOL') return new MailError('protocol-error', params, { cause: error });
  return mapSocketError(withSocketCode(error, failure), { host: smtp.host, port: smtp.port });
}

/** Kinds of nodemailer's for what a socket did, where the socket's own code is lost. Each is a passing failure. */
const kinds: Readonly<Record<string, string>> = {
  ESOCKET: 'ECONNRESET',
  ECONNECTION: 'ECONNRESET',
  EDNS: 'ESERVFAIL',
  ETLS: 'EPROTO',
};

function withSocketCode(error: unknown, { code, errno, message }: SmtpFailure): unknown {
  const own = errno !== undefined && errno < 0 ? getSystemErrorMap().get(errno)?.[0] : undefined;
  const found = own ?? (code === undefined ? undefined : kinds[code]);
  return found === undefined ? error : Object.assign(new Error(message, { cause: error }), { code: found });
}
