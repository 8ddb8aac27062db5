/** Turns written conversations into mails with dates, threads and quotations, oldest first. */
import { invoicePdf } from './invoicePdf.ts';
import type { MailPart, MailToWrite } from './mailBytes.ts';
import { correspondent, demoDomain, organisationName } from './organisation.ts';
import { picturePng } from './picturePng.ts';
import type {
  Attachment,
  Colleague,
  Correspondent,
  Insider,
  ScriptedMail,
  ScriptedTeamwork,
  ScriptedThread,
} from './script.ts';

export interface DatedMail {
  readonly mail: MailToWrite;
  readonly sender: Insider | null;
  /** Whose INBOX it came into. */
  readonly receivers: readonly Insider[];
  readonly folder: ScriptedThread['folder'];
  readonly flagged: boolean;
  readonly unread: boolean;
  /** Who of the insiders wrote a later mail in this conversation, and who of them the very next one. */
  readonly repliedLater: ReadonlySet<Insider>;
  readonly answeredBy: Insider | null;
  /** Of a mail from the shared mailbox: who wrote it. */
  readonly by: Colleague | null;
  readonly team: ScriptedTeamwork | null;
  readonly expert: Colleague | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** `now`: milliseconds since 1970; nothing is later. */
export function timeline(threads: readonly ScriptedThread[], now: number): DatedMail[] {
  // The same picture in several mails is drawn once.
  const drawn = new Map<number, Buffer>();
  const picture = (seed: number): Buffer => {
    const content = drawn.get(seed) ?? picturePng(seed);
    drawn.set(seed, content);
    return content;
  };
  return threads
    .flatMap((thread, index) => conversationMails(thread, index, now, picture))
    .sort((a, b) => a.mail.date - b.mail.date);
}

function conversationMails(
  thread: ScriptedThread,
  threadIndex: number,
  now: number,
  picture: (seed: number) => Buffer,
): DatedMail[] {
  const dates = datesOf(thread, now);
  const mails = thread.mails.slice(0, dates.length);
  const everybody: (Insider | Correspondent)[] = [];
  const join = (who: Insider | Correspondent): void => {
    const { address } = correspondent(who);
    if (!everybody.some((other) => correspondent(other).address === address)) everybody.push(who);
  };
  const ids: string[] = [];
  return mails.map((scripted, index) => {
    const others = everybody.filter(
      (who) => correspondent(who).address !== correspondent(scripted.from).address,
    );
    const to = scripted.to ?? others;
    [scripted.from, ...to, ...(scripted.cc ?? [])].forEach(join);
    const date = dates[index] ?? now;
    const from = correspondent(scripted.from);
    const host = from.address.slice(from.address.indexOf('@') + 1);
    const messageId = `<${date.toString(36)}.${threadIndex.toString(36)}.${index.toString()}@${host}>`;
    const before = [...ids];
    ids.push(messageId);
    const later = mails.slice(index + 1).map((mail) => mail.from);
    const next = later[0];
    const receivers = [...to, ...(scripted.cc ?? [])].filter((who) => typeof who === 'string');
    return {
      sender: typeof scripted.from === 'string' ? scripted.from : null,
      receivers,
      folder: thread.folder,
      flagged: scripted.flagged === true,
      unread: scripted.unread === true,
      repliedLater: new Set(later.filter((who) => typeof who === 'string')),
      answeredBy: typeof next === 'string' ? next : null,
      by: scripted.by ?? null,
      team: scripted.team ?? null,
      expert: thread.expert ?? null,
      mail: {
        from,
        to: to.map(correspondent),
        cc: (scripted.cc ?? []).map(correspondent),
        subject:
          index === 0 ? thread.subject : `${thread.language === 'de' ? 'AW' : 'Re'}: ${thread.subject}`,
        date,
        messageId,
        inReplyTo: before.at(-1) ?? null,
        references: before,
        text: fullText(scripted, to, mails[index - 1], dates[index - 1], thread.language),
        html: scripted.html ?? null,
        parts: (scripted.attachments ?? []).map((part) =>
          attachment(part, { from, date, language: thread.language, picture }),
        ),
        headers: [...trust(scripted.from, thread.folder === 'Junk'), ...(scripted.headers ?? [])],
      },
    };
  });
}

/** As many dates as there are mails, as far as they have happened by now. */
function datesOf(thread: ScriptedThread, now: number): number[] {
  let date = now - thread.daysAgo * dayMs;
  // What is some days old began on a working day.
  if (thread.daysAgo > 4) date -= ([2, 0, 0, 0, 0, 0, 1][new Date(date).getDay()] ?? 0) * dayMs;
  const dates: number[] = [];
  for (const [index, mail] of thread.mails.entries()) {
    if (index > 0) date += (mail.after ?? 1) * hourMs;
    if (thread.daysAgo > 1) date = byDay(date);
    if (index > 0 && date > now - 5 * 60_000) break;
    dates.push(Math.min(date, now - 60_000));
  }
  return dates;
}

/** Nobody here writes at night: what falls into it is written the next morning. */
export function byDay(date: number): number {
  const local = new Date(date);
  const hour = local.getHours();
  if (hour >= 7 && hour < 21) return date;
  if (hour >= 21) local.setDate(local.getDate() + 1);
  local.setHours(7, 20 + (local.getMinutes() % 35), local.getSeconds());
  return local.getTime();
}

const signatures: Readonly<Record<Exclude<Insider, 'info'>, string>> = {
  anna: 'Anna Albrecht, Kundenservice',
  ben: 'Ben Becker, Vertrieb und Werkstatt',
  clara: 'Clara Conrad, Einkauf und Buchhaltung',
};

function fullText(
  { from, text }: ScriptedMail,
  to: readonly (Insider | Correspondent)[],
  previous: ScriptedMail | undefined,
  previousDate: number | undefined,
  language: 'de' | 'en',
): string {
  const outward = to.some((who) => typeof who !== 'string');
  const signature =
    typeof from === 'string' && from !== 'info' && outward
      ? `\n\n-- \n${signatures[from]}\n${organisationName} · Hafenstraße 21 · 24103 Kiel`
      : '';
  if (previous === undefined || previousDate === undefined) return text + signature;
  const name = correspondent(previous.from).name;
  const { day, time } = written(previousDate, language);
  const intro =
    language === 'de' ? `Am ${day} um ${time} schrieb ${name}:` : `On ${day} at ${time}, ${name} wrote:`;
  const quote = previous.text.split('\n').map((line) => (line === '' ? '>' : `> ${line}`));
  return `${text}${signature}\n\n${intro}\n${quote.join('\n')}`;
}

/** A moment as people write it, in this machine's time zone. */
function written(date: number, language: 'de' | 'en'): { day: string; time: string } {
  const local = new Date(date);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const [day, month, year] = [
    two(local.getDate()),
    two(local.getMonth() + 1),
    local.getFullYear().toString(),
  ];
  return {
    day: language === 'de' ? `${day}.${month}.${year}` : `${day}/${month}/${year}`,
    time: `${two(local.getHours())}:${two(local.getMinutes())}`,
  };
}

/** What the organisation's own server found out about a mail from outside (RFC 8601). */
function trust(from: Insider | Correspondent, junk: boolean): [string, string][] {
  if (typeof from === 'string') return [];
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  const result = junk ? 'fail' : 'pass';
  return [
    [
      'Authentication-Results',
      `mx.${demoDomain};\r\n spf=${result} smtp.mailfrom=${domain};\r\n dkim=${result} header.d=${domain};\r\n dmarc=${result} header.from=${domain}`,
    ],
  ];
}

function attachment(
  part: Attachment,
  {
    from,
    date,
    language,
    picture,
  }: {
    readonly from: Correspondent;
    readonly date: number;
    readonly language: 'de' | 'en';
    readonly picture: (seed: number) => Buffer;
  },
): MailPart {
  switch (part.kind) {
    case 'text':
      return {
        filename: part.filename,
        contentType: `${part.contentType}; charset=utf-8`,
        content: Buffer.from(part.text, 'utf8'),
      };
    case 'picture':
      return { filename: part.filename, contentType: 'image/png', content: picture(part.seed) };
    case 'invoice':
      return {
        filename: part.filename,
        contentType: 'application/pdf',
        content: invoicePdf({
          seller: from.name,
          buyer: organisationName,
          number: part.number,
          date: written(date, language).day,
          language,
          lines: part.lines,
        }),
      };
  }
}
