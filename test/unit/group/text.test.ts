import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#shared/domain/group/canonicalJson.ts';
import { readEvent, TeamEvent } from '#shared/domain/group/events.ts';
import { keyOfMessageId, messageKey } from '#shared/domain/group/messageKey.ts';
import { parseStrictJson } from '#shared/domain/group/strictJson.ts';
import { subjectLine } from '#shared/domain/group/subjectLine.ts';
import { createTranslate } from '#shared/i18n/translate.ts';
import { group, key, nextId, start } from '#test/support/teamLog.ts';

describe('strict JSON (G01)', () => {
  it('any value is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(parseStrictJson(JSON.stringify(value))).toEqual({
          ok: true,
          value: JSON.parse(JSON.stringify(value)) as unknown,
        });
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'duplicate-key'],
    ['{"a":1,"\\u0061":2}', 'duplicate-key'],
    ['[{"x":{"k":[],"k":0}}]', 'duplicate-key'],
    ['{"a":{"b":1},"a":{}}', 'duplicate-key'],
    ['{"a":"\\"","b":{"a":1},"b":2}', 'duplicate-key'],
    ['<html>', 'not-json'],
    ['', 'not-json'],
    ['{"a":1', 'not-json'],
    [`${'['.repeat(100)}${']'.repeat(100)}`, 'too-deep'],
  ])('%s is refused', (text, code) => {
    expect(parseStrictJson(text)).toMatchObject({ ok: false, fault: { code } });
  });

  it('one key in two objects is no duplicate, nor is a key that looks like one', () => {
    expect(parseStrictJson('[{"a":1},{"a":1},{"b":"\\"a\\":","a":["a","a"]}]').ok).toBe(true);
  });
});

it('canonical JSON does not depend on the order in which something was built', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined, a: 'ä' }], a: null })).toBe(
    '{"a":null,"b":[{"a":"ä","d":1}]}',
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
    }),
  );
});

describe('message keys', () => {
  it.each([
    ['<a@b.test>', 'a@b.test'],
    ['  <a@b.test>\r\n ', 'a@b.test'],
    ['<a@\r\n b.test>', 'a@b.test'],
    ['a@b.test', 'a@b.test'],
  ])('%j is one Message-ID', (raw, expected) => {
    expect(keyOfMessageId(raw)).toBe(expected);
  });

  it.each([null, '', '<>', `<${'x'.repeat(600)}@b.test>`, '<a@b\u0007.test>', '<a<b>@c>'])(
    '%j names no mail',
    (raw) => {
      expect(messageKey(raw, () => 'ab'.repeat(32))).toBe(`sha256:${'ab'.repeat(32)}`);
    },
  );
});

describe('events from outside', () => {
  const event = { v: 1, id: nextId(), group, by: 'ben', at: new Date(start).toISOString(), seen: null };
  const claim = { ...event, type: 'assign', about: 'm@xyz.test', to: 'ben', expect: null };

  it.each([
    [{ ...claim, v: 2, more: true }, 'unknown-version'],
    [{ ...claim, type: 'blame' }, 'unknown-type'],
    [{ ...claim, type: 'toString' }, 'unknown-type'],
    [{ ...claim, by: 'Ben!' }, 'malformed'],
    [{ ...claim, about: 'a b' }, 'malformed'],
    [{ ...claim, expect: 'x' }, 'malformed'],
    [{ ...claim, at: 'yesterday' }, 'malformed'],
    [{ ...event, type: 'note', about: 'm@xyz.test', text: 'x'.repeat(10_001) }, 'malformed'],
    [{ type: 'assign' }, 'malformed'],
    [null, 'malformed'],
    [[claim], 'malformed'],
    ['assign', 'malformed'],
  ])('%# is ignored with its reason', (value, reason) => {
    expect(readEvent(value)).toEqual({ ok: false, reason });
  });

  it('any JSON value is read without a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readEvent(value);
      }),
    );
  });

  it('a field that a later version may add is left out', () => {
    expect(readEvent({ ...claim, later: 1 })).toEqual({ ok: true, event: claim });
  });
});

describe('subjects for other mail programs', () => {
  const words = (language: 'de' | 'en', subject: string) => ({
    t: createTranslate(language),
    name: (id: string) => id.slice(0, 1).toUpperCase() + id.slice(1),
    groupName: 'Service',
    subject,
  });
  const event = (more: object): TeamEvent =>
    TeamEvent.parse({
      v: 1,
      id: nextId(),
      group,
      by: 'ben',
      at: new Date(start).toISOString(),
      seen: null,
      about: key('m'),
      ...more,
    });

  it.each([
    [{ type: 'assign', to: 'ben', expect: null }, 'Ben takes over: Invoice', 'Ben übernimmt: Invoice'],
    [{ type: 'assign', to: 'cleo', expect: null }, 'Ben gives to Cleo: Invoice', 'Ben gibt an Cleo: Invoice'],
    [{ type: 'assign', to: null, expect: null }, 'Ben releases: Invoice', 'Ben gibt frei: Invoice'],
    [{ type: 'status', status: 'done', expect: null }, 'Ben finished: Invoice', 'Ben hat erledigt: Invoice'],
    [
      { type: 'intake', info: [], handler: 'cleo' },
      'Arrived for Cleo: Invoice',
      'Eingegangen für Cleo: Invoice',
    ],
    [{ type: 'read', messages: [key('m')] }, 'Ben read 1 mail', 'Ben hat 1 Mail gelesen'],
  ])('%#', (more, english, german) => {
    expect(subjectLine(event(more), words('en', 'Invoice'))).toBe(english);
    expect(subjectLine(event(more), words('de', 'Invoice'))).toBe(german);
  });

  it('a subject cannot add a header or a line, and is cut', () => {
    const line = subjectLine(
      event({ type: 'note', text: 'x' }),
      words('en', `a\r\nBcc: x@y.test\u202e${'z'.repeat(500)}`),
    );
    expect(line).not.toMatch(/[\r\n\u202e]/);
    expect(line.length).toBe(200);
  });
});
