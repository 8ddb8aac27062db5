import { existsSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { SentMessageInfo } from 'nodemailer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './available.ts';
import { startDovecot } from './dovecot.ts';
import type { Dovecot } from './dovecot.ts';
import { startPostfix } from './postfix.ts';
import type { Postfix } from './postfix.ts';
import { arrived } from './mailbox.ts';

describeWith(['dovecot', 'postfix'], 'the Postfix of the tests', () => {
  let dovecot: Dovecot;
  let postfix: Postfix;
  beforeAll(async () => {
    dovecot = await startDovecot();
    postfix = await startPostfix(dovecot, { messageSizeLimit: 100_000 });
  });
  afterAll(async () => {
    await postfix[Symbol.asyncDispose]();
    await dovecot[Symbol.asyncDispose]();
  });

  interface Submission {
    readonly port?: number;
    readonly user?: string;
    readonly pass?: string;
    readonly from?: string;
    readonly text?: string;
  }
  const submit = async (to: readonly string[], given: Submission = {}): Promise<SentMessageInfo> => {
    const { port = postfix.ports.submission, user = 'anna@xyz.test', pass = dovecot.password } = given;
    const { from = user, text = 'Hello.' } = given;
    const transport = createTransport({
      host: 'localhost',
      port,
      secure: port === postfix.ports.smtps,
      requireTLS: port === postfix.ports.submission,
      auth: { user, pass },
      tls: { ca: dovecot.ca },
    });
    try {
      return await transport.sendMail({
        envelope: { from, to: [...to] },
        raw: `From: ${from}\r\nTo: ${to[0] ?? ''}\r\nSubject: ${text}\r\nMessage-ID: <${text}@xyz.test>\r\n\r\n${text}\r\n`,
      });
    } finally {
      transport.close();
    }
  };

  it('takes mail over STARTTLS, TLS and plain, and it arrives in the Dovecot', async () => {
    const { submission, smtps, plain } = postfix.ports;
    for (const port of [submission, smtps, plain])
      await submit(['bob@xyz.test'], { port, text: String(port) });
    const mails = await arrived(dovecot, 'bob@xyz.test', 3);
    expect(mails.map((mail) => mail.subject).sort()).toEqual([submission, smtps, plain].map(String).sort());
  });

  it('delivers to outside addresses, and no recipient sees another', async () => {
    await submit(['carol@xyz.test', 'archive@outside.test'], { text: 'archived' });
    const [mail] = await arrived(dovecot, 'carol@xyz.test', 1);
    const [copy] = await arrived(dovecot, 'archive@outside.test', 1);
    expect(copy?.raw.toString()).toContain('archived');
    expect(mail?.raw.toString()).not.toContain('archive@outside.test');
  });

  it('refuses a wrong password, a foreign sender, an unknown recipient and a mail beyond the limit', async () => {
    await expect(submit(['bob@xyz.test'], { pass: 'wrong' })).rejects.toMatchObject({ responseCode: 535 });
    await expect(submit(['bob@xyz.test'], { from: 'boss@xyz.test' })).rejects.toMatchObject({
      responseCode: 553,
    });
    await expect(submit(['unknown@xyz.test'])).rejects.toMatchObject({ responseCode: 550 });
    await expect(submit(['later@xyz.test'])).rejects.toMatchObject({ responseCode: 450 });
    await expect(submit(['bob@xyz.test'], { text: 'x'.repeat(200_000) })).rejects.toMatchObject({
      responseCode: 552,
    });
  });

  it('takes a login by its local part too', async () => {
    await submit(['dora@xyz.test'], { user: 'anna', from: 'anna@xyz.test', text: 'short' });
    expect(await arrived(dovecot, 'dora@xyz.test', 1)).toHaveLength(1);
  });

  it('logs to a file, comes back on the same ports, and leaves nothing behind', async () => {
    await using other = await startPostfix(dovecot);
    expect(other.ports).not.toEqual(postfix.ports);
    await other.stop();
    await expect(submit(['bob@xyz.test'], { port: other.ports.plain })).rejects.toThrow();
    await other.start();
    await submit(['emil@xyz.test'], { port: other.ports.plain, text: 'again' });
    expect(await arrived(dovecot, 'emil@xyz.test', 1)).toHaveLength(1);
    expect(other.log()).toContain('emil@xyz.test');
  });
});

describeWith(['dovecot', 'postfix'], 'a Postfix that is disposed of', () => {
  it('is gone with its folder', async () => {
    await using dovecot = await startDovecot();
    let folder: string;
    {
      await using postfix = await startPostfix(dovecot);
      folder = postfix.folder;
      expect(existsSync(folder)).toBe(true);
    }
    expect(existsSync(folder)).toBe(false);
  });
});
