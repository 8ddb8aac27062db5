/** Beside which field of the account form an error belongs. */
import type { MailError } from '#shared/errors/MailError.ts';
import type { AccountFields, FieldName } from './accountFields.ts';
import type { Protocol } from './serverGuess.ts';

/** Where each failing step's reason belongs: the field that a person changes to get past it. */
export function fieldOf(server: Protocol, { code }: MailError): FieldName | null {
  switch (code) {
    case 'host-not-found':
    case 'certificate-wrong-host':
      return `${server}.host`;
    case 'connection-refused':
    case 'unexpected-greeting':
      return `${server}.port`;
    case 'tls-on-plain-port':
    case 'plain-on-tls-port':
    case 'starttls-not-offered':
      return `${server}.security`;
    case 'credentials-rejected':
      return `${server}.password`;
    case 'sender-refused':
      return 'address';
    default:
      return null;
  }
}

/** What the organisation does not allow; null: it is not that. */
export function fieldOfPolicyError({ code, params }: MailError, { imap }: AccountFields): FieldName | null {
  switch (code) {
    case 'policy-archive-address':
      return 'archiveAddress';
    case 'policy-domain':
    case 'policy-no-personal-accounts':
      return 'address';
    case 'policy-host':
      return imap.host.trim() === params['name'] ? 'imap.host' : 'smtp.host';
    default:
      return null;
  }
}

/** What keeps the settings from being saved. */
export function fieldOfSaveError({ code }: MailError): FieldName | null {
  switch (code) {
    case 'archive-address-inside':
      return 'archiveAddress';
    case 'duplicate-account':
      return 'address';
    case 'plaintext-not-allowed':
      return 'allowPlaintext';
    default:
      return null;
  }
}
