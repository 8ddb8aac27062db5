import { describe, expect, test } from 'vitest';
import { readFileMail } from '#engine/mime/fileMail.ts';

const now = Date.UTC(2025, 0, 1);
const raw =
  'From: Anna <anna@a.test>\r\nSubject: Hello\r\nDate: Tue, 05 Mar 2024 10:00:00 +0000\r\nX-Mozilla-Status: 0001\r\n' +
  'Authentication-Results: mx.own.test; dmarc=pass header.from=a.test\r\n\r\nText\r\n';
const read = (text: string) => readFileMail(Buffer.from(text), now).mail;

describe('a mail that is opened as a file', () => {
  test('is read as a stored one is, but for what its file claims about the sender', () => {
    expect(read(raw)).toMatchObject({
      subject: 'Hello',
      from: { name: 'Anna', address: 'anna@a.test' },
      date: Date.UTC(2024, 2, 5, 10),
      authenticationResults: [],
    });
    expect(read(raw).text).toContain('Text');
  });
  test('of an mbox is the first one', () => {
    const separator = 'From - Tue Mar  5 10:00:00 2024\n';
    expect(read(`${separator}${raw}\n${separator}${raw.replace('Hello', 'Other')}`).subject).toBe('Hello');
  });
  test.each(['', 'hello', '\u0089PNG\r\n'])('%j is no mail', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'not-a-mail' }) as Error);
  });
});
