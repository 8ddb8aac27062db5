/** The account form as data: what stands in its fields, the settings that it means, and what is wrong with it. Pure. */
import { isAddress } from '../composer/addressList.ts';
import { mailboxKey } from '#shared/domain/archiveAddress.ts';
import {
  AccountSettings,
  Credentials,
  expectedLogins,
  isLoopbackHost,
  sameAddress,
  Server,
  type OAuthSignIn,
  type Security,
  type Trust,
} from '#shared/domain/account.ts';
import type { Protocol } from './serverGuess.ts';

export interface ServerFields {
  readonly host: string;
  readonly port: string;
  readonly security: Security;
  readonly user: string;
  readonly password: string;
}

export interface AccountFields {
  readonly name: string;
  readonly address: string;
  readonly displayName: string;
  readonly archiveAddress: string;
  readonly imap: ServerFields;
  /** Without it the account only receives. */
  readonly sends: boolean;
  readonly smtp: ServerFields;
  readonly trust: Trust;
  readonly allowPlaintext: boolean;
  /** Signing in at a provider instead of passwords. */
  readonly auth?: OAuthSignIn | undefined;
  /** A finished sign-in, by its id. */
  readonly signIn?: string | null;
}

export type FieldName =
  | 'name'
  | 'address'
  | 'displayName'
  | 'archiveAddress'
  | `${Protocol}.${'host' | 'port' | 'security' | 'user' | 'password'}`
  | 'signIn'
  | 'allowPlaintext';

/** Text keys of what is wrong; the form puts them beside the field. */
export type FieldFault =
  | 'accounts.form.fieldRequired'
  | 'accounts.form.portInvalid'
  | 'accounts.form.addressInvalid'
  | 'accounts.form.hostInvalid'
  | 'accounts.form.archiveInside'
  | 'accounts.form.textInvalid'
  | 'accounts.form.signInNeeded'
  | 'accounts.form.plaintextNeeded';
export type FieldFaults = Readonly<Partial<Record<FieldName, FieldFault>>>;

export const emptyServer: ServerFields = { host: '', port: '', security: 'tls', user: '', password: '' };

export const emptyFields: AccountFields = {
  name: '',
  address: '',
  displayName: '',
  archiveAddress: '',
  imap: { ...emptyServer, port: '993' },
  sends: true,
  smtp: { ...emptyServer, port: '465' },
  trust: 'system',
  allowPlaintext: false,
};

/** The fields of saved settings; passwords are never given out, so they stand empty and mean "unchanged". */
export function fieldsOf(settings: AccountSettings): AccountFields {
  const server = (one: NonNullable<AccountSettings['smtp']>): ServerFields => ({
    host: one.host,
    port: String(one.port),
    security: one.security,
    user: one.user,
    password: '',
  });
  return {
    name: settings.name,
    address: settings.address,
    displayName: settings.displayName,
    archiveAddress: settings.archiveAddress ?? '',
    imap: server(settings.imap),
    sends: settings.smtp !== null,
    smtp: settings.smtp === null ? emptyFields.smtp : server(settings.smtp),
    trust: settings.tls.trust,
    allowPlaintext: settings.allowPlaintext === true,
    ...(settings.auth === undefined ? {} : { auth: settings.auth }),
  };
}

/** Whose password would travel in clear text beyond this machine. */
export function plaintextServers(fields: AccountFields): Protocol[] {
  const open = ({ host, security }: ServerFields): boolean =>
    security === 'none' && host.trim() !== '' && !isLoopbackHost(host.trim());
  const servers: Protocol[] = [];
  if (open(fields.imap)) servers.push('imap');
  if (fields.sends && open(fields.smtp)) servers.push('smtp');
  return servers;
}

/** The settings that the fields mean, or null while they mean none. */
export function settingsOf(fields: AccountFields): AccountSettings | null {
  const server = ({ host, port, security, user }: ServerFields): unknown => ({
    host: host.trim(),
    port: /^\d{1,5}$/.test(port.trim()) ? Number(port) : 0,
    security,
    user: user.trim(),
  });
  const parsed = AccountSettings.safeParse({
    name: fields.name.trim(),
    address: fields.address.trim(),
    displayName: fields.displayName.trim(),
    imap: server(fields.imap),
    smtp: fields.sends ? server(fields.smtp) : null,
    archiveAddress: fields.archiveAddress.trim() || null,
    tls: { trust: fields.trust },
    ...(fields.allowPlaintext && plaintextServers(fields).length > 0 ? { allowPlaintext: true } : {}),
    ...(fields.auth === undefined ? {} : { auth: fields.auth }),
  });
  return parsed.success ? parsed.data : null;
}

/** null: the passwords stay as they are stored. The outgoing server uses the incoming one's where its own field is empty. */
export function credentialsOf(fields: AccountFields): Credentials | null {
  if (fields.auth !== undefined) return null;
  const imapPassword = fields.imap.password;
  const smtpPassword = fields.sends && fields.smtp.password !== '' ? fields.smtp.password : null;
  const parsed = Credentials.safeParse({ imapPassword, smtpPassword });
  return parsed.success ? parsed.data : null;
}

/** Who signed in, where that is not who the account is for; null: it is, or nobody says who it was. */
export function otherIdentity(settings: AccountSettings, identities: readonly string[]): string | null {
  const expected = expectedLogins(settings);
  const [first] = identities;
  if (first === undefined) return null;
  return identities.some((one) => expected.some((other) => sameAddress(one, other))) ? null : first;
}

/**
 * Everything that keeps the form from being saved.
 * @param editing an account that exists: empty passwords are kept
 * @param ownAddresses of all other accounts: an archive must lie outside
 * @param keeps what is stored for it (passwords, a sign-in) is what these fields ask for
 */
export function faultsOf(
  fields: AccountFields,
  editing: boolean,
  ownAddresses: readonly string[],
  keeps = editing,
): FieldFaults {
  const faults: Partial<Record<FieldName, FieldFault>> = {};
  const required = (name: FieldName, value: string): boolean => {
    if (value.trim() !== '') return true;
    faults[name] = 'accounts.form.fieldRequired';
    return false;
  };
  const plain = (name: FieldName, value: string, max: number): void => {
    if (value.trim().length > max || /[\u0000-\u001f\u007f\u2028\u2029]/.test(value))
      faults[name] = 'accounts.form.textInvalid';
  };
  if (required('name', fields.name)) plain('name', fields.name, 100);
  plain('displayName', fields.displayName, 200);
  if (required('address', fields.address) && !isAddress(fields.address.trim()))
    faults.address = 'accounts.form.addressInvalid';
  const archive = fields.archiveAddress.trim();
  if (archive !== '') {
    if (!isAddress(archive)) faults.archiveAddress = 'accounts.form.addressInvalid';
    else if ([fields.address, ...ownAddresses].some((own) => mailboxKey(own) === mailboxKey(archive)))
      faults.archiveAddress = 'accounts.form.archiveInside';
  }
  const server = (protocol: Protocol, one: ServerFields): void => {
    if (required(`${protocol}.host`, one.host) && !Server.shape.host.safeParse(one.host.trim()).success)
      faults[`${protocol}.host`] = 'accounts.form.hostInvalid';
    const port = one.port.trim();
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
      faults[`${protocol}.port`] = 'accounts.form.portInvalid';
    if (required(`${protocol}.user`, one.user)) plain(`${protocol}.user`, one.user, 320);
  };
  server('imap', fields.imap);
  if (fields.sends) server('smtp', fields.smtp);
  if (fields.auth !== undefined) {
    if (fields.signIn == null && !keeps) faults.signIn = 'accounts.form.signInNeeded';
    // A new password for one server leaves the other's unknown: both are stored together.
  } else if (fields.imap.password === '' && (!keeps || (fields.sends && fields.smtp.password !== '')))
    faults['imap.password'] = 'accounts.form.fieldRequired';
  if (plaintextServers(fields).length > 0 && !fields.allowPlaintext)
    faults.allowPlaintext = 'accounts.form.plaintextNeeded';
  return faults;
}

/** What a connection test proves, in one text: the fields that decide how servers are reached and who we are to them. */
export function testedKey(fields: AccountFields): string {
  const server = ({ host, port, security, user, password }: ServerFields): unknown => [
    host.trim().toLowerCase(),
    port.trim(),
    security,
    user.trim(),
    password,
  ];
  return JSON.stringify([
    fields.address.trim(),
    server(fields.imap),
    fields.sends ? server(fields.smtp) : null,
    fields.trust,
    fields.allowPlaintext && plaintextServers(fields).length > 0,
    ...(fields.auth === undefined
      ? []
      : [fields.auth.provider, fields.auth.login ?? '', fields.signIn ?? '']),
  ]);
}
