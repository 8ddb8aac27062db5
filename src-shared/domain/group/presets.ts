/** Accounts that an organisation offers: settings for an address, in which nothing is missing but the password. Pure. */
import { AccountSettings } from '../account.ts';
import { mailboxKey } from '../archiveAddress.ts';
import { asciiDomain } from '../asciiDomain.ts';
import type { Preset, SharedConfig } from './config.ts';

const domainOf = (address: string): string => asciiDomain(address.slice(address.lastIndexOf('@') + 1));

/** "{address}", "{local}", "{domain}", and the placeholders of autoconfig files ("%EMAILADDRESS%"). */
export function fillPreset(text: string, address: string): string {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const values: Readonly<Record<string, string>> = {
    address,
    local,
    domain,
    EMAILADDRESS: address,
    EMAILLOCALPART: local,
    EMAILDOMAIN: domain,
  };
  return text.replace(/\{([a-z]+)\}|%([A-Z]+)%/g, (whole, ours?: string, theirs?: string) => {
    const name = ours ?? theirs ?? '';
    return Object.hasOwn(values, name) ? (values[name] ?? whole) : whole;
  });
}

/** One that names the address weighs more than one for its domain; of equals the first. */
function matching(presets: readonly Preset[], address: string): Preset | null {
  const own = presets.find(
    ({ match }) => match.address !== undefined && mailboxKey(match.address) === mailboxKey(address),
  );
  return (
    own ??
    presets.find(
      ({ match }) =>
        match.address === undefined &&
        match.domain !== undefined &&
        asciiDomain(match.domain) === domainOf(address),
    ) ??
    null
  );
}

/** The whole account for this address; null: none is offered, or what is offered makes no account for it. */
export function presetAccount(
  config: Pick<SharedConfig, 'presets' | 'users'>,
  address: string,
): AccountSettings | null {
  const preset = matching(config.presets, address);
  if (preset === null) return null;
  const { settings } = preset;
  const server = (one: AccountSettings['imap']): AccountSettings['imap'] => ({
    ...one,
    host: fillPreset(one.host, address),
    user: fillPreset(one.user, address),
  });
  const person = config.users.find((user) => mailboxKey(user.address) === mailboxKey(address));
  const made = AccountSettings.safeParse({
    ...settings,
    name: fillPreset(settings.name ?? address, address),
    address,
    displayName: fillPreset(settings.displayName ?? person?.name ?? '', address),
    imap: server(settings.imap),
    smtp: settings.smtp && server(settings.smtp),
  });
  return made.success ? made.data : null;
}

/** Are these the servers that the organisation offers to this address? */
export function isOffered(
  config: Pick<SharedConfig, 'presets' | 'users'>,
  settings: AccountSettings,
): boolean {
  const offered = presetAccount(config, settings.address);
  if (offered === null) return false;
  const same = (one: AccountSettings['smtp'], other: AccountSettings['smtp']): boolean =>
    one?.host.toLowerCase() === other?.host.toLowerCase() && one?.port === other?.port;
  return same(settings.imap, offered.imap) && (settings.smtp === null || same(settings.smtp, offered.smtp));
}
