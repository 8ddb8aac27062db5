/** The built window in a real browser, before an engine in memory: what a person sees, and what the engine was asked. */
import type { Browser, Frame, Page } from 'playwright-core';
import { MessageContent } from '#shared/domain/message.ts';
import type { Settings } from '#shared/contract/app.ts';
import type { Handlers } from '#shared/contract/contract.ts';
import { createFakeEngine, type FakeEngine, type FakeEngineOptions } from '#test/support/fakeEngine.ts';
import { FakeCompose } from '#test/support/fakeCompose.ts';
import { serveWindow } from '#test/support/windowHost.ts';
import { axeFaults } from './axe.ts';
import { watchFaults } from './pageFaults.ts';

export interface WindowOptions extends Omit<FakeEngineOptions, 'extend'> {
  readonly locale?: string;
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly preferences?: Partial<Settings>;
  /** Handlers that take the place of the fake ones: real ones over a real store, say. */
  readonly handlers?: Partial<Handlers>;
  /** Prepares accounts, drafts and the outbox before the page opens. */
  readonly prepare?: (mail: FakeCompose) => void;
}

export interface OpenWindow extends AsyncDisposable {
  readonly page: Page;
  readonly engine: FakeEngine;
  readonly mail: FakeCompose;
  /** What was written to the console as an error, and what was thrown. */
  readonly faults: string[];
  /** Opens the page again, as after closing it; the engine stays. */
  reopen(): Promise<void>;
  /** Opens the message of this subject from the list, and waits until it is shown. */
  open(subject: string): Promise<void>;
  /** The frame that the open message is shown in. */
  shownMail(): Promise<Frame>;
  /** The rules that what `selector` finds breaks as it stands. */
  axe(selector: string): Promise<string[]>;
}

export async function openWindow(browser: Browser, options: WindowOptions = {}): Promise<OpenWindow> {
  let mail: FakeCompose | undefined;
  const engine = createFakeEngine({
    ...options,
    extend: (emit, accounts) => {
      mail = new FakeCompose(emit).adopt(accounts);
      mail.settings = { ...mail.settings, undoSeconds: 5, ...options.preferences };
      options.prepare?.(mail);
      return { ...mail.handlers(), ...options.handlers };
    },
  });
  if (!mail) throw new Error('the engine was not extended');
  const compose = mail;
  compose.original = async (id) =>
    MessageContent.parse(await engine.dispatch('messages.get', { id }, new AbortController().signal));
  const served = await serveWindow(engine);
  const context = await browser.newContext({
    locale: options.locale ?? 'en-GB',
    colorScheme: options.theme ?? 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const faults = watchFaults(page);
  const goto = async (): Promise<void> => {
    await page.goto(served.host.mintUrl());
    // While it starts there is nothing that keys could do.
    await page.locator('main:not([aria-busy]), [role="tree"]').first().waitFor();
  };
  await goto();
  return {
    page,
    engine,
    mail: compose,
    faults,
    async reopen() {
      await page.goto('about:blank');
      await goto();
    },
    async open(subject) {
      await page.getByRole('option', { name: subject }).first().click();
      const article = page.getByRole('article', { name: subject });
      // A mail without text has no frame: the sentence that says so stands there instead.
      await article.locator('iframe, p').first().waitFor();
    },
    async shownMail() {
      const element = await page.locator('article iframe').elementHandle();
      const frame = await element?.contentFrame();
      if (!frame) throw new Error('no message is shown');
      // Empty for a moment: what is then not found there says nothing.
      await frame.locator('meta[http-equiv]').first().waitFor({ state: 'attached' });
      return frame;
    },
    axe: (selector) => axeFaults(page, selector),
    async [Symbol.asyncDispose]() {
      await context.close();
      compose[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}
