/** An account file (CLI.md): JSON as people and scripts write it, into settings and passwords, or every fault by its place. */
import * as z from 'zod';
import { createProviders } from './oauth/providers.ts';
import {
  AccountSettings,
  EmailAddress,
  OAuthSignIn,
  Server,
  type Credentials,
} from '#shared/domain/account.ts';
import { MailError, type Fault } from '#shared/errors/MailError.ts';

export interface AccountFile {
  readonly settings: AccountSettings;
  readonly credentials: Credentials;
}
/** An account that signs in at a provider: its file holds no secret. */
export interface SignInFile {
  readonly settings: AccountSettings & { readonly auth: OAuthSignIn };
  readonly credentials: null;
}

const password = z.string().min(1).max(10_000);
const FileServer = Server.extend({ password });

const File = z.strictObject({
  ...AccountSettings.shape,
  displayName: AccountSettings.shape.displayName.default(''),
  imap: FileServer,
  smtp: FileServer.extend({ password: password.optional() }).nullable(),
  archiveAddress: EmailAddress.nullable().default(null),
  tls: AccountSettings.shape.tls.default({ trust: 'system' }),
  auth: z.literal('password').optional(),
});
const SignIn = File.extend({
  imap: Server,
  smtp: Server.nullable(),
  auth: z.union([
    z.literal('oauth2'),
    OAuthSignIn.extend({ provider: OAuthSignIn.shape.provider.optional() }),
  ]),
});

/** Errors: invalid-input with a fault for each unknown, missing or mistyped key. Passwords never appear in one. */
export function parseAccountFile(text: string): AccountFile | SignInFile {
  let json: unknown;
  try {
    // A byte order mark is what some editors put before JSON.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid([{ path: placeOf(error, text), code: 'not-json', message: 'this is not valid JSON' }]);
  }
  return parseAccountFileValue(json, knownProvider);
}

/** Who signs in for a mail server; null: nobody that is known. */
export type ProviderOf = (host: string) => string | null;
const knownProvider: ProviderOf = (host) => createProviders(() => []).byHost(host)?.id ?? null;

/** The same for a value that is JSON already: an account of a list. */
export function parseAccountFileValue(json: unknown, providerOf: ProviderOf): AccountFile | SignInFile {
  return signsIn(json) ? parseSignIn(json, providerOf) : parseAccountValue(json);
}

function signsIn(json: unknown): boolean {
  const auth = valueAt(json, ['auth']);
  return auth === 'oauth2' || (typeof auth === 'object' && auth !== null);
}

/** `"auth": "oauth2"` for a server whose provider is known, else `{"method": "oauth2", "provider": …}`. */
function parseSignIn(json: unknown, providerOf: ProviderOf): SignInFile {
  const parsed = SignIn.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap((issue) => faultsOf(issue, json, '')));
  const { auth, ...rest } = parsed.data;
  const wanted = auth === 'oauth2' ? { method: auth } : auth;
  const provider = wanted.provider ?? providerOf(rest.imap.host);
  if (provider === null) {
    throw invalid([
      {
        path: 'auth.provider',
        code: 'missing',
        message: 'this key is missing: nobody is known to sign in for this server; name the provider',
      },
    ]);
  }
  const settings = AccountSettings.parse({ ...rest, auth: { ...wanted, provider } });
  return { settings: { ...settings, auth: { ...wanted, provider } }, credentials: null };
}

/** The same with passwords for a value that is JSON already (a list of accounts in one file). `at`: where it stands in there. */
export function parseAccountValue(json: unknown, at = ''): AccountFile {
  const parsed = File.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap((issue) => faultsOf(issue, json, at)));
  const { imap, smtp, auth: _, ...rest } = parsed.data;
  const { password: imapPassword, ...imapServer } = imap;
  const { password: ownSmtpPassword, ...smtpServer } = smtp ?? { password: undefined };
  return {
    settings: AccountSettings.parse({ ...rest, imap: imapServer, smtp: smtp === null ? null : smtpServer }),
    credentials: { imapPassword, smtpPassword: smtp === null ? null : (ownSmtpPassword ?? null) },
  };
}

function invalid(faults: readonly Fault[]): MailError {
  return new MailError('invalid-input', {}, { faults });
}

/** The line and column that the parser's message names, where it does. */
function placeOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined) return 'file';
  const before = text.slice(0, Number(position)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function faultsOf(issue: z.core.$ZodIssue, json: unknown, at: string): Fault[] {
  const path = [at, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      code: 'unknown-key',
      message: `there is no such key; "${key}" is not known here`,
    }));
  }
  const missing = issue.code === 'invalid_type' && valueAt(json, issue.path) === undefined;
  return [
    {
      path: path === '' ? 'file' : path,
      code: missing ? 'missing' : issue.code.replaceAll('_', '-'),
      message: missing ? 'this key is missing' : wordsFor(issue),
    },
  ];
}

/** zod's words quote no values; for the rules that are ours they say too little. */
function wordsFor(issue: z.core.$ZodIssue): string {
  const last = issue.path.at(-1);
  if (last === 'port') return 'a port is a whole number from 1 to 65535';
  if (last === 'security') return 'this is "tls", "starttls" or "none"';
  if (last === 'address' || last === 'archiveAddress') return 'this is no e-mail address';
  if (last === 'auth')
    return 'this is "password"; an account that signs in at a provider ("oauth2") is added by itself';
  if (last === 'host') return 'this is no server name: no spaces, slashes or @';
  if (last === 'trust') return 'this is "system" or "sha256:" with 64 hexadecimal digits in lower case';
  return issue.message;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
