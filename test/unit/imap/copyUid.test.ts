import { describe, expect, test } from 'vitest';
import { copiedUids } from '#engine/imap/copyUid.ts';

const answer = (...code: string[]) =>
  copiedUids({ tag: 'A', command: 'OK', attributes: [{ section: code.map((value) => ({ value })) }] });

describe('COPYUID', () => {
  test('pairs the UIDs by place, also where the two sets are cut differently or run backwards', () => {
    expect(answer('COPYUID', '38', '304,319:320', '3956:3958')).toEqual({
      uidValidity: '38',
      uids: new Map([
        [304, 3956],
        [319, 3957],
        [320, 3958],
      ]),
    });
    expect(answer('COPYUID', '38', '9,4', '1:2')?.uids).toEqual(
      new Map([
        [9, 1],
        [4, 2],
      ]),
    );
    expect(answer('copyuid', '38', '5:4', '7:8')?.uids).toEqual(
      new Map([
        [5, 7],
        [4, 8],
      ]),
    );
  });

  test.each([
    [['COPYUID', '38', '1:3', '1:2']],
    [['COPYUID', '38', '1:x', '1:2']],
    [['COPYUID', 'x', '1', '2']],
    [['COPYUID', '38']],
    [['COPYUID', '38', '1:4294967295', '1:4294967295']],
    [['HIGHESTMODSEQ', '38']],
    [[]],
  ])('one that cannot be read whole is none: %j', (code) => {
    expect(answer(...code)).toBeNull();
  });
});
