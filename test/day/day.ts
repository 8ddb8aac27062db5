/**
 * A working day: five accounts set up in the morning, mail that comes while Anna reads, answers and files, a train without network at
 * noon, and what the colleagues do meanwhile. Every act is one that a person does with mouse and keyboard.
 */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { Arrival } from './mails.ts';
import { inviteCode, mailboxes, personal, type MailboxName, type Office } from './office.ts';
import type { Person } from './person.ts';

export interface Day {
  readonly office: Office;
  readonly anna: Person;
  /** Another client of the same engine, which looks at the store. */
  readonly engine: EngineClient;
  /** The process that Anna's engine runs in. */
  readonly pid: number;
  readonly messages: number;
  say(line: string): void;
}

const me = 'Anna Albrecht';
type Came = Arrival & { readonly mailbox: MailboxName };

/** Waits until `holds`; `what` is said where it does not come true. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so after ${String(seconds)} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Half past seven: a fresh profile. */
export async function setUp({ anna, engine, messages, office, say }: Day): Promise<void> {
  const { page, measures } = anna;
  await anna.button('Add account').waitFor();
  await anna.look('first screen');
  for (const [at, name] of personal.entries()) {
    const { address, name: label, displayName } = mailboxes[name];
    if (at === 0) await anna.button('Add account').click();
    else {
      await anna.menu('Accounts');
      await anna.button('Add account', page.getByRole('dialog', { name: 'Accounts' })).click();
    }
    const form = page.getByRole('dialog', { name: 'Accounts' });
    await form.getByRole('textbox', { name: 'E-mail address' }).fill(address);
    await form.getByRole('textbox', { name: 'Account name' }).fill(label);
    await form.getByRole('textbox', { name: 'Sender’s name' }).fill(displayName);
    for (const [group, port] of [
      ['Incoming (IMAP)', office.ports.imaps],
      ['Outgoing (SMTP)', office.ports.smtps],
    ] as const) {
      const fields = form.getByRole('group', { name: group });
      await fields.getByLabel('Server').fill('localhost');
      await fields.getByLabel('Security').selectOption('tls');
      await fields.getByLabel('Port').fill(String(port));
      await fields.getByLabel('User name').fill(address);
      await fields.getByLabel('Password').fill(office.dovecot.password);
    }
    if (at === 0) await anna.look('account form');
    await measures.take(
      'test an account',
      () => anna.button('Test connection', form).click(),
      () => until('Save is offered', () => anna.button('Save', form).isEnabled(), 30),
    );
    if (at === 0) await anna.look('account tested', 'dark');
    await anna.button('Save', form).click();
    if (at > 0) await anna.button('Close', form).click();
    await form.waitFor({ state: 'detached' });
    if (at === 0) {
      const begun = performance.now();
      await anna.list.getByRole('option').first().waitFor();
      measures.add('first mails of a new account', performance.now() - begun);
      await anna.look('first mails');
    }
  }
  await anna.menu('Organisation');
  const organisation = page.getByRole('dialog', { name: /^Organisation/ });
  await anna.button('Join an organisation', organisation).click();
  await organisation.getByRole('textbox', { name: 'Join link or file' }).fill(office.joinLink);
  await anna.button('Look at it', organisation).click();
  await organisation.getByRole('textbox', { name: 'Your address' }).fill(mailboxes.work.address);
  await organisation.getByRole('textbox', { name: 'Invite code' }).fill(inviteCode);
  await anna.look('join an organisation');
  await anna.button('Join', organisation).click();
  await organisation.getByText('Ready').nth(1).waitFor();
  await anna.look('joined', 'dark');
  await anna.button('Close', organisation).click();
  const begun = performance.now();
  await until(
    'all mails are in the store',
    async () => {
      const { folders } = await engine.call('folders.list', {});
      return folders.reduce((sum, { total }) => sum + total, 0) >= messages;
    },
    300,
  );
  measures.add('all headers there after the last account', performance.now() - begun);
  say('all mails are there');
  await page.getByText('Up to date').waitFor({ timeout: 300_000 });
  measures.add('all texts there after the last account', performance.now() - begun);
  await anna.go('All inboxes');
  await anna.look('all inboxes');
  await anna.look('all inboxes', 'dark');
}

/** A mail comes, and is seen in the list of all inboxes. */
async function come({ anna, office }: Day, mailbox: MailboxName, withPicture = false): Promise<Came> {
  let made: Arrival | undefined;
  await anna.measures.take(
    'see a mail that arrived',
    async () => {
      made = await office.deliver(mailbox, withPicture);
    },
    () => anna.row(made?.subject ?? '').waitFor(),
  );
  if (!made) throw new Error('nothing came');
  return { ...made, mailbox };
}

/** The forenoon: as mail comes it is read, answered and filed. */
export async function forenoon(day: Day): Promise<void> {
  const { anna, office } = day;
  const { page, ledger, measures } = anna;
  const around = ['work', 'home', 'work', 'club', 'work'] as const;
  for (let at = 0; at < 10; at += 1) {
    const mail = await come(day, around[at % around.length]!, at % 4 === 0);
    await anna.read(mail.subject);
    await anna.answer(mail.mailbox, mail, 'Vielen Dank, das machen wir gern.', { all: at % 3 === 0 });
    if (at < 2) await anna.look('just answered', at === 0 ? 'light' : 'dark');
    if (at % 5 === 1) {
      await anna.takeAway('archive', 'e', mail.subject);
      ledger.of(mail.mailbox, mail.subject).folder = 'Archive';
    }
  }
  // The next few are only looked at, starred, deleted, brought back.
  for (let at = 0; at < 4; at += 1) {
    const mail = await come(day, 'work');
    const noted = ledger.of('work', mail.subject);
    await anna.read(mail.subject);
    await measures.take(
      'star',
      () => page.keyboard.press('s'),
      () =>
        anna.list
          .getByRole('option', { name: /starred/ })
          .filter({ hasText: mail.subject })
          .waitFor(),
    );
    noted.flags.set('\\Flagged', true);
    if (at === 1) {
      await anna.takeAway('delete', 'Delete', mail.subject);
      await measures.take(
        'undo',
        () => page.keyboard.press('z'),
        () => anna.row(mail.subject).waitFor(),
      );
    }
    if (at === 2) {
      await anna.takeAway('delete', 'Delete', mail.subject);
      noted.folder = 'Trash';
    }
    if (at === 3) {
      await page.keyboard.press('u');
      await anna.list
        .getByRole('option', { name: /unread/ })
        .filter({ hasText: mail.subject })
        .waitFor();
      noted.flags.set('\\Seen', false);
      await anna.look('marked as unread');
    }
  }
  await folders(day);
  await groupWork(day);
  day.say(`forenoon: ${String(office.arrivals.length)} mails came, ${String(ledger.sent.length)} answered`);
}

/** A folder of one's own, and mails moved into it by key and by hand. */
async function folders(day: Day): Promise<void> {
  const { anna } = day;
  const { page, ledger } = anna;
  const account = page.getByRole('treeitem', { name: new RegExp(`^${mailboxes.work.name}(?:,|$)`) });
  await account.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'New folder' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Baustelle');
  await page.keyboard.press('Enter');
  await anna.folder('work', 'Baustelle');
  for (let at = 0; at < 2; at += 1) {
    const mail = await come(day, 'work');
    await anna.read(mail.subject);
    await anna.moveTo(mail.subject, 'Baustelle');
    ledger.of('work', mail.subject).folder = 'Baustelle';
  }
  const dragged = await come(day, 'work');
  const target = await anna.folder('work', 'Baustelle');
  await anna.measures.take(
    'drag to a folder',
    () => anna.row(dragged.subject).dragTo(target),
    () => anna.row(dragged.subject).waitFor({ state: 'detached' }),
  );
  ledger.of('work', dragged.subject).folder = 'Baustelle';
  await anna.goTo('work', 'Baustelle');
  await anna.row(dragged.subject).waitFor();
  await anna.look('a folder of ones own');
  await anna.go('All inboxes');
}

/** What comes to the group: taken over, given on, noted, done. */
async function groupWork(day: Day): Promise<void> {
  const { anna, office } = day;
  const { page, ledger, measures } = anna;
  await anna.go('Unassigned');
  await anna.look('unassigned');
  // Three are taken over and answered from the group's address.
  for (let at = 0; at < 4; at += 1) {
    const mail = await come(day, 'info', at === 0);
    const noted = ledger.of('info', mail.subject);
    await anna.read(mail.subject);
    await measures.take(
      'take over',
      () => page.keyboard.press('t'),
      () => page.locator('article').getByText('You handle this message').waitFor(),
    );
    await measures.take(
      'a colleague sees who handles it',
      () => Promise.resolve(),
      async () => {
        const messageId = await office.ben.mail(mail.subject);
        await until('Ben sees the handler', async () => {
          return (await office.ben.client.call('groups.state', { messageId })).handler?.name === me;
        });
      },
    );
    noted.handler = me;
    if (at === 3) {
      await page.keyboard.press('Shift+R');
      await anna.said('Released');
      noted.handler = null;
      continue;
    }
    await anna.answer('info', mail, 'Guten Tag, wir kümmern uns darum.');
    if (at === 1) await anna.look('answered for the group', 'dark');
    await page.locator('article').first().focus();
    await measures.take(
      'mark as done',
      () => page.keyboard.press('d'),
      () => page.locator('article').getByText('Done, handled by you').waitFor(),
    );
    noted.status = 'done';
  }
  // One is given to a colleague with a note; he hears of it.
  const given = await come(day, 'info');
  const noted = ledger.of('info', given.subject);
  await anna.read(given.subject);
  await page.keyboard.press('Shift+T');
  await page.getByRole('dialog', { name: 'Assign to' }).waitFor();
  await page.keyboard.type('clara');
  await measures.take(
    'assign',
    () => page.keyboard.press('Enter'),
    () => page.locator('article').getByText('Clara Conrad handles this message').waitFor(),
  );
  noted.handler = 'Clara Conrad';
  await page.locator('article').first().focus();
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Group', exact: true });
  await dialog.getByRole('textbox', { name: 'Note' }).fill('Bitte den Preis vom letzten Mal nehmen.');
  await measures.take(
    'add a note',
    () => page.keyboard.press('Control+Enter'),
    () => dialog.getByRole('list', { name: 'Notes' }).getByText('Bitte den Preis').waitFor(),
  );
  noted.notes = 1;
  await anna.look('a note for Clara');
  await page.keyboard.press('Escape');
  const messageId = await office.clara.mail(given.subject);
  await until('Clara sees that it is hers', async () => {
    const state = await office.clara.client.call('groups.state', { messageId });
    return state.handler?.name === 'Clara Conrad' && state.notes.length === 1;
  });
  await office.clara.client.call('groups.note', { messageId, text: 'Mache ich.' });
  noted.notes = 2;
  await page.locator('article').getByText('2 notes').waitFor();
  // What comes for the default handler is hers at once.
  await anna.go('Handled by me');
  const mine = await come(day, 'service');
  ledger.of('service', mine.subject).handler = me;
  await anna.read(mine.subject);
  await anna.answer('service', mine, 'Wir melden uns morgen.');
  await anna.look('handled by me');
  await anna.go('For information');
  await anna.look('for information', 'dark');
  await anna.go('All inboxes');
}

/** Ten searches, as people look for something. */
export async function searches(day: Day): Promise<void> {
  const { anna, office } = day;
  const some = office.arrivals[0]?.subject ?? '';
  const number = /\((\d+)\)$/.exec(some)?.[1] ?? '';
  await anna.search(number, some);
  await anna.look('a search');
  await anna.search('from:frauke', 'Frauke Petersen');
  await anna.search('Muller', 'Jörg Müller');
  await anna.search('"ohne Bestellnummer"', null);
  await anna.search('Bestellnummer rechnung', /Rückfrage zur Rechnung/);
  await anna.search('has:attachment Foto', /\(\d+\)/);
  await anna.search('in:Baustelle', /\(\d+\)/);
  await anna.search('handler:anna is:answered', /\(\d+\)/);
  await anna.look('a search by handler', 'dark');
  await anna.search('schirm', /Schirm|schirm/);
  await anna.search('Sommerfest Regatta Pokal', null);
  await anna.look('nothing found');
  await anna.endSearch();
}

/** The train home for lunch: no network, and work goes on. */
export async function offline(day: Day): Promise<void> {
  const { anna, office, pid } = day;
  const { page, ledger, measures } = anna;
  const waiting: Came[] = [];
  for (const name of ['work', 'home', 'work', 'info', 'info'] as const) waiting.push(await come(day, name));
  const [first, second, third, raced, quiet] = waiting as [Came, Came, Came, Came, Came];
  // Nothing may be left to fetch: on the train only what is here can be read.
  await until('their texts are here', async () => {
    const rows = await day.engine.call('messages.list', { source: { kind: 'all-inboxes' }, limit: 20 });
    return waiting.every(({ subject }) =>
      rows.messages.some((row) => row.subject === subject && row.snippet !== ''),
    );
  });
  office.cut(pid);
  const cut = performance.now();
  for (const mail of [first, second, third]) {
    await anna.read(mail.subject);
    await anna.answer(mail.mailbox, mail, 'Ich bin unterwegs und melde mich am Nachmittag.');
  }
  await anna.takeAway('archive', 'e', third.subject);
  ledger.of(third.mailbox, third.subject).folder = 'Archive';
  await anna.read(second.subject);
  await page.keyboard.press('s');
  ledger.of(second.mailbox, second.subject).flags.set('\\Flagged', true);
  // Both want the same mail; Ben is at his desk.
  await anna.read(raced.subject);
  await page.keyboard.press('t');
  await anna.said(/waits for the server/);
  await anna.look('offline');
  const messageId = await office.ben.mail(raced.subject);
  await office.ben.client.call('groups.claim', { messageId });
  ledger.of('info', raced.subject).handler = 'Ben Becker';
  await anna.read(quiet.subject);
  await page.keyboard.press('t');
  ledger.of('info', quiet.subject).handler = me;
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Group', exact: true });
  await dialog.getByRole('textbox', { name: 'Note' }).fill('Im Zug gelesen.');
  await page.keyboard.press('Control+Enter');
  await dialog.getByRole('list', { name: 'Notes' }).getByText('Im Zug').waitFor();
  ledger.of('info', quiet.subject).notes = 1;
  await page.keyboard.press('Escape');
  await anna.look('offline group', 'dark');
  await page.getByRole('treeitem', { name: /^Outbox/ }).click();
  await anna.look('outbox offline');
  await anna.button(/^Account health/).click();
  await page.getByRole('dialog', { name: /Account health/ }).waitFor();
  await anna.look('health offline');
  await page.keyboard.press('Escape');
  // What comes meanwhile is there when the network is.
  const missed = [await office.deliver('work'), await office.deliver('info'), await office.deliver('home')];
  await anna.go('All inboxes');
  await until('a while passed without network', () => Promise.resolve(performance.now() - cut > 20_000));
  const back = performance.now();
  office.cut(null);
  for (const { subject } of missed) await anna.row(subject).waitFor({ timeout: 120_000 });
  measures.add('online again: what came is seen', performance.now() - back);
  await until('the outbox is empty', async () => {
    const { entries } = await day.engine.call('outbox.list', {});
    return entries.every(({ state }) => state !== 'waiting' && state !== 'retrying' && state !== 'sending');
  });
  measures.add('online again: the outbox is empty', performance.now() - back);
  await anna.row(raced.subject).click();
  await page.locator('article').getByText('Ben Becker handles this message').waitFor();
  measures.add('online again: who was faster is seen', performance.now() - back);
  await anna.look('online again');
  day.say('offline: done');
}

/** The afternoon: the rest of the answers, a stack of old mail filed away, a mail of one's own. */
export async function afternoon(day: Day): Promise<void> {
  const { anna, office } = day;
  const { page, ledger, measures } = anna;
  while (ledger.sent.length < 24 || office.arrivals.length < 40) {
    const mail = await come(day, (['work', 'home', 'info'] as const)[office.arrivals.length % 3]!);
    if (ledger.sent.length >= 24) continue;
    await anna.read(mail.subject);
    await anna.answer(mail.mailbox, mail, 'Erledigt, beste Grüße');
  }
  await anna.goTo('work', 'Inbox');
  await measures.take(
    'scroll a long list',
    async () => {
      await anna.list.hover();
      for (let step = 0; step < 10; step += 1) await page.mouse.wheel(0, 1500);
    },
    () => anna.list.getByRole('option').first().waitFor(),
  );
  await page.keyboard.press('Home');
  const rows = anna.list.getByRole('option');
  await rows.nth(3).click();
  await rows.nth(8).click({ modifiers: ['Shift'] });
  await anna.look('six selected');
  await measures.take(
    'archive six conversations',
    () => page.keyboard.press('e'),
    () => anna.said(/messages archived/),
  );
  await measures.take(
    'undo',
    // The newest message is the last; an answer that is about to leave may offer its own.
    () => page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click(),
    () => anna.said('Undone'),
  );
  // A mail of one's own, with a file.
  await page.keyboard.press('n');
  const composer = page.getByRole('dialog', { name: 'New message' });
  await composer.getByRole('textbox', { name: 'To', exact: true }).click();
  await page.keyboard.type('frauke');
  await composer
    .getByRole('option', { name: /Frauke Petersen/ })
    .first()
    .click();
  await composer.getByRole('textbox', { name: 'Subject' }).fill('Lieferplan für Dezember');
  await composer.getByRole('textbox', { name: 'Message', exact: true }).click();
  await page.keyboard.type('Guten Tag Frau Petersen,');
  await page.keyboard.press('Enter');
  await page.keyboard.type('anbei der Plan im Anhang.');
  await anna.look('a mail of ones own');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alertdialog').waitFor();
  await anna.look('attachment forgotten', 'dark');
  await anna.button(/Send (?:anyway|without)/, page.getByRole('alertdialog')).click();
  await anna.said('Sent: Lieferplan für Dezember');
  ledger.sent.push({
    // The default account's: the first by name.
    mailbox: 'home',
    subject: 'Lieferplan für Dezember',
    to: 'frauke.petersen@outside.test',
  });
  await anna.go('All inboxes');
}

/** The evening: a look around in the other language. */
export async function lookAround(day: Day): Promise<void> {
  const { anna, office } = day;
  const { page } = anna;
  await anna.menu('Settings');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await anna.look('settings', 'dark');
  await settings.getByRole('combobox', { name: 'Language' }).selectOption('de');
  const german = page.getByRole('dialog', { name: 'Einstellungen' });
  await german.waitFor();
  await anna.look('settings in German');
  await anna.button('Schließen', german).click();
  await page.getByRole('treeitem', { name: /^Von mir bearbeitet/ }).click();
  const list = page.getByRole('listbox', { name: 'Nachrichten' }).getByRole('option');
  await list.first().click();
  await page.locator('article').first().waitFor();
  await page.keyboard.press('h');
  await page.getByRole('dialog', { name: 'Gruppe', exact: true }).getByText('Verlauf').waitFor();
  await anna.look('group in German');
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.getByRole('dialog', { name: /^Antwort/ }).waitFor();
  await anna.look('answer in German', 'dark');
  await page.keyboard.press('Escape');
  await page.getByRole('treeitem', { name: /^Alle Eingänge/ }).click();
  const picture = office.arrivals.at(-1)?.subject ?? '';
  await page.getByRole('listbox', { name: 'Nachrichten' }).getByText(picture).first().click();
  await page.locator('article').first().waitFor();
  await anna.look('a conversation in German');
}
