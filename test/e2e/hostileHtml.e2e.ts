/** Hostile HTML in the real browser, row by row of the threats' table (H01 to H23). The beacon hears whatever leaves. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { bytes, redPixel } from '#test/support/fakeMail.ts';
import type { FakeMessageInit } from '#test/support/fakeMail.ts';
import { monsters } from '#test/support/monsters.ts';
import { startBeacon, startBrowser } from './browser.ts';
import type { Beacon } from './browser.ts';
import { openWindow } from './openWindow.ts';
import type { OpenWindow, WindowOptions } from './openWindow.ts';

let beacon: Beacon;
let browser: Browser;

beforeAll(async () => {
  beacon = await startBeacon();
  browser = await startBrowser(beacon);
});
afterAll(async () => {
  for (const opened of shared.values()) await opened[Symbol.asyncDispose]();
  await browser.close();
  await beacon[Symbol.asyncDispose]();
});
beforeEach(() => {
  beacon.hits.length = 0;
});

/** One window a theme for all mails that ask for nothing special: a fresh one for each takes its time. */
const shared = new Map<'light' | 'dark', OpenWindow>();
async function sharedWindow(theme: 'light' | 'dark'): Promise<OpenWindow> {
  const opened = shared.get(theme) ?? (await openWindow(browser, { preferences: { theme } }));
  shared.set(theme, opened);
  return opened;
}
let shownMails = 0;

/** Lets a mail arrive, shows it and hands over the window: that of the theme, or with other `options` a new one. */
async function show(
  init: FakeMessageInit,
  run: (opened: OpenWindow) => Promise<void>,
  options: WindowOptions | 'light' | 'dark' = 'light',
): Promise<void> {
  const own = typeof options === 'string' ? null : await openWindow(browser, options);
  try {
    const opened = own ?? (await sharedWindow(options === 'dark' ? 'dark' : 'light'));
    shownMails += 1;
    const subject = `${init.subject ?? 'The mail'} (${shownMails})`;
    opened.faults.length = 0;
    opened.engine.calls.length = 0;
    opened.engine.deliver({ text: 'The text of it', ...init, subject });
    await opened.open(subject);
    await run(opened);
    // Whatever a mail does, the window itself has nothing to complain about. That its policy forbids what the mail holds is said
    // while the mail is read in an inert document, before anything of it is shown.
    const refused = /inline event handler violates|Setting the document's base URI/;
    expect(opened.faults.filter((fault) => !refused.test(fault))).toEqual([]);
  } finally {
    await own?.[Symbol.asyncDispose]();
  }
}

/** Time for whatever was to go out: an image, a prefetch, a refresh. */
const settle = (opened: OpenWindow): Promise<void> => opened.page.waitForTimeout(400);

const canary = (opened: OpenWindow): Promise<unknown> =>
  opened.page.evaluate(() => (window as unknown as { canary?: unknown }).canary);

describe('H01 scripts', () => {
  const html = `
    <p>Visible</p><script>top.canary = parent.canary = 1</script>
    <img src=x onerror="parent.canary=1"><svg onload="parent.canary=1"></svg><body onload="parent.canary=1">
    <a href="javascript:parent.canary=1" id="a">one</a><a href="vbscript:x">two</a>
    <a href="data:text/html,<script>parent.canary=1</script>">three</a><a href="java\nscript:parent.canary=1">four</a>
    <details open ontoggle="parent.canary=1"><summary>s</summary></details><style onload="parent.canary=1"></style>
    <marquee onstart="parent.canary=1">m</marquee>`;

  test('none runs, and no link has such an address', async () => {
    await show({ html }, async (opened) => {
      const mail = await opened.shownMail();
      await expect.poll(() => mail.locator('script').count()).toBe(0);
      for (const text of ['one', 'two', 'three', 'four']) {
        const link = mail.getByText(text, { exact: true });
        await expect.poll(() => link.getAttribute('href')).toBeNull();
        await link.click();
      }
      const attributes = await mail
        .locator('body *')
        .evaluateAll((all) => all.flatMap((element) => element.getAttributeNames()));
      expect(attributes.filter((name) => name.startsWith('on'))).toEqual([]);
      await settle(opened);
      expect(await canary(opened)).toBeUndefined();
      expect(opened.page.context().pages()).toHaveLength(1);
    });
  });

  test('the frame has no scripts, no origin and no way to move the window', async () => {
    await show({ html }, async (opened) => {
      const frame = opened.page.locator('article iframe');
      await expect.poll(() => frame.getAttribute('title')).toBe('Message content');
      const sandbox = (await frame.getAttribute('sandbox'))?.split(' ') ?? [];
      for (const right of [
        'allow-scripts',
        'allow-same-origin',
        'allow-top-navigation',
        'allow-forms',
        'allow-modals',
      ]) {
        expect(sandbox).not.toContain(right);
      }
      expect(await frame.evaluate((element) => (element as HTMLIFrameElement).contentDocument)).toBeNull();
      await expect.poll(() => frame.getAttribute('srcdoc')).toContain("default-src 'none'");
    });
  });
});

describe('H02 mutations and clobbering', () => {
  const mutations = [
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=parent.canary=1&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=parent.canary=1>">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=parent.canary=1>',
    '<noscript><p title="</noscript><img src=x onerror=parent.canary=1>">',
    '<template><img src=x onerror=parent.canary=1></template><div title="<!--"><img title="--><img src=x onerror=parent.canary=1>">',
    '<select><style><img src=x onerror=parent.canary=1></style></select><textarea></div><img src=x onerror=parent.canary=1></textarea>',
    '<xmp><img title="</xmp><img src=x onerror=parent.canary=1>"></xmp><plaintext>',
    `${'<div>'.repeat(510)}<svg><style><img src=x onerror=parent.canary=1>`,
  ];
  test.each(mutations)('nothing comes to life: %s', async (html) => {
    await show({ html }, async (opened) => {
      await settle(opened);
      expect(await canary(opened)).toBeUndefined();
    });
  });

  test('a large mail is cleaned as a small one is, wherever in it something hides', async () => {
    const filler = '<p style="color:#123456">Filler</p>'.repeat(520);
    const bad = '<img src=x onerror="parent.canary=1"><a href="javascript:parent.canary=1">dead</a>';
    const around: [open: string, close: string][] = [
      ['<form action="http://a.example/" onsubmit="parent.canary=1">', '</form>'],
      ['<custom-tag onclick="parent.canary=1">', '</custom-tag>'],
      ['<div style="position:fixed;color:red" onmouseover="parent.canary=1">', '</div>'],
      ['<a href="https://evil.example/">', '</a>'],
    ];
    const html = [
      `<svg>${'<g></g>'.repeat(300)}</svg><template>${filler}${bad}</template><noscript>${bad}</noscript>`,
      ...around.map(([open, close]) => `${open}Read https://bank.example/ ${filler}${bad}${close}`),
      '<p>The end</p>',
    ].join('');
    await show({ html }, async (opened) => {
      const mail = await opened.shownMail();
      await mail.getByText('The end').waitFor();
      const all = await mail
        .locator('body *')
        .evaluateAll((elements) =>
          elements.map((element) => [element.localName, ...element.getAttributeNames()]),
        );
      const names = new Set(all.map(([name]) => name));
      expect([...names].filter((name) => /form|script|svg|custom|template|style/.test(name ?? ''))).toEqual(
        [],
      );
      expect(all.flat().filter((name) => name.startsWith('on') || name === 'src')).toEqual([]);
      expect(all.filter(([name]) => name === 'p').length).toBe(4 * 520 + 1);
      const dead = mail.getByText('dead', { exact: true });
      expect(await dead.evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual(
        Array.from({ length: 4 }, () => null),
      );
      // Around a large content as well the true address stands beside a link that names another.
      expect(await mail.getByText('leads to evil.example').count()).toBeGreaterThan(0);
      const around = mail.locator('div:has(> p + p)').first();
      expect(await around.evaluate((element) => getComputedStyle(element).position)).toBe('static');
      await settle(opened);
      expect(await canary(opened)).toBeUndefined();
    });
  });

  test('names of elements hide nothing of the window', async () => {
    const names = [
      'body',
      'querySelectorAll',
      'createElement',
      'documentElement',
      'postkorb',
      'head',
      'cookie',
      'attributes',
    ];
    const html = `<p>Visible</p>${names
      .map((name) => `<img name="${name}" id="${name}"><form name="${name}"><input name="${name}"></form>`)
      .join('')}`;
    await show({ html }, async (opened) => {
      expect(await (await opened.shownMail()).locator('[id], [name]:not(meta)').count()).toBe(0);
      expect(await opened.page.evaluate(() => document.body.tagName)).toBe('BODY');
      await expect.poll(() => opened.page.getByRole('article', { name: /^The mail/ }).count()).toBe(1);
    });
  });
});

test('H03 SVG and MathML are gone, and an SVG part is no picture', async () => {
  const svg = bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>parent.canary=1</script></svg>');
  const html = `<svg><foreignObject><p>inside</p></foreignObject><animate onbegin="parent.canary=1"/></svg><math><mi>x</mi></math>
    <img src="cid:svg@x"><img src="data:image/svg+xml;base64,PHN2Zy8+"><p>Visible</p>`;
  await show(
    {
      html,
      attachments: [
        {
          filename: 'drawing.svg',
          contentType: 'image/svg+xml',
          content: svg,
          inline: true,
          contentId: '<svg@x>',
        },
      ],
    },
    async (opened) => {
      const mail = await opened.shownMail();
      await mail.getByText('Visible').waitFor();
      await expect.poll(() => mail.locator('svg, math, foreignObject').count()).toBe(0);
      await expect.poll(() => mail.locator('img[src]').count()).toBe(0);
      // It can be saved, as any file.
      await expect
        .poll(() => opened.page.getByRole('button', { name: /^drawing\.svg .* Save$/ }).count())
        .toBe(1);
      expect(await canary(opened)).toBeUndefined();
    },
  );
});

test('H04 frames and plugins are removed', async () => {
  const html = `<iframe src="http://a.example/frame"></iframe><iframe srcdoc="<script>parent.parent.canary=1</script>"></iframe>
    <object data="http://a.example/o"></object><embed src="http://a.example/e"><frameset><frame src="http://a.example/f"></frameset>
    <portal src="http://a.example/p"></portal><fencedframe></fencedframe><applet code="x"></applet><p>Visible</p>`;
  await show({ html }, async (opened) => {
    const mail = await opened.shownMail();
    expect(
      await mail.locator('iframe, object, embed, frame, frameset, portal, fencedframe, applet').count(),
    ).toBe(0);
    await settle(opened);
    expect(beacon.hits).toEqual([]);
    expect(await canary(opened)).toBeUndefined();
  });
});

test('H05 meta and base change nothing', async () => {
  const html = `<html><head><meta http-equiv="refresh" content="0;url=http://a.example/moved">
    <meta http-equiv="Set-Cookie" content="x=1"><meta http-equiv="Content-Security-Policy" content="img-src *">
    <base href="http://a.example/" target="_top"></head><body><img src="relative.png"><a href="relative">relative</a></body></html>`;
  await show({ html }, async (opened) => {
    const before = opened.page.url();
    await settle(opened);
    const mail = await opened.shownMail();
    expect(mail.url()).toBe('about:srcdoc');
    expect(opened.page.url()).toBe(before);
    await expect.poll(() => mail.locator('base').count()).toBe(0);
    await expect.poll(() => mail.getByText('relative').getAttribute('href')).toBeNull();
    expect(beacon.hits).toEqual([]);
  });
});

test('H06 forms are shown and do nothing', async () => {
  const html = `<form action="http://a.example/steal"><label>Name</label><input value="Anna" autofocus><input type="password" value="secret">
    <textarea>long</textarea><select><option>first</option></select><button>Send it</button><input type=submit value="Go"></form>`;
  await show({ html }, async (opened) => {
    const mail = await opened.shownMail();
    await expect.poll(() => mail.locator('form, input, textarea, select, button').count()).toBe(0);
    const text = await mail.locator('body').innerText();
    expect(text).toContain('Anna');
    expect(text).toContain('Send it');
    expect(text).not.toContain('secret');
    await mail.getByText('Send it').click();
    await settle(opened);
    expect(beacon.hits).toEqual([]);
  });
});

describe('H07 pictures from outside', () => {
  const html = `<table background="http://a.example/table.png"><tr><td background="http://a.example/cell.png">Visible</td></tr></table>
    <img src="http://a.example/one.png" width="20" height="20" alt="One"><img srcset="http://a.example/set.png 2x" alt="Set">
    <img src="//a.example/schemeless.png"><picture><source srcset="http://a.example/source.png"><img src="http://a.example/pic.png"></picture>
    <video src="http://a.example/v.mp4" poster="http://a.example/poster.png"></video><audio src="http://a.example/a.mp3" autoplay></audio>
    <input type="image" src="http://a.example/input.png"><track src="http://a.example/t.vtt">
    <img src="http://user:word@a.example/credentials.png"><img src="ftp://a.example/f.png"><img lowsrc="http://a.example/low.png">`;

  test('are not asked for before they are wanted, and then by the engine alone', async () => {
    await show({ html }, async (opened) => {
      await settle(opened);
      expect(beacon.hits).toEqual([]);
      expect(opened.engine.calls.filter(({ name }) => name === 'remote.image')).toEqual([]);
      await opened.page.getByRole('button', { name: 'Show remote content' }).click();
      await expect
        .poll(async () => (await opened.shownMail()).locator('img[src^="data:image/png"]').count())
        .toBe(4);
      const asked = opened.engine.calls
        .filter(({ name }) => name === 'remote.image')
        .map(({ request }) => (request as { url: string }).url);
      expect(asked.toSorted()).toEqual(
        [
          'http://a.example/table.png',
          'http://a.example/cell.png',
          'http://a.example/one.png',
          'http://a.example/set.png',
          'https://a.example/schemeless.png',
          'http://a.example/pic.png',
        ].toSorted(),
      );
      await settle(opened);
      expect(beacon.hits).toEqual([]);
      await expect
        .poll(() => opened.page.getByRole('button', { name: 'Show remote content' }).count())
        .toBe(0);
    });
  });

  test('are asked for anew in the next mail', async () => {
    await using opened = await openWindow(browser, {
      messages: [
        { subject: 'First mail', html: '<img src="http://a.example/1.png">' },
        { subject: 'Second mail', html: '<img src="http://a.example/2.png">' },
      ],
    });
    await opened.open('First mail');
    await opened.page.getByRole('button', { name: 'Show remote content' }).click();
    await opened.open('Second mail');
    await opened.page.getByRole('button', { name: 'Show remote content' }).waitFor();
    const asked = opened.engine.calls.filter(({ name }) => name === 'remote.image');
    expect(asked).toHaveLength(1);
  });

  test('those that fail are counted, and the others are shown', async () => {
    await using opened = await openWindow(browser, {
      messages: [
        { subject: 'The mail', html: '<img src="http://a.example/1.png"><img src="http://a.example/2.png">' },
      ],
    });
    opened.engine.fail('remote.image', 'connection-timeout');
    await opened.open('The mail');
    await opened.page.getByRole('button', { name: 'Show remote content' }).click();
    await opened.page.getByText('1 picture could not be loaded.').waitFor();
    await expect.poll(async () => (await opened.shownMail()).locator('img[src^="data:"]').count()).toBe(1);
  });
});

test('H08 style sheets load nothing before consent, fonts and imports never', async () => {
  const html = `<html><head><style>
      @import url("http://a.example/import.css"); @import "http://a.example/import2.css";
      @font-face { font-family: x; src: url(http://a.example/font.woff2) } @namespace url(http://a.example/ns);
      .a { background-image: url(http://a.example/rule.png) } .b { background: u\\72l("http://a.example/escaped.png") }
      .c { background-image: image-set("http://a.example/set.png" 1x) } .d { cursor: url(http://a.example/cursor.png), auto }
      .e { mask-image: url(http://a.example/mask.png) } .f::before { content: url(http://a.example/content.png) }
      .g { --x: url(http://a.example/custom.png); background: var(--x) } input[value^="a"] { background: url(http://a.example/attr.png) }
      .h { list-style-image: url(http://a.example/list.png) } .i { border-image: url(http://a.example/border.png) 1 }
      @media screen { .j { background: url(http://a.example/media.png) } }
      @supports (color: red) { .k { background: url(http://a.example/supports.png) } }
      </style><link rel="stylesheet" href="http://a.example/link.css"></head><body>
      ${'abcdefghijk'
        .split('')
        .map((name) => `<p class="${name}" style="font-family:x">Visible</p>`)
        .join('')}
      <p style="background:url(http://a.example/inline.png)">inline</p><p style="background:u\\72 l(http://a.example/inline2.png)">x</p></body></html>`;
  await show({ html }, async (opened) => {
    await settle(opened);
    expect(beacon.hits).toEqual([]);
    await opened.page.getByRole('button', { name: 'Show remote content' }).click();
    await expect
      .poll(async () =>
        (await opened.shownMail()).getByText('inline').evaluate((p) => getComputedStyle(p).backgroundImage),
      )
      .toContain('data:image/png');
    await settle(opened);
    expect(beacon.hits).toEqual([]);
    const asked = opened.engine.calls
      .filter(({ name }) => name === 'remote.image')
      .map(({ request }) => new URL((request as { url: string }).url).pathname);
    for (const path of asked) {
      expect([
        '/rule.png',
        '/escaped.png',
        '/media.png',
        '/inline.png',
        '/attr.png',
        '/inline2.png',
      ]).toContain(path);
    }
  });
});

test('H09 nothing is prefetched, connected to or pinged', async () => {
  const html = `<html><head><link rel="prefetch" href="http://b.example/prefetch"><link rel="preconnect" href="http://c.example">
    <link rel="dns-prefetch" href="//d.example"><link rel="preload" as="image" href="http://e.example/p.png">
    <link rel="manifest" href="http://f.example/m"><link rel="icon" href="http://g.example/i.ico">
    <meta http-equiv="x-dns-prefetch-control" content="on"></head><body><a href="http://h.example/page" ping="http://i.example/ping">a link</a>
    </body></html>`;
  await show({ html }, async (opened) => {
    const mail = await opened.shownMail();
    await expect.poll(() => mail.locator('link').count()).toBe(0);
    await expect.poll(() => mail.getByText('a link').getAttribute('ping')).toBeNull();
    await settle(opened);
    expect(beacon.hits).toEqual([]);
  });
});

test('H10 addresses beyond the web and mail lead nowhere', async () => {
  const addresses = [
    'file:///etc/passwd',
    'smb://server/share',
    '\\\\server\\share\\x',
    '//server/share',
    'ms-msdt:/id',
    'search-ms:query',
    'blob:http://a.example/1',
    'chrome://settings',
    'postkorb-app://window/',
    'about:blank',
    'view-source:http://a.example',
    'intent://x',
    'relative/path',
    '#anchor',
  ];
  const html = addresses
    .map((address, at) => `<p><a href="${address}">link ${at}.</a><img src="${address}"></p>`)
    .join('');
  await show({ html }, async (opened) => {
    const mail = await opened.shownMail();
    await expect.poll(() => mail.locator('a[href]').count()).toBe(0);
    await expect.poll(() => mail.locator('img[src]').count()).toBe(0);
    await expect.poll(() => mail.getByText('link 0.').getAttribute('title')).toContain('leads nowhere');
    await settle(opened);
    expect(beacon.hits).toEqual([]);
  });
});

describe('H11 links that pretend', () => {
  const html = `<p><a href="https://evil.example/login">https://bank.example/login</a></p>
    <p><a href="https://bank.example@evil.example/">Our bank</a></p><p><a href="https://xn--bnk-8na.example/">Bank</a></p>
    <p><a href="https://www.bank.example/a">bank.example</a></p><p><a href="mailto:evil@evil.example">help@bank.example</a></p>
    <p><a href="https://bank.example/invoice">invoice.pdf</a></p>`;

  test('are marked beside their text, and only those', async () => {
    await show({ html }, async (opened) => {
      const mail = await opened.shownMail();
      await expect
        .poll(() => mail.locator('p').allInnerTexts())
        .toEqual([
          expect.stringMatching(/leads to evil\.example$/),
          expect.stringMatching(/leads to evil\.example$/),
          expect.stringMatching(/leads to xn--bnk-8na\.example$/),
          'bank.example',
          expect.stringMatching(/leads to evil@evil\.example$/),
          'invoice.pdf',
        ]);
    });
  });

  test('show their true target before they are followed, in a page of ours', async () => {
    await show({ html }, async (opened) => {
      const mail = await opened.shownMail();
      const link = mail.getByText('https://bank.example/login');
      await expect.poll(() => link.getAttribute('title')).toContain('https://evil.example/login');
      const [leave] = await Promise.all([opened.page.context().waitForEvent('page'), link.click()]);
      await leave.getByText('evil.example', { exact: true }).waitFor();
      expect(new URL(leave.url()).pathname).toBe('/leave.html');
      expect(beacon.hits).toEqual([]);
      const go = leave.getByRole('link', { name: 'Open the page' });
      await expect.poll(() => go.getAttribute('href')).toBe('https://evil.example/login');
      // It has nothing of the window: no opener, no session.
      expect(await leave.evaluate(() => window.opener as unknown)).toBeNull();
      await leave.close();
    });
  });

  test('credentials before the @ are named and never sent', async () => {
    await show({ html }, async (opened) => {
      const mail = await opened.shownMail();
      const [leave] = await Promise.all([
        opened.page.context().waitForEvent('page'),
        mail.getByText('Our bank').click(),
      ]);
      await leave.getByText('What stands before the @ is not the server.', { exact: false }).waitFor();
      await expect
        .poll(() => leave.getByRole('link', { name: 'Open the page' }).getAttribute('href'))
        .toBe('https://evil.example/');
      await leave.close();
    });
  });

  test('a mailto link opens the composer of the window', async () => {
    await show(
      { html },
      async (opened) => {
        const mail = await opened.shownMail();
        const [leave] = await Promise.all([
          opened.page.context().waitForEvent('page'),
          mail.getByText('help@bank.example').click(),
        ]);
        await leave.getByRole('button', { name: 'Write to this address' }).click();
        await opened.page.getByRole('dialog', { name: 'New message' }).waitFor();
      },
      {},
    );
  });
});

test('H12 nothing of a mail is drawn outside its frame, and its height is bounded', async () => {
  const html = `<style>.over { position: fixed; inset: 0; z-index: 2147483647; background: red; transform: scale(9); margin: -500px;
      animation: x 1s infinite } @keyframes x { to { opacity: 0 } } .tall { height: 100000000px; padding: 99999999px }</style>
    <div class="over" style="position:absolute;top:-1000px;left:-1000px">Visible</div><div class="tall">tall</div>
    <p>${'a\u0300\u0301\u0302\u0303\u0304\u0305'.repeat(200)}</p>`;
  await show({ html }, async (opened) => {
    const mail = await opened.shownMail();
    const style = await mail.locator('.over').evaluate((element) => {
      const { position, transform, marginTop, animationName, zIndex } = getComputedStyle(element);
      return { position, transform, marginTop, animationName, zIndex };
    });
    expect(style).toEqual({
      position: 'static',
      transform: 'none',
      marginTop: '0px',
      animationName: 'none',
      zIndex: 'auto',
    });
    const height = await opened.page.locator('article iframe').evaluate((frame) => frame.clientHeight);
    expect(height).toBeLessThan(60_001);
    // The toolbar above is where it was, and can be used.
    await opened.page
      .getByRole('toolbar', { name: 'Message actions' })
      .getByRole('button', { name: 'Star' })
      .click();
  });
});

test('H13 a mail that hides its text shows it as plain text at one press', async () => {
  const html = '<p style="color:#fff;font-size:0">The hidden truth</p>';
  await show({ html, text: 'The hidden truth' }, async (opened) => {
    await opened.page.keyboard.press('p');
    const mail = await opened.shownMail();
    await mail.locator('body.text').waitFor();
    await expect.poll(() => mail.locator('body').innerText()).toContain('The hidden truth');
  });
});

describe('H14 in the dark theme', () => {
  /** Of an element's text on what is painted behind it, by the browser's own colours. */
  async function contrast(opened: OpenWindow, text: string): Promise<number> {
    return (await opened.shownMail()).getByText(text).evaluate((element) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const luminance = (colour: string): number => {
        if (!canvas) return Number.NaN;
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((channel) => {
          const value = channel / 255;
          return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let behind: Element | null = element;
      let ground = 'rgba(0, 0, 0, 0)';
      while (behind && (ground === 'rgba(0, 0, 0, 0)' || ground === 'transparent')) {
        ground = getComputedStyle(behind).backgroundColor;
        behind = behind.parentElement;
      }
      const [dark = 0, light = 0] = [luminance(getComputedStyle(element).color), luminance(ground)].toSorted(
        (a, b) => a - b,
      );
      return (light + 0.05) / (dark + 0.05);
    });
  }
  const mails: [string, string][] = [
    ['without colours', '<p>Readable text</p>'],
    [
      'that says black on white',
      '<body bgcolor="#ffffff" text="#000000"><p style="color:black">Readable text</p></body>',
    ],
    ['with a black text alone', '<p><font color="#000000">Readable text</font></p>'],
    [
      'with a white text on its dark colour',
      '<div style="background:#123456"><p style="color:#fff">Readable text</p></div>',
    ],
    ['with a sheet', '<style>body{background:#fafafa}p{color:#333}</style><p>Readable text</p>'],
    [
      'with a dark text on a coloured ground',
      '<table bgcolor="#ffee99"><tr><td>Readable text</td></tr></table>',
    ],
  ];
  test.each(mails)('a mail %s has a contrast of 4.5 or more', async (_name, html) => {
    await show(
      { html },
      async (opened) => {
        expect(await contrast(opened, 'Readable text')).toBeGreaterThanOrEqual(4.5);
      },
      'dark',
    );
  });

  test('a mail can be shown on a light sheet instead', async () => {
    await show(
      { html: '<body bgcolor="#eeffee"><p>Readable text</p></body>' },
      async (opened) => {
        await opened.page.getByRole('button', { name: 'Show on a light background' }).click();
        await expect
          .poll(async () =>
            (await opened.shownMail())
              .locator('body')
              .evaluate((body) => getComputedStyle(body).backgroundColor),
          )
          .toBe('rgb(238, 255, 238)');
      },
      'dark',
    );
  });
});

test('H15, H19 an answer quotes what was visible, without sheets, trackers or scripts', async () => {
  const html = `<style>.kobold { display: none } .quoted .kobold { display: block } .tiny { font-size: 0 }</style>
    <p onclick="parent.canary=1">Seen <b>and bold</b></p><p class="kobold">Hidden until forwarded</p><p class="tiny">Too small to see</p>
    <p style="visibility:hidden">Invisible</p><p style="opacity:0">Transparent</p><img src="http://a.example/t.png" alt="A logo">`;
  await show(
    { html },
    async (opened) => {
      await opened.page.getByRole('button', { name: 'Reply', exact: true }).click();
      await expect.poll(() => opened.engine.calls.some(({ name }) => name === 'drafts.create')).toBe(true);
      const call = opened.engine.calls.find(({ name }) => name === 'drafts.create');
      const quote = (call?.request as { derive: { quoteHtml: string } }).derive.quoteHtml;
      expect(quote).toContain('Seen');
      expect(quote).toMatch(/font-weight: 700|<b>/);
      for (const hidden of [
        'Hidden until',
        'Too small',
        'Invisible',
        'Transparent',
        'http://a.example',
        'onclick',
        'class=',
        '<style',
      ]) {
        expect(quote).not.toContain(hidden);
      }
      expect(quote).toContain('A logo');
      await settle(opened);
      expect(beacon.hits).toEqual([]);
      expect(await canary(opened)).toBeUndefined();
    },
    {},
  );
});

describe('H16 monsters', () => {
  let opened: OpenWindow;
  beforeAll(async () => {
    opened = await openWindow(browser, {
      messages: [
        ...monsters.map(([name, html]) => ({ subject: name, html, text: 'Its text' })),
        { subject: 'Harmless' },
      ],
    });
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  test.each(monsters)('%s: there within 5 s, and the window goes on', async (name) => {
    // Time of the processor and not of the clock, so that a busy machine changes nothing.
    const devtools = await opened.page.context().newCDPSession(opened.page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const before = await busy();
    await opened.open(name);
    const shown = (await busy()) - before;
    if (name === '5 MB') {
      // Its beginning at once, the rest when it is asked for.
      const paragraphs = async (): Promise<number> => (await opened.shownMail()).locator('p').count();
      expect(await paragraphs()).toBeLessThan(2_000);
    }
    if (name.startsWith('5 MB')) {
      await opened.page.getByRole('button', { name: 'Show all of it' }).click();
      // All of that would be too much for any window: it is then its text.
      await opened.page.getByText('here is its text').waitFor();
      await (await opened.shownMail()).getByText('Its text').waitFor();
    }
    await opened.open('Harmless');
    expect(shown).toBeLessThan(5);
    expect(opened.faults).toEqual([]);
  });
});

test('H17 a cid address shows pictures of this mail alone', async () => {
  const html = `<img src="cid:good@x" alt="good"><img src="cid:page@x" alt="page"><img src="cid:missing@x" alt="missing">
    <img src="cid:../../etc/passwd" alt="path"><img src="cid:liar@x" alt="liar">`;
  await show(
    {
      html,
      attachments: [
        {
          filename: 'a.png',
          contentType: 'image/png',
          content: redPixel,
          inline: true,
          contentId: '<good@x>',
        },
        {
          filename: 'b.png',
          contentType: 'image/png',
          content: bytes('second'),
          inline: true,
          contentId: '<good@x>',
        },
        {
          filename: 'c.html',
          contentType: 'text/html',
          content: bytes('<b>'),
          inline: true,
          contentId: '<page@x>',
        },
        {
          filename: 'd.png',
          contentType: 'image/png',
          content: bytes('<svg onload=parent.canary=1>'),
          inline: true,
          contentId: '<liar@x>',
        },
      ],
    },
    async (opened) => {
      await expect
        .poll(async () => (await opened.shownMail()).locator('img[src^="data:image/png"]').count())
        .toBe(1);
      const mail = await opened.shownMail();
      await expect.poll(() => mail.locator('img').count()).toBe(1);
      await expect.poll(() => mail.locator('body').innerText()).toMatch(/page[^]*missing[^]*path[^]*liar/);
    },
  );
});

test('H20 subjects, names and snippets are texts everywhere', async () => {
  const nasty = '<img src=x onerror="window.canary=1">';
  await show(
    {
      subject: `Nasty ${nasty}`,
      from: { name: `Eve ${nasty}`, address: 'eve@evil.example' },
      text: `${nasty} in the text`,
      attachments: [{ filename: `x${nasty}.pdf`, contentType: 'application/pdf', content: bytes('x') }],
    },
    async (opened) => {
      await opened.page.getByRole('button', { name: 'Details' }).click();
      await opened.page.getByRole('searchbox', { name: 'Search' }).fill('nasty');
      await opened.page.getByText('1 match').waitFor();
      await settle(opened);
      expect(await canary(opened)).toBeUndefined();
    },
    {},
  );
});

test('H21 a link in a plain text cannot break out of its attribute', async () => {
  const text =
    'see http://a.example/"onmouseover="parent.canary=1 and <http://b.example/<script>> and javascript:alert(1)';
  await show({ text }, async (opened) => {
    const mail = await opened.shownMail();
    for (const link of await mail.locator('a').all()) {
      expect((await link.getAttribute('href'))?.includes('/leave.html#')).toBe(true);
      await link.hover();
    }
    const names = await mail
      .locator('body *')
      .evaluateAll((all) => all.flatMap((element) => element.getAttributeNames()));
    expect(names.filter((name) => name.startsWith('on'))).toEqual([]);
    await expect.poll(() => mail.locator('body').innerText()).toContain('javascript:alert(1)');
    expect(await canary(opened)).toBeUndefined();
  });
});

test('H22 "always" holds for a verified sender in the account that granted it, and for nobody who only says so', async () => {
  const from = { name: 'News', address: 'news@shop.example' };
  const html = '<img src="http://a.example/p.png" alt="p">';
  const verified = ['mx.kontor-nord.test; dkim=pass header.d=shop.example'];
  await using opened = await openWindow(browser, {
    messages: [
      { subject: 'Granted', from, html, authenticationResults: verified },
      { subject: 'Next one', from, html, authenticationResults: verified },
      {
        subject: 'Spoofed',
        from,
        html,
        authenticationResults: ['mx; dkim=pass header.d=evil.example; dmarc=fail'],
      },
      { subject: 'Unknown', from, html, authenticationResults: [] },
      { subject: 'Elsewhere', from, html, authenticationResults: verified, account: 1 },
    ],
  });
  const asks = opened.page.getByRole('button', { name: 'Show remote content' });
  await opened.open('Unknown');
  await expect.poll(() => opened.page.getByRole('button', { name: /^Always/ }).count()).toBe(0);
  await opened.open('Granted');
  await opened.page.getByRole('button', { name: 'Always for news@shop.example' }).click();
  await expect.poll(() => opened.mail.settings.remoteContentSenders.length).toBe(1);
  await opened.open('Next one');
  await expect.poll(async () => (await opened.shownMail()).locator('img[src^="data:"]').count()).toBe(1);
  await expect.poll(() => asks.count()).toBe(0);
  for (const subject of ['Spoofed', 'Unknown', 'Elsewhere']) {
    await opened.open(subject);
    await asks.waitFor();
    expect(await (await opened.shownMail()).locator('img[src]').count()).toBe(0);
  }
  expect(beacon.hits).toEqual([]);
});

describe('H23 leaving a list', () => {
  test.each([
    '<javascript:alert(1)>',
    '<http://a.example/unsubscribe>',
    '<file:///etc/passwd>',
    'https://a.example/x',
    '<https://>',
  ])('is not offered by %s', async (listUnsubscribe) => {
    await show({ listUnsubscribe }, async (opened) => {
      await expect.poll(() => opened.page.getByRole('button', { name: 'Unsubscribe' }).count()).toBe(0);
      await settle(opened);
      expect(beacon.hits).toEqual([]);
    });
  });

  test('asks nothing of the web before the person has agreed', async () => {
    await show({ listUnsubscribe: '<https://lists.example/u?x=1>' }, async (opened) => {
      await opened.page.getByRole('button', { name: 'Unsubscribe' }).click();
      await opened.page.getByText('lists.example', { exact: false }).waitFor();
      await opened.page.getByRole('button', { name: 'Cancel' }).click();
      await settle(opened);
      expect(beacon.hits).toEqual([]);
    });
  });

  test('by mail writes a draft and sends nothing', async () => {
    await show(
      { listUnsubscribe: '<mailto:leave@lists.example?subject=leave>' },
      async (opened) => {
        await opened.page.getByRole('button', { name: 'Unsubscribe' }).click();
        await opened.page.getByRole('button', { name: 'Write to leave@lists.example' }).click();
        await opened.page.getByRole('dialog', { name: 'New message' }).waitFor();
        expect(opened.engine.calls.filter(({ name }) => name === 'outbox.send')).toEqual([]);
      },
      {},
    );
  });
});
