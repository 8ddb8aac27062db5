/** A pasted list of people: one a line, address, password and name, between tabs, semicolons or commas. Pure. */
import { isAddress } from '../composer/addressList.ts';

export interface ImportUser {
  readonly address: string;
  readonly password: string;
  readonly name?: string;
}

export interface UserList {
  readonly users: readonly ImportUser[];
  /** Lines that name nobody who could sign in, counted from 1. */
  readonly wrong: readonly number[];
}

/** Without a password, but with its place: "anna@xyz.test;;Anna". A password may hold every sign but the one that separates: the first of tab, semicolon and comma in the line. */
export function readUserList(text: string): UserList {
  const users: ImportUser[] = [];
  const wrong: number[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const separator = /[\t;,]/.exec(line)?.[0];
    const [address = '', password = '', ...rest] = separator === undefined ? [line] : line.split(separator);
    const name = rest.join(separator).trim();
    // Between two separators nothing may stand: he signs in at a provider.
    if (!isAddress(address.trim()) || (password.trim() === '' && rest.length === 0)) {
      wrong.push(at + 1);
      continue;
    }
    users.push({ address: address.trim(), password: password.trim(), ...(name === '' ? {} : { name }) });
  }
  return { users, wrong };
}
