/** An afternoon of writing, through a real Postfix: what is typed and dropped, and what the recipient has of it. */
import { readFile } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { picturePng } from '#hosts/node/demo/picturePng.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { look } from '#test/servers/mailbox.ts';
import { startPostfix, type Postfix } from '#test/servers/postfix.ts';
import { readCards } from '#engine/contacts/vcard.ts';
import { readMessage, type ParsedMessage } from '#engine/mime/parseMessage.ts';
import { startBrowser } from './browser.ts';
import { dropFiles, sitDown, type Desk } from './desk.ts';

const user = 'dora@xyz.test';
const joerg = 'joerg@outside.test';
/** In a domain whose ASCII form is xn--bcher-kva.test. */
const books = 'info@bücher.test';
const photo = picturePng(4).toString('base64');
const cards = [
  ['FN:Jörg Müller', `EMAIL:${joerg}`, 'END:VCARD'],
  ['FN:Nobody ends me', 'EMAIL:lost@outside.test'],
  ['FN:Clara Claussen', 'EMAIL:clara@elsewhere.test', 'END:VCARD'],
]
  .map((lines) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, ''].join('\r\n'))
  .join('');

describeWith(['dovecot', 'postfix', 'chromium'], 'writing mail through a real server', () => {
  const owned = new AsyncDisposableStack();
  let dovecot: Dovecot;
  let postfix: Postfix;
  let browser: Browser;
  let desk: Desk | undefined;

  beforeAll(async () => {
    dovecot = owned.use(await startDovecot());
    postfix = owned.use(await startPostfix(dovecot, { messageSizeLimit: 300_000 }));
    browser = await startBrowser();
    owned.defer(() => browser.close());
  });
  afterAll(() => owned.disposeAsync());
  afterEach(async () => {
    const faults = desk?.faults ?? [];
    await desk?.[Symbol.asyncDispose]();
    desk = undefined;
    expect(faults).toEqual([]);
  });

  /** The mail of this subject in somebody's mailbox, once it is there. */
  async function arrived(
    mailbox: string,
    subject: string,
    folder = 'INBOX',
  ): Promise<ParsedMessage & { raw: string }> {
    const found = async () =>
      (await look(dovecot, mailbox, folder)).filter((mail) => mail.subject === subject);
    await expect.poll(async () => (await found()).length, { message: `${subject} for ${mailbox}` }).toBe(1);
    const [mail] = await found();
    if (!mail) throw new Error('no mail');
    return { ...readMessage(mail.raw), raw: mail.raw.toString('latin1') };
  }

  test('identities, templates and contacts; files and guards; undone, put off, refused, without a network; drafts, answers and forwards', async () => {
    desk = await sitDown(browser, 'dora', { dovecot, postfix, settings: { undoSeconds: 0 } });
    const { page, button, command, said, prefer } = desk;
    const { keyboard } = page;
    const box = (within: Locator, name: string): Locator =>
      within.getByRole('textbox', { name, exact: true });
    const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name });
    const compose = async (): Promise<Locator> => {
      await button('New message').click();
      return dialog('New message');
    };
    const close = async (open: Locator): Promise<void> => {
      await keyboard.press('Escape');
      await open.waitFor({ state: 'detached' });
    };

    // Who writes, and how it is signed; a text that is written again and again; whom it goes to.
    await command('Identities and signatures');
    const identities = dialog('Identities and signatures');
    await button('Add identity', identities).click();
    await box(identities, 'Name').fill('Dora, Verkauf');
    await box(identities, 'E-mail address').fill(user);
    await box(identities, 'Reply to').fill('verkauf at xyz');
    await box(identities, 'Signature').click();
    await keyboard.type('Dora vom Verkauf');
    await button('Save', identities).click();
    await identities.getByText('“verkauf at xyz” is not an e-mail address.').waitFor();
    await box(identities, 'Reply to').fill('verkauf@xyz.test');
    await button('Save', identities).click();
    await said('Saved');
    await close(identities);
    await command('Templates');
    const templates = dialog('Templates');
    await button('New template', templates).click();
    await box(templates, 'Name').fill('Angebot');
    await box(templates, 'Subject').fill('Angebot für {name}');
    await box(templates, 'Text').click();
    await keyboard.type('Guten Tag {name}, anbei unser Angebot.');
    await button('Save', templates).click();
    await said('Template saved');
    await close(templates);
    await command('Contacts');
    const contacts = dialog('Contacts');
    await contacts
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.vcf', mimeType: 'text/vcard', buffer: Buffer.from(cards) });
    await contacts.getByText('2 contacts added').waitFor();
    await contacts.getByText('the card that begins here does not end').waitFor();
    await button('New group', contacts).click();
    await box(contacts, 'Group name').fill('Werft');
    await box(contacts, 'Members').click();
    await keyboard.type('muell\nclara\ninfo@Bücher.test\n');
    await button('Clara Claussen, clara@elsewhere.test', contacts).waitFor();
    await button(books, contacts).waitFor();
    await button('Save', contacts).click();
    await said('Group saved');
    // Out as a file, which another program has all of.
    const download = page.waitForEvent('download');
    await button('Export', contacts).click();
    const exported = await readFile(await (await download).path(), 'utf8');
    const { cards: people, groups, faults } = readCards(exported);
    expect(people.map(({ content }) => [content.name, content.addresses])).toEqual([
      ['Clara Claussen', ['clara@elsewhere.test']],
      ['Jörg Müller', [joerg]],
      // A member that has no card gets one, or other programs would drop it.
      ['info@Bücher.test', ['info@Bücher.test']],
    ]);
    expect(groups).toMatchObject([
      {
        name: 'Werft',
        members: [joerg, 'clara@elsewhere.test', 'info@Bücher.test'].map((one) => `mailto:${one}`),
      },
    ]);
    expect(faults).toEqual([]);
    await close(contacts);

    // Completed by a few letters; half an address that is left by the mouse says what is wrong with it.
    const offer = await compose();
    await keyboard.type('muel');
    await page.getByRole('listbox', { name: 'Suggestions for To' }).getByText(joerg).waitFor();
    await keyboard.press('Enter');
    await button(`Jörg Müller, ${joerg}`, offer).waitFor();
    await box(offer, 'Cc').click();
    await keyboard.type('nobody');
    await box(offer, 'Subject').click();
    await offer.getByText('“nobody” is not an e-mail address.').first().waitFor();
    await button('Remove nobody', offer).click();
    // Also by way of what stands there already.
    await box(offer, 'To').click();
    await keyboard.type('half');
    await button(`Jörg Müller, ${joerg}`, offer).click();
    await box(offer, 'Subject').click();
    await offer.getByText('“half” is not an e-mail address.').first().waitFor();
    await button('Remove half', offer).click();
    await offer.getByRole('combobox', { name: 'From' }).selectOption({ label: `Dora, Verkauf <${user}>` });
    const text = box(offer, 'Message');
    await text.click({ position: { x: 20, y: 20 } });
    await button('Templates', offer).click();
    await page.getByRole('menuitem', { name: 'Angebot', exact: true }).click();
    await expect
      .poll(() => text.innerText())
      .toMatch(/Guten Tag Jörg Müller, anbei unser Angebot\.[^]*Dora vom Verkauf/);
    await expect.poll(() => box(offer, 'Subject').inputValue()).toBe('Angebot für Jörg Müller');
    await keyboard.press('Enter');
    await keyboard.press('Control+b');
    await keyboard.type('Zwei Wochen');
    await keyboard.press('Control+b');
    await keyboard.press('Enter');
    for (const [format, items] of [
      ['Bulleted list', ['Lampen', 'Kabel']],
      ['Numbered list', ['Bestellen', 'Bezahlen']],
    ] as const) {
      await button(format, offer).click();
      await keyboard.type(items[0]);
      await keyboard.press('Enter');
      await keyboard.type(items[1]);
      // An empty item ends the list.
      await keyboard.press('Enter');
      await keyboard.press('Enter');
    }
    await button('Link', offer).click();
    await keyboard.type('javascript:alert(1)');
    await keyboard.press('Enter');
    await offer.getByText('Only addresses that begin with https://').waitFor();
    await keyboard.press('Control+a');
    await keyboard.type('https://lampen.test/preise?a=1&b=2');
    await keyboard.press('Enter');
    await keyboard.press('End');
    await keyboard.press('Enter');
    await page.evaluate(async () => {
      const html = '<table><tr><td onclick="x()">Lampe</td><td>12</td></tr></table>';
      await navigator.clipboard.write([
        new ClipboardItem({ 'text/html': new Blob([html], { type: 'text/html' }) }),
      ]);
    });
    await keyboard.press('Control+v');
    await text.getByText('Lampe', { exact: true }).waitFor();
    // A promised file that is missing, and one that the server would not take.
    await button('Send', offer).click();
    const forgotten = page.getByRole('alertdialog', { name: 'Did you forget the attachment?' });
    await button('Back to the mail', forgotten).click();
    const files = offer.getByRole('list', { name: 'Attachments' });
    const film = { name: 'film.mov', base64: Buffer.alloc(260_000, 1).toString('base64') };
    await dropFiles(offer.locator('header').first(), [film]);
    await offer.getByText(/Your server takes no more than/).waitFor();
    await button('Remove film.mov', offer).click();
    await dropFiles(offer.locator('header').first(), [
      { name: 'Angebot.pdf', type: 'application/pdf', base64: Buffer.from('%PDF-1.7').toString('base64') },
    ]);
    await files.getByText('Angebot.pdf').waitFor();
    await dropFiles(text, [{ name: 'photo.png', type: 'image/png', base64: photo }]);
    await text.locator('img').waitFor();
    await button('Send', offer).click();
    await said('Sent: Angebot für Jörg Müller');
    const received = await arrived(joerg, 'Angebot für Jörg Müller');
    expect(received.from).toEqual({ name: 'Dora, Verkauf', address: user });
    expect(received.replyTo).toEqual([{ name: '', address: 'verkauf@xyz.test' }]);
    expect(received.to).toEqual([{ name: 'Jörg Müller', address: joerg }]);
    expect(received.cc).toEqual([]);
    expect(received.text).toMatch(/Guten Tag Jörg Müller[^]*Zwei Wochen[^]*-- \n?Dora vom Verkauf/);
    expect(received.html).toMatch(/<b>Zwei Wochen<\/b>[^]*<table[^]*Lampe<\/td>/);
    expect(received.html).toMatch(/<ul[^>]*><li[^>]*>Lampen<\/li><li[^>]*>Kabel<\/li><\/ul>/);
    expect(received.html).toMatch(/<ol[^>]*><li[^>]*>Bestellen<\/li><li[^>]*>Bezahlen<\/li><\/ol>/);
    expect(received.html).toContain('<a href="https://lampen.test/preise?a=1&amp;b=2"');
    const lines = (received.text ?? '').split(/\r?\n/).map((line) => line.trim());
    expect(lines.slice(lines.indexOf('- Lampen')).filter(Boolean).slice(0, 6)).toEqual([
      '- Lampen',
      '- Kabel',
      '1. Bestellen',
      '2. Bezahlen',
      'https://lampen.test/preise?a=1&b=2',
      'Lampe   12',
    ]);
    expect(received.html).toMatch(/<img[^>]*src="cid:/);
    expect(received.html).not.toContain('onclick');
    expect(received.attachments.map(({ filename, inline }) => [filename, inline]).sort()).toEqual([
      ['Angebot.pdf', false],
      ['photo.png', true],
    ]);
    expect(Buffer.from(received.attachments.find(({ inline }) => inline)?.content() ?? [])).toEqual(
      picturePng(4),
    );
    await arrived(user, 'Angebot für Jörg Müller', 'Sent');

    // Taken back in time, put off until another day, and sent after all.
    await prefer({ undoSeconds: 30 });
    const undone = await compose();
    await box(undone, 'To').fill('clara@elsewhere.test');
    await box(undone, 'Subject').fill('Too early');
    await box(undone, 'Message').click();
    await keyboard.type('Not yet');
    await button('Send', undone).click();
    await said('Too early: sending in 30 seconds');
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    const again = dialog(/Too early/);
    await expect.poll(() => box(again, 'Message').innerText()).toMatch(/^\s*Not yet/);
    await button('Send later', again).click();
    const later = dialog('Send later');
    await later.getByText(/If it is off or asleep at that time/).waitFor();
    await later.getByLabel('Date').fill('2000-01-01');
    await later.getByText('This moment has passed.').waitFor();
    expect(await button('Send later', later).isEnabled()).toBe(false);
    await later.getByLabel('Date').fill('2099-05-04');
    await button('Send later', later).click();
    await said(/Will be sent .*2099.*: Too early/);
    await desk
      .folder('Outbox')
      .or(page.getByRole('treeitem', { name: /^Outbox/ }))
      .first()
      .click();
    const outbox = page.getByRole('region', { name: 'Outbox' });
    await outbox.getByText(/Goes out .*2099/).waitFor();
    expect(await look(dovecot, 'clara@elsewhere.test')).toEqual([]);
    await button('Send now', outbox).click();
    await arrived('clara@elsewhere.test', 'Too early');

    // Refused for one of two, and for all: it is open again with what the server said.
    await prefer({ undoSeconds: 0 });
    const partly = await compose();
    await box(partly, 'To').fill(`unknown@outside.test, ${joerg}`);
    await box(partly, 'Subject').fill('For two');
    await button('Send', partly).click();
    await said('Sent: For two. Refused for unknown@outside.test');
    await arrived(joerg, 'For two');
    const refused = await compose();
    await box(refused, 'To').fill('unknown@outside.test');
    await box(refused, 'Subject').fill('Returns');
    await button('Send', refused).click();
    const back = dialog(/Returns/);
    await back
      .getByRole('alert')
      .getByText(/unknown@outside\.test: .*550/)
      .waitFor();
    await button('Discard', back).click();
    await button('Discard', page.getByRole('alertdialog')).click();
    await back.waitFor({ state: 'detached' });

    // A mail is put aside half written for one that is more urgent. Without a way to the server that waits, says so, and goes out as soon
    // as it is wanted and possible.
    const draft = await compose();
    await box(draft, 'Subject').fill('Half a thought');
    await box(draft, 'Message').click();
    await keyboard.type('Begun');
    await keyboard.press('Escape');
    await expect.poll(() => box(draft, 'Message').isVisible()).toBe(false);
    await postfix.stop();
    await keyboard.press('n');
    const waiting = dialog('New message').last();
    await box(waiting, 'To').fill(joerg);
    await box(waiting, 'Subject').fill('On the train');
    await button('Send', waiting).click();
    await said(/Not sent yet: On the train/);
    const entry = outbox.getByRole('article').filter({ hasText: 'On the train' });
    await entry.getByText('Trying again').waitFor();
    await postfix.start();
    await button('Send now', entry).click();
    await arrived(joerg, 'On the train');

    // The draft is in the Drafts of the server, and open again after the window was closed in the middle of a word.
    const kept = () => desk!.look('Drafts');
    await expect.poll(async () => (await kept()).map(({ subject }) => subject)).toEqual(['Half a thought']);
    await button('New message', draft).click();
    await box(draft, 'Message').click();
    await keyboard.press('Control+End');
    await keyboard.type(' and not finis');
    await page.reload();
    const reopened = dialog('Draft: Half a thought');
    await expect.poll(() => box(reopened, 'Message').innerText()).toMatch(/^\s*Begun and not finis/);
    await button('Discard', reopened).click();
    await button('Discard', page.getByRole('alertdialog')).click();
    await expect.poll(async () => (await kept()).length).toBe(0);

    // To a group: its members get it, each once, though two are named beside it; the domain beyond ASCII is told to servers in ASCII.
    const together = await compose();
    await keyboard.type('werf');
    await page
      .getByRole('listbox', { name: 'Suggestions for To' })
      .getByRole('option', { name: /Werft/ })
      .waitFor();
    await keyboard.press('Enter');
    await button(books, together).waitFor();
    await box(together, 'Cc').click();
    await keyboard.type(`${joerg}, info@xn--bcher-kva.test,`);
    await box(together, 'Subject').fill('For all');
    await button('Send', together).click();
    await said('Sent: For all');
    for (const member of [joerg, 'clara@elsewhere.test', 'info@xn--bcher-kva.test']) {
      const { to, cc } = await arrived(member, 'For all');
      expect([...new Set([...to, ...cc].map(({ address }) => address))].sort(), member).toEqual([
        'clara@elsewhere.test',
        'info@xn--bcher-kva.test',
        joerg,
      ]);
    }
    // Who answers from there is read and answered by the name that people know.
    await dovecot.deliver(
      user,
      `From: info@xn--bcher-kva.test\r\nTo: ${user}\r\nSubject: From the books\r\nDate: ${new Date().toUTCString()}\r\n` +
        'Message-ID: <b@bks.test>\r\nContent-Type: text/plain\r\n\r\nWhich ones?\r\n',
    );
    await desk.go('Inbox');
    await desk.row(/^info@bücher\.test, From the books/).click();
    await page.getByRole('article').getByText(books, { exact: true }).waitFor();
    await page.frameLocator('article iframe').getByText('Which ones?').waitFor();
    await keyboard.press('r');
    const toBooks = dialog('Reply: From the books');
    await button(books, toBooks).waitFor();
    await box(toBooks, 'Message').click();
    await keyboard.type('All of them.');
    await button('Send', toBooks).click();
    expect((await arrived('info@xn--bcher-kva.test', 'Re: From the books')).inReplyTo).toBe('b@bks.test');
    await said('Sent: Re: From the books');
    const more = await compose();
    await keyboard.type('büch');
    await page.getByRole('listbox', { name: 'Suggestions for To' }).getByText(books).waitFor();
    await keyboard.press('Escape');
    await button('Close (the draft is kept)', more).click();

    // Answered to where the writer wants it, in plain text with the quote above; forwarded with its file.
    await prefer({ composeFormat: 'plain', quotePosition: 'below' });
    await dovecot.deliver(
      user,
      `From: Berta <berta@outside.test>\r\nReply-To: Answers <answers@outside.test>\r\nTo: ${user}, ${joerg}\r\nSubject: Question\r\nDate: ${new Date().toUTCString()}\r\n` +
        'Message-ID: <q@outside.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nWhen?\r\n' +
        '--b\r\nContent-Type: text/csv; name=times.csv\r\nContent-Disposition: attachment; filename=times.csv\r\n\r\n9;10\r\n--b--\r\n',
    );
    await desk.go('Inbox');
    await desk.row(/Question/).click();
    await page.frameLocator('article iframe').getByText('When?').waitFor();
    await keyboard.press('a');
    const reply = dialog('Reply: Question');
    await button('Answers, answers@outside.test', reply).waitFor();
    await box(reply, 'Message').click();
    await expect.poll(() => box(reply, 'Message').inputValue()).toContain('> When?');
    await keyboard.type('Tomorrow.');
    await button('Send', reply).click();
    const answer = await arrived('answers@outside.test', 'Re: Question');
    expect([...answer.to, ...answer.cc].map(({ address }) => address).sort()).toEqual([
      'answers@outside.test',
      joerg,
    ]);
    expect(answer.html).toBeNull();
    expect(answer.text).toContain('Tomorrow.');
    expect(answer.inReplyTo).toBe('q@outside.test');
    await keyboard.press('f');
    const forward = dialog('Forward: Question');
    await button('Remove times.csv', forward).waitFor();
    await box(forward, 'To').fill('clara@elsewhere.test');
    await button('Send', forward).click();
    const forwarded = await arrived('clara@elsewhere.test', 'Fwd: Question');
    expect(
      forwarded.attachments.map(({ filename, content }) => [
        filename,
        Buffer.from(content()).toString().trim(),
      ]),
    ).toEqual([['times.csv', '9;10']]);
    await expect
      .poll(async () =>
        [...((await desk!.look('INBOX')).find(({ subject }) => subject === 'Question')?.flags ?? [])].sort(),
      )
      .toEqual(expect.arrayContaining(['$Forwarded', '\\Answered', '\\Seen']));
    // Whom mails go to is proposed the next time, though nobody wrote it down.
    const next = await compose();
    await keyboard.type('answ');
    await page
      .getByRole('listbox', { name: 'Suggestions for To' })
      .getByText('answers@outside.test')
      .waitFor();
    await button('Close (the draft is kept)', next).click();
  });
});
