import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSigningKey, sealEnvelope, SignatureChecker } from '#engine/groups/dsse.ts';
import { createEventIds } from '#engine/groups/eventIds.ts';
import {
  eventMessageId,
  readEventMail,
  readPartMail,
  writeEventMail,
  writePartMail,
  type FetchedMail,
} from '#engine/groups/eventMail.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { canonicalJson } from '#shared/domain/group/canonicalJson.ts';
import { eventPayloadType, TeamEvent } from '#shared/domain/group/events.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { group, key, nextId, start } from '#test/support/teamLog.ts';

const checker = new SignatureChecker();
const { key: signer } = generateSigningKey();
const words = {
  subject: 'Ben takes over: Größe = 5?',
  from: { name: 'Ben Müller', address: 'ben@xyz.test' },
  to: 'info@xyz.test',
};
const note = (text: string): TeamEvent =>
  TeamEvent.parse({
    v: 1,
    id: nextId(),
    group,
    by: 'ben',
    at: new Date(start).toISOString(),
    seen: null,
    type: 'note',
    about: key('m'),
    text,
    mentions: [],
  });
const envelopeOf = (event: unknown) => sealEnvelope(eventPayloadType, canonicalJson(event), [signer]);
const fetched = (raw: Uint8Array | string, more: Partial<FetchedMail> = {}): FetchedMail => ({
  uid: 7,
  at: start,
  size: raw.length,
  raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
  ...more,
});
const read = (mail: FetchedMail) => readEventMail(mail, checker);

describe('an event as a mail', () => {
  const event = note('called back');
  const raw = writeEventMail(event, envelopeOf(event), words);

  it('is read as it was written, with the key that signed', () => {
    expect(read(fetched(raw))).toMatchObject({
      uid: 7,
      at: start,
      event,
      key: signer.publicKey,
      reason: null,
      part: false,
    });
  });

  it('has headers that any mail program shows, and lines that any server takes', () => {
    const text = raw.toString('latin1');
    expect(text).toContain(`Message-ID: <${eventMessageId(event)}>\r\n`);
    expect(text).toContain('X-Postkorb: note\r\n');
    expect(text).toMatch(/^From: Ben =\?UTF-8\?Q\?M=C3=BCller\?= <ben@xyz.test>\r\n/);
    expect(text).toContain('Subject: Ben takes over: =?UTF-8?Q?Gr=C3=B6=C3=9Fe?= = 5?\r\n');
    expect(text.split('\r\n').every((line) => line.length <= 76 && /^[\x20-\x7e]*$/.test(line))).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('any note comes back to the letter', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }).filter((text) => text.trim() !== ''),
        (text) => {
          const one = note(text);
          expect(read(fetched(writeEventMail(one, envelopeOf(one), words))).event).toEqual(one);
        },
      ),
    );
  });

  it('a server or a migration may change line ends, trailing spaces and the encoding', () => {
    const { link } = read(fetched(raw));
    const text = raw.toString('latin1');
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const plain = body.replace(/=\r\n/g, '').replace(/=3D/g, '=');
    for (const changed of [
      text.replaceAll('\r\n', '\n'),
      text.replaceAll('=\r\n', '=  \r\n'),
      `${head.replace('quoted-printable', '7bit')}\r\n\r\n${plain}`,
      `${head.replace('quoted-printable', 'base64')}\r\n\r\n${Buffer.from(plain).toString('base64')}`,
    ]) {
      expect(read(fetched(changed))).toMatchObject({ event, link });
    }
  });

  it('subject and name cannot add headers', () => {
    const hostile = writeEventMail(event, envelopeOf(event), {
      subject: 'x\r\nBcc: victim@x.test\r\n\r\nbody',
      from: { name: 'Ben" <evil@x.test>,\r\nX: "', address: 'ben@xyz.test' },
      to: 'info@xyz.test',
    });
    const head = hostile.toString('latin1').split('\r\n\r\n')[0] ?? '';
    const names = head
      .split('\r\n')
      .filter((line) => !/^[ \t]/.test(line))
      .map((line) => line.split(':')[0]);
    expect(names).toEqual([
      'From',
      'To',
      'Subject',
      'Date',
      'Message-ID',
      'X-Postkorb',
      'MIME-Version',
      'Content-Type',
      'Content-Transfer-Encoding',
    ]);
    expect(head).toMatch(/^From: [^<>,]*<ben@xyz.test>\r\n/);
    expect(read(fetched(hostile)).event).toEqual(event);
  });
});

describe('what else lies in the folder (G12)', () => {
  const event = note('x');
  const mail = (body: string, kind = 'X-Postkorb: note\r\n'): string =>
    `From: a@b.test\r\n${kind}\r\n${body}`;
  const sealed = (value: string): string =>
    mail(JSON.stringify(sealEnvelope(eventPayloadType, value, [signer])));

  it.each([
    ['a spam mail', mail('Buy now', ''), 'junk', false],
    ['nothing at all', '', 'junk', false],
    ['JSON that is no envelope', mail('{"a":1}'), 'malformed', false],
    ['broken JSON', mail('{"payload'), 'malformed', false],
    [
      'an envelope of another kind',
      mail(JSON.stringify(sealEnvelope('text/plain', 'x', [signer]))),
      'malformed',
      false,
    ],
    [
      'two signatures',
      mail(JSON.stringify(sealEnvelope(eventPayloadType, '{}', [signer, signer]))),
      'malformed',
      false,
    ],
    ['a payload that is no JSON', sealed('hello'), 'malformed', true],
    ['a payload with a key twice', sealed('{"v":1,"v":1}'), 'malformed', true],
    ['a future version', sealed('{"v":2,"type":"note"}'), 'unknown-version', true],
    ['an unknown type', sealed('{"v":1,"type":"dance"}'), 'unknown-type', true],
  ])('%s', (_what, raw, reason, linked) => {
    const result = read(fetched(raw));
    expect(result).toMatchObject({ event: null, key: null, reason });
    expect(result.link !== null).toBe(linked);
  });

  it('an event of a megabyte is not read, whatever its beginning says', () => {
    const big = writeEventMail(event, envelopeOf(event), words);
    expect(read(fetched(big, { size: 1_000_000 }))).toMatchObject({
      event: null,
      reason: 'too-large',
      link: null,
    });
    expect(read(fetched('From: x\r\n\r\nspam', { size: 1_000_000 })).reason).toBe('junk');
  });

  it('a signature by another key, or over other bytes, leaves the event without one', () => {
    const other = note('y');
    const forged = { ...envelopeOf(event), payload: envelopeOf(other).payload };
    expect(read(fetched(writeEventMail(other, forged, words)))).toMatchObject({ event: other, key: null });
  });

  it('any bytes are read without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, ours) => {
        const head = Buffer.from(ours ? 'X-Postkorb: note\r\nContent-Transfer-Encoding: base64\r\n\r\n' : '');
        expect(read(fetched(Buffer.concat([head, bytes]))).event).toBeNull();
      }),
    );
  });
});

it('a part of a snapshot is told by its header and comes back byte for byte', () => {
  const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256));
  const raw = writePartMail(content, 'part-1', new Date(start).toISOString(), words);
  expect(read(fetched(raw, { size: 1_000_000 }))).toMatchObject({ part: true, reason: null, link: null });
  expect(Buffer.compare(Buffer.from(readPartMail(raw) ?? []), content)).toBe(0);
  expect(readPartMail(Buffer.from('X: y\r\n\r\nAAAA'))).toBeNull();
});

it('ids rise strictly, within a millisecond and when the clock is set back', async () => {
  const clock = new FakeClock(start);
  const ids = createEventIds(clock, nodeIds());
  const made = Array.from({ length: 5000 }, () => ids.next());
  await clock.advance(10);
  made.push(ids.next());
  const back = new FakeClock(start - 1000);
  Object.assign(clock, { now: () => back.now() });
  made.push(ids.next(), ids.next());
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});
