import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkTarget, linkWarning, ownedDomain } from '#renderer/mail-frame/links.ts';
import { leaveUrl, leavingTo } from '#renderer/mail-frame/leaveTarget.ts';

describe('a link of a mail leads', () => {
  test.each([
    'https://a.example/x?y=1#z',
    'http://a.example',
    'HTTPS://A.example/',
    'mailto:a@b.example?subject=x',
  ])('to %s', (href) => {
    expect(linkTarget(href)).not.toBeNull();
  });
  test.each([
    'javascript:alert(1)',
    'JaVaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:x',
    'data:text/html,x',
    'file:///etc/passwd',
    'smb://server/share',
    '\\\\server\\share',
    '//server/share',
    'blob:https://a.example/1',
    'postkorb-app://window',
    'ms-word:ofe|u|https://a.example',
    'relative',
    '#anchor',
    '/path',
    '',
    'https://',
    'http://[bad',
    `https://a.example/${'x'.repeat(9_000)}`,
  ])('nowhere by %j (H10)', (href) => {
    expect(linkTarget(href)).toBeNull();
  });

  test('never anywhere but to the web and to mail, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `javascript:${text}`),
        ),
        (href) => {
          const target = linkTarget(href);
          if (target) expect(target.url).toMatch(/^(https?:\/\/|mailto:)/i);
        },
      ),
    );
  });
});

describe('a link is marked', () => {
  const warn = (text: string, href: string): string | null => {
    const target = linkTarget(href);
    if (!target) throw new Error('no link');
    return linkWarning(text, target);
  };
  test.each([
    ['https://bank.example/login', 'https://evil.example/login', 'evil.example'],
    ['bank.example', 'https://bank.example.evil.test/', 'bank.example.evil.test'],
    ['Please log in at www.bank.example.', 'http://192.0.2.7/x', '192.0.2.7'],
    ['https://bank.co.uk', 'https://evil.co.uk', 'evil.co.uk'],
    ['help@bank.example', 'mailto:evil@evil.example', 'evil@evil.example'],
    ['Our bank', 'https://bank.example@evil.example/', 'evil.example'],
    ['Bank', 'https://xn--bnk-8na.example/', 'xn--bnk-8na.example'],
    ['bаnk.example', 'https://bank.example/', 'bank.example'],
    ['a@аррӏе.example', 'mailto:a@xn--80ak6aa92e.example', 'a@xn--80ak6aa92e.example'],
  ])('%s that leads to %s', (text, href, host) => {
    expect(warn(text, href)).toBe(host);
  });
  test.each([
    ['Click here', 'https://anything.example/'],
    ['https://bank.example/a', 'https://www.bank.example/b'],
    ['bank.example', 'https://login.bank.example/'],
    ['shop.bank.co.uk', 'https://bank.co.uk/'],
    ['invoice.pdf', 'https://files.example/invoice.pdf'],
    ['see you at 10.30', 'https://calendar.example/'],
    ['a@bank.example', 'mailto:A@bank.example'],
    ['a@bücher.example', 'mailto:a@xn--bcher-kva.example'],
    ['Version 2.4.1 is out', 'https://project.example/'],
  ])('not: %s that leads to %s', (text, href) => {
    expect(warn(text, href)).toBeNull();
  });
});

test.each([
  ['www.example.com', 'example.com'],
  ['a.b.example.co.uk', 'example.co.uk'],
  ['example.com:8080', 'example.com'],
  ['localhost', 'localhost'],
  ['EXAMPLE.com.', 'example.com'],
])('the owner of %s is %s', (host, owner) => {
  expect(ownedDomain(host)).toBe(owner);
});

test('the leave page gets exactly the target, and opens nothing else', () => {
  const base = 'http://127.0.0.1:4711/index.html#token=x';
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      const address = leaveUrl(url, base);
      expect(new URL(address).pathname).toBe('/leave.html');
      expect(leavingTo(address)?.url).toBe(new URL(url).href);
    }),
  );
  for (const hash of ['', '#', '#javascript:alert(1)', '#%E0%A4%A', '#https%3A%2F%2F']) {
    expect(leavingTo(`http://127.0.0.1/leave.html${hash}`)).toBeNull();
  }
});
