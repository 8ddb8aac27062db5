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
const groupsOf = (): FakeGroups =>
  new FakeGroups({
    addresses: ['info@kontor-nord.test'],
    states: { 'Offer for pallets': { handler: ben, since: Date.now() - hour } },
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
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => groups.state(id).status).toBe('done');
  await dialog.getByRole('button', { name: 'Reopen' }).click();
  await expect.poll(() => groups.state(id).status).toBe('open');
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Clara Claussen' }).click();
  await expect.poll(() => groups.state(id).handler).toEqual(clara);
  await dialog.getByRole('button', { name: 'Release' }).click();
  await expect.poll(() => groups.state(id).handler).toBe(null);
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(opened)).toMatch(/Group: no handler/);
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
