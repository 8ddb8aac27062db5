import { describe, expect, test } from 'vitest';
import { mapSmtpError } from '#engine/send/smtpErrors.ts';

const smtp = { host: 'smtp.xyz.test', port: 465, security: 'tls', user: 'anna' } as const;
const failure = (fields: object): Error => Object.assign(new Error('x'), fields);

describe('a mail whose server cannot be reached waits instead of failing', () => {
  test.each([
    [{ code: 'ESOCKET', errno: -111 }, 'connection-refused'],
    [{ code: 'ESOCKET', errno: -113 }, 'network-unreachable'],
    [{ code: 'ESOCKET' }, 'connection-closed'],
    [{ code: 'ECONNECTION' }, 'connection-closed'],
    [{ code: 'ETIMEDOUT' }, 'connection-timeout'],
    [{ code: 'EDNS' }, 'dns-failed'],
    [{ code: 'ETLS' }, 'tls-failed'],
    [{ responseCode: 451, command: 'RCPT TO', response: '451 later' }, 'smtp-temporary'],
  ])('%j is %s', (fields, code) => {
    const error = mapSmtpError(failure(fields), smtp);
    expect(error.code).toBe(code);
    expect(error.retry).not.toBe('never');
  });
});

test.each([
  [{ responseCode: 550, command: 'RCPT TO', response: '550 no' }, 'recipients-refused'],
  [{ responseCode: 535, command: 'AUTH PLAIN', response: '535 no' }, 'credentials-rejected'],
  [{ responseCode: 552, command: 'MAIL FROM', response: '552 too big' }, 'message-too-large'],
])('what the server refuses for good does not wait: %j is %s', (fields, code) => {
  const error = mapSmtpError(failure(fields), smtp);
  expect(error.code).toBe(code);
  expect(error.retry).toBe('never');
});
