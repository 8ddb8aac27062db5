/**
 * One union of everything that can go wrong, answering what the caller must decide: try again now, later or never, and what is
 * needed from a person. Codes cross every transport; classes do not.
 */
import * as z from 'zod';

/** retry / needs for each code. The words for people are in i18n under "error.<code>" and "hint.<code>". */
const catalogue = {
  // reaching a server
  'host-not-found': { retry: 'later' },
  'dns-failed': { retry: 'later' },
  'connection-refused': { retry: 'later' },
  'connection-timeout': { retry: 'later' },
  'connection-closed': { retry: 'now' },
  'network-unreachable': { retry: 'later' },
  'greeting-timeout': { retry: 'later' },
  'unexpected-greeting': { retry: 'never' },
  'deadline-exceeded': { retry: 'later' },
  // through a proxy
  'proxy-unreachable': { retry: 'later' },
  'proxy-certificate': { retry: 'never' },
  'proxy-login': { retry: 'never' },
  'proxy-refused': { retry: 'never' },
  'proxy-target': { retry: 'later' },
  'proxy-fault': { retry: 'later' },
  'proxy-setting': { retry: 'never' },
  // encryption
  'tls-on-plain-port': { retry: 'never' },
  'plain-on-tls-port': { retry: 'never' },
  'starttls-not-offered': { retry: 'never' },
  'starttls-injection': { retry: 'never' },
  'tls-failed': { retry: 'later' },
  'certificate-self-signed': { retry: 'never', needs: 'trust' },
  'certificate-untrusted': { retry: 'never', needs: 'trust' },
  'certificate-expired': { retry: 'never', needs: 'trust' },
  'certificate-not-yet-valid': { retry: 'never', needs: 'trust' },
  'certificate-wrong-host': { retry: 'never', needs: 'trust' },
  'certificate-changed': { retry: 'never', needs: 'trust' },
  'plaintext-not-allowed': { retry: 'never' },
  // login
  'credentials-rejected': { retry: 'never', needs: 'credentials' },
  'credentials-missing': { retry: 'never', needs: 'credentials' },
  'login-disabled': { retry: 'never' },
  'login-refused': { retry: 'later' },
  'auth-not-offered': { retry: 'never' },
  'too-many-connections': { retry: 'later' },
  // signing in at a provider
  'sign-in-expired': { retry: 'never', needs: 'credentials' },
  'sign-in-denied': { retry: 'never' },
  'sign-in-timed-out': { retry: 'never' },
  'sign-in-not-configured': { retry: 'never', needs: 'credentials' },
  'sign-in-admin-approval': { retry: 'never', needs: 'credentials' },
  'sign-in-client-refused': { retry: 'never', needs: 'credentials' },
  'sign-in-scope': { retry: 'never', needs: 'credentials' },
  'sign-in-not-lasting': { retry: 'never' },
  'sign-in-other-account': { retry: 'never' },
  'sign-in-server-fault': { retry: 'later' },
  'sign-in-failed': { retry: 'never' },
  'token-rejected': { retry: 'never', needs: 'credentials' },
  // IMAP
  'server-refused': { retry: 'never' },
  'server-busy': { retry: 'later' },
  'protocol-error': { retry: 'later' },
  'response-too-large': { retry: 'never' },
  'mailbox-not-found': { retry: 'never' },
  'mailbox-exists': { retry: 'never' },
  'mailbox-read-only': { retry: 'never' },
  'mailbox-changed': { retry: 'now' },
  'over-quota': { retry: 'later', needs: 'space' },
  'target-unavailable': { retry: 'later' },
  'message-gone': { retry: 'never' },
  'folders-unusable': { retry: 'never' },
  // leaving a mailing list
  'unsubscribe-refused': { retry: 'never' },
  // SMTP
  'sender-refused': { retry: 'never' },
  'recipient-refused': { retry: 'never' },
  'recipients-refused': { retry: 'never' },
  'message-too-large': { retry: 'never' },
  'message-refused': { retry: 'never' },
  'smtp-temporary': { retry: 'later' },
  'smtputf8-needed': { retry: 'never' },
  'outcome-unknown': { retry: 'never' },
  'no-smtp': { retry: 'never' },
  'no-recipients': { retry: 'never' },
  // rules and input
  'invalid-input': { retry: 'never' },
  'unknown-command': { retry: 'never' },
  'not-found': { retry: 'never' },
  'not-permitted': { retry: 'never' },
  'not-supported': { retry: 'never' },
  'duplicate-account': { retry: 'never' },
  'archive-address-inside': { retry: 'never' },
  'settings-not-tested': { retry: 'never' },
  'servers-not-found': { retry: 'never' },
  'servers-elsewhere': { retry: 'never' },
  'test-failed': { retry: 'never' },
  'already-sent': { retry: 'never' },
  // what the organisation allows
  'policy-no-personal-accounts': { retry: 'never' },
  'policy-domain': { retry: 'never' },
  'policy-host': { retry: 'never' },
  'policy-archive-address': { retry: 'never' },
  'policy-remote-content': { retry: 'never' },
  'policy-setting': { retry: 'never' },
  'policy-unreadable': { retry: 'never' },
  // the shared config and group work
  'no-organisation': { retry: 'never' },
  'other-organisation': { retry: 'never' },
  'join-link-invalid': { retry: 'never' },
  'fingerprint-mismatch': { retry: 'never' },
  'invite-code-wrong': { retry: 'never' },
  'config-unreachable': { retry: 'later' },
  'config-not-json': { retry: 'never' },
  'config-wrong-type': { retry: 'never' },
  'config-too-large': { retry: 'never' },
  'config-redirected': { retry: 'never' },
  'config-invalid': { retry: 'never' },
  'config-unsigned': { retry: 'never' },
  'config-unknown-signer': { retry: 'never' },
  'config-rollback': { retry: 'never' },
  'config-fork': { retry: 'never' },
  'config-conflict': { retry: 'never' },
  'group-foreign': { retry: 'never' },
  'no-group-message': { retry: 'never' },
  'member-key-unconfirmed': { retry: 'later' },
  // this machine
  'store-newer': { retry: 'never' },
  'store-corrupt': { retry: 'never' },
  'profile-in-use': { retry: 'later' },
  'disk-full': { retry: 'later', needs: 'space' },
  'file-unreadable': { retry: 'never' },
  'file-exists': { retry: 'never' },
  'not-a-mail': { retry: 'never' },
  'mail-too-large': { retry: 'never' },
  'secrets-unavailable': { retry: 'later', needs: 'credentials' },
  'rate-limited': { retry: 'later' },
  cancelled: { retry: 'never' },
  internal: { retry: 'never' },
} as const satisfies Record<string, { retry: Retry; needs?: Needs }>;

export type Retry = 'now' | 'later' | 'never';
export type Needs = 'credentials' | 'trust' | 'space';
export type MailErrorCode = keyof typeof catalogue;

export const mailErrorCodes = Object.keys(catalogue) as [MailErrorCode, ...MailErrorCode[]];

/** Values for the words: host, port, ms, the server's own answer, the field. Never a password or a token (R20). */
export type ErrorParams = Readonly<Record<string, string | number>>;

export const Fault = z.object({
  /** Where it stands: "imap.port", "line 7". */
  path: z.string(),
  code: z.string(),
  /** In English, for whoever has no words for the code. */
  message: z.string(),
  /** What its words need ("expected"); never what stands in the file. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type Fault = z.infer<typeof Fault>;

export const WireError = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  faults: z.array(Fault).optional(),
});
export type WireError = z.infer<typeof WireError>;

export class MailError extends Error {
  readonly code: MailErrorCode;
  readonly params: ErrorParams;
  /** For `invalid-input`: every fault with where it stands. */
  readonly faults: readonly Fault[] | undefined;

  constructor(
    code: MailErrorCode,
    params: ErrorParams = {},
    options: { cause?: unknown; faults?: readonly Fault[] } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MailError';
    this.code = code;
    this.params = params;
    this.faults = options.faults;
  }

  get retry(): Retry {
    return catalogue[this.code].retry;
  }

  get needs(): Needs | undefined {
    const entry: { retry: Retry; needs?: Needs } = catalogue[this.code];
    return entry.needs;
  }
}

export function isMailError(value: unknown): value is MailError {
  return value instanceof MailError;
}

export function isMailErrorCode(code: string): code is MailErrorCode {
  return Object.hasOwn(catalogue, code);
}

/** Anything thrown, as a value for the wire. What is not a MailError becomes `internal`: no stack, path or foreign text leaves. */
export function toWire(error: unknown): WireError {
  if (isMailError(error)) {
    return {
      code: error.code,
      params: { ...error.params },
      ...(error.faults ? { faults: [...error.faults] } : {}),
    };
  }
  return { code: 'internal', params: {} };
}

/** The same error on the other side; an unknown code (a newer engine) becomes `internal` and keeps the code as a parameter. */
export function fromWire(wire: WireError): MailError {
  const options = wire.faults ? { faults: wire.faults } : {};
  if (isMailErrorCode(wire.code)) return new MailError(wire.code, wire.params, options);
  return new MailError('internal', { ...wire.params, code: wire.code }, options);
}
