/** What stands in To, Cc and Bcc, as addresses: each fault named with its field and what was typed. */
import { parseAddressList } from '#engine/mime/addresses.ts';
import type { DraftContent } from '#shared/contract/compose.ts';
import { EmailAddress, normaliseAddress } from '#shared/domain/account.ts';
import type { Address } from '#shared/domain/message.ts';
import { MailError, type Fault } from '#shared/errors/MailError.ts';

export interface Recipients {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  /** Everybody who gets it, once each, as RCPT TO will say it. */
  readonly envelope: readonly string[];
}

const fields = ['to', 'cc', 'bcc', 'replyTo'] as const;

/** Errors: invalid-input with a fault for each bad address, no-recipients. */
export function readRecipients(content: Pick<DraftContent, (typeof fields)[number]>): Recipients {
  const faults: Fault[] = [];
  const read = (field: (typeof fields)[number]): Address[] => {
    const typed = content[field].trim();
    if (typed === '') return [];
    const list = parseAddressList(typed);
    for (const { address, name } of list) {
      if (!EmailAddress.safeParse(address).success) {
        faults.push({ path: field, code: 'invalid-address', message: address === '' ? name : address });
      }
    }
    if (list.length === 0)
      faults.push({ path: field, code: 'invalid-address', message: typed.slice(0, 200) });
    return list;
  };
  const [to, cc, bcc, replyTo] = fields.map(read) as [Address[], Address[], Address[], Address[]];
  if (faults.length > 0) throw new MailError('invalid-input', {}, { faults });
  const envelope = new Map<string, string>();
  for (const { address } of [...to, ...cc, ...bcc]) {
    const key = normaliseAddress(address);
    if (!envelope.has(key)) envelope.set(key, address);
  }
  if (envelope.size === 0) throw new MailError('no-recipients');
  return { to, cc, bcc, replyTo, envelope: [...envelope.values()] };
}

/** The addresses that can be read of what is typed so far: a draft is saved whatever stands in its fields. */
export function readableRecipients(typed: string): Address[] {
  return typed.trim() === ''
    ? []
    : parseAddressList(typed).filter(({ address }) => EmailAddress.safeParse(address).success);
}
