import { describe, expect, it } from 'vitest';
import {
  fillTemplate,
  openPlaceholder,
  placeholderValues,
  unknownPlaceholders,
} from '#renderer/features/composer/templates.ts';

const values = placeholderValues({
  to: { name: 'Müller, Jörg', address: 'joerg@werft.test' },
  subject: 'Offer <7>',
  me: 'Anna',
  date: '1 December 2026',
  time: '09:30',
});
const nobody = placeholderValues({ to: undefined, subject: '', me: 'Anna', date: 'today', time: '' });
const template = (text: string, html: string | null = null, subject = '') => ({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'T',
  subject,
  html,
  text,
});

describe('a template is filled', () => {
  it.each([
    [
      'by the words of either language',
      'Hi {firstname} {Vorname}, {datum} {time}',
      'Hi Jörg Jörg, 1 December 2026 09:30',
    ],
    [
      'with the whole name and the address',
      '{name} <{address}> {me}',
      'Müller, Jörg <joerg@werft.test> Anna',
    ],
    ['and braces that are none stay', '{ name } {} {1} {na me}', '{ name } {} {1} {na me}'],
  ])('%s', (_, text, filled) => {
    expect(fillTemplate(template(text), values)).toMatchObject({ text: filled, open: [] });
  });

  it('with values as text, whatever stands in them', () => {
    expect(fillTemplate(template('', '<div>About {subject}</div>'), values).html).toBe(
      '<div>About Offer &lt;7&gt;</div>',
    );
  });

  it('and what is unknown or empty stays as it is written, marked and told', () => {
    const filled = fillTemplate(
      template('{firstname}, {surprise}', '<p>{firstname}, {surprise}</p>', 'For {name}'),
      nobody,
    );
    expect(filled).toMatchObject({
      text: '{firstname}, {surprise}',
      subject: 'For {name}',
      open: ['{firstname}', '{surprise}', '{name}'],
    });
    expect(filled.html).toMatch(
      /^<p><span data-open[^>]*>\{firstname\}<\/span>, <span[^>]*>\{surprise\}<\/span><\/p>$/,
    );
  });
});

it('the editor names what is no placeholder, once each', () => {
  expect(unknownPlaceholders('{name} {nmae} {nmae} {Überschrift}')).toEqual(['{nmae}', '{Überschrift}']);
});

it('before sending only a placeholder of ours is asked about', () => {
  expect(openPlaceholder('function f() {return} {x}')).toBeNull();
  expect(openPlaceholder('Hello {Vorname},')).toBe('{Vorname}');
});
