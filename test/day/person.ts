/** Somebody at the window, with mouse and keyboard; what she does is measured until she sees it, and noted in the ledger. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Ledger } from './ledger.ts';
import type { Measures } from './measures.ts';
import { mailboxes, type MailboxName } from './office.ts';

export interface Faults {
  /** Errors of the page and its console, and what the window said went wrong. */
  readonly errors: string[];
  /** Everything that the status region said, to be read through. */
  readonly said: string[];
}

export class Person implements AsyncDisposable {
  readonly page: Page;
  readonly measures: Measures;
  readonly ledger: Ledger;
  readonly #context: BrowserContext;
  readonly #pictures: string;
  #picture = 0;

  private constructor(page: Page, context: BrowserContext, parts: PersonParts) {
    this.page = page;
    this.#context = context;
    this.measures = parts.measures;
    this.ledger = parts.ledger;
    this.#pictures = parts.pictures;
  }

  static async sitDown(browser: Browser, url: string, parts: PersonParts): Promise<Person> {
    mkdirSync(parts.pictures, { recursive: true });
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const { errors, said } = parts.faults;
    page.on('pageerror', (error) => void errors.push(`page: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      const harmless = message.text().startsWith('Executing inline event handler violates');
      if (message.type() === 'error' && !harmless) errors.push(`console: ${message.text()}`);
    });
    await page.exposeFunction('dayHeard', (text: string, isError: boolean) => {
      said.push(isError ? `! ${text}` : text);
      if (isError) errors.push(`said: ${text}`);
    });
    await page.goto(url);
    await page.getByRole('status').first().waitFor({ state: 'attached' });
    await page.evaluate(listenToStatus);
    return new Person(page, context, parts);
  }

  get list(): Locator {
    return this.page.getByRole('listbox', { name: 'Messages' });
  }

  row(subject: string): Locator {
    return this.list
      .getByRole('option')
      .filter({ has: this.page.getByText(subject, { exact: true }) })
      .first();
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  async menu(item: string): Promise<void> {
    await this.button('Menu').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  said(text: string | RegExp): Promise<void> {
    return this.page.getByRole('status').getByText(text).first().waitFor();
  }

  /** A picture of the window as it is. */
  async look(what: string, theme: 'light' | 'dark' = 'light'): Promise<void> {
    this.#picture += 1;
    if (theme === 'dark') await this.page.emulateMedia({ colorScheme: 'dark' });
    // Drawn anew, and what fades has faded.
    await this.page.evaluate(
      () =>
        new Promise((drawn) =>
          setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(drawn)), 250),
        ),
    );
    const name = `${String(this.#picture).padStart(2, '0')} ${what} ${theme}.png`;
    await this.page.screenshot({ path: join(this.#pictures, name) });
    if (theme === 'dark') await this.page.emulateMedia({ colorScheme: 'light' });
  }

  /** The places above the accounts, by their names. */
  async go(place: string): Promise<void> {
    await this.measures.take(
      'open a place',
      () => this.page.getByRole('treeitem', { name: new RegExp(`^${place}(?:,|$)`) }).click(),
      () => this.page.getByRole('heading', { level: 1, name: place }).waitFor(),
    );
  }

  /** A folder of an account, folded open if need be. */
  async goTo(mailbox: MailboxName, folder: string): Promise<void> {
    const line = await this.folder(mailbox, folder);
    await this.measures.take(
      'open a folder',
      () => line.click(),
      () => this.page.getByRole('heading', { level: 1, name: folder }).waitFor(),
    );
  }

  async folder(mailbox: MailboxName, folder: string): Promise<Locator> {
    const tree = this.page.getByRole('tree', { name: 'Folders' });
    const account = tree.getByRole('treeitem', { name: new RegExp(`^${mailboxes[mailbox].name}(?:,|$)`) });
    if ((await account.getAttribute('aria-expanded')) === 'false') {
      await account.focus();
      await this.page.keyboard.press('ArrowRight');
    }
    // A folder stands below its account, before the next one; one that was just made comes in a moment.
    let at = -1;
    for (const end = performance.now() + 10_000; at < 0;) {
      at = await tree.getByRole('treeitem').evaluateAll(
        (lines, [name, wanted]) => {
          const words = lines.map((line) => line.getAttribute('aria-label') ?? line.textContent.trim());
          const begins = (text: string, with_: string): boolean =>
            text === with_ || text.startsWith(`${with_},`);
          const from = words.findIndex((text, index) => {
            return begins(text, name) && lines[index]?.getAttribute('aria-level') === '1';
          });
          return words.findIndex((text, index) => index > from && begins(text, wanted));
        },
        [mailboxes[mailbox].name, folder] as const,
      );
      if (at < 0 && performance.now() > end) throw new Error(`no folder ${folder} in ${mailbox}`);
    }
    return tree.getByRole('treeitem').nth(at);
  }

  /** Opens a mail of the list that is shown, and waits until its text can be read. */
  async read(subject: string): Promise<void> {
    const article = this.page.getByRole('article', { name: subject });
    await this.row(subject).waitFor();
    await this.measures.take(
      'open a mail',
      () => this.row(subject).click(),
      () => article.locator('iframe').contentFrame().locator('body :not(:empty)').first().waitFor(),
    );
  }

  /** Answers the mail that is open. */
  async answer(
    mailbox: MailboxName,
    mail: { readonly subject: string; readonly from: { readonly address: string } },
    text: string,
    { all = false } = {},
  ): Promise<void> {
    const { page } = this;
    const composer = page.getByRole('dialog', { name: `Reply: ${mail.subject}` });
    await this.measures.take(
      'open an answer',
      () => page.keyboard.press(all ? 'a' : 'r'),
      () => composer.getByRole('textbox', { name: 'Message' }).waitFor(),
    );
    await composer.getByRole('textbox', { name: 'Message' }).click();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Anna');
    await this.measures.take(
      'send an answer',
      () => page.keyboard.press('Control+Enter'),
      () => composer.waitFor({ state: 'detached' }),
    );
    const answered = this.ledger.of(mailbox, mail.subject);
    answered.flags.set('\\Answered', true).set('\\Seen', true);
    this.ledger.sent.push({ mailbox, subject: `Re: ${mail.subject}`, to: mail.from.address });
  }

  /** Presses a key for the open mail, which leaves the list. */
  async takeAway(kind: string, key: string, subject: string): Promise<void> {
    await this.measures.take(
      kind,
      () => this.page.keyboard.press(key),
      () => this.row(subject).waitFor({ state: 'detached' }),
    );
  }

  async moveTo(subject: string, folder: string): Promise<void> {
    const { page } = this;
    await page.keyboard.press('v');
    await page.getByRole('dialog', { name: /^Move/ }).waitFor();
    await page.keyboard.type(folder.toLowerCase());
    await page.getByRole('option', { name: folder }).first().waitFor();
    await this.takeAway('move', 'Enter', subject);
  }

  /** Types a search and waits for what must be among its hits; null: nothing is found. */
  async search(query: string, hit: string | RegExp | null): Promise<void> {
    const { page } = this;
    const box = page
      .getByRole('searchbox', { name: 'Search' })
      .or(page.getByRole('combobox', { name: 'Search' }));
    await box.first().click();
    await box.first().fill('');
    await page.keyboard.type(query);
    await this.measures.take(
      'search',
      () => page.keyboard.press('Enter'),
      () =>
        hit === null
          ? page.getByText('No matches').waitFor()
          : this.list.getByRole('option').filter({ hasText: hit }).first().waitFor(),
    );
  }

  async endSearch(): Promise<void> {
    await this.button('Clear the search').click();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

export interface PersonParts {
  readonly measures: Measures;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** The folder of the screenshots. */
  readonly pictures: string;
}

/** Runs in the page: tells what appears in the status region. */
function listenToStatus(): void {
  const heard = (globalThis as unknown as { dayHeard(text: string, isError: boolean): Promise<void> })
    .dayHeard;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element) || !node.matches('[role="status"] .message')) continue;
        const text = node.querySelector('.text')?.textContent ?? '';
        void heard(text, node.classList.contains('error'));
      }
    }
  }).observe(document, { childList: true, subtree: true });
}
