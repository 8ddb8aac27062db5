/**
 * What ImapFlow, TLS and Node throw, as MailError: the one table that decides whether a failure is tried again, and what a person
 * is told. Nothing beyond `imap/` sees another error.
 */
import { MailError, isMailError } from '#shared/errors/MailError.ts';
import type { ErrorParams, MailErrorCode } from '#shared/errors/MailError.ts';
import { certificateErrorCode } from './certificate.ts';

/** What was being done, for the words: the server, the folder, the command. */
export type ErrorContext = ErrorParams;

/** The properties that ImapFlow and Node put on their errors. */
interface ForeignError {
  readonly message?: unknown;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly responseStatus?: unknown;
  readonly responseText?: unknown;
  readonly response?: unknown;
  readonly serverResponseCode?: unknown;
  readonly authenticationFailed?: unknown;
  readonly mailboxMissing?: unknown;
  readonly tlsFailed?: unknown;
  readonly reason?: unknown;
}

const byCode: Readonly<Record<string, MailErrorCode>> = {
  // names
  ENOTFOUND: 'host-not-found',
  ENODATA: 'host-not-found',
  EAI_NONAME: 'host-not-found',
  EAI_NODATA: 'host-not-found',
  EAI_AGAIN: 'dns-failed',
  EAI_FAIL: 'dns-failed',
  ESERVFAIL: 'dns-failed',
  EREFUSED: 'dns-failed',
  // reaching it
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'connection-timeout',
  CONNECT_TIMEOUT: 'connection-timeout',
  ETIMEOUT: 'connection-timeout',
  LockTimeout: 'connection-timeout',
  GREETING_TIMEOUT: 'greeting-timeout',
  ENETUNREACH: 'network-unreachable',
  EHOSTUNREACH: 'network-unreachable',
  ENETDOWN: 'network-unreachable',
  EHOSTDOWN: 'network-unreachable',
  EADDRNOTAVAIL: 'network-unreachable',
  EACCES: 'network-unreachable',
  EPERM: 'network-unreachable',
  ECONNRESET: 'connection-closed',
  ECONNABORTED: 'connection-closed',
  EPIPE: 'connection-closed',
  ERR_STREAM_PREMATURE_CLOSE: 'connection-closed',
  NoConnection: 'connection-closed',
  EConnectionClosed: 'connection-closed',
  StateLogout: 'connection-closed',
  ClosedAfterConnectText: 'connection-closed',
  ClosedAfterConnectTLS: 'connection-closed',
  // encryption
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls-on-plain-port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls-on-plain-port',
  ERR_SSL_HTTP_REQUEST: 'tls-on-plain-port',
  STARTTLS_INJECTION: 'starttls-injection',
  UPGRADE_TIMEOUT: 'tls-failed',
  EPROTO: 'tls-failed',
  // what it said
  ETHROTTLE: 'server-busy',
  UnexpectedTag: 'protocol-error',
  MissingTag: 'protocol-error',
  InvalidResponse: 'protocol-error',
  ResponseProcessingFailed: 'protocol-error',
  COMPRESS_TRAILING_DATA: 'protocol-error',
  MAX_IMAP_NESTING_REACHED: 'protocol-error',
  DownloadIncomplete: 'protocol-error',
  Z_DATA_ERROR: 'protocol-error',
  Z_BUF_ERROR: 'protocol-error',
  LineTooLarge: 'response-too-large',
  LiteralTooLarge: 'response-too-large',
  ResponseTooLarge: 'response-too-large',
  TooManyTokens: 'response-too-large',
  TooManyResponses: 'response-too-large',
  DownloadOverflow: 'response-too-large',
  NoMailboxSelected: 'mailbox-changed',
  ABORT_ERR: 'cancelled',
};

/** Response codes of a refused command (RFC 9051 section 7.1, RFC 5530). */
const byResponseCode: Readonly<Record<string, MailErrorCode>> = {
  OVERQUOTA: 'over-quota',
  NONEXISTENT: 'mailbox-not-found',
  TRYCREATE: 'mailbox-not-found',
  ALREADYEXISTS: 'mailbox-exists',
  'READ-ONLY': 'mailbox-read-only',
  NOPERM: 'not-permitted',
  UNAVAILABLE: 'server-busy',
  SERVERBUG: 'server-busy',
  INUSE: 'server-busy',
  LIMIT: 'server-busy',
  CORRUPTION: 'server-busy',
  EXPUNGEISSUED: 'message-gone',
  TOOBIG: 'message-too-large',
  APPENDLIMIT: 'message-too-large',
};

const loginByResponseCode: Readonly<Record<string, MailErrorCode>> = {
  AUTHENTICATIONFAILED: 'credentials-rejected',
  AUTHORIZATIONFAILED: 'credentials-rejected',
  EXPIRED: 'credentials-rejected',
  WEBALERT: 'credentials-rejected',
  PRIVACYREQUIRED: 'plaintext-not-allowed',
  LIMIT: 'too-many-connections',
  INUSE: 'login-refused',
  UNAVAILABLE: 'login-refused',
  SERVERBUG: 'login-refused',
  CONTACTADMIN: 'login-refused',
};

const tooManyConnections = /too many (simultaneous )?(connections|logins)|maximum number of connections/i;
/** Do these words of a server say that it takes no further connection? */
export function isConnectionLimit(text: string): boolean {
  return tooManyConnections.test(text);
}
const temporarily =
  /temporar|try (again )?later|unavailable|not connected|internal (server )?error|timed? ?out/i;

/** Any thrown value as a MailError; one that is a MailError already passes through. */
export function toMailError(error: unknown, context: ErrorContext = {}): MailError {
  if (isMailError(error)) return error;
  const foreign = (typeof error === 'object' && error !== null ? error : {}) as ForeignError;
  const text = responseTextOf(foreign);
  const params: Record<string, string | number> = { ...context };
  if (text !== '') params['response'] = text;
  const make = (code: MailErrorCode): MailError => new MailError(code, params, { cause: error });

  const login = loginFault(foreign, text);
  if (login !== null) return make(login);
  const tlsFault = startTlsFault(foreign);
  if (tlsFault !== null) return make(tlsFault);

  const code = codeOf(foreign);
  if (code === 'NoConnection' && tooManyConnections.test(text)) return make('too-many-connections');
  if (foreign.responseStatus === 'NO' || foreign.responseStatus === 'BAD')
    return make(refusal(foreign, text));
  const known = byCode[code];
  if (known !== undefined) {
    // Node reports every failed handshake that OpenSSL explains by ERR_SSL_...; a reset in the middle of one has no such code.
    if (known === 'connection-closed' && foreign.tlsFailed === true) return make('tls-failed');
    // After STARTTLS (that alone is marked so) the port was the right one.
    if (known === 'tls-on-plain-port' && foreign.tlsFailed === true) return make('tls-failed');
    return make(known);
  }
  if (code.startsWith('ParserError')) return make('protocol-error');
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || foreign.tlsFailed === true)
    return make('tls-failed');
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/.test(code)) return make(certificateErrorCode(code));
  if (foreign.name === 'AbortError') return make('cancelled');
  return make('internal');
}

function loginFault(error: ForeignError, text: string): MailErrorCode | null {
  if (error.authenticationFailed !== true) {
    return error.message === 'Unsupported authentication mechanism' ? 'auth-not-offered' : null;
  }
  if (error.message === 'Login is disabled') return 'login-disabled';
  if (error.message === 'No matching authentication method') return 'auth-not-offered';
  if (error.message === 'No password configured' || error.message === 'Please configure the login') {
    return 'credentials-missing';
  }
  const code = typeof error.serverResponseCode === 'string' ? error.serverResponseCode.toUpperCase() : '';
  if (tooManyConnections.test(text)) return 'too-many-connections';
  const known = loginByResponseCode[code];
  if (known !== undefined) return known;
  // Without a code the words decide: a server that is ill must not stop the polling as a wrong password does.
  if (temporarily.test(text)) return 'login-refused';
  return error.responseStatus === 'BAD' ? 'login-refused' : 'credentials-rejected';
}

function startTlsFault(error: ForeignError): MailErrorCode | null {
  if (error.tlsFailed !== true || typeof error.message !== 'string') return null;
  if (/does not support STARTTLS/i.test(error.message)) return 'starttls-not-offered';
  if (/PREAUTH/.test(error.message)) return 'unexpected-greeting';
  return null;
}

function refusal(error: ForeignError, text: string): MailErrorCode {
  if (codeOf(error) === 'ETHROTTLE') return 'server-busy';
  const known = byResponseCode[responseCodeOf(error)];
  if (known !== undefined) return known;
  if (error.mailboxMissing === true) return 'mailbox-not-found';
  if (/over ?quota|quota exceeded|mailbox is full/i.test(text)) return 'over-quota';
  if (/read-?only/i.test(text)) return 'mailbox-read-only';
  if (tooManyConnections.test(text)) return 'too-many-connections';
  // Dovecot and Exchange answer these without a response code.
  if (
    /(mailbox|folder).{0,40}(doesn'?t|does not) exist|no such (mailbox|folder)|unknown mailbox/i.test(text)
  ) {
    return 'mailbox-not-found';
  }
  if (/already exists/i.test(text)) return 'mailbox-exists';
  // Not every server gives the response code EXPUNGEISSUED with it.
  if (/messages no longer exist/i.test(text)) return 'message-gone';
  return 'server-refused';
}

/** "OVERQUOTA" of `NO [OVERQUOTA] ...`: ImapFlow leaves it on the error or in the parsed response, by command. */
export function responseCodeOf(error: unknown): string {
  const foreign = error as ForeignError;
  if (typeof foreign.serverResponseCode === 'string') return foreign.serverResponseCode.toUpperCase();
  const response = foreign.response as
    { attributes?: readonly { section?: readonly ({ value?: unknown } | null)[] }[] } | string | undefined;
  if (typeof response !== 'object') return '';
  const value = response.attributes?.[0]?.section?.[0]?.value;
  return typeof value === 'string' ? value.toUpperCase() : '';
}

function codeOf(error: ForeignError): string {
  if (typeof error.code === 'string') return error.code;
  // Several addresses were tried and all failed: the first failure speaks for all.
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined;
  const code = (first as ForeignError | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** The server's own words, printable and short. */
function responseTextOf(error: ForeignError): string {
  const source =
    typeof error.responseText === 'string'
      ? error.responseText
      : typeof error.reason === 'string'
        ? error.reason
        : typeof error.response === 'string'
          ? error.response
          : '';
  return printable(source);
}

/** Foreign text for an error parameter: one line, no control characters, at most 200 characters. */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
