/** A command as it may be written down: without secrets, and with literals by their size. */
import type { RawCommand } from './CommandReader.ts';

const maxLength = 2_000;

export function loggedLine(raw: RawCommand, name: string): string {
  const shown =
    name === 'LOGIN' || name === 'AUTHENTICATE'
      ? raw.line.split(' ').slice(0, 3).join(' ') + ' ...'
      : raw.line;
  let literal = 0;
  return shown
    .replace(/\0/g, () => `{${(raw.literals[literal++]?.length ?? 0).toString()}}`)
    .slice(0, maxLength);
}
