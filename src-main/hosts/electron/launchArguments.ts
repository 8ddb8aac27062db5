/** What a start, a second start or the system hands over: mailto: and postkorb: links and mails as files. Everything in it is a stranger's. */
import { extname } from 'node:path';
import { commandNames } from '#hosts/node/commandNames.ts';
import { parseMailto } from '#shared/domain/mailto.ts';
import type { MailtoDraft } from '#shared/contract/host.ts';

export type LaunchRequest =
  | { readonly kind: 'compose'; readonly draft: MailtoDraft }
  | { readonly kind: 'join'; readonly link: string }
  | { readonly kind: 'open-file'; readonly path: string };

const maxLength = 200_000;

/** One link or path; null where it is none of ours (an option of Chromium's, a stray word). */
export function readLaunchArgument(argument: string): LaunchRequest | null {
  if (argument.length > maxLength || argument.startsWith('-')) return null;
  if (/^mailto:/i.test(argument)) {
    const draft = parseMailto(argument);
    return draft ? { kind: 'compose', draft } : null;
  }
  if (/^postkorb:\/\/join[/?]/i.test(argument)) return { kind: 'join', link: argument };
  // A path and no address: "file:" and the like would name hosts.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(argument) && extname(argument).toLowerCase() === '.eml') {
    return { kind: 'open-file', path: argument };
  }
  return null;
}

/** Of a whole command line: the program (and, unpackaged, the folder behind it) is left out. */
export function readLaunchArguments(argv: readonly string[], packaged: boolean): LaunchRequest[] {
  return argv
    .slice(packaged ? 1 : 2)
    .map(readLaunchArgument)
    .filter((request) => request !== null);
}

/** What the command line is to do ("account list"), where this start is one of it; null: the window is wanted. */
export function readCommand(argv: readonly string[], packaged: boolean): readonly string[] | null {
  const given = argv.slice(packaged ? 1 : 2);
  const words = given.filter(
    (word, at) => !word.startsWith('-') && !['--profile', '--lang'].includes(given[at - 1] ?? ''),
  );
  if (words.length === 0) return given.includes('--help') ? given : null;
  return commandNames.has(words[0] ?? '') ? given : null;
}
