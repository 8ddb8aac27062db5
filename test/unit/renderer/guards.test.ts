import { expect, test } from 'vitest';
import { guardsOf, ownText, promisedAttachment } from '#renderer/features/composer/guards.ts';

test.each([
  ['Please find the offer attached.', 'attached'],
  ['See attachment', 'attachment'],
  ['I enclosed the plan', 'enclosed'],
  ['anbei die Rechnung', 'anbei'],
  ['Im Anhang finden Sie den Plan.', 'Anhang'],
  ['die Rechnung hängt an, siehe Dateianhang', 'Dateianhang'],
  ['Das Angebot ist beigefügt.', 'beigefügt'],
  ['siehe Anlage', 'siehe Anlage'],
  ['Anliegend die Unterlagen', 'Anliegend'],
  ['den Plan sende ich mit', 'sende ich mit'],
  ['Ich schicke Ihnen die Liste mit.', 'schicke Ihnen die Liste mit'],
  ['Die Datei ist angehangen', 'angehangen'],
  ['Ich habe den Plan mitgesendet', 'mitgesendet'],
  ['Weitere Angaben in den Anlagen', 'in den Anlagen'],
  ['Ich hänge dir die Liste an.', 'hänge dir die Liste an'],
])('%s', (text, word) => {
  expect(promisedAttachment('', text)?.toLowerCase()).toContain(word.toLowerCase().slice(0, 5));
});

test.each([
  'In diesem Zusammenhang bin ich anhänglich.',
  'Das hängt vom Wetter ab.',
  'Die Klimaanlage ist defekt.',
  'Die Anlage läuft wieder, wir fangen mit der Prüfung an.',
  'Mein Anliegen ist ein anderes.',
  'Ich schicke Ihnen morgen jemanden mit Werkzeug.',
  'No attack, no tachometer.',
  'Hallo,\n> Im Anhang finden Sie den Plan.',
  'Danke!\n-- \nAnna, attached to nothing',
  'Gerne.\n---------- Forwarded message ----------\nsee attached',
])('no promise: %j', (text) => {
  expect(promisedAttachment('', text)).toBeNull();
});

test('the subject counts where the person wrote it', () => {
  expect(promisedAttachment('Rechnung anbei', '')).toBe('anbei');
});

test('a compound word counts, and the quoted part does not', () => {
  expect(promisedAttachment('', 'Siehe den Rechnungsanhang')).toBe('Rechnungsanhang');
  expect(promisedAttachment('', 'Siehe den Mail-Anhang')).toBe('Mail-Anhang');
  expect(ownText('a\n> b\nc')).toBe('a\nc');
});

test('what is asked, in order; nothing where nothing is missing', () => {
  const mail = {
    subject: 'Plan',
    text: 'Hello',
    attachments: 0,
    visibleRecipients: 2,
    bytes: 1000,
    limit: null,
  };
  expect(guardsOf(mail)).toEqual([]);
  expect(guardsOf({ ...mail, subject: ' ', text: 'attached', visibleRecipients: 25 })).toEqual([
    { kind: 'subject' },
    { kind: 'attachment', word: 'attached' },
    { kind: 'many', count: 25 },
  ]);
  expect(guardsOf({ ...mail, text: 'attached', attachments: 1 })).toEqual([]);
  expect(guardsOf({ ...mail, text: 'Dear {firstname},' })).toEqual([
    { kind: 'placeholder', word: '{firstname}' },
  ]);
  expect(guardsOf({ ...mail, text: 'Yes.\n> Dear {firstname},' })).toEqual([]);
  expect(guardsOf({ ...mail, limit: 1000 })).toEqual([]);
  expect(guardsOf({ ...mail, limit: 999 })).toEqual([{ kind: 'size', bytes: 1000, limit: 999 }]);
});
