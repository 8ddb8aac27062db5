/** The mails of the day: what lies in five mailboxes when it begins, and what arrives while people work. */
import { sharedConversations } from '#hosts/node/demo/expandCases.ts';
import { mailBytes } from '#hosts/node/demo/mailBytes.ts';
import { seededChance } from '#hosts/node/demo/random.ts';
import type { Correspondent, Insider, ScriptedThread } from '#hosts/node/demo/script.ts';
import { demoMails } from '#hosts/node/demo/seedMailServer.ts';
import { timeline, type DatedMail } from '#hosts/node/demo/timeline.ts';
import type { StoredMessage } from '#test/servers/dovecot.ts';

/** The demo's conversations are those of a month; a mailbox has those of a year. */
const stretch = 11;
const archivedAfterMs = 150 * 86_400_000;
const unreadSinceMs = 2 * 86_400_000;

export type Filled = ReadonlyMap<'INBOX' | 'Archive' | 'Sent', readonly StoredMessage[]>;

/** So many mails of one account, oldest first in each folder, the same in every run. `as`: whose mails of the demo they are. */
export function mailbox(
  address: string,
  count: number,
  now: number,
  { as, seed }: { readonly as: Insider; readonly seed: number },
): Filled {
  const mails: DatedMail[] = as === 'info' ? [] : demoMails(now).filter((mail) => concerns(mail, as));
  for (let round = 0; mails.length < count; round += 1) {
    const threads = sharedConversations(seededChance(seed * 100 + round)).map((thread): ScriptedThread => {
      return { ...thread, daysAgo: 0.1 + thread.daysAgo * stretch };
    });
    mails.push(...timeline(threads, now).map((mail) => numbered(mail, `${String(seed)}-${String(round)}`)));
  }
  const latest = mails.sort((a, b) => b.mail.date - a.mail.date).slice(0, count);
  const folders = { INBOX: [], Archive: [], Sent: [] } as Record<
    'INBOX' | 'Archive' | 'Sent',
    StoredMessage[]
  >;
  for (const dated of latest.reverse()) {
    const sent = dated.sender === as || dated.sender === 'info';
    const age = now - dated.mail.date;
    const folder = sent ? 'Sent' : age > archivedAfterMs ? 'Archive' : 'INBOX';
    folders[folder].push({
      raw: mailBytes(readdressed(dated.mail, as, address)),
      date: new Date(dated.mail.date),
      flags: [
        ...(sent || age > unreadSinceMs ? (['\\Seen'] as const) : []),
        ...(dated.answeredBy === null || sent ? [] : (['\\Answered'] as const)),
        ...(dated.flagged ? (['\\Flagged'] as const) : []),
      ],
    });
  }
  return new Map(Object.entries(folders) as [keyof typeof folders, StoredMessage[]][]);
}

function concerns({ sender, receivers, folder }: DatedMail, who: Insider): boolean {
  return (sender === who || receivers.includes(who)) && folder !== 'Junk' && folder !== 'Trash';
}

/** The same conversation in another round is another one. */
function numbered(dated: DatedMail, round: string): DatedMail {
  const renamed = (id: string): string => id.replace('@', `.${round}@`);
  const { mail } = dated;
  return {
    ...dated,
    mail: {
      ...mail,
      messageId: renamed(mail.messageId),
      inReplyTo: mail.inReplyTo === null ? null : renamed(mail.inReplyTo),
      references: mail.references.map(renamed),
    },
  };
}

/** What the demo's shared mailbox, or its person, got and wrote is this account's. */
function readdressed(mail: DatedMail['mail'], as: Insider, address: string): DatedMail['mail'] {
  const own = (who: Correspondent): Correspondent =>
    who.address.startsWith('info@') || who.address.startsWith(`${as}@`) ? { ...who, address } : who;
  return { ...mail, from: own(mail.from), to: mail.to.map(own), cc: mail.cc.map(own) };
}

export interface Arrival {
  readonly subject: string;
  readonly from: Correspondent;
  readonly messageId: string;
  readonly raw: Buffer;
}

const callers = [
  ['Frauke Petersen', 'frauke.petersen'],
  ['Jörg Müller', 'joerg.mueller'],
  ['Małgorzata Wójcik', 'm.wojcik'],
  ['Oliver Grant', 'oliver.grant'],
  ['Sophie Lefèvre', 'sophie.lefevre'],
  ['Hanno Brandt', 'hanno.brandt'],
] as const;
const wishes = [
  [
    'Lieferung zum Neubau in Eckernförde',
    'können Sie die vier Leuchten bis Donnerstag auf die Baustelle bringen?',
  ],
  ['Rückfrage zur Rechnung', 'auf der Rechnung fehlt unsere Bestellnummer. Könnten Sie sie neu ausstellen?'],
  ['Quote for a hotel lobby', 'we need twelve pendant lamps for a lobby and would like a quote by Friday.'],
  ['Ersatzschirm für die Pendelleuchte', 'der Schirm ist beim Putzen gesprungen. Gibt es ihn noch einzeln?'],
  ['Termin in der Werkstatt', 'passt Ihnen Mittwoch um zehn? Ich bringe die alte Lampe mit.'],
  ['Change of delivery address', 'we have moved. Please send the order to our new address below.'],
] as const;

/** The number in its subject tells one arrival from every other mail. */
export function arrival(number: number, to: string, now: number, picture?: Buffer): Arrival {
  const [name, login] = callers[number % callers.length]!;
  const [about, wish] = wishes[(number * 5 + 1) % wishes.length]!;
  const from = { name, address: `${login}@outside.test` };
  const messageId = `<arrival-${String(number)}.${now.toString(36)}@outside.test>`;
  const subject = `${about} (${String(7_000 + number)})`;
  const english = /^[A-Z][a-z]+ (?:for|of)/.test(about);
  const text = `${english ? 'Hello' : 'Guten Tag'},\n\n${wish}\n\n${english ? 'Kind regards' : 'Viele Grüße'}\n${name}`;
  return {
    subject,
    from,
    messageId,
    raw: mailBytes({
      from,
      to: [{ name: '', address: to }],
      cc: number % 7 === 3 ? [{ name: 'Einkauf', address: 'einkauf@elsewhere.test' }] : [],
      subject,
      date: now,
      messageId,
      inReplyTo: null,
      references: [],
      text,
      html: null,
      parts: picture
        ? [{ filename: 'Foto der Leuchte.png', contentType: 'image/png', content: picture }]
        : [],
      headers: [],
    }),
  };
}
