import { describe, expect, it } from 'vitest';
import { readCards, writeCard } from '#engine/contacts/vcard.ts';

const card = (...lines: string[]): string =>
  ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n');
const only = (...lines: string[]) => {
  const read = readCards(card(...lines));
  expect(read.faults).toEqual([]);
  expect(read.cards).toHaveLength(1);
  return read.cards[0]?.content;
};

describe('a card is read', () => {
  it.each([
    ['FN', ['FN:Anna Müller', 'N:Müller;Anna;;;'], 'Anna Müller'],
    ['N where there is no FN', ['N:Müller;Anna;Maria;Dr.;'], 'Dr. Anna Maria Müller'],
    ['an escaped comma', ['FN:Müller\\, Anna'], 'Müller, Anna'],
    ['an escaped semicolon in N', ['N:Müller\\;Co;Anna;;;'], 'Anna Müller;Co'],
    [
      'quoted-printable of 2.1',
      ['FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BCller'],
      'Jörg Müller',
    ],
    ['the same in Latin 1', ['FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:J=F6rg'], 'Jörg'],
    [
      'quoted-printable over two lines',
      ['FN;QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=B6rg =', 'M=C3=BCller'],
      'Jörg Müller',
    ],
    ['a folded line', ['FN:Anna Mül', ' ler'], 'Anna Müller'],
    ['lower-case names', ['fn:Anna'], 'Anna'],
    ['a group before the property', ['item1.FN:Anna'], 'Anna'],
    ['a direction mark that would turn the line round', ['FN:Anna\u202e gnp'], 'Anna gnp'],
  ])('name: %s', (_, lines, name) => {
    expect(only(...lines)?.name).toBe(name);
  });

  it('addresses: the preferred one first, each once, whatever their parameters', () => {
    const content = only(
      'FN:Anna',
      'EMAIL;TYPE=HOME:anna@home.test',
      'EMAIL;TYPE=WORK,PREF:anna@work.test',
      'item2.EMAIL;TYPE="internet":ANNA@home.test',
      'EMAIL;PREF=50:mailto:third@x.test',
    );
    expect(content?.addresses).toEqual(['anna@work.test', 'third@x.test', 'anna@home.test']);
  });

  it('the rest: organisation with its unit, telephones, a note of several lines', () => {
    expect(
      only(
        'FN:A',
        'ORG:Werft;Einkauf',
        'TEL;TYPE=CELL:+49 40 1',
        'TEL;VALUE=uri:tel:+4940',
        'NOTE:one\\ntwo\\, three',
      ),
    ).toMatchObject({
      organisation: 'Werft, Einkauf',
      phones: ['+49 40 1', '+4940'],
      note: 'one\ntwo, three',
    });
  });
});

describe('what is broken is told with its line, and the next card comes in', () => {
  const good = card('FN:Ben', 'EMAIL:ben@x.test');
  it.each([
    ['a card without END', `BEGIN:VCARD\nFN:Anna\n${good}`, [{ line: 1, code: 'unfinished' }]],
    ['the last card without END', `${good}BEGIN:VCARD\nFN:Anna\n`, [{ line: 6, code: 'unfinished' }]],
    ['text between cards', `hello\nworld\n${good}`, [{ line: 1, code: 'outside', text: 'hello' }]],
    ['a card without name and address', `${card('TEL:1')}${good}`, [{ line: 1, code: 'empty' }]],
    [
      'an address that is none',
      `${good}${card('FN:C', 'EMAIL:c at x')}`,
      [{ line: 9, code: 'address', text: 'c at x' }],
    ],
    [
      'a line that is no property',
      `${good}${card('FN:C', '<html>')}`,
      [{ line: 9, code: 'line', text: '<html>' }],
    ],
    ['a web page', '<!doctype html>\n<p>404', [{ line: 1, code: 'outside', text: '<!doctype html>' }]],
  ])('%s', (_, text, faults) => {
    const read = readCards(text);
    expect(read.faults).toMatchObject(faults);
    expect(read.cards.some(({ content }) => content.name === 'Ben')).toBe(text.includes('FN:Ben'));
  });

  it('a card made to be slow is read in time that grows with its length alone', () => {
    // What grew with the square would not end before the test does.
    const { cards } = readCards(
      card(
        'FN:Slow',
        `N:${'\\;'.repeat(500_000)}`,
        `ORG;${'A="x";'.repeat(100_000)}B:x`,
        `TEL;${'"'.repeat(100_001)}:1`,
      ),
    );
    expect(cards[0]?.content.name).toBe('Slow');
  });
});

it('what was read comes out again as it was, with what is not shown', () => {
  const lines = ['ADR;TYPE=WORK:;;Weg 1;Hamburg;;20095;DE', 'BDAY:1980-01-01', 'X-ABLABEL:Büro'];
  const content = {
    name: 'Müller, Anna',
    organisation: 'Werft; Söhne',
    addresses: ['anna@work.test', 'a@home.test'],
    phones: ['+49 1'],
    note: `long ${'ü'.repeat(100)}\nsecond \\ line`,
  };
  const text = writeCard(content, lines);
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
  const [again] = readCards(text).cards;
  expect(again?.content).toEqual(content);
  expect(again?.extra).toEqual(lines);
});

it('groups are read by address and by the card that they name', () => {
  const { groups, cards } = readCards(
    card('FN:Anna', 'UID:urn:uuid:1', 'EMAIL:a@x.test') +
      card(
        'X-ADDRESSBOOKSERVER-KIND:group',
        'FN:Team',
        'X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1',
        'MEMBER:mailto:b@x.test',
      ),
  );
  expect(cards).toHaveLength(1);
  expect(groups).toMatchObject([{ name: 'Team', members: ['mailto:b@x.test', 'urn:uuid:1'] }]);
});
