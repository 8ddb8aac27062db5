import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { quoteStyle } from '#renderer/features/composer/bodyText.ts';
import type { AddressEntry } from '#renderer/features/composer/addressList.ts';
import type { Composition } from '#renderer/features/composer/composition.svelte.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { messageContent } from '#test/support/messageContent.ts';
import { anna, ComposerHarness, fileOf, info, reading } from './composerHarness.ts';

let harness: ComposerHarness;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  harness = new ComposerHarness();
});
afterEach(() => {
  harness[Symbol.dispose]();
  expect(harness.client.listening).toBe(0);
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

const message = (accountId = info): MessageContent => messageContent({ accountId });

async function openNew(): Promise<Composition> {
  await harness.desk.take({ kind: 'new' });
  const composition = harness.desk.open.at(-1);
  if (!composition) throw new Error('no composer opened');
  return composition;
}

async function openWritten(): Promise<Composition> {
  const composition = await openNew();
  composition.to.type('ben@post.example');
  composition.setSubject('Plan');
  composition.attachReader(reading(() => '<div>Hello Ben</div>'));
  composition.bodyEdited();
  return composition;
}

test('a new mail is from the default account, an answer from the account that the mail came to', async () => {
  expect((await openNew()).accountId).toBe(anna);
  await harness.desk.take({ kind: 'reply', message: message(), quoteHtml: '<blockquote>Hello</blockquote>' });
  expect(harness.client.requests('drafts.create')[0]?.derive?.locale).toBe('en-GB');
  expect(harness.desk.open.at(-1)?.accountId).toBe(info);
  expect(harness.desk.open.at(-1)?.body()).toContain('<blockquote>Hello</blockquote>');
});

test('without an account that can send, the reason is said and the accounts are offered', async () => {
  using other = new ComposerHarness({ accounts: [] });
  await other.desk.take({ kind: 'new' });
  expect(other.desk.open).toHaveLength(0);
  other.press('Accounts');
  expect(other.dialogs.current).toEqual({ kind: 'accounts', open: 'list' });
});

test('a draft is made with the first words, not with the window, and saved within two seconds', async () => {
  const composition = await openNew();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(harness.drafts.size).toBe(0);
  composition.setSubject('Plan');
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('Plan');
  composition.setSubject('Plans');
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('Plans');
});

test('what was written in one go is saved, not only made: the engine takes it for written and copies it to the server', async () => {
  const composition = await openNew();
  composition.setSubject('Plan');
  await vi.advanceTimersByTimeAsync(2000);
  expect(harness.client.requests('drafts.save').map(({ content }) => content.subject)).toEqual(['Plan']);
  expect([...harness.drafts.values()][0]?.version).toBe(2);
});

test('a typed recipient that is no address is in the draft as it was typed', async () => {
  const composition = await openNew();
  composition.to.type('ben@');
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.content.to).toBe('ben@');
});

test('an answer that was only looked at leaves no draft behind, one that was written in stays', async () => {
  await harness.desk.take({ kind: 'reply', message: message(), quoteHtml: null });
  const first = harness.desk.open[0];
  if (first) await harness.desk.close(first);
  expect(harness.drafts.size).toBe(0);
  await harness.desk.take({ kind: 'reply', message: message(), quoteHtml: null });
  const second = harness.desk.open[0];
  second?.setSubject('Re: Plan B');
  if (second) await harness.desk.close(second);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('Re: Plan B');
  harness.press('Continue writing');
  await settle();
  expect(harness.desk.open[0]?.subject).toBe('Re: Plan B');
});

test('a second wish to answer a mail that is being answered goes to the open answer', async () => {
  await harness.desk.take({ kind: 'reply', message: message(), quoteHtml: null });
  harness.desk.open[0]?.setSubject('Re: mine');
  await harness.desk.take({ kind: 'reply', message: message(), quoteHtml: null });
  expect(harness.desk.open).toHaveLength(1);
});

test('what is no address keeps the mail here, with the focus on the field', async () => {
  const composition = await openWritten();
  composition.cc.type('nobody');
  await harness.desk.send(composition);
  expect(harness.client.requests('outbox.send')).toHaveLength(0);
  expect(harness.desk.focusWish).toEqual({ composition, place: 'cc' });
  expect(harness.desk.problemText(composition, 'cc')).toBe('“nobody” is not an e-mail address.');
});

test('a mail to nobody is not sent', async () => {
  const composition = await openNew();
  await harness.desk.send(composition);
  expect(harness.desk.focusWish?.place).toBe('to');
  expect(harness.desk.problemText(composition, 'to')).toBe('Enter at least one recipient.');
});

test('a missing subject and a forgotten attachment are asked about; no leads back to the place', async () => {
  const composition = await openWritten();
  composition.setSubject('');
  composition.attachReader(reading(() => '<div>siehe Anhang</div>'));
  harness.agree = false;
  await harness.desk.send(composition);
  expect(harness.questions.map(({ title }) => title)).toEqual(['Send without a subject?']);
  expect(harness.desk.focusWish?.place).toBe('subject');
  harness.agree = true;
  await harness.desk.send(composition);
  expect(harness.questions.map(({ title }) => title)).toEqual([
    'Send without a subject?',
    'Send without a subject?',
    'Did you forget the attachment?',
  ]);
  expect(harness.client.requests('outbox.send')).toHaveLength(1);
});

test('what is sent is what was on the disk: the last words are saved before the outbox gets the draft', async () => {
  const composition = await openWritten();
  await vi.advanceTimersByTimeAsync(2000);
  composition.setSubject('The last word');
  await harness.desk.send(composition);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('The last word');
  expect(harness.desk.open).toHaveLength(0);
  expect(harness.focusGivenBack).toBe(1);
});

test('Undo takes the mail back and opens the draft as it was', async () => {
  const composition = await openWritten();
  await harness.desk.send(composition);
  expect(harness.texts).toEqual(['Plan: sending in 10 seconds']);
  harness.press('Undo');
  await settle();
  const [again] = harness.desk.open;
  expect(again?.subject).toBe('Plan');
  expect(again?.to.value).toBe('ben@post.example');
  expect(again?.body()).toBe('<div>Hello Ben</div>');
});

test('a mail without a subject is told by whom it goes to', async () => {
  const composition = await openWritten();
  composition.setSubject('');
  await harness.desk.send(composition);
  expect(harness.texts).toEqual(['to ben@post.example: sending in 10 seconds']);
});

test('sending waits for whom a recipient means', async () => {
  const composition = await openWritten();
  const answer = Promise.withResolvers<AddressEntry[]>();
  composition.cc.type('cla');
  composition.cc.hold(answer.promise);
  const sending = harness.desk.send(composition);
  await settle();
  expect(harness.client.requests('outbox.send')).toHaveLength(0);
  answer.resolve([{ text: 'clara@post.example', name: '', address: 'clara@post.example' }]);
  await sending;
  expect([...harness.drafts.values()][0]?.content.cc).toBe('clara@post.example');
  expect(harness.client.requests('outbox.send')).toHaveLength(1);
});

test('Undo that comes too late says so', async () => {
  await harness.desk.send(await openWritten());
  harness.client.answer('outbox.cancel', () => {
    throw new MailError('already-sent');
  });
  harness.press('Undo');
  await settle();
  expect(harness.texts).toEqual(['Too late: the mail is already on its way']);
});

test('a sent mail is told, and its Undo goes', async () => {
  await harness.desk.send(await openWritten());
  harness.becomes({ state: 'sent' });
  await settle();
  expect(harness.texts).toEqual(['Sent: Plan']);
});

test('mails that cannot be sent yet are told together, and no longer as being sent in a moment', async () => {
  await harness.desk.send(await openWritten());
  await harness.desk.send(await openWritten());
  expect(harness.texts).toHaveLength(2);
  harness.becomes({ state: 'sending' });
  harness.becomes({ state: 'retrying', error: { code: 'network-unreachable', params: {} } });
  expect(harness.texts).toEqual(['2 mails are not sent yet. The network or the server cannot be reached.']);
});

test('a refused mail comes back with the reason, and each refused recipient', async () => {
  await harness.desk.send(await openWritten());
  harness.becomes({
    state: 'failed',
    error: { code: 'recipients-refused', params: {} },
    recipients: [{ address: 'ben@post.example', status: 'refused', response: '550 no such user' }],
  });
  await settle();
  const [again] = harness.desk.open;
  expect(again?.failure?.code).toBe('recipients-refused');
  expect(again?.refused).toEqual([
    { address: 'ben@post.example', status: 'refused', response: '550 no such user' },
  ]);
  expect(harness.announcer.spoken).toBe('Not sent: Plan. recipients-refused');
  expect(harness.texts).toEqual([]);
});

test('a mail that comes back does not take the keyboard from the mail that is being written', async () => {
  await harness.desk.send(await openWritten());
  const other = await openWritten();
  harness.becomes({ state: 'failed', error: { code: 'message-refused', params: {} } });
  await settle();
  expect(harness.desk.active).toBe(other);
  expect(harness.desk.open).toHaveLength(2);
});

test('where the outbox refuses, the mail stays open with the reason', async () => {
  const composition = await openWritten();
  harness.client.answer('outbox.send', () => {
    throw new MailError('no-smtp');
  });
  await harness.desk.send(composition);
  expect(harness.desk.open).toEqual([composition]);
  expect(composition.failure?.code).toBe('no-smtp');
  composition.setSubject('still here');
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('still here');
});

test('a mail that cannot be saved is not sent, and closing it asks first', async () => {
  const composition = await openWritten();
  harness.client.answer('drafts.create', () => {
    throw new MailError('disk-full');
  });
  await harness.desk.send(composition);
  expect(composition.failure?.code).toBe('disk-full');
  harness.agree = false;
  await harness.desk.close(composition);
  expect(harness.desk.open).toEqual([composition]);
  expect(harness.questions.at(-1)?.title).toBe('Close without saving?');
});

test('a draft that was discarded elsewhere is made again with what stands here', async () => {
  const composition = await openWritten();
  await vi.advanceTimersByTimeAsync(2000);
  harness.drafts.clear();
  composition.setSubject('Not lost');
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.content.subject).toBe('Not lost');
});

test('discarding asks where something was written, and removes the draft', async () => {
  const composition = await openWritten();
  await vi.advanceTimersByTimeAsync(2000);
  harness.agree = false;
  await harness.desk.discard(composition);
  expect(harness.drafts.size).toBe(1);
  harness.agree = true;
  await harness.desk.discard(composition);
  expect(harness.drafts.size).toBe(0);
  expect(harness.desk.open).toHaveLength(0);
});

test('an attachment that failed is asked about before sending; one on its way is waited for', async () => {
  const composition = await openWritten();
  await composition.attachments.add(fileOf('plan.txt', 'x'));
  harness.client.answer('drafts.attach', () => {
    throw new MailError('disk-full');
  });
  await composition.attachments.add(fileOf('more.txt', 'y'));
  harness.agree = false;
  await harness.desk.send(composition);
  expect(harness.questions.at(-1)?.title).toBe('Send without “more.txt”?');
  expect(harness.client.requests('outbox.send')).toHaveLength(0);
});

test('a picture that the text no longer shows does not travel along', async () => {
  const composition = await openWritten();
  const picture = await composition.attachments.add(fileOf('a.png', 'x', 'image/png'), true);
  const other = await composition.attachments.add(fileOf('b.png', 'y', 'image/png'), true);
  composition.attachReader(reading(() => `<div><img src="cid:${picture?.contentId ?? ''}"></div>`));
  await harness.desk.send(composition);
  const [draft] = [...harness.drafts.values()];
  expect(draft?.attachments.map(({ id }) => id)).toEqual([picture?.id]);
  expect(other).not.toBeNull();
});

test('more mails than fit stand minimised at the foot', async () => {
  harness.desk.room = 2;
  const first = await openNew();
  await openNew();
  const third = await openNew();
  expect(harness.desk.open.map(({ arrangement }) => arrangement)).toEqual(['minimised', 'docked', 'docked']);
  harness.desk.activate(first);
  expect(harness.desk.open.map(({ arrangement }) => arrangement)).toEqual(['docked', 'minimised', 'docked']);
  expect(third.arrangement).toBe('docked');
});

test('what was being written is open again after the window was closed', async () => {
  const composition = await openWritten();
  await vi.advanceTimersByTimeAsync(2000);
  const stored = harness.storage.getItem('postkorb.writing');
  expect(JSON.parse(stored ?? '[]')).toEqual([composition.draftId]);
  harness.desk.open = [];
  await harness.desk.restore();
  expect(harness.desk.open[0]?.subject).toBe('Plan');
});

test('a mail that failed elsewhere is told with the way to the outbox', async () => {
  await harness.desk.send(await openWritten());
  harness.becomes({ state: 'sent' });
  await settle();
  harness.becomes({ state: 'failed', error: { code: 'message-refused', params: {} } });
  await settle();
  expect(harness.desk.open).toHaveLength(0);
  harness.press('Outbox');
});

test('a change of the sender is kept with the draft', async () => {
  const composition = await openWritten();
  await vi.advanceTimersByTimeAsync(2000);
  composition.setSender(info, null, null);
  await vi.advanceTimersByTimeAsync(2000);
  expect([...harness.drafts.values()][0]?.accountId).toBe(info);
});

test('plain text and back: words and quotes stay', async () => {
  const composition = await openWritten();
  composition.attachReader(reading(() => ''))[Symbol.dispose]();
  await harness.desk.take({
    kind: 'reply',
    message: message(),
    quoteHtml: '<blockquote><div>Hello</div></blockquote>',
  });
  const reply = harness.desk.open.at(-1);
  reply?.setFormat('plain');
  expect(reply?.body()).toBe('> Hello');
  reply?.setFormat('html');
  expect(reply?.body()).toBe(`<blockquote type="cite" style="${quoteStyle}"><div>Hello</div></blockquote>`);
});

test('a mail is signed by its sender; another sender signs in the same place, unless it was changed by hand', async () => {
  const identity = { main: true, managed: false, name: '', replyTo: '' };
  harness.client.answer('templates.list', () => ({ templates: [] }));
  harness.client.answer('identities.list', () => ({
    identities: [
      {
        ...identity,
        id: anna,
        accountId: anna,
        address: 'anna@post.example',
        signature: { html: null, text: 'Anna' },
      },
      {
        ...identity,
        id: 'alias',
        main: false,
        accountId: anna,
        address: 'a@alias.example',
        signature: { html: null, text: 'A.' },
      },
      { ...identity, id: info, accountId: info, address: 'info@post.example', signature: null },
    ],
  }));
  await harness.writing.load();
  await harness.desk.take({ kind: 'new' });
  const [composition] = harness.desk.open;
  if (!composition) throw new Error('none is open');
  composition.setFormat('plain');
  expect(composition.isEmpty).toBe(true);
  expect(composition.body()).toMatch(/-- \nAnna$/);
  harness.desk.setSender(composition, anna, 'alias');
  expect(composition.body()).toMatch(/-- \nA\.$/);
  expect(composition.content()).toMatchObject({ identity: 'alias' });
  harness.desk.setSender(composition, info, null);
  expect(composition.body()).not.toContain('--');
  harness.desk.setSender(composition, anna, null);
  expect(composition.body()).toMatch(/-- \nAnna$/);
  composition.attachReader(reading(() => '-- \nAnna, mine'));
  harness.desk.setSender(composition, anna, 'alias');
  expect(composition.body()).toBe('-- \nAnna, mine');
  expect(harness.texts).toContain('The signature was changed by hand and stays as it is');
});
