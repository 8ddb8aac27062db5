import { inflateSync } from 'node:zlib';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoMailServer } from '#hosts/node/demo/demoAccounts.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import type { StoredMail } from '#mailserver/storage/StoredMail.ts';
import { startDemoMailServer } from '#hosts/node/demo/demoAccounts.ts';
import { invoicePdf } from '#hosts/node/demo/invoicePdf.ts';
import { quotedPrintable } from '#hosts/node/demo/mailBytes.ts';
import { people } from '#hosts/node/demo/organisation.ts';
import { picturePng } from '#hosts/node/demo/picturePng.ts';
import { seededChance } from '#hosts/node/demo/random.ts';
import { demoMails } from '#hosts/node/demo/seedMailServer.ts';
import { teamHistory } from '#hosts/node/demo/teamHistory.ts';
import { keyOfMessageId } from '#shared/domain/group/messageKey.ts';
import { FakeClock } from '#test/support/fakeClock.ts';

interface ReadMail {
  readonly stored: StoredMail;
  readonly parsed: ParsedMail;
}

const now = Date.UTC(2026, 2, 18, 10, 30);
const logins = [...people.map(({ login }) => login), 'info'];

describe('the mail of the demo', () => {
  let demo: DemoMailServer;
  let server: MailServer;
  const mails = new Map<string, ReadMail[]>();
  const all = (): ReadMail[] => [...mails.values()].flat();

  beforeAll(async () => {
    demo = await startDemoMailServer(new FakeClock(now), (error) => {
      throw error;
    });
    ({ server } = demo);
    for (const login of logins) {
      const stored = server.user(login).mailboxes.folders.flatMap(({ mailbox }) => mailbox.messages);
      mails.set(
        login,
        await Promise.all(
          stored.map(async (mail) => ({ stored: mail, parsed: await simpleParser(mail.content.raw) })),
        ),
      );
    }
  });
  afterAll(() => demo[Symbol.asyncDispose]());

  it('fills everybody with about sixty mails and the shared inbox with more than 250', () => {
    for (const { login } of people) expect(mails.get(login)?.length, login).toBeGreaterThan(60);
    expect(server.user('info').mailboxes.inbox.messages.length).toBeGreaterThan(250);
  });

  it('lies in the last five weeks, newest a few hours old, and none in the future', () => {
    const dates = all().map(({ stored }) => stored.internalDate);
    expect(Math.max(...dates)).toBeLessThan(now);
    expect(Math.max(...dates)).toBeGreaterThan(now - 6 * 3_600_000);
    expect(Math.min(...dates)).toBeGreaterThan(now - 37 * 86_400_000);
  });

  it('has read and unread, answered and starred mails in every inbox', () => {
    for (const login of logins) {
      const { messages, unseen } = server.user(login).mailboxes.inbox;
      expect(unseen, login).toBeGreaterThan(2);
      expect(messages.length - unseen, login).toBeGreaterThan(30);
      for (const flag of ['\\Answered', '\\Flagged']) {
        expect(
          messages.some(({ flags }) => flags.has(flag)),
          `${login} ${flag}`,
        ).toBe(true);
      }
    }
  });

  it('is whole: sender, recipient, subject, text and the date that the server has', () => {
    for (const { stored, parsed } of all()) {
      expect(parsed.from?.value[0]?.address).toMatch(/^[^@\s]+@[^@\s]+\.example$/);
      expect(parsed.to).toBeDefined();
      expect(parsed.subject?.trim().length).toBeGreaterThan(2);
      expect(parsed.text?.trim().length).toBeGreaterThan(15);
      expect(parsed.date?.getTime()).toBe(Math.floor(stored.internalDate / 1_000) * 1_000);
    }
  });

  it('leaves no placeholder open, and has its umlauts', () => {
    for (const { parsed } of all()) {
      expect(parsed.subject).not.toMatch(/[{}]|\$[a-z]/);
      expect(parsed.text).not.toMatch(/\$(product|order|city|last|salutation|name)\b|\{[^}]*\|/);
      // A text that was read in the wrong character set shows by these.
      expect(parsed.text).not.toMatch(/Ã|�/);
    }
    const words = all()
      .map(({ parsed }) => parsed.text)
      .join(' ');
    for (const word of ['Grüße', 'für', 'schön', 'größer', '€']) expect(words).toContain(word);
  });

  it('tells one Message-ID once, and every answer names a mail that is there', () => {
    const ids = new Map<string, string>();
    for (const { parsed, stored } of all()) {
      const raw = stored.content.raw.toString();
      expect(ids.get(parsed.messageId ?? '') ?? raw).toBe(raw);
      ids.set(parsed.messageId ?? '', raw);
    }
    const answers = all().filter(({ parsed }) => parsed.inReplyTo !== undefined);
    expect(answers.length).toBeGreaterThan(150);
    for (const { parsed } of answers) expect(ids.has(parsed.inReplyTo ?? '')).toBe(true);
  });

  it('brings newsletters whose pictures lie elsewhere, invoices as PDF and pictures as PNG', () => {
    const newsletters = all().filter(({ parsed }) => parsed.headers.has('list'));
    expect(newsletters.length).toBeGreaterThan(15);
    for (const { parsed } of newsletters) {
      const sources = [...String(parsed.html).matchAll(/src="([^"]*)"/g)].map(([, source]) => source);
      expect(sources.length).toBeGreaterThan(2);
      for (const source of sources) expect(source).toMatch(/^https:\/\/[a-z-]+\.example\//);
    }
    const kinds = all().flatMap(({ parsed }) => parsed.attachments.map(({ contentType }) => contentType));
    for (const kind of ['application/pdf', 'image/png', 'text/csv', 'text/calendar'])
      expect(kinds).toContain(kind);
  });

  it('has work that waits for somebody whenever it begins', () => {
    // Each day of a week and each hour of a day once.
    const waiting = Array.from({ length: 24 }, (_, at) => now + at * 7 * 3_600_000).map((at) => {
      const dated = demoMails(at);
      const { taken } = teamHistory(dated, at, seededChance(7));
      return dated.filter(({ mail, receivers, folder }) => {
        const key = keyOfMessageId(mail.messageId);
        return receivers.includes('info') && folder === undefined && key !== null && !taken.has(key);
      }).length;
    });
    expect(Math.min(...waiting)).toBeGreaterThan(4);
    expect(Math.max(...waiting)).toBeLessThan(30);
  });

  it('is the same in every demo, apart from when it was written', async () => {
    await using other = await startDemoMailServer(new FakeClock(now), (error) => {
      throw error;
    });
    const bytes = (from: MailServer): string[] =>
      from.user('info').mailboxes.inbox.messages.map(({ content }) => content.raw.toString('base64'));
    expect(bytes(other.server)).toEqual(bytes(server));
    expect(other.history).toEqual(demo.history);
  });

  it('tells what the group did in the order in which it happened, none of it later than now', () => {
    const { acts } = demo.history;
    const times = acts.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(Math.max(...times)).toBeLessThan(now);
    const arrived = new Map(demo.mails.map(({ mail }) => [mail.messageId.slice(1, -1), mail.date]));
    for (const { at, what } of acts) {
      for (const key of 'about' in what ? [what.about] : what.messages)
        expect(at).toBeGreaterThan(arrived.get(key) ?? Infinity);
    }
  });
});

describe('what is attached', () => {
  it('is a PDF whose table of objects points at them', () => {
    const pdf = invoicePdf({
      seller: 'Glashütte (Kiel)',
      buyer: 'Leuchtwerk',
      number: '1',
      date: '1.2.2026',
      language: 'de',
      lines: [['Schirm "groß"', 2, 1_050]],
    });
    const text = pdf.toString('latin1');
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
    expect(offsets).toHaveLength(6);
    offsets.forEach((offset, index) => {
      expect(text.slice(offset)).toMatch(new RegExp(`^${(index + 1).toString()} 0 obj\n`));
    });
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(start)).toMatch(/^xref\n/);
    const length = Number(/\/Length (\d+)/.exec(text)?.[1]);
    expect(text.slice(text.indexOf('stream\n') + 7 + length)).toMatch(/^\nendstream/);
    expect(text).toContain('21,00 \x80');
    expect(text).toContain('Glash\xfctte \\(Kiel\\)');
  });

  it('is a PNG of the size that it says', () => {
    const png = picturePng(5);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([320, 220]);
    const at = png.indexOf('IDAT');
    const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect(pixels).toHaveLength(220 * (1 + 320 * 3));
    expect(picturePng(6).equals(png)).toBe(false);
  });

  it('is text in lines of at most 76 characters', () => {
    const coded = quotedPrintable(`${'ä=. '.repeat(100)}\nshort \n`);
    for (const line of coded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
    expect(coded).not.toMatch(/[ \t]\r\n/);
  });
});
