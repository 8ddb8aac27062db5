import { expect, it } from 'vitest';
import type { FetchRow, Value } from '#engine/imap/fetchParser.ts';
import { headerItems, readHeaderRow } from '#engine/sync/run/headerRow.ts';

const row = (more: Record<string, Value>): FetchRow => ({
  seq: 1,
  items: new Map<string, Value>([
    ['UID', '7'],
    ['FLAGS', []],
    ['RFC822.SIZE', '10'],
    ['BODY[HEADER.FIELDS]', 'Subject: Hallo\r\n\r\n'],
    ...Object.entries(more),
  ]),
});

it.each<[string[], RegExp]>([
  [[], /\]$/],
  [['OBJECTID'], / THREADID$/],
  [['X-GM-EXT-1', 'OBJECTID'], / X-GM-THRID$/],
])('a server with %j is asked for its conversations as it knows them', (capabilities, expected) => {
  expect(headerItems({ has: (name) => capabilities.includes(name) })).toMatch(expected);
});

it.each<[string, Record<string, Value>, string | null]>([
  ['Gmail', { 'X-GM-THRID': '1278455344230334865' }, 'x-gm-thrid 1278455344230334865'],
  ['RFC 8474', { THREADID: ['T64b478a75b7ea9'] }, 'threadid T64b478a75b7ea9'],
  ['nothing', {}, null],
  ['NIL', { THREADID: null }, null],
  ['rubbish', { THREADID: ['<a@x>'], 'X-GM-THRID': '-1' }, null],
])('the conversation that %s tells of a message is %j', (_name, items, expected) => {
  expect(readHeaderRow(row(items), 7)?.thread).toBe(expected);
});
