/** Group work in the window: whole ways of a member, by the names that people and tools rely on. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anna, ben, clara, FakeGroups } from '#test/support/fakeGroups.ts';
import { startBrowser } from './browser.ts';
import { openWindow } from './openWindow.ts';
import type { OpenWindow } from './openWindow.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const hour = 3_600_000;
const messages = [
  { account: 2, subject: 'Offer for pallets', text: 'Please send an offer.', seen: true },
  { account: 2, subject: 'Where is my parcel', text: 'It has not come.', seen: true },
  { account: 0, subject: 'For Anna alone', text: 'Nothing of a group.', seen: true },
];
/** An hour ago, and yet today. */
const anHourAgo = (): number => Math.max(Date.now() - hour, new Date().setHours(0, 0, 0, 0));
const groupsOf = (): FakeGroups =>
  new FakeGroups({
    addresses: ['info@kontor-nord.test'],
    states: { 'Offer for pallets': { handler: ben, since: anHourAgo() } },
  });

/** What has the focus, by its text. */
const focused = ({ page }: OpenWindow): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

test('the symbol says who has a mail, and opens what the group knows of it', async () => {
  const groups = groupsOf();
  await using opened = await openWindow(browser, { messages, groups });
  const { page, engine } = opened;
  const row = page.getByRole('option', { name: /Offer for pallets.*handled by Ben Berger/ });
  await row.getByRole('button', { name: 'Group: handled by Ben Berger' }).click();
  const dialog = page.getByRole('dialog', { name: 'Group', exact: true });
  const info = dialog.getByRole('list', { name: 'For information' });
  await expect.poll(() => info.getByRole('listitem').count()).toBe(3);
  await dialog.getByRole('list', { name: 'History' }).getByText('Arrived').waitFor();
  await dialog.getByText('Ben Berger handles this message').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await expect.poll(() => focused(opened)).toMatch(/Offer for pallets/);
  // A mail that is no group's has no symbol.
  expect(
    await page
      .getByRole('option', { name: /For Anna alone/ })
      .getByRole('button')
      .count(),
  ).toBe(0);

  // By the keyboard alone, from the open message: take it over, write a note, finish it.
  await opened.open('Where is my parcel');
  const symbol = page.locator('article').getByRole('button', { name: 'Group: no handler' });
  await symbol.focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Take over' }).press('Enter');
  await dialog.getByText('You handle this message').waitFor();
  await page.getByRole('status').getByText('You handle it now').waitFor();
  const note = dialog.getByRole('textbox', { name: 'Note' });
  await note.fill('Please look, @cla');
  await note.press('End');
  await dialog.getByRole('option', { name: 'Clara Claussen' }).waitFor();
  await note.press('Enter');
  await expect.poll(() => note.inputValue()).toBe('Please look, @Clara Claussen ');
  await note.press('Control+Enter');
  await dialog.getByRole('list', { name: 'Notes' }).getByText('@Clara Claussen').waitFor();
  await expect.poll(() => note.inputValue()).toBe('');
  const id = engine.find('Where is my parcel')?.content.id;
  if (id === undefined) throw new Error('no mail');
  expect(groups.state(id).notes.map(({ mentions }) => mentions)).toEqual([[clara]]);
  await dialog.getByRole('button', { name: 'Edit note' }).click();
  const change = dialog.getByRole('textbox', { name: 'Change note' });
  await change.fill('Done already');
  await change.press('Control+Enter');
  await dialog.getByText('Done already').waitFor();
  await dialog.getByRole('button', { name: 'Delete note' }).click();
  await expect.poll(() => groups.state(id).notes.length).toBe(0);
  // Each when the dialog says what the one before has changed: until then its button offers nothing.
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.getByText('Done, handled by you').waitFor();
  expect(groups.state(id).status).toBe('done');
  await dialog.getByRole('button', { name: 'Reopen' }).click();
  await dialog.getByText('You handle this message').waitFor();
  expect(groups.state(id).status).toBe('open');
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Clara Claussen' }).click();
  await dialog.getByText('Clara Claussen handles this message').waitFor();
  expect(groups.state(id).handler).toEqual(clara);
  await dialog.getByRole('button', { name: 'Release' }).click();
  await expect.poll(() => groups.state(id).handler).toBe(null);
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(opened)).toMatch(/Group: no handler/);
  expect(opened.faults).toEqual([]);
});

test('a member works through the lists by the keyboard, and hears who was faster', async () => {
  const groups = groupsOf();
  await using opened = await openWindow(browser, { messages, groups });
  const { page, engine } = opened;
  const tree = page.getByRole('tree', { name: 'Folders' });
  const rows = page.getByRole('listbox', { name: 'Messages' }).getByRole('option');
  const status = page.getByRole('status');
  const id = engine.find('Where is my parcel')?.content.id;
  if (id === undefined) throw new Error('no mail');
  await tree.getByRole('treeitem', { name: 'Unassigned, 1 unread' }).waitFor();
  await tree.getByRole('treeitem', { name: 'For information, 2 unread' }).waitFor();
  await tree.getByRole('treeitem', { name: 'Handled by me', exact: true }).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await page.getByRole('heading', { name: 'Unassigned' }).waitFor();
  await expect.poll(() => rows.count()).toBe(1);
  await page.keyboard.press('j');
  await expect.poll(() => focused(opened)).toMatch(/Where is my parcel/);
  groups.faster = clara;
  await page.keyboard.press('t');
  await status.getByText('Clara Claussen was faster and has handled “Where is my parcel” since').waitFor();
  await page.getByText('Every message of your groups has a handler.').waitFor();

  // From somebody else only after asking.
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await rows.filter({ hasText: 'Where is my parcel' }).click();
  await page.keyboard.press('t');
  const question = page.getByRole('alertdialog', { name: 'Take over from Clara Claussen?' });
  await question.getByRole('button', { name: 'Take over' }).click();
  await status.getByText('You handle it now').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { name: 'Handled by me' }).waitFor();
  await expect.poll(() => rows.count()).toBe(1);
  await page.keyboard.press('j');
  await page.keyboard.press('d');
  await page.getByText('You handle no message of a group at the moment.').waitFor();
  await status.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => rows.count()).toBe(1);

  // Both at once, to a colleague whose name is typed.
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect.poll(() => rows.count()).toBe(3);
  await page.keyboard.press('j');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+T');
  await page.getByRole('combobox', { name: 'Name of a member' }).fill('cla');
  await page.keyboard.press('Enter');
  await status.getByText('2 messages assigned to Clara Claussen').waitFor();
  expect(groups.state(id).handler).toEqual(clara);

  // Without the server it waits, and is told when it has lost.
  groups.assign(id, clara, null);
  await rows.filter({ hasText: 'Where is my parcel' }).click();
  groups.offline = true;
  await page.locator('article').getByRole('button', { name: 'Take over' }).click();
  await status.getByText('It waits for the server.').waitFor();
  groups.reconnect(ben);
  await status.getByText('Ben Berger was faster').waitFor();
  expect(opened.faults).toEqual([]);
});

test('before an answer to what somebody else handles the person decides; colleagues see who is answering', async () => {
  const groups = groupsOf();
  await using opened = await openWindow(browser, { messages, groups });
  const { page, engine } = opened;
  const id = engine.find('Offer for pallets')?.content.id;
  if (id === undefined) throw new Error('no mail');
  await opened.open('Offer for pallets');
  await page.keyboard.press('r');
  const question = page.getByRole('alertdialog', { name: 'Ben Berger handles this message' });
  await question.getByText(/^Since today/).waitFor();
  await question.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('dialog', { name: 'Group', exact: true }).waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Note');
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);

  groups.composing(id, ben, true);
  await page.locator('article').getByText('Ben Berger is answering').waitFor();
  await page.keyboard.press('r');
  const answering = page.getByRole('alertdialog', { name: 'Ben Berger is answering' });
  await answering.getByRole('button', { name: 'Answer anyway' }).click();
  const composer = page.getByRole('dialog', { name: /^Reply:/ });
  await composer.waitFor();
  await expect.poll(() => groups.state(id).composing.some(({ user }) => user.id === anna.id)).toBe(true);
  await composer.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => groups.state(id).composing.map(({ user }) => user.id)).toEqual([ben.id]);

  groups.composing(id, ben, false);
  await page.locator('article').getByText('Ben Berger is answering').waitFor({ state: 'detached' });
  await page.locator('article').focus();
  await page.keyboard.press('r');
  await question.getByRole('button', { name: 'Take over' }).click();
  await composer.waitFor();
  expect(groups.state(id).handler).toEqual(anna);
  // It was read meanwhile, and by this member alone.
  await expect.poll(() => groups.state(id).readBy.map(({ user }) => user.id)).toEqual([anna.id]);
  expect(opened.faults).toEqual([]);
});

describe('axe finds nothing in group work', () => {
  test.each([
    ['light', 'en-GB', 'comfortable', 'Group'],
    ['dark', 'de-DE', 'compact', 'Gruppe'],
  ] as const)('in the %s theme in %s', async (theme, locale, density, name) => {
    const later = Date.now() + hour;
    const groups = new FakeGroups({
      addresses: ['info@kontor-nord.test'],
      states: {
        Waiting: { handler: anna, status: 'waiting', until: Date.now() - hour, pending: true },
        Finished: { handler: clara, status: 'done' },
        Answered: { handler: ben, since: Date.now() - hour, composing: [{ user: ben, until: later }] },
      },
    });
    await using opened = await openWindow(browser, {
      theme,
      locale,
      groups,
      preferences: { density },
      messages: ['Answered', 'Mine', 'Waiting', 'Finished'].map((subject) => ({ account: 2, subject })),
    });
    const { page } = opened;
    await opened.open('Answered');
    expect(await opened.axe('body')).toEqual([]);
    await page.locator('article [data-group-of]').click();
    await page.getByRole('dialog', { name, exact: true }).getByRole('listitem').first().waitFor();
    expect(await opened.axe('body')).toEqual([]);
  });
});
