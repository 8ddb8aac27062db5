/**
 * What went wrong, in words, for every error code: the message, and what to try. A part in brackets is left out where one of its
 * placeholders has no value.
 */
import type { MailErrorCode } from '../errors/MailError.ts';
import { networkErrorsEn } from './network.en.ts';
import { discoveryErrorsEn } from './discovery.en.ts';
import { policyErrorsEn } from './policy.en.ts';

export interface ErrorWords {
  readonly message: string;
  readonly hint: string;
}

export const errorsEn: Readonly<Record<MailErrorCode, ErrorWords>> = {
  ...policyErrorsEn,
  ...discoveryErrorsEn,
  ...networkErrorsEn,
  'host-not-found': {
    message: 'There is no server called [“{host}”].',
    hint: 'Check the spelling of the server name; your provider’s help pages say what it is.',
  },
  'dns-failed': {
    message: 'The name of the server [“{host}”] could not be looked up.',
    hint: 'Check the network connection and try again.',
  },
  'connection-refused': {
    message: 'The server[ {host}] accepts no connection[ on port {port}].',
    hint: 'Check the port: 993 (TLS) or 143 (STARTTLS) for incoming, 465 (TLS) or 587 (STARTTLS) for outgoing mail.',
  },
  'connection-timeout': {
    message: 'The server[ {host}] did not answer[ on port {port}].',
    hint: 'Check server and port; a firewall may keep this port closed.',
  },
  'connection-closed': {
    message: 'The server[ {host}] closed the connection.[ It said: {response}]',
    hint: 'It is tried again by itself. If it stays so, check port and security.',
  },
  'network-unreachable': {
    message: 'The network or the server[ {host}] cannot be reached.',
    hint: 'Check the network connection.',
  },
  'greeting-timeout': {
    message: 'The server[ {host}] accepted the connection and then said nothing.',
    hint: 'Check port and security: a server that waits for TLS stays silent without it.',
  },
  'unexpected-greeting': {
    message: 'What answers at[ {host}] is not a mail server of this kind.[ It said: {response}]',
    hint: 'Check the port: it belongs to another service.',
  },
  'deadline-exceeded': {
    message: 'The server[ {host}] took too long to answer.',
    hint: 'Try again later; if it stays so, check server, port and security.',
  },
  'tls-on-plain-port': {
    message: 'The server[ {host}] does not speak TLS on this port[ ({port})].',
    hint: 'Choose STARTTLS for this port, or the TLS port (993 for incoming, 465 for outgoing mail).',
  },
  'plain-on-tls-port': {
    message: 'The server[ {host}] expects TLS on this port[ ({port})].',
    hint: 'Choose TLS for this port, or the STARTTLS port (143 for incoming, 587 for outgoing mail).',
  },
  'starttls-not-offered': {
    message: 'The server[ {host}] offers no encryption (STARTTLS) on this port.',
    hint: 'Choose TLS with its own port. Nothing was sent: the password stayed here.',
  },
  'starttls-injection': {
    message: 'Somebody put text into the connection to[ {host}] before it was encrypted.',
    hint: 'Do not use this network. Nothing was sent: the password stayed here.',
  },
  'tls-failed': {
    message: 'An encrypted connection to[ {host}] could not be set up.',
    hint: 'The server may be too old for safe encryption; ask its administrator for TLS 1.2 or newer.',
  },
  'certificate-self-signed': {
    message: 'The certificate of[ {host}] is signed by nobody but itself.',
    hint: 'Compare its fingerprint with the server’s administrator; then you may trust exactly this certificate.',
  },
  'certificate-untrusted': {
    message: 'The certificate of[ {host}] comes from an authority that this computer does not know.',
    hint: 'Where your organisation has an authority of its own: your administrator installs it in the system, or names its file under Settings, Further certificate authorities. Otherwise compare the fingerprint with the server’s administrator; then you may trust exactly this certificate.',
  },
  'certificate-expired': {
    message: 'The certificate of[ {host}] has expired.',
    hint: 'Check this computer’s date. If it is right, the server’s administrator must renew the certificate.',
  },
  'certificate-not-yet-valid': {
    message: 'The certificate of[ {host}] is not valid yet.',
    hint: 'Check this computer’s date and time.',
  },
  'certificate-wrong-host': {
    message: 'The certificate belongs to another server, not to[ {host}].',
    hint: 'Use the server name that the certificate is made for, as your provider states it.',
  },
  'certificate-changed': {
    message: 'The certificate of[ {host}] is not the one you trusted.',
    hint: 'Ask the server’s administrator whether it was renewed, and compare the new fingerprint before you trust it.',
  },
  'plaintext-not-allowed': {
    message: 'Without encryption the password for[ {host}] could be read on the way.',
    hint: 'Choose TLS or STARTTLS. If it must be, allow it expressly ("allowPlaintext": true).',
  },
  'credentials-rejected': {
    message: 'The server[ {host}] does not accept user name and password.[ It said: {response}]',
    hint: 'Type both again. Some providers want an app password, or the whole e-mail address as the user name.',
  },
  'credentials-missing': {
    message: 'The password of this account is not stored here.',
    hint: 'Open the account and type the password.',
  },
  'login-disabled': {
    message: 'The server[ {host}] allows no login on this connection.[ It said: {response}]',
    hint: 'Choose TLS or STARTTLS, and check that IMAP is switched on for this mailbox.',
  },
  'login-refused': {
    message: 'The server[ {host}] refused the login for now.[ It said: {response}]',
    hint: 'Try again later. If it stays so, ask the provider whether the mailbox is locked.',
  },
  'auth-not-offered': {
    message: 'The server[ {host}] offers no way to log in that is known here.',
    hint: 'Check port and security; the provider may demand another way to sign in.',
  },
  'too-many-connections': {
    message: 'The server[ {host}] allows no further connection for this mailbox.',
    hint: 'It is tried again by itself. Other programs or devices may use the mailbox at the same time.',
  },
  'sign-in-expired': {
    message: 'The sign-in[ at {provider}] has expired.',
    hint: 'Sign in again. It ends when the password was changed, the access was withdrawn, or it was not used for long.',
  },
  'sign-in-denied': {
    message: 'The sign-in[ at {provider}] was declined.[ It said: {response}]',
    hint: 'Sign in again and agree to the access to your mail; without it no mail can be fetched.',
  },
  'sign-in-timed-out': {
    message: 'The sign-in[ at {provider}] was not finished in time.',
    hint: 'Start it again, and finish it in the browser.',
  },
  'sign-in-not-configured': {
    message: 'Signing in[ at {provider}] is not set up here: there is no client id.',
    hint: 'Your administrator registers Postkorb at the provider once and puts the client id into the shared config or the file oauth-clients.json; the administrators’ guide says how.',
  },
  'sign-in-admin-approval': {
    message:
      'An administrator of your organisation must allow Postkorb[ at {provider}] first.[ It said: {response}]',
    hint: 'Send your administrator this link and ask for approval; then sign in again.[ {url}]',
  },
  'sign-in-client-refused': {
    message: 'The client id of this installation is not accepted[ by {provider}].[ It said: {response}]',
    hint: 'Your administrator compares client id, kind of client (desktop) and redirect address with the registration at the provider.',
  },
  'sign-in-scope': {
    message: 'The sign-in[ at {provider}] does not include the access to mail.',
    hint: 'Sign in again and leave the access to mail ticked when you are asked.',
  },
  'sign-in-not-lasting': {
    message: 'A lasting sign-in[ at {provider}] is not allowed (no refresh token came).',
    hint: 'Your administrator adds lasting access (“offline access”) to the registration at the provider.',
  },
  'sign-in-other-account': {
    message: 'You signed in as {identity}, but this account is {address}.',
    hint: 'Sign in again as {address}. For a mailbox that is shared with you, confirm that your own sign-in is used.',
  },
  'sign-in-server-fault': {
    message: 'The sign-in server[ {host}] gave no usable answer[ (status {status})].',
    hint: 'It is tried again by itself. If it stays so, a proxy or a login page of the network may stand in between.',
  },
  'sign-in-failed': {
    message: 'The sign-in[ at {provider}] failed.[ It said: {response}]',
    hint: 'Start it again. If it stays so, show this text to your administrator.',
  },
  'token-rejected': {
    message: 'The server[ {host}] does not accept the sign-in for this mailbox.[ It said: {response}]',
    hint: 'Sign in again with the account that the mailbox belongs to, and check that IMAP (and sending by SMTP) is switched on for it.',
  },
  'server-refused': {
    message: 'The server refused[ {command}][ for “{folder}”].[ It said: {response}]',
    hint: 'The change is kept and shown; try again, or undo it.',
  },
  'unsubscribe-refused': {
    message: 'The list’s server {host} did not take you off the list[ (HTTP {status})].',
    hint: 'Try the sender’s page, or write to the sender.',
  },
  'server-busy': {
    message: 'The server[ {host}] is busy.[ It said: {response}]',
    hint: 'It is tried again by itself.',
  },
  'protocol-error': {
    message: 'The server[ {host}] gave an answer that could not be understood.[ It said: {response}]',
    hint: 'It is tried again by itself. If it stays so, tell the server’s administrator.',
  },
  'response-too-large': {
    message: 'The server[ {host}] sent more than a mail can hold.',
    hint: 'The connection was closed to protect this computer.',
  },
  'mailbox-not-found': {
    message: 'There is no folder [“{folder}”] on the server.',
    hint: 'It may have been renamed or deleted elsewhere; check for mail to see the folders as they are.',
  },
  'mailbox-exists': {
    message: 'There is already a folder [“{folder}”].',
    hint: 'Choose another name.',
  },
  'mailbox-read-only': {
    message: 'The folder[ “{folder}”] may not be changed.',
    hint: 'Ask whoever shares this folder for the right to change it.',
  },
  'mailbox-changed': {
    message: 'The folder[ “{folder}”] was made anew on the server.',
    hint: 'It is read again by itself.',
  },
  'over-quota': {
    message: 'The mailbox is full.[ The server said: {response}]',
    hint: 'Delete mail or empty the trash; what waits goes on by itself.',
  },
  'target-unavailable': {
    message: 'The mailbox with the folder[ “{folder}”], where the mail is to go, cannot be reached now.',
    hint: 'The mail stays where it was until it can. Account health says what is wrong with that account.',
  },
  'message-gone': {
    message: 'This message is no longer on the server.',
    hint: 'It was deleted or moved elsewhere.',
  },
  'folders-unusable': {
    message: 'The server[ {host}] shows no folder that can be used.',
    hint: 'Check the user name; ask the administrator whether the mailbox exists.',
  },
  'sender-refused': {
    message:
      'The server does not let this login send as [{address}].[ It said: {answer}][ It said: {response}]',
    hint: 'Use the address that belongs to this login, or ask the provider to allow this sender.',
  },
  'recipient-refused': {
    message: 'The server refused the recipient [{address}].[ It said: {answer}]',
    hint: 'Check the address.',
  },
  'recipients-refused': {
    message: 'The server refused every recipient.[ It said: {answer}]',
    hint: 'Check the addresses; the mail is back among the drafts.',
  },
  'message-too-large': {
    message: 'The mail is too large for the server.[ It said: {answer}]',
    hint: 'Take out attachments or send them as a link.',
  },
  'message-refused': {
    message: 'The server refused the mail.[ It said: {answer}]',
    hint: 'The mail is back among the drafts; the server’s words say what it minds.',
  },
  'smtp-temporary': {
    message: 'The server could not take the mail for now.[ It said: {answer}]',
    hint: 'It is tried again by itself.',
  },
  'smtputf8-needed': {
    message: 'The server cannot send to addresses with letters like [{address}].',
    hint: 'Use an address in plain letters, or another account.',
  },
  'outcome-unknown': {
    message: 'The connection broke at the very moment of sending: the mail may have gone out.',
    hint: 'Look in Sent or ask the recipient, then say whether it was sent. It is never sent twice by itself.',
  },
  'no-smtp': {
    message: 'The account[ “{name}”] has no outgoing server.',
    hint: 'Add one to the account, or send from another account.',
  },
  'no-recipients': {
    message: 'The mail has no recipient.',
    hint: 'Enter at least one address in To, Cc or Bcc.',
  },
  'invalid-input': {
    message: 'This cannot be used as it is.',
    hint: 'Correct what is named and try again; nothing was changed.',
  },
  'unknown-command': {
    message: 'There is no such command.',
    hint: 'The window and the engine are of different versions: restart Postkorb.',
  },
  'not-found': {
    message: 'This[ {what}] does not exist any more.',
    hint: 'It may have been removed meanwhile.',
  },
  'not-permitted': {
    message: 'This is not allowed here.',
    hint: 'Only an administrator of the organisation may do it, or it cannot be done to this thing at all.',
  },
  'not-supported': {
    message: 'This cannot be done here.',
    hint: 'Use the desktop app or a newer version.',
  },
  'duplicate-account': {
    message: 'This mailbox is already here[, as “{account}”].',
    hint: 'Edit the existing account instead.',
  },
  'archive-address-inside': {
    message: 'The archive address [{address}] belongs to the system itself[ (“{account}”)].',
    hint: 'An archive must lie outside: enter an address that is nobody’s mailbox here.',
  },
  'settings-not-tested': {
    message: 'These settings have not passed a connection test.',
    hint: 'Test the connection with exactly these settings, or save the account as inactive.',
  },
  'test-failed': {
    message: 'The connection test failed; nothing was saved.',
    hint: 'The steps of the test say what is wrong.',
  },
  'already-sent': {
    message: 'The mail is already on its way.',
    hint: 'It cannot be taken back any more.',
  },
  'no-organisation': {
    message: 'This profile belongs to no organisation yet.',
    hint: 'Join one with the link that your administrator gave you, or set one up.',
  },
  'other-organisation': {
    message: 'This profile already belongs to the organisation [“{name}”].',
    hint: 'Use another profile for a second organisation.',
  },
  'join-link-invalid': {
    message: 'This is no join link[: {reason}].',
    hint: 'Copy the whole link that your administrator gave you; it begins with postkorb://join.',
  },
  'fingerprint-mismatch': {
    message:
      'The shared config is signed by another key than the join link names[: {actual} instead of {expected}].',
    hint: 'Do not go on. Ask your administrator for a new link, and compare the fingerprint with him by telephone.',
  },
  'invite-code-wrong': {
    message: 'The invite code does not open the passwords of the group accounts.',
    hint: 'Check the code; your administrator gave it to you apart from the link.',
  },
  'config-unreachable': {
    message: 'The shared config cannot be fetched[ from {where}][: {reason}].',
    hint: 'The last good one stays in force. It is tried again by itself.',
  },
  'config-not-json': {
    message: 'What lies[ at {where}] is no shared config.',
    hint: 'Is it a login page, or another file? The last good config stays in force.',
  },
  'config-wrong-type': {
    message: 'The server[ of {where}] says that this is no shared config, but [“{type}”].',
    hint: 'Is it a login page, or another file? The last good config stays in force.',
  },
  'config-too-large': {
    message: 'What lies[ at {where}] is too large for a shared config.',
    hint: 'The last good config stays in force.',
  },
  'config-redirected': {
    message: 'The server[ of {where}] points to another place[: {target}].',
    hint: 'Use the address itself. Nobody else’s server is asked because a server says so.',
  },
  'config-invalid': {
    message: 'The shared config breaks rules and is not used.',
    hint: 'Every fault is named with its place. The last good config stays in force.',
  },
  'config-unsigned': {
    message: 'The shared config has no valid signature.',
    hint: 'It was changed after it was signed, or never signed. The last good config stays in force.',
  },
  'config-unknown-signer': {
    message: 'The shared config is signed by a key that is no administrator’s[: {fingerprint}].',
    hint: 'The last good config stays in force. Ask your administrator.',
  },
  'config-rollback': {
    message: 'The shared config is older than the one in force[: revision {revision} after {known}].',
    hint: 'The last good config stays in force. Somebody put back an old file, or the server shows an old copy.',
  },
  'config-fork': {
    message: 'There are two shared configs of the same revision[ {revision}]: [{known} and {other}].',
    hint: 'Two administrators published at once, or somebody tampered with the file. The last good config stays in force; publish a new revision.',
  },
  'config-conflict': {
    message: 'Somebody else has published in the meantime[: revision {revision}].',
    hint: 'Nothing was overwritten. Look at what differs, take it over, and publish again.',
  },
  'group-foreign': {
    message: 'This mailbox is already worked in by another organisation[: {organisation}].',
    hint: 'Two organisations cannot share one mailbox. Ask whoever runs it.',
  },
  'no-group-message': {
    message: 'This message lies in no group account.',
    hint: 'Group work is for the mail of group accounts.',
  },
  'member-key-unconfirmed': {
    message: 'Your key on this computer is not confirmed yet.',
    hint: 'An administrator confirms it[ (fingerprint {fingerprint})] and publishes; until then nobody else sees what you do here.',
  },
  'store-newer': {
    message: 'This profile was written by a newer version of Postkorb.',
    hint: 'Install the newer version; nothing was changed.',
  },
  'store-corrupt': {
    message: 'The mail store is damaged.',
    hint: 'Restart Postkorb: it puts the damaged file aside and fetches the mail again.',
  },
  'profile-in-use': {
    message: 'The profile is in use by another program[ (process {pid}, {host})].',
    hint: 'Close it, or wait until it has finished.',
  },
  'disk-full': {
    message: 'There is no room left on the disk.',
    hint: 'Make room; Postkorb goes on by itself. Nothing was deleted on the server.',
  },
  'file-unreadable': {
    message: 'The file[ “{file}”] cannot be read or written.',
    hint: 'Check its path and your rights to it.',
  },
  'file-exists': {
    message: 'There is already a file[ “{file}”].',
    hint: 'Choose another name; nothing was overwritten.',
  },
  'not-a-mail': {
    message: 'This is no mail.',
    hint: 'Files with mails are .eml and mbox files. Outlook’s .msg and .pst files have to be converted first.',
  },
  'mail-too-large': {
    message: 'This mail is too large to be taken in[: {size} bytes, and {limit} are possible].',
    hint: '',
  },
  'secrets-unavailable': {
    message: 'The keychain cannot be opened.',
    hint: 'Unlock it and try again; the accounts stay as they are.',
  },
  'rate-limited': {
    message: 'Too many requests at once.',
    hint: 'Wait a moment and try again.',
  },
  cancelled: {
    message: 'Cancelled.',
    hint: '',
  },
  internal: {
    message: 'Something went wrong that should not have.[ ({code})]',
    hint: 'Nothing was lost. If it happens again, the log in the profile folder tells more.',
  },
};
