import { describe, expect, test } from 'vitest';
import { oneClickTarget } from '#engine/mime/oneClick.ts';

const signature =
  'DKIM-Signature: v=1; a=rsa-sha256; d=Shop.example; s=s1;\n h=From:To:Subject:List-Unsubscribe:\n List-Unsubscribe-Post; bh=x; b=y';
const good = {
  results: 'Authentication-Results: mx.firm.example; dkim=pass header.d=shop.example; spf=none',
  signature,
  offer: 'List-Unsubscribe: <mailto:u@shop.example>,\n <https://shop.example/u?id=1>',
  post: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
};
const target = (fields: Partial<Record<keyof typeof good | 'more', string | null>>): string | null => {
  const header = Object.values({ ...good, ...fields }).filter((field) => field !== null);
  const raw = `${header.join('\n')}\nFrom: News <news@shop.example>\n\nList-Unsubscribe-Post: x\n`;
  return oneClickTarget(Buffer.from(raw.replaceAll('\n', '\r\n')))?.href ?? null;
};

describe('a list is left by one request (RFC 8058)', () => {
  test('where the sender signed that it takes one, to the address of the web', () => {
    expect(target({})).toBe('https://shop.example/u?id=1');
  });

  test.each([
    ['the second field is missing', { post: null }],
    ['it says something else', { post: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click&user=anna' }],
    ['it stands there twice', { more: good.post }],
    ['the offer stands there twice', { more: 'List-Unsubscribe: <https://evil.example/u>' }],
    ['the address is not encrypted', { offer: 'List-Unsubscribe: <http://shop.example/u>' }],
    ['the address logs in', { offer: 'List-Unsubscribe: <https://anna:x@shop.example/u>' }],
    ['there is only an address of mail', { offer: 'List-Unsubscribe: <mailto:u@shop.example>' }],
    ['nothing is signed', { signature: null }],
    ['the signature leaves the second field out', { signature: signature.replace('-Post', '') }],
    [
      'the signature is another domain’s than the one found good',
      { signature: signature.replace('Shop', 'evil') },
    ],
    ['the own server says nothing', { results: null }],
    ['the signature was not found good', { results: good.results.replace('pass', 'fail') }],
    [
      'somebody else says that it is good',
      {
        results: `Authentication-Results: mx.firm.example; spf=none\n${good.results.replace('mx.', 'mx2.')}`,
      },
    ],
  ])('not where %s', (_why, fields) => {
    expect(target(fields)).toBeNull();
  });

  test('nothing is thrown for what no mail is', () => {
    expect(oneClickTarget(new Uint8Array())).toBeNull();
    expect(oneClickTarget(Buffer.from('DKIM-Signature: ;;=;h=;d\nList-Unsubscribe: <<<>>>\n'))).toBeNull();
  });
});
