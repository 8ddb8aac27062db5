import { expect, test } from 'vitest';
import { buildMessage } from '#engine/send/buildMessage.ts';

const nobody = { name: '', address: 'anna@post.example' };

async function build(text: string, html: string | null): Promise<string> {
  const raw = await buildMessage(
    {
      from: nobody,
      to: [nobody],
      cc: [],
      bcc: [],
      replyTo: [],
      content: { subject: 'Nothing to say', text, html, inReplyTo: null, references: [] },
      attachments: [],
      messageId: 'm@post.example',
      date: 0,
    },
    { keepBcc: false },
  );
  return Buffer.from(raw).toString('latin1');
}

test.each([
  ['', null],
  ['', '<div><br></div>'],
  ['', ''],
])('a mail without a text is a mail: %j, %j', async (text, html) => {
  const raw = await build(text, html);
  expect(raw).toContain('Subject: Nothing to say\r\n');
  expect(raw).toContain('text/plain');
  expect(raw.includes('text/html')).toBe(html !== null);
});

test('a text is left as it is', async () => {
  expect(await build('Hello', null)).toMatch(/\r\n\r\nHello\r\n$|\r\n\r\nHello$/);
});
