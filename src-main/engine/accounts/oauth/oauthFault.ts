/** What a sign-in server, or the library that reads its answers, says is wrong: the one table from there to MailError. */
import * as oauth from 'oauth4webapi';
import { isMailError, MailError, type ErrorParams } from '#shared/errors/MailError.ts';
import { printable } from '#engine/imap/errorMapping.ts';

export interface FaultContext {
  /** As people call it. */
  readonly provider: string;
  readonly phase: 'discovery' | 'code' | 'refresh';
  readonly host: string;
  /** Of the last answer. */
  readonly status?: number;
}

/** Microsoft's codes for: nobody of the organisation agreed to this program, or only an administrator may. */
const adminCodes = /AADSTS(65001|9009[3-5]|900941|50105|7000112|530021)\b/;
/** For: the program is not registered (there), or not as it says it is. */
const clientCodes = /AADSTS(700016|7000218|7000215|50011|500113|650056|650052|900144|90009)\b/;

/** Never carries a token or a code: of what the server said only its error's description is kept. */
export function oauthFault(error: unknown, context: FaultContext): MailError {
  if (isMailError(error)) return error;
  const { provider, host, phase, status } = context;
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    const { error: code, error_description: description } = error;
    return answered(code, description ?? '', context, error);
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return new MailError('sign-in-client-refused', { provider }, { cause: error });
  const where: ErrorParams = { host, ...(status === undefined || status === 200 ? {} : { status }) };
  if (phase !== 'code' || isUnreadable(error))
    return new MailError('sign-in-server-fault', where, { cause: error });
  // The answer was readable, and not what it must be: a wrong issuer, nonce or audience.
  return new MailError('sign-in-failed', { provider, response: libraryWords(error) }, { cause: error });
}

function answered(code: string, description: string, context: FaultContext, cause: Error): MailError {
  const { provider, phase, host } = context;
  const response = printable(description === '' ? code : (description.split(/ Trace ID:|\r|\n/)[0] ?? ''));
  const params = { provider, response };
  const make = (ours: ConstructorParameters<typeof MailError>[0], more: ErrorParams = params): MailError =>
    new MailError(ours, more, { cause });
  if (adminCodes.test(description) || code === 'admin_policy_enforced' || code === 'org_internal')
    return make('sign-in-admin-approval');
  if (clientCodes.test(description)) return make('sign-in-client-refused');
  switch (code) {
    case 'access_denied':
      return make('sign-in-denied', { provider });
    case 'invalid_client':
    case 'unauthorized_client':
    case 'redirect_uri_mismatch':
    case 'invalid_redirect_uri':
      return make('sign-in-client-refused');
    case 'invalid_scope':
      return make('sign-in-scope');
    case 'temporarily_unavailable':
    case 'server_error':
    case 'slow_down':
      return make('sign-in-server-fault', { host });
    case 'invalid_grant':
    case 'interaction_required':
    case 'login_required':
    case 'consent_required':
      return phase === 'refresh' ? make('sign-in-expired', { provider }) : make('sign-in-failed');
    default:
      return make('sign-in-failed');
  }
}

function isUnreadable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    code === oauth.RESPONSE_IS_NOT_JSON ||
    code === oauth.RESPONSE_IS_NOT_CONFORM ||
    code === oauth.PARSE_ERROR ||
    (code === oauth.INVALID_RESPONSE && /"response"/.test((error as Error).message))
  );
}

/** The library's own words name fields and never values. */
function libraryWords(error: unknown): string {
  return error instanceof Error && 'code' in error ? printable(error.message) : '';
}
