import { describe, expect, test } from 'vitest';
import { authVerdicts, ownVerdicts } from '#shared/domain/authenticationResults.ts';
import {
  nameShowsOtherAddress,
  senderRefuted,
  senderVerified,
  unsubscribeOffer,
} from '#renderer/features/reader/senderFacts.ts';

describe('a name pretends', () => {
  test.each([
    'boss@firm.example',
    'Boss <boss@firm.example>',
    'boss＠firm.example',
    '"boss@firm.example" via list',
  ])('when it reads %s', (name) => {
    expect(nameShowsOtherAddress({ name, address: 'x@evil.example' })).toBe(true);
  });
  test('when only its true name tells the address from the one it reads like', () => {
    const shows = (name: string, address: string) => nameShowsOtherAddress({ name, address });
    expect(shows('info@bücher.example', 'info@xn--bcher-kva.example')).toBe(false);
    expect(shows('info@аррӏе.example', 'info@xn--80ak6aa92e.example')).toBe(true);
  });
  test.each(['Boss', '', 'X@evil.example', 'Anna @ Firm', 'me@home'])('not when it reads %j', (name) => {
    expect(nameShowsOtherAddress({ name, address: 'x@evil.example' })).toBe(false);
  });
});

describe('what the own server says', () => {
  const header =
    'mx.firm.example (1.2.3.4; dkim=fail); dkim=pass (2048-bit (key)) header.d=shop.example header.s=s1; ' +
    'spf=pass smtp.mailfrom=bounce@mail.shop.example; dmarc=pass (p=REJECT) header.from=shop.example';

  test('is read without what stands in comments', () => {
    expect(authVerdicts(header)).toEqual([
      { method: 'dkim', result: 'pass', domain: 'shop.example' },
      { method: 'spf', result: 'pass', domain: 'mail.shop.example' },
      { method: 'dmarc', result: 'pass', domain: 'shop.example' },
    ]);
  });
  test('verifies a sender of the same owner, and no other', () => {
    expect(senderVerified([header], 'news@mail.shop.example')).toBe(true);
    expect(senderVerified([header], 'news@shop.example.evil.test')).toBe(false);
    expect(senderVerified([], 'news@shop.example')).toBe(false);
    // SPF speaks for the envelope, not for the From that is shown.
    expect(senderVerified(['mx; spf=pass smtp.mailfrom=shop.example'], 'news@shop.example')).toBe(false);
    expect(senderVerified([header], '')).toBe(false);
  });
  test('counts alone, in all its headers; what the sender wrote below under another name says nothing', () => {
    const own = ['mx.firm.example; spf=pass smtp.mailfrom=evil.test', 'mx.firm.example 1; dmarc=none'];
    const forged = 'mx.bank.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example';
    expect(senderVerified([...own, forged], 'help@bank.example')).toBe(false);
    expect(ownVerdicts([...own, forged]).map(({ method }) => method)).toEqual(['spf', 'dmarc']);
    expect(senderVerified(['; dkim=pass header.d=bank.example'], 'help@bank.example')).toBe(false);
  });
  test('refutes by DMARC alone', () => {
    expect(senderRefuted(['mx; dmarc=fail header.from=a.example'])).toBe(true);
    expect(senderRefuted(['mx; dkim=fail header.d=a.example'])).toBe(false);
  });
  test('a hostile header costs no time', () => {
    const begun = performance.now();
    authVerdicts(`mx; ${'('.repeat(50_000)} dkim=pass`);
    authVerdicts(`mx; ${'dkim=pass header.d='.repeat(20_000)}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe('leaving a list (H23)', () => {
  test.each([
    ['<https://l.example/u>', { web: 'https://l.example/u', mail: null, mailAddress: null }],
    [
      '<mailto:u@l.example?subject=x>, <https://l.example/u>',
      { web: 'https://l.example/u', mail: 'mailto:u@l.example?subject=x', mailAddress: 'u@l.example' },
    ],
    [
      '<http://l.example/u>, <mailto:u@l.example>',
      { web: null, mail: 'mailto:u@l.example', mailAddress: 'u@l.example' },
    ],
  ])('%s', (header, offer) => {
    expect(unsubscribeOffer(header)).toEqual(offer);
  });
  test.each([
    null,
    '',
    'https://l.example/u',
    '<javascript:x>',
    '<http://l.example>',
    '<file:///x>',
    '<https://>',
    '<mailto:>',
  ])('is not offered by %j', (header) => {
    expect(unsubscribeOffer(header)).toBeNull();
  });
});
