/** A morning of reading, before a real mailbox: each act as a person does it, and what became of it on the server. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { mailBytes, type MailToWrite } from '#hosts/node/demo/mailBytes.ts';
import { picturePng } from '#hosts/node/demo/picturePng.ts';
import { describeWith } from '#test/servers/available.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startBrowser } from './browser.ts';
import { sitDown, type Desk } from './desk.ts';

const user = 'anna@xyz.test';
const anna = { name: 'Anna', address: user };
const berta = { name: 'Berta Müller', address: 'berta@outside.test' };
const hour = 3_600_000;
const now = Date.now();

let number = 0;
/** Oldest first: each comes a minute after the one before. */
function letter(subject: string, mail: Partial<MailToWrite> = {}): { raw: Buffer; date: Date } {
  number += 1;
  const date = mail.date ?? now - 20 * hour + number * 60_000;
  const raw = mailBytes({
    from: berta,
    to: [anna],
    cc: [],
    subject,
    date,
    messageId: `<${String(number)}@outside.test>`,
    inReplyTo: null,
    references: [],
    text: `Text of ${subject}.`,
    html: null,
    parts: [],
    headers: [],
    ...mail,
  });
  return { raw, date: new Date(date) };
}

/** A web server on this machine, and what it was asked for. */
async function listening(server: Server): Promise<{ port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const shown = (page: Page) => page.locator('article iframe').first().contentFrame();

describeWith(['dovecot', 'chromium'], 'reading mail of a real mailbox', () => {
  const owned = new AsyncDisposableStack();
  const authority = createAuthority();
  const asked: string[] = [];
  let dovecot: Dovecot;
  let browser: Browser;
  let desk: Desk | undefined;
  let pictures: number;
  let lists: number;

  beforeAll(async () => {
    dovecot = owned.use(await startDovecot());
    const { cert, key } = authority.issue();
    const picture = picturePng(1);
    pictures = owned.use(
      await listening(
        createServer((request, response) => {
          asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.cookie ?? ''}`.trim());
          response.writeHead(200, { 'content-type': 'image/png', 'set-cookie': 'who=anna' }).end(picture);
        }),
      ),
    ).port;
    lists = owned.use(
      await listening(
        createSecureServer({ cert, key }, (request, response) => {
          let body = '';
          request.on('data', (chunk: Buffer) => (body += chunk.toString()));
          request.on('end', () => {
            asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
            response.writeHead(request.url === '/full' ? 503 : 200).end();
          });
        }),
      ),
    ).port;
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());
  afterEach(async () => {
    const faults = desk?.faults ?? [];
    await desk?.[Symbol.asyncDispose]();
    desk = undefined;
    asked.length = 0;
    expect(faults).toEqual([]);
  });

  test('conversations over folders, newsletters and their senders, lists that are left, files, source and print', async () => {
    const verified =
      'mx.xyz.test; dkim=pass header.d=shop.test; spf=pass smtp.mailfrom=bounce.shop.test; dmarc=pass header.from=shop.test';
    const news = { name: 'Shop', address: 'news@shop.test' };
    const newsletter = (results: readonly string[], more: readonly (readonly [string, string])[] = []) => ({
      from: news,
      html:
        `<p>Our <b>offers</b></p><img alt="Lamp" src="http://localhost:${String(pictures)}/lamp.png">` +
        '<p><a href="https://evil.test/login">https://bank.test/login</a></p>',
      headers: [...results.map((result) => ['Authentication-Results', result] as const), ...more],
    });
    const signed = (path: string) =>
      [
        ['DKIM-Signature', 'v=1; d=shop.test; s=a; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x'],
        ['List-Unsubscribe', `<https://localhost:${String(lists)}${path}>, <mailto:leave@shop.test>`],
        ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
      ] as const;
    const begun = now - 30 * hour;
    const ids = ['<a1@outside.test>', '<a2@xyz.test>', '<a3@outside.test>'] as const;
    dovecot.fill(user, 'Sent', [
      {
        ...letter('Re: Offer', {
          ...{ from: anna, to: [berta], date: begun + hour, messageId: ids[1] },
          ...{ inReplyTo: ids[0], references: [ids[0]], text: 'Would one week do?' },
        }),
        flags: ['\\Seen'],
      },
    ]);
    const cid =
      `From: Berta <berta@outside.test>\r\nTo: ${user}\r\nSubject: With a picture\r\nDate: ${new Date(now - 5 * hour).toUTCString()}\r\n` +
      'Message-ID: <cid@outside.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n' +
      '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p style="color:#222">Look:</p><img alt="Here" src="cid:p1">\r\n' +
      `--b\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n${picturePng(2).toString('base64')}\r\n--b--\r\n`;
    dovecot.fill(user, 'INBOX', [
      { ...letter('Offer', { date: begun, messageId: ids[0], text: 'Two weeks.' }), flags: ['\\Seen'] },
      letter('Re: Offer', {
        ...{ date: begun + 2 * hour, messageId: ids[2], inReplyTo: ids[1], references: [ids[0], ids[1]] },
        text: 'One week is possible.\n\n> Would one week do?',
      }),
      letter('First offers', newsletter([verified], signed('/leave?id=1'))),
      letter('More offers', newsletter([verified], signed('/full'))),
      letter(
        'Forged offers',
        newsletter(['mx.xyz.test; dmarc=fail header.from=shop.test', verified.replace('mx.', 'mx2.')]),
      ),
      letter('Photographs', {
        parts: [
          { filename: 'lamp.png', contentType: 'image/png', content: picturePng(3) },
          { filename: 'notes.txt', contentType: 'text/plain', content: Buffer.from('Bring a towel.') },
        ],
      }),
      { raw: cid, date: new Date(now - 5 * hour) },
    ]);
    desk = await sitDown(browser, 'anna', {
      dovecot,
      authority: authority.cert,
      settings: { markReadAfterMs: 0 },
    });
    const { page, row, button, onServer, said } = desk;
    const article = page.locator('article');
    await desk.go('Inbox');

    // What was sent belongs to the conversation; opened it is read, there as well.
    await row(/^Berta, me, Re: Offer.*conversation of 3 messages, 1 of them unread/).click();
    await shown(page).getByText('One week is possible.').waitFor();
    await button(/^Me Would one week do/).waitFor();
    const quote = button('Quoted text', article.first());
    await expect.poll(() => quote.getAttribute('aria-expanded')).toBe('false');
    await quote.click();
    await shown(page).getByText('Would one week do?').waitFor();
    const flagsOf = (subject: string) => async () =>
      (await desk!.look('INBOX')).find((mail) => mail.subject === subject)?.flags.has('\\Seen');
    await expect.poll(flagsOf('Re: Offer')).toBe(true);

    // A newsletter loads nothing by itself, and its sender is what the own server says it is.
    await row(/First offers/).click();
    await article.getByRole('img', { name: /verified the sender/ }).waitFor();
    await shown(page).getByText('leads to evil.test').waitFor();
    await button('Details', article).click();
    for (const verdict of [
      'DKIM: pass (shop.test)',
      'SPF: pass (bounce.shop.test)',
      'DMARC: pass (shop.test)',
    ])
      await article.getByText(verdict).waitFor();
    expect(asked).toEqual([]);
    await button('Show remote content').waitFor();
    await button('Always for news@shop.test').click();
    await shown(page).getByRole('img', { name: 'Lamp' }).waitFor();
    await expect.poll(() => asked).toEqual(['GET /lamp.png']);
    // Whoever only says so is not trusted, and is told apart.
    await row(/Forged offers/).click();
    await article.getByText('Your server found that this mail does not come from').waitFor();
    await button('Show remote content').waitFor();
    expect(await article.getByRole('img', { name: /verified the sender/ }).count()).toBe(0);

    // The next of the granted sender is shown at once; its list is left by one request, once it is agreed to.
    asked.length = 0;
    await row(/More offers/).click();
    await expect.poll(() => asked).toEqual(['GET /lamp.png']);
    await button('Unsubscribe', article).click();
    const question = page
      .getByRole('alertdialog', { name: 'Unsubscribe' })
      .or(page.getByRole('dialog', { name: 'Unsubscribe' }));
    await question.getByText('as soon as localhost is asked to').waitFor();
    await button('Cancel', question).click();
    await button('Unsubscribe', article).click();
    await button('Unsubscribe', question).click();
    await said('did not take you off the list (HTTP 503)');
    await page.getByRole('status').getByRole('button', { name: 'Open the page' }).waitFor();
    await row(/First offers/).click();
    await button('Unsubscribe', article).click();
    await button('Unsubscribe', question).click();
    await said('localhost takes you off the list');
    expect(asked.filter((line) => line.startsWith('POST'))).toEqual([
      'POST /full List-Unsubscribe=One-Click',
      'POST /leave?id=1 List-Unsubscribe=One-Click',
    ]);

    // A picture in the text is shown as a part of this mail; in the dark theme it is readable, and can be seen as sent.
    await row(/With a picture/).click();
    await expect
      .poll(() =>
        shown(page)
          .getByRole('img', { name: 'Here' })
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBe(320);
    const ink = () =>
      shown(page)
        .getByText('Look:')
        .evaluate((text) => getComputedStyle(text).color);
    const light = await ink();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(ink).not.toBe(light);
    await button('Show on a light background', article).click();
    await expect.poll(ink).toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    const size = () =>
      shown(page)
        .getByText('Look:')
        .evaluate((text) => text.getBoundingClientRect().height);
    const before = await size();
    await article.focus();
    await page.keyboard.press('Control++');
    await expect.poll(size).toBeGreaterThan(before);
    await page.keyboard.press('Control+0');

    // Files are looked at and saved, all at once.
    await row(/Photographs/).click();
    await button('Look at lamp.png').click();
    await page.getByRole('dialog', { name: 'lamp.png' }).getByRole('img', { name: 'lamp.png' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'notes.txt' }).getByText('Bring a towel.').waitFor();
    await page.keyboard.press('Escape');
    const saved: Promise<[string, Buffer]>[] = [];
    page.on('download', (download) =>
      saved.push(
        download
          .path()
          .then((path) => [download.suggestedFilename(), readFileSync(path)] as [string, Buffer]),
      ),
    );
    await button('Save all').click();
    await said('2 files were saved');
    expect(new Map(await Promise.all(saved))).toEqual(
      new Map([
        ['lamp.png', picturePng(3)],
        ['notes.txt', Buffer.from('Bring a towel.')],
      ]),
    );

    // As it came, byte for byte; and on paper.
    await page.keyboard.press('Control+u');
    const source = page.getByRole('dialog', { name: 'Source of the message' });
    await source.getByText('Content-Disposition: attachment; filename="lamp.png"').waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const described = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow');
      Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
        get(this: HTMLIFrameElement) {
          const view = described?.get?.call(this) as Window | null;
          if (view && this.getAttribute('sandbox')?.includes('allow-modals'))
            view.print = () => {
              document.body.setAttribute('data-printed', view.document.body.innerText);
            };
          return view;
        },
      });
    });
    await page.keyboard.press('Control+p');
    await expect
      .poll(() => page.locator('body').getAttribute('data-printed'))
      .toMatch(/^Photographs\s+From: Berta Müller <berta@outside\.test>[^]*Text of Photographs\./);

    // What is unread is found by a filter, and lists are put in order.
    const bar = page.getByRole('group', { name: 'Filter and order' });
    await bar.getByRole('button', { name: 'Only with attachments' }).click();
    await expect.poll(() => page.getByRole('option').count()).toBe(1);
    await bar.getByRole('button', { name: 'Only with attachments' }).click();
    await bar.getByRole('button', { name: 'Order' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Subject' }).click();
    await expect.poll(() => page.getByRole('option').first().textContent()).toContain('First offers');
    await onServer('Sent').toEqual([['Re: Offer', '\\Seen']]);
  });

  test('found by every operator, in any spelling, by parts of words and names of files; kept as a folder; and on the server', async () => {
    const muller = { name: 'Jörg Müller', address: 'joerg@werft.test' };
    const login = 'ben';
    const me = `${login}@xyz.test`;
    const to = [{ name: 'Ben', address: me }];
    const other = [{ name: 'Sales', address: 'sales@xyz.test' }];
    const braun = { name: 'Berta Braun', address: 'berta@outside.test' };
    const notes = Buffer.from('Der Kellerschlüssel liegt beim Nachbarn.');
    dovecot.fill(me, 'INBOX', [
      {
        ...letter('Invoice 17', { to, from: muller, date: Date.UTC(2023, 4, 1) }),
        flags: ['\\Seen', '\\Answered'],
      },
      {
        ...letter('Dinner', { to, from: { name: 'Ada Muller', address: 'ada@home.test' } }),
        flags: ['\\Seen', '\\Flagged'],
      },
      letter('Delivery', {
        to: other,
        from: { name: 'Anton Mueller', address: 'anton@werft.test' },
        text: 'Der Ersatzschirm ist da.',
      }),
      {
        ...letter('Drawings', {
          to,
          from: braun,
          text: 'Der Plan ohne Bestellnummer.',
          parts: [
            { filename: 'Bauplan Nord.png', contentType: 'image/png', content: Buffer.alloc(150_000, 7) },
            { filename: 'notes.txt', contentType: 'text/plain; charset=utf-8', content: notes },
          ],
        }),
        flags: ['\\Seen'],
      },
    ]);
    dovecot.fill(me, 'Archive', [
      { ...letter('Invoice 3', { to, from: braun, text: 'Bezahlt.' }), flags: ['\\Seen'] },
    ]);
    desk = await sitDown(browser, login, { dovecot });
    const { page, button, row } = desk;
    const all = {
      invoice: 'Invoice 17',
      dinner: 'Dinner',
      delivery: 'Delivery',
      drawings: 'Drawings',
      old: 'Invoice 3',
    };
    const { invoice, dinner, delivery, drawings, old } = all;
    await desk.go('Inbox');
    await row(/Drawings/).waitFor();
    // Texts come after headers: the last of them is there.
    await page.getByText('Up to date').waitFor();
    const found = async (): Promise<string[]> => {
      const names = await page
        .getByRole('option')
        .evaluateAll((rows) => rows.map((one) => one.textContent ?? ''));
      return Object.values(all).filter((subject) => names.some((name) => name.includes(subject)));
    };
    const bar = page.getByRole('group', { name: 'Filter and order' });
    for (const [filter, hits] of [
      ['Only unread', [delivery]],
      ['Only flagged', [dinner]],
      ['Only addressed to me', [invoice, dinner, drawings]],
    ] as const) {
      await button(filter, bar).click();
      await expect.poll(found, { message: filter }).toEqual(hits);
      await button(filter, bar).click();
    }
    // No two in a row find the same: each list is known to be its own.
    for (const [query, hits] of [
      ['Müller', [invoice, dinner, delivery]],
      ['müller -anton', [invoice, dinner]],
      ['Mueller', [invoice, dinner, delivery]],
      ['bezahlt OR schirm', [delivery, old]],
      ['muller', [invoice, dinner, delivery]],
      ['"ohne Bestellnummer"', [drawings]],
      ['"Bestellnummer ohne"', []],
      ['from:joerg@werft.test', [invoice]],
      ['to:sales', [delivery]],
      ['subject:invoice', [invoice, old]],
      ['in:archive', [old]],
      ['account:ben subject:dinner', [dinner]],
      ['has:attachment', [drawings]],
      ['is:unread', [delivery]],
      ['filename:bauplan', [drawings]],
      ['is:starred', [dinner]],
      ['is:answered', [invoice]],
      ['before:2024', [invoice]],
      ['after:2024 -in:archive', [dinner, delivery, drawings]],
      ['larger:100k', [drawings]],
      ['kellerschlüssel', []],
    ] as const) {
      await page.keyboard.press('/');
      await page.keyboard.press('Control+a');
      await page.keyboard.type(query);
      await page.keyboard.press('Enter');
      await expect.poll(found, { message: query }).toEqual(hits);
    }

    // What stands in a file only the server can find.
    await button('Search on the server').click();
    await row(/Drawings/).waitFor();

    // Kept under a name it follows what arrives.
    await page.keyboard.press('/');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('subject:invoice');
    await button('Save search').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Invoices');
    await page.keyboard.press('Enter');
    await desk.folder('Invoices').waitFor();
    await expect.poll(() => page.locator('mark').first().innerText()).toBe('Invoice');
    await dovecot.deliver(me, letter('Invoice 18', { to, date: Date.now() }).raw);
    await row(/Invoice 18.*unread/).waitFor();
    await page.getByRole('treeitem', { name: 'Invoices, 1 unread' }).waitFor();
  });
});
