/** Puts an accepted mail where it belongs: into the INBOX of each local recipient once, and on record. */
import type { Clock } from '#shared/base/clock.ts';
import { MailContent } from '../storage/StoredMail.ts';
import type { MailUser } from '../storage/MailUser.ts';
import type { Users } from '../storage/Users.ts';
import type { AcceptedMails } from './AcceptedMails.ts';

export interface MailToDeliver {
  /** The envelope. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly user: string | null;
}

export interface DeliverySurroundings {
  readonly users: Users;
  readonly domains: ReadonlySet<string>;
  readonly clock: Clock;
  readonly accepted: AcceptedMails;
}

export function deliver(
  mail: MailToDeliver,
  { users, domains, clock, accepted }: DeliverySurroundings,
): void {
  const at = clock.now();
  const owners = new Set<MailUser>();
  const outside: string[] = [];
  for (const address of mail.to) {
    const owner = users.byAddress(address);
    if (owner !== null) owners.add(owner);
    else if (!domains.has(address.slice(address.lastIndexOf('@') + 1).toLowerCase())) outside.push(address);
  }
  const content = new MailContent(Buffer.concat([traceLines(mail.from, at), mail.raw]));
  for (const owner of owners) owner.mailboxes.inbox.append({ raw: content, internalDate: at });
  accepted.add({ ...mail, outside, at });
}

/** What a server writes above a mail that it delivers (RFC 5321 section 4.4). */
function traceLines(from: string, at: number): Buffer {
  const date = new Date(at).toUTCString().replace('GMT', '+0000');
  return Buffer.from(
    `Return-Path: <${from}>\r\nReceived: from localhost by localhost with ESMTP; ${date}\r\n`,
    'utf8',
  );
}
