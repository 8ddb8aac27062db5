/** What there is to say about a mail by its headers alone. */
import type { Address, MessageWarning } from '#shared/domain/message.ts';
import type { MessageHeaders } from './headers.ts';

export function headerWarnings(
  headers: Pick<MessageHeaders, 'from' | 'limited' | 'severalSenders' | 'duplicates'>,
): MessageWarning[] {
  const warnings: MessageWarning[] = [];
  if (headers.limited) warnings.push({ code: 'headers-limit' });
  if (headers.severalSenders) warnings.push({ code: 'several-senders' });
  for (const name of headers.duplicates) {
    if (name !== 'from') warnings.push({ code: 'duplicate-header', detail: name });
  }
  const claimed = headers.from === null ? null : claimedAddress(headers.from);
  if (claimed !== null) warnings.push({ code: 'name-is-address', detail: claimed });
  return warnings;
}

/** The address that a sender's name pretends to be, where it is another than his (M08). */
export function claimedAddress({ name, address }: Address): string | null {
  const claimed = /[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;:]{1,190}\.[^\s<>"'(),;:.]{2,60}/.exec(name)?.[0];
  return claimed === undefined || claimed.toLowerCase() === address.toLowerCase() ? null : claimed;
}
