/** What an answer and a forward say of the mail they are about, in their writer's language. */
import { expect, test } from 'vitest';
import { deriveReply } from '#engine/mime/reply.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { messageContent } from '#test/support/messageContent.ts';

const original = messageContent({
  accountId: AccountId.parse('anna'),
  date: Date.UTC(2025, 2, 4, 14, 5),
  text: 'Shall we?',
});

const derived = (mode: 'reply' | 'forward', locale: string): string =>
  deriveReply(original, {
    ...{ mode, locale, ownAddresses: [], quote: 'above', quoteHtml: null, timeZone: 'UTC' },
  }).text ?? '';

test.each([
  ['en-GB', 'On 4 March 2025 at 14:05, Ben <ben@post.example> wrote:'],
  ['en_US', /^On March 4, 2025 at 2:05\sPM, Ben <ben@post.example> wrote:$/],
  ['de-DE', 'Am 4. März 2025 um 14:05 schrieb Ben <ben@post.example>:'],
  ['de', 'Am 4. März 2025 um 14:05 schrieb Ben <ben@post.example>:'],
  // A language that is not ours is answered in English, with its dates.
  ['fr-FR', /^On March 4, 2025 at 2:05\sPM, Ben <ben@post.example> wrote:$/],
])('an answer of a reader in %s', (locale, attribution) => {
  const [line] = derived('reply', locale).trim().split('\n');
  if (typeof attribution === 'string') expect(line).toBe(attribution);
  else expect(line).toMatch(attribution);
});

test('the head of a forward is in the same language', () => {
  expect(derived('forward', 'de-DE')).toContain('Datum: 4. März 2025 um 14:05');
  expect(derived('forward', 'en-GB')).toContain('Date: 4 March 2025 at 14:05');
});
