/** Writing and sending mails, as a person does it. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakeCompose } from '#test/support/fakeCompose.ts';
import { bytes, redPixel } from '#test/support/fakeMail.ts';
import { openWindow, type OpenWindow, type WindowOptions } from './openWindow.ts';
import { startBrowser } from './browser.ts';

let browser: Browser;
let opened: OpenWindow | undefined;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
  expect(faults).toEqual([]);
});

async function open(options: WindowOptions = {}): Promise<{ page: Page; mail: FakeCompose }> {
  opened = await openWindow(browser, { filler: 3, ...options });
  return opened;
}

const dialog = (page: Page, name: string | RegExp = 'New message'): Locator =>
  page.getByRole('dialog', { name });
const box = (within: Locator, name: string): Locator => within.getByRole('textbox', { name, exact: true });
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true });

async function compose(page: Page): Promise<Locator> {
  await button(page, 'New message').click();
  return dialog(page);
}

/** The one draft that there is, once `fits`. */
async function draft(
  mail: FakeCompose,
  fits: (content: { to: string; subject: string; text: string; html: string | null }) => boolean,
) {
  await expect.poll(() => [...mail.drafts.values()].some(({ content }) => fits(content))).toBe(true);
  const found = [...mail.drafts.values()].find(({ content }) => fits(content));
  if (!found) throw new Error('no such draft');
  return found;
}

test('a mail is written, sent and told as sent; the engine got what was typed', async () => {
  const { page, mail } = await open({ preferences: { undoSeconds: 0 } });
  const composer = await compose(page);
  await expect
    .poll(() => box(composer, 'To').evaluate((element) => element === document.activeElement))
    .toBe(true);
  await box(composer, 'To').fill('Ben Berg <ben@post.test>, clara@post.test');
  await box(composer, 'Cc').fill('dora@post.test');
  await box(composer, 'Bcc').fill('emil@post.test');
  await box(composer, 'Subject').fill('Plan');
  await box(composer, 'Message').click();
  await page.keyboard.type('Hello Ben,');
  await page.keyboard.press('Enter');
  await page.keyboard.type('here it is.');
  await button(composer, 'Send').click();
  await composer.waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('Sent: Plan').waitFor();
  const [job] = [...mail.jobs.values()];
  expect(job?.row.recipients.map(({ address }) => address)).toEqual([
    'ben@post.test',
    'clara@post.test',
    'dora@post.test',
    'emil@post.test',
  ]);
  expect(mail.drafts.size).toBe(0);
});

test('the sender is the default account, and can be another one that sends', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  const from = composer.getByRole('combobox', { name: 'From' });
  expect(await from.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text)).toContain(
    'anna@kontor-nord.test',
  );
  await from.selectOption({ label: 'Info <info@kontor-nord.test>' });
  await box(composer, 'Subject').fill('From the group');
  const saved = await draft(mail, ({ subject }) => subject === 'From the group');
  expect(saved.accountId).toBe('account-info');
});

test('what is typed is a draft within two seconds, and is there again after the page was closed', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'To').fill('ben@');
  await box(composer, 'Subject').fill('Half a thought');
  const typed = Date.now();
  await draft(mail, ({ subject, to }) => subject === 'Half a thought' && to === 'ben@');
  expect(Date.now() - typed).toBeLessThan(2500);
  await composer.getByText('Draft saved').waitFor();
  await opened?.reopen();
  const again = dialog(page, 'Draft: Half a thought');
  await expect.poll(() => box(again, 'Subject').inputValue()).toBe('Half a thought');
  await expect.poll(() => again.getByText('ben@').first().isVisible()).toBe(true);
});

test('closing the page at once after the last key loses nothing', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'Subject').fill('First');
  await draft(mail, ({ subject }) => subject === 'First');
  await box(composer, 'Subject').fill('The very last word');
  await page.close({ runBeforeUnload: false });
  await draft(mail, ({ subject }) => subject === 'The very last word');
});

test('an address that is none keeps the mail here, says so, and can be corrected by the keyboard', async () => {
  const { page, mail } = await open({ preferences: { undoSeconds: 0 } });
  const composer = await compose(page);
  await box(composer, 'To').fill('ben');
  await box(composer, 'Subject').fill('Plan');
  await page.keyboard.press('Control+Enter');
  await composer.getByText('“ben” is not an e-mail address.').first().waitFor();
  expect(mail.jobs.size).toBe(0);
  await expect
    .poll(() => box(composer, 'To').evaluate((element) => element === document.activeElement))
    .toBe(true);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await expect.poll(() => box(composer, 'To').inputValue()).toBe('ben');
  await page.keyboard.press('End');
  await page.keyboard.type('@post.test');
  await page.keyboard.press('Control+Enter');
  await composer.waitFor({ state: 'detached' });
  expect([...mail.jobs.values()][0]?.row.recipients[0]?.address).toBe('ben@post.test');
});

test('a pasted list becomes pills', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await page.evaluate(() =>
    navigator.clipboard.writeText('Arndt, Anna <anna@post.test>; ben@post.test\nclara@post.test'),
  );
  await box(composer, 'To').click();
  await page.keyboard.press('Control+v');
  await composer.getByRole('button', { name: 'Arndt, Anna, anna@post.test' }).waitFor();
  const saved = await draft(mail, ({ to }) => to.includes('clara'));
  expect(saved.content.to).toBe('"Arndt, Anna" <anna@post.test>, ben@post.test, clara@post.test');
});

test('Undo brings the mail back as it was', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'To').fill('ben@post.test');
  await box(composer, 'Subject').fill('Too early');
  await box(composer, 'Message').click();
  await page.keyboard.type('Not yet finished');
  await button(composer, 'Send').click();
  await button(page.getByRole('status'), 'Undo').click();
  const again = dialog(page, /Too early|New message/);
  await expect.poll(() => box(again, 'Subject').inputValue()).toBe('Too early');
  await expect.poll(() => box(again, 'Message').textContent()).toBe('Not yet finished');
  expect([...mail.jobs.values()][0]?.row.state).toBe('cancelled');
});

test('a refused mail comes back with the reason', async () => {
  const { page } = await open({
    preferences: { undoSeconds: 0 },
    prepare: (mail) => {
      mail.sending = { outcome: 'failed', ms: 100, error: { code: 'recipients-refused', params: {} } };
    },
  });
  const composer = await compose(page);
  await box(composer, 'To').fill('nobody@post.test');
  await box(composer, 'Subject').fill('Returns');
  await button(composer, 'Send').click();
  const again = dialog(page, /Returns/);
  await again
    .getByRole('alert')
    .getByText(/Not sent: The server refused every recipient/)
    .waitFor();
  await expect.poll(() => box(again, 'Subject').inputValue()).toBe('Returns');
});

test('a missing subject and a forgotten attachment are asked about', async () => {
  const { page, mail } = await open({ preferences: { undoSeconds: 0 } });
  const composer = await compose(page);
  await box(composer, 'To').fill('ben@post.test');
  await box(composer, 'Message').click();
  await page.keyboard.type('Die Rechnung finden Sie im Anhang.');
  await button(composer, 'Send').click();
  const noSubject = page.getByRole('alertdialog', { name: 'Send without a subject?' });
  await button(noSubject, 'Back to the mail').click();
  await expect
    .poll(() => box(composer, 'Subject').evaluate((element) => element === document.activeElement))
    .toBe(true);
  await page.keyboard.type('Rechnung');
  await button(composer, 'Send').click();
  const forgotten = page.getByRole('alertdialog', { name: 'Did you forget the attachment?' });
  await button(forgotten, 'Send anyway').click();
  await composer.waitFor({ state: 'detached' });
  expect(mail.jobs.size).toBe(1);
});

test('Send later says what happens when the computer sleeps, and keeps the chosen time', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'To').fill('ben@post.test');
  await box(composer, 'Subject').fill('Tomorrow');
  await button(composer, 'Send later').click();
  const later = dialog(page, 'Send later');
  await later.getByText(/If it is off or asleep at that time/).waitFor();
  await later.getByLabel('Date').fill('2099-05-04');
  await later.getByLabel('Time').fill('09:30');
  await button(later, 'Send later').click();
  await page
    .getByRole('status')
    .getByText(/Will be sent/)
    .waitFor();
  const [job] = [...mail.jobs.values()];
  expect(job?.row.sendAt).toBe(new Date(2099, 4, 4, 9, 30).getTime());
});

test('an answer quotes what was visible, cleaned, and loads nothing', async () => {
  const { page, mail } = await open({
    messages: [
      {
        subject: 'Offer',
        account: 2,
        html: '<p>Dear Anna</p><p style="display:none">kobold</p><img src="https://track.test/1.gif" alt="Logo"><script>window.hacked = 1</script><a href="javascript:alert(1)">click</a>',
      },
    ],
  });
  const asked: string[] = [];
  page.on('request', (request) => void (request.url().includes('track.test') && asked.push(request.url())));
  await page.getByRole('option', { name: /Offer/ }).click();
  await button(page.getByRole('toolbar', { name: 'Message actions' }), 'Reply').click();
  const reply = dialog(page, 'Reply: Offer');
  await box(reply, 'Message').getByText('Dear Anna').waitFor();
  await expect.poll(() => reply.getByRole('combobox', { name: 'From' }).inputValue()).toBe('account-info');
  await expect.poll(() => box(reply, 'Message').getByText('kobold').count()).toBe(0);
  await box(reply, 'Message').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Thank you!');
  const saved = await draft(mail, ({ text }) => text.includes('Thank you!'));
  expect(saved.content.html).not.toMatch(/script|javascript:|track\.test|kobold/);
  expect(saved.content.html).toContain('<blockquote');
  expect(asked).toEqual([]);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('an answer that was only looked at leaves no draft', async () => {
  const { page, mail } = await open({ messages: [{ subject: 'Offer', text: 'Hello' }] });
  await page.getByRole('option', { name: /Offer/ }).click();
  await button(page.getByRole('toolbar', { name: 'Message actions' }), 'Reply').click();
  const reply = dialog(page, 'Reply: Offer');
  await button(reply, 'Close (the draft is kept)').click();
  await reply.waitFor({ state: 'detached' });
  await expect.poll(() => mail.drafts.size).toBe(0);
});

test('formatting: bold, lists, a link; and plain text after asking', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  const text = box(composer, 'Message');
  await text.click();
  await page.keyboard.press('Control+b');
  await page.keyboard.type('bold');
  await page.keyboard.press('Control+b');
  await page.keyboard.type(' plain');
  await page.keyboard.press('Enter');
  await button(composer, 'Bulleted list').click();
  await page.keyboard.type('one');
  await draft(mail, ({ html }) => /<b>bold<\/b>/.test(html ?? '') && /<ul><li>one/.test(html ?? ''));
  await button(composer, 'Link').click();
  await composer.getByRole('textbox', { name: 'Address of the link' }).fill('javascript:alert(1)');
  await button(composer, 'Set link').click();
  await composer.getByText(/Only addresses that begin with/).waitFor();
  await composer.getByRole('textbox', { name: 'Address of the link' }).fill('post.test');
  await button(composer, 'Set link').click();
  await draft(mail, ({ html }) => (html ?? '').includes('href="https://post.test/"'));
  await button(composer, 'More options').click();
  await page
    .getByRole('menuitem', { name: 'Plain text' })
    .or(page.getByRole('menuitemcheckbox', { name: 'Plain text' }))
    .or(page.getByRole('menuitemradio', { name: 'Plain text' }))
    .click();
  await button(page.getByRole('alertdialog', { name: 'Drop the formatting?' }), 'Drop formatting').click();
  await draft(
    mail,
    ({ html, text: plain }) => html === null && plain.includes('bold') && plain.includes('- one'),
  );
  await expect.poll(() => text.inputValue()).toContain('bold');
});

test('a table of a spreadsheet survives the paste; its trackers and scripts do not', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await page.evaluate(async () => {
    const html =
      '<meta charset="utf-8"><style>td{color:red}</style><table border="1"><tr><td onclick="x()">Lamp</td><td style="position:fixed;top:0;background:url(https://track.test/a)">12</td></tr></table><img src="https://track.test/b.gif">';
    await navigator.clipboard.write([
      new ClipboardItem({
        'text/html': new Blob([html], { type: 'text/html' }),
        'text/plain': new Blob(['Lamp 12'], { type: 'text/plain' }),
      }),
    ]);
  });
  await box(composer, 'Message').click();
  await page.keyboard.press('Control+v');
  const saved = await draft(mail, ({ html }) => (html ?? '').includes('Lamp'));
  expect(saved.content.html).toMatch(/<table[^>]*>.*<td[^>]*>Lamp<\/td>/s);
  expect(saved.content.html).not.toMatch(/track\.test|onclick|fixed|<style/);
  expect(saved.content.text).toContain('Lamp');
});

test('files: attached by the button, by drop and by paste; pictures dropped into the text stand in it', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'Message').click();
  await page.keyboard.type('See: ');
  await composer
    .locator('input[type="file"]')
    .setInputFiles([{ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('pdf') }]);
  await composer.getByRole('list', { name: 'Attachments' }).getByText('plan.pdf').waitFor();
  const picture = Buffer.from(redPixel).toString('base64');
  const drop = async (target: Locator): Promise<void> => {
    const transfer = await page.evaluateHandle((data) => {
      const content = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      const made = new DataTransfer();
      made.items.add(new File([content], 'photo.png', { type: 'image/png' }));
      return made;
    }, picture);
    await target.dispatchEvent('dragenter', { dataTransfer: transfer });
    await target.dispatchEvent('drop', { dataTransfer: transfer });
  };
  await drop(box(composer, 'Message'));
  const saved = await draft(mail, ({ html }) => /<img[^>]*src="cid:/.test(html ?? ''));
  const inline = mail.drafts.get(saved.id)?.attachments.find((one) => one.inline);
  expect(saved.content.html).toContain(`cid:${inline?.contentId ?? '?'}`);
  await drop(composer.locator('header').first());
  await composer.getByRole('list', { name: 'Attachments' }).getByText('photo.png').waitFor();
  expect(
    mail.drafts.get(saved.id)?.attachments.map(({ filename, inline: within }) => [filename, within]),
  ).toEqual([
    ['plan.pdf', false],
    ['photo.png', true],
    ['photo.png', false],
  ]);
  await button(composer, 'Remove plan.pdf').click();
  await expect.poll(() => mail.drafts.get(saved.id)?.attachments.length).toBe(2);
});

test('a file that is too large is refused in words and the rest goes on', async () => {
  const { page } = await open();
  const composer = await compose(page);
  await composer.locator('input[type="file"]').evaluate((element: HTMLInputElement) => {
    const transfer = new DataTransfer();
    const large = new File(['x'], 'film.mov');
    Object.defineProperty(large, 'size', { value: 90_000_000 });
    transfer.items.add(large);
    Object.defineProperty(element, 'files', { value: transfer.files });
    Object.defineProperty(transfer.files[0], 'size', { value: 90_000_000 });
    element.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await composer
    .getByRole('alert')
    .getByText(/film\.mov could not be attached/)
    .waitFor();
});

test('several mails at once: docked, minimised, enlarged and restored by the keyboard', async () => {
  const { page } = await open();
  await compose(page);
  const first = page.getByRole('dialog').first();
  await box(first, 'Subject').fill('One');
  await page.keyboard.press('Escape');
  await expect.poll(() => box(first, 'Message').isVisible()).toBe(false);
  await page.keyboard.press('n');
  const second = page.getByRole('dialog').last();
  await box(second, 'Subject').fill('Two');
  await button(second, 'Enlarge').click();
  await button(second, 'Restore').click();
  await button(first, 'New message').click();
  await expect.poll(() => box(first, 'Subject').inputValue()).toBe('One');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(2);
});

test('the shortcuts of writing are listed', async () => {
  const { page } = await open();
  await page.keyboard.press('?');
  const shortcuts = dialog(page, 'Keyboard shortcuts');
  const writing = shortcuts.getByRole('region', { name: 'Writing' });
  await expect.poll(() => writing.innerText()).toMatch(/Send\s+Ctrl\s*Enter[^]*Send later[^]*Attach/);
});

test('discarding asks, and removes the draft', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  await box(composer, 'Subject').fill('Away');
  await draft(mail, ({ subject }) => subject === 'Away');
  await button(composer, 'Discard').click();
  await button(page.getByRole('alertdialog'), 'Discard').click();
  await composer.waitFor({ state: 'detached' });
  expect(mail.drafts.size).toBe(0);
});

test('a lost connection is told, what is typed stays, and is saved when it is back', async () => {
  const { page, mail } = await open();
  const composer = await compose(page);
  opened?.engine.fail('drafts.create', 'disk-full', 1);
  await box(composer, 'Subject').fill('Kept');
  await composer
    .getByRole('alert')
    .getByText(/The draft could not be saved/)
    .waitFor();
  await draft(mail, ({ subject }) => subject === 'Kept');
  await composer.getByText('Draft saved').waitFor();
});

for (const theme of ['light', 'dark'] as const) {
  test(`nothing that axe finds, in the ${theme} theme, with an error, an attachment and a quote`, async () => {
    const { page } = await open({
      theme,
      messages: [{ subject: 'Offer', html: '<p>Dear <b>Anna</b></p>', attachments: [] }],
    });
    await page.getByRole('option', { name: /Offer/ }).click();
    await button(page.getByRole('toolbar', { name: 'Message actions' }), 'Reply').click();
    const reply = dialog(page, 'Reply: Offer');
    await box(reply, 'Cc').fill('nobody');
    await box(reply, 'Subject').focus();
    await reply
      .locator('input[type="file"]')
      .setInputFiles([{ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from(bytes('pdf')) }]);
    await reply.getByRole('list', { name: 'Attachments' }).waitFor();
    expect(await opened?.axe('[role="dialog"]')).toEqual([]);
    await button(reply, 'Send later').click();
    expect(await opened?.axe('[role="dialog"]')).toEqual([]);
  });
}
