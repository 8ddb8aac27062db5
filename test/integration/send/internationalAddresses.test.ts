/** Addresses beyond ASCII, as servers with and without SMTPUTF8 (RFC 6531) are told of them. */
import { expect, test } from 'vitest';
import { sendOverSmtp, type SmtpOutcome } from '#engine/send/smtpSession.ts';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';

const start = (smtp: readonly 'SMTPUTF8'[]) =>
  startMailServer({
    domain: 'xyz.test',
    users: [{ login: 'anna', addresses: ['anna@xyz.test'], password: 'secret' }],
    without: { smtp },
  });

const send = ({ host, ports }: MailServer, to: string[], from = 'anna@xyz.test'): Promise<SmtpOutcome> =>
  sendOverSmtp({
    settings: {
      name: 'Anna',
      address: from,
      displayName: '',
      imap: { host, port: ports.imap, security: 'none', user: 'anna' },
      smtp: { host, port: ports.smtp, security: 'none', user: 'anna' },
      archiveAddress: null,
      tls: { trust: 'system' },
    },
    login: { kind: 'password', password: 'secret' },
    envelope: { from, to },
    raw: Buffer.from('From: anna@xyz.test\r\nSubject: Hello\r\n\r\nHello\r\n'),
    onDataBegins: () => undefined,
    signal: new AbortController().signal,
  });

/** The recipients, as the server was told of them. */
const told = ({ log }: MailServer): string[] =>
  log.entries.filter(({ command }) => command === 'RCPT').map(({ line }) => line.slice('RCPT '.length));

test('a domain is told in its ASCII form, which needs no extension; the outcome names the address as it was typed', async () => {
  await using server = await start(['SMTPUTF8']);
  server.faults.next('smtp-refuse', {
    at: 'rcpt',
    address: 'gone@bücher.test',
    code: 550,
    text: '5.1.1 nobody here',
  });
  const outcome = await send(server, ['info@Bücher.test', 'gone@bücher.test']);
  expect(outcome).toMatchObject({
    kind: 'accepted',
    recipients: [
      { address: 'info@Bücher.test', status: 'accepted' },
      {
        address: 'gone@bücher.test',
        status: 'refused',
        response: expect.stringContaining('nobody') as string,
      },
    ],
  });
  expect(told(server)).toEqual(['TO:<info@xn--bcher-kva.test>', 'TO:<gone@xn--bcher-kva.test>']);
});

test('a local part beyond ASCII goes out whole where the server takes it, and is named where it does not', async () => {
  await using able = await start([]);
  expect(await send(able, ['jörg@bücher.test'])).toMatchObject({ kind: 'accepted' });
  expect(told(able)).toEqual(['TO:<jörg@bücher.test>']);
  await using old = await start(['SMTPUTF8']);
  const refused = await send(old, ['bert@xyz.test', 'jörg@bücher.test']);
  expect(refused).toMatchObject({
    kind: 'refused',
    error: { code: 'smtputf8-needed', params: { address: 'jörg@bücher.test' } },
  });
  expect(old.accepted.all).toEqual([]);
});
