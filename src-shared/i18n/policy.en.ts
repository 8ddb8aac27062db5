/** What an organisation allows and prescribes. */
import type { ErrorWords } from './errors.en.ts';
import type { Text } from './translate.ts';

export const policyEn = {
  'policy.set': 'Set by your organisation',
  'policy.noPersonalAccounts': 'Your organisation provides the accounts; no others can be added.',
  'policy.remoteContent.never': 'Content from outside is never loaded.',
  'policy.remoteContent.blocked':
    'This mail has content from outside. Your organisation does not let it be loaded.',
  'policy.allowedDomains': 'Allowed: addresses at {list}.',
  'policy.allowedHosts': 'Allowed: {list}.',
  'settings.remoteContent': 'Content from outside',
  'settings.remoteContent.ask': 'Loaded when I ask for it',
  'settings.updates': 'New versions',
  'settings.updates.automatic': 'Install at the next start',
  'settings.updates.notify': 'Tell me only',
  'settings.updates.off': 'Do not look for them',
  'settings.logLevel': 'Log',
  'settings.logLevel.hint': 'Never holds passwords, and never what mails say.',
  'settings.logLevel.error': 'Errors only',
  'settings.logLevel.warn': 'Warnings too',
  'settings.logLevel.info': 'As usual',
  'settings.logLevel.debug': 'Everything, for troubleshooting',
  'notice.policy-last-good':
    'The rules of this computer’s administrator ({file}) cannot be read: {reason}. The last ones that could still count.',
  'notice.policy-cautious':
    'The rules of this computer’s administrator ({file}) cannot be read: {reason}. Until they can, no accounts are added and nothing is loaded from outside.',

  'organisation.tab.policy': 'Rules',
  'organisation.policy.intro':
    'These rules count for everybody who belongs to the organisation, from the next publication on. What a computer’s own administrator prescribes weighs more.',
  'organisation.policy.saved': 'Rules saved. They count once they are published.',
  'organisation.policy.accounts': 'Accounts',
  'organisation.policy.personal': 'People may add accounts of their own',
  'organisation.policy.personal.hint':
    'Otherwise there are only group accounts and those that the organisation offers. Accounts that exist stay.',
  'organisation.policy.domains': 'Domains of their addresses',
  'organisation.policy.domains.hint': 'Separated by commas; *.xyz.test stands for all below it. Empty: any.',
  'organisation.policy.hosts': 'Mail servers',
  'organisation.policy.hosts.hint': 'As above: imap.xyz.test, *.xyz.test. Empty: any.',
  'organisation.policy.archive': 'Archive address of all accounts',
  'organisation.policy.archive.hint':
    'A group account’s own archive address stays. Empty: as each account has it.',
  'organisation.policy.programs': 'Programs',
  'organisation.policy.free': 'Each decides',
  'organisation.policy.remote': 'Content from outside in mails',
  'organisation.policy.remote.ask': 'Loaded when the reader asks',
  'organisation.policy.remote.never': 'Never loaded',
  'organisation.policy.clients': 'Signing in at providers',
  'organisation.policy.clients.hint':
    'Under which client id Postkorb is registered there; the administrators’ guide says how to get one.',
  'organisation.policy.clients.add': 'Add provider',
  'organisation.policy.clients.remove': 'Remove {provider}',
  'organisation.policy.clients.none': 'No provider yet.',
  'organisation.policy.provider': 'Provider',
  'organisation.policy.provider.other': 'Another (OpenID Connect)',
  'organisation.policy.issuer': 'Issuer',
  'organisation.policy.issuer.hint': 'An https: address',
  'organisation.policy.clientId': 'Client id',
  'organisation.policy.clientSecret': 'Client secret',
  'organisation.policy.clientSecret.hint': 'Where the provider gives one to desktop programs',
  'organisation.policy.tenant': 'Directory (tenant)',
  'organisation.policy.tenant.hint': 'Empty: any',
  'organisation.policy.clientName': 'What people call it',
  'organisation.policy.clientHosts': 'Mail servers that it signs in for',
  'organisation.policy.scopes': 'Scopes',
  'organisation.policy.scopes.hint': 'Separated by spaces. Empty: the usual ones.',
  'organisation.policy.invalid': 'This is not usable here.',
  'organisation.policy.required': 'Something is missing here.',
  'organisation.policy.twice': 'This provider stands here already.',
  'organisation.accounts.signature': 'Signature of the group',
  'organisation.accounts.signature.hint':
    'All members sign with it and cannot change it. Empty: each has his own.',
  'accounts.offered': '{organisation} has set up this account for you.',
  'accounts.offered.password': 'Only the password is missing.',
  'accounts.offered.servers': 'Servers: {servers}',
  'accounts.offered.all': 'Show all settings',
  'organisation.tab.presets': 'Offered accounts',
  'organisation.presets.hint':
    'Whoever adds an account with such an address types nothing but the password; everything else is filled in from here.',
  'organisation.presets.none': 'No accounts are offered yet',
  'organisation.presets.add': 'Offer accounts',
  'organisation.presets.edit': 'Edit offered accounts',
  'organisation.presets.editNamed': 'Edit: {whom}',
  'organisation.presets.remove': 'Do not offer any more',
  'organisation.presets.removeNamed': 'Do not offer any more: {whom}',
  'organisation.presets.remove.title': 'No longer offer accounts for {whom}?',
  'organisation.presets.remove.text': 'Accounts that were added stay as they are.',
  'organisation.presets.saved': 'Saved. It counts once it is published.',
  'organisation.presets.domain': 'All addresses at {domain}',
  'organisation.presets.match': 'Address or domain',
  'organisation.presets.match.hint': 'anna@xyz.test, or xyz.test for all addresses there',
  'organisation.presets.user.hint': '{whole} stands for the whole address, {local} for what is before the @',
  'organisation.fault.matches-nobody': 'an address or a domain is needed',
  'organisation.fault.duplicate-preset': 'something is offered for it already',
} as const satisfies Readonly<Record<string, Text>>;

export const policyErrorsEn = {
  'policy-no-personal-accounts': {
    message: 'Your organisation does not let accounts be added.',
    hint: 'Ask your administrator for a group account, or for your own account to be offered to you.',
  },
  'policy-domain': {
    message: 'Your organisation allows no accounts[ at {name}].',
    hint: '[Allowed: {allowed}.]',
  },
  'policy-host': {
    message: 'Your organisation does not allow the mail server[ {name}].',
    hint: '[Allowed: {allowed}.]',
  },
  'policy-archive-address': {
    message: 'Your organisation prescribes the archive address[ {address}].',
    hint: 'Use it, or leave the archive address out.',
  },
  'policy-remote-content': {
    message: 'Your organisation does not let content from outside be loaded.',
    hint: '',
  },
  'policy-setting': {
    message: 'This setting is set by your organisation.',
    hint: 'Only its administrator can change it.',
  },
  'policy-unreadable': {
    message: 'The rules of this computer’s administrator cannot be read[ ({file})][: {reason}].',
    hint: 'Your administrator has to mend the file; “postkorb policy” names every fault. Until then no accounts are added.',
  },
} as const satisfies Readonly<Record<string, ErrorWords>>;
