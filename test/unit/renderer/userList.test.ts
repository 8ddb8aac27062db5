import { describe, expect, it } from 'vitest';
import { readUserList } from '#renderer/features/import/userList.ts';

describe('a pasted list of people', () => {
  it.each([
    ['anna@x.test;pa,ss word;Anna', { address: 'anna@x.test', password: 'pa,ss word', name: 'Anna' }],
    ['anna@x.test\tp;q\tAnna, Albrecht', { address: 'anna@x.test', password: 'p;q', name: 'Anna, Albrecht' }],
    ['anna@x.test;;Anna', { address: 'anna@x.test', password: '', name: 'Anna' }],
    [' anna@x.test , secret ', { address: 'anna@x.test', password: 'secret' }],
  ])('%j names its person', (line, user) => {
    expect(readUserList(line)).toEqual({ users: [user], wrong: [] });
  });

  it('says which lines name nobody who could sign in, and passes over empty ones', () => {
    const { users, wrong } = readUserList('anna@x.test;a\r\n\r\nnobody;b\nben@x.test\nclara@x.test;c');
    expect(users.map(({ address }) => address)).toEqual(['anna@x.test', 'clara@x.test']);
    expect(wrong).toEqual([3, 4]);
  });
});
