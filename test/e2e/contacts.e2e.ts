/** Whom mails are written to: completing addresses, the address book, who writes and how they sign, as a person does it. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { createContactHandlers } from '#engine/api/contacts.ts';
import { createWritingHandlers } from '#engine/api/writing.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { FakeCompose } from '#test/support/fakeCompose.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';
import { openWindow, type OpenWindow, type WindowOptions } from './openWindow.ts';
import { startBrowser } from './browser.ts';

let browser: Browser;
let opened: OpenWindow | undefined;
let owned: DisposableStack;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(() => {
  owned = new DisposableStack();
});
afterEach(async () => {
  const faults = opened?.faults ?? [];
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
  owned.dispose();
  expect(faults).toEqual([]);
});

async function open(options: WindowOptions = {}): Promise<OpenWindow & { mail: FakeCompose }> {
  opened = await openWindow(browser, { filler: 3, ...options });
  return opened;
}

const box = (within: Locator | Page, name: string): Locator =>
  within.getByRole('textbox', { name, exact: true });
const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true });

async function compose(page: Page): Promise<Locator> {
  await button(page, 'New message').click();
  return page.getByRole('dialog', { name: 'New message' });
}

const people: WindowOptions['people'] = [
  { kind: 'person', name: 'Jörg Müller', address: 'j.mueller@werft.test', source: 'written' },
  { kind: 'person', name: 'Müllerei Sonnenhof', address: 'laden@sonnenhof.test', source: 'seen' },
  { kind: 'person', name: 'Clara Muller', address: 'clara@kontor-nord.test', source: 'member' },
  {
    kind: 'group',
    id: 'g1',
    name: 'Müller & Team',
    members: [
      { name: 'Tom', address: 'tom@werft.test' },
      { name: 'Jörg Müller', address: 'j.mueller@werft.test' },
    ],
  },
];

test('addresses are completed by the keyboard alone, and the mail goes to them', async () => {
  const { page, mail, axe } = await open({ people, preferences: { undoSeconds: 0 } });
  const composer = await compose(page);
  await expect
    .poll(() => box(composer, 'To').evaluate((element) => element === document.activeElement))
    .toBe(true);
  await page.keyboard.type('mull');
  const list = page.getByRole('listbox', { name: 'Suggestions for To' });
  await expect.poll(() => list.getByRole('option').count()).toBe(4);
  await page.getByRole('status').getByText('4 suggestions').waitFor();
  const marked = list.getByRole('option', { selected: true });
  await expect.poll(() => marked.textContent()).toContain('Jörg Müller');
  await expect
    .poll(async () => box(composer, 'To').getAttribute('aria-activedescendant'))
    .toBe(await marked.getAttribute('id'));
  expect(await axe('[role="dialog"]')).toEqual([]);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => marked.textContent()).toContain('Clara Muller');
  await page.keyboard.press('Enter');
  await button(composer, 'Clara Muller, clara@kontor-nord.test').waitFor();
  await list.waitFor({ state: 'detached' });

  // Typed and confirmed faster than the answer comes: the first proposal is meant.
  await page.keyboard.type('joerg');
  await page.keyboard.press('Enter');
  await button(composer, 'Jörg Müller, j.mueller@werft.test').waitFor();

  // Escape closes the list and leaves the composer as it is; a group stands for its members, nobody twice.
  await page.keyboard.type('team');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  expect(await box(composer, 'To').inputValue()).toBe('team');
  await page.keyboard.press('ArrowDown');
  await list.getByRole('option', { name: 'Müller & Team' }).click();
  await button(composer, 'Tom, tom@werft.test').waitFor();

  await box(composer, 'Subject').fill('Plan');
  await page.keyboard.press('Control+Enter');
  await composer.waitFor({ state: 'detached' });
  expect([...mail.jobs.values()][0]?.row.recipients.map(({ address }) => address)).toEqual([
    'clara@kontor-nord.test',
    'j.mueller@werft.test',
    'tom@werft.test',
  ]);
});

/** The address book of a real store behind the window. */
async function openWithStore(options: WindowOptions = {}): Promise<OpenWindow> {
  const { store, clock } = owned.use(new StoreFixture());
  const ids = { uuid: randomUUID, random: Math.random };
  const window = await open({
    ...options,
    handlers: createContactHandlers({ store, clock, ids, members: () => [] }),
  });
  owned.use(store.changes.subscribe((changes) => window.engine.emit('changed', { changes: [...changes] })));
  return window;
}

const cards = (...all: string[][]): Buffer =>
  Buffer.from(all.map((lines) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, ''].join('\r\n')).join(''));

test('a file of vCards comes in but for its broken cards, is edited, grouped, written to and exported', async () => {
  const { page, mail, axe } = await openWithStore();
  await button(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Contacts' }).click();
  const dialog = page.getByRole('dialog', { name: 'Contacts' });
  await dialog.getByText('Your address book is empty').waitFor();
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'people.vcf',
    mimeType: 'text/vcard',
    buffer: cards(
      ['FN:Jörg Müller', 'EMAIL:joerg@werft.test', 'TEL:+49 40 1', 'BDAY:1980-01-01', 'END:VCARD'],
      ['FN:Nobody ends me', 'EMAIL:lost@werft.test'],
      ['FN:Clara Claussen', 'EMAIL:clara at werft', 'EMAIL:clara@werft.test', 'END:VCARD'],
    ),
  });
  await dialog.getByText('2 contacts added').waitFor();
  const faults = dialog.getByRole('list', { name: 'What could not be read' });
  expect(await faults.getByRole('listitem').allTextContents()).toEqual([
    'Line 8: the card that begins here does not end; it was left out',
    'Line 15: “clara at werft” is not an e-mail address',
  ]);
  const row = (name: string): Locator =>
    dialog.getByRole('list', { name: 'People' }).getByRole('button', { name });
  expect(await axe('[role="dialog"]')).toEqual([]);

  // Edited: what is wrong is said at its field.
  await row('Jörg Müller').click();
  await button(dialog, 'Another address').click();
  await box(dialog, 'E-mail addresses 2').fill('clara@werft.test');
  await button(dialog, 'Save').click();
  await dialog.getByText('This address belongs to Clara Claussen.').waitFor();
  await box(dialog, 'E-mail addresses 2').fill('j.mueller@home.test');
  await button(dialog, 'Save').click();
  await page.getByRole('status').getByText('Contact saved').waitFor();

  // Grouped: the members are completed from the address book.
  await button(dialog, 'New group').click();
  await box(dialog, 'Group name').fill('Shipyard');
  await box(dialog, 'Members').click();
  // Typed in one go: what Enter takes is completed although the next word is begun.
  await page.keyboard.type('muell\nclara\n');
  await dialog.getByRole('button', { name: /^Remove .*Müller/ }).waitFor();
  await button(dialog, 'Clara Claussen, clara@werft.test').waitFor();
  expect(await axe('[role="dialog"]')).toEqual([]);
  await button(dialog, 'Save').click();
  await page.getByRole('status').getByText('Group saved').waitFor();

  const download = page.waitForEvent('download');
  await button(dialog, 'Export').click();
  const saved = await (await download).createReadStream();
  const text = Buffer.concat(await saved.toArray()).toString('utf8');
  expect(text).toContain('FN:Jörg Müller');
  expect(text).toContain('BDAY:1980-01-01');
  expect(text).toContain('MEMBER:mailto:clara@werft.test');
  expect(text).not.toContain('lost@werft.test');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // Written to: the group stands for its members.
  const composer = await compose(page);
  await page.keyboard.type('shipy');
  await page.getByRole('option', { name: /Shipyard/ }).waitFor();
  await page.keyboard.press('Enter');
  await button(composer, 'Jörg Müller, joerg@werft.test').waitFor();
  await expect
    .poll(() => [...mail.drafts.values()][0]?.content.to)
    .toBe('Jörg Müller <joerg@werft.test>, Clara Claussen <clara@werft.test>');
});

test('a signature swaps with the sender, a template is filled, and what it leaves open is asked about', async () => {
  const fixture = owned.use(new StoreFixture());
  const { store, clock } = fixture;
  const identity = { main: true, managed: false, replyTo: '', accountId: AccountId.parse('account-anna') };
  const anna = { ...identity, id: 'account-anna', name: 'Anna Albrecht', address: 'anna@kontor-nord.test' };
  const alias = { ...identity, id: 'alias', main: false, name: 'Anna', address: 'sales@kontor-nord.test' };
  const templates = createWritingHandlers({
    store,
    clock,
    ids: { uuid: randomUUID, random: Math.random },
    groupSignature: () => null,
  });
  const { page, mail, axe } = await open({
    handlers: {
      'identities.list': () =>
        Promise.resolve({
          identities: [
            { ...anna, signature: { html: '<div><b>Anna Albrecht</b></div>', text: 'Anna Albrecht' } },
            { ...alias, signature: { html: null, text: 'Your sales team' } },
          ],
        }),
      'templates.list': templates['templates.list'],
      'templates.save': templates['templates.save'],
    },
  });
  // A template, with a word that is no placeholder.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('templates');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Templates' });
  await button(dialog, 'New template').click();
  await box(dialog, 'Name').fill('Offer');
  await box(dialog, 'Subject').fill('Offer for {name}');
  await box(dialog, 'Text').click();
  await page.keyboard.type('Dear {firstname}, about {nonsense}');
  await dialog.getByText('Not a placeholder, and left as it is: {nonsense}').waitFor();
  expect(await axe('[role="dialog"]')).toEqual([]);
  await button(dialog, 'Save').click();
  await page.getByRole('status').getByText('Template saved').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  const composer = await compose(page);
  const text = box(composer, 'Message');
  await expect.poll(() => text.innerText()).toMatch(/^\s*--\s*Anna Albrecht\s*$/);
  await text.click({ position: { x: 20, y: 20 } });
  await page.keyboard.type('Hello');
  await composer
    .getByRole('combobox', { name: 'From' })
    .selectOption({ label: 'Anna <sales@kontor-nord.test>' });
  await expect.poll(() => text.innerText()).toMatch(/^\s*Hello\s*--\s*Your sales team\s*$/);
  // Changed by hand it stays, and that is said.
  await text.getByText('Your sales team').click();
  await page.keyboard.press('End');
  await page.keyboard.type(', room 7');
  await composer
    .getByRole('combobox', { name: 'From' })
    .selectOption({ label: 'Anna Albrecht <anna@kontor-nord.test>' });
  await page.getByRole('status').getByText('The signature was changed by hand').waitFor();
  expect(await text.innerText()).toContain('Your sales team, room 7');

  // Before anybody is addressed the first name stays open, and is asked about.
  await text.click({ position: { x: 20, y: 20 } });
  await page.keyboard.press('End');
  await button(composer, 'Templates').click();
  await page.getByRole('menuitem', { name: 'Offer' }).click();
  await page
    .getByRole('status')
    .getByText('Still to be filled in: {firstname}, {nonsense}, {name}')
    .waitFor();
  expect(await text.locator('[data-open]').allTextContents()).toEqual(['{firstname}', '{nonsense}']);
  await box(composer, 'To').fill('ben@x.test');
  await page.keyboard.press('Control+Enter');
  const question = page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog', { name: 'Send with a placeholder?' }));
  await question.getByText('{name}').first().waitFor();
  expect(mail.jobs.size).toBe(0);
});
