/** Fills the built-in server's mailboxes with the demo's mails, as if they had come in over the last weeks. */
import { keyOfMessageId, type MessageKey } from '#shared/domain/group/messageKey.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { billThreads } from './content/bills.ts';
import { newsletterThreads } from './content/newsletters.ts';
import { germanPartnerThreads } from './content/partners.de.ts';
import { englishPartnerThreads } from './content/partners.en.ts';
import { sharedThreads } from './content/sharedInbox.ts';
import { teamThreads } from './content/team.de.ts';
import { sharedConversations } from './expandCases.ts';
import { mailBytes } from './mailBytes.ts';
import { seededChance } from './random.ts';
import type { Insider } from './script.ts';
import { timeline } from './timeline.ts';
import type { DatedMail } from './timeline.ts';

const seed = 20;
const freshMs = 1.5 * 86_400_000;

/** The mails of everybody, oldest first, as they are in every demo that begins now (milliseconds since 1970). */
export function demoMails(now: number): DatedMail[] {
  const threads = [
    ...teamThreads,
    ...germanPartnerThreads,
    ...englishPartnerThreads,
    ...billThreads,
    ...newsletterThreads,
    ...sharedThreads,
    ...sharedConversations(seededChance(seed)),
  ];
  return timeline(threads, now);
}

/** `taken`: mails of the shared mailbox that somebody works on or has done. */
export function seedMailServer(
  server: MailServer,
  mails: readonly DatedMail[],
  taken: ReadonlySet<MessageKey>,
  now: number,
): void {
  for (const dated of mails) {
    const raw = mailBytes(dated.mail);
    const { date: internalDate } = dated.mail;
    if (dated.sender !== null) {
      server
        .user(dated.sender)
        .mailboxes.require('Sent')
        .append({ raw, internalDate, flags: ['\\Seen'] });
    }
    for (const receiver of new Set(dated.receivers)) {
      const { mailboxes } = server.user(receiver);
      mailboxes
        .require(dated.folder ?? 'INBOX')
        .append({ raw, internalDate, flags: flagsFor(dated, receiver, taken, now) });
    }
  }
}

function flagsFor(
  dated: DatedMail,
  receiver: Insider,
  taken: ReadonlySet<MessageKey>,
  now: number,
): string[] {
  const flags: string[] = [];
  const fresh = now - dated.mail.date < freshMs;
  const key = receiver === 'info' ? keyOfMessageId(dated.mail.messageId) : null;
  const read = key === null ? dated.repliedLater.has(receiver) || (!fresh && !dated.unread) : taken.has(key);
  if (read) flags.push('\\Seen');
  if (dated.answeredBy === receiver) flags.push('\\Answered');
  if (dated.flagged) flags.push('\\Flagged');
  return flags;
}
