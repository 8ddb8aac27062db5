/** What the guides tell people to type exists: each command with its options, and each example of a file is one that is read. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { readImport } from '#engine/accounts/import/readImport.ts';
import { parseAccountFile } from '#engine/accounts/accountFile.ts';
import { describeProgram } from '#hosts/cli/program.ts';
import { readCommand } from '#hosts/electron/launchArguments.ts';
import { commandNames } from '#hosts/node/commandNames.ts';
import { commandUsages } from '#test/support/commandUsage.ts';
import { Preset } from '#shared/domain/group/config.ts';
import { OAuthClients } from '#shared/domain/oauthClients.ts';
import { readPolicy } from '#shared/domain/policyFile.ts';

const root = join(import.meta.dirname, '../../..');
const guides = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const textOf = (guide: string): string => readFileSync(join(root, guide), 'utf8');

const program = describeProgram(() => Promise.resolve(), {
  writeOut: () => undefined,
  writeErr: () => undefined,
});

/** Indented by four spaces after an empty line, as all of them are written. */
function blocksOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\n)\n((?: {4,}\S.*\n| *\n)+)/g)].flatMap(([, block = '']) => {
    const lines = block.split('\n').map((line) => line.replace(/^ {4}/, ''));
    return lines
      .join('\n')
      .split(/\n\s*\n/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
  });
}

/** Words as a shell splits them; a comment at the end is left out. */
function wordsOf(line: string): string[] {
  return [...line.replace(/\s#\s.*$/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** What is wrong with it; null: nothing. `whole`: nothing is left out of it. */
function faultOf(line: string, whole: boolean): string | null {
  if (line === '--help') return null;
  const words = wordsOf(line.replace(/[[\]]/g, ' '));
  let command: Command = program;
  while (words.length > 0) {
    const found = command.commands.find((one) => one.name() === words[0]);
    if (!found) break;
    command = found;
    words.shift();
  }
  if (command === program) return `no such command: ${line}`;
  let given = 0;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith('--')) {
      given += 1;
      continue;
    }
    const option = [...command.options, ...program.options].find(({ long }) => long === word);
    if (!option) return `no such option: ${word} in ${line}`;
    if (option.required || option.optional) words.shift();
  }
  const takes = command.registeredArguments;
  const most = takes.some(({ variadic }) => variadic) ? Infinity : takes.length;
  if (given > most) return `too much is given: ${line}`;
  if (whole && given < takes.filter(({ required }) => required).length)
    return `something is missing: ${line}`;
  return null;
}

describe.each(guides)('%s', (guide) => {
  const text = textOf(guide);
  const blocks = blocksOf(text);
  const lines = blocks
    .flatMap((block) => block.split(/\n| && /))
    .flatMap((line) => /^(?:postkorb|npm run -s cli --) (.*)$/.exec(line.trim())?.[1] ?? []);
  const inline = [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)]
    .map(([, code = '']) => code.replace(/\s+/g, ' ').replace(/^npm run -s cli -- /, 'postkorb '))
    .flatMap((code) => {
      if (code.startsWith('postkorb ') && !code.includes('postkorb <'))
        return [code.slice('postkorb '.length)];
      return /^(?:account|group|policy) [a-z]/.test(code) ? [code] : [];
    });

  it('names commands that exist, with the options that they have', () => {
    expect(
      [...lines.map((line) => faultOf(line, true)), ...inline.map((line) => faultOf(line, false))].filter(
        (fault) => fault !== null,
      ),
    ).toEqual([]);
  });
});

describe('the guide to the command line has each command as the program describes it', () => {
  const entries = textOf('docs/commands.md')
    .split('\n- ')
    .slice(1)
    .map((entry) => entry.split('\n\n')[0]?.trim().replace(/\s+/g, ' '));
  const usages = commandUsages().map(
    ({ text, description }) => [text, `\`postkorb ${text}\`\\ ${description}`] as const,
  );
  test.each(usages)('%s', (_text, entry) => {
    expect(entries).toContain(entry);
  });
  it('and no other', () => {
    expect(entries).toHaveLength(usages.length);
  });
});

describe('the examples of files in the guide for administrators', () => {
  const text = textOf('docs/admins.md');
  const kinds: [string, (example: string) => boolean, (example: string) => void][] = [
    ['commands', (block) => block.split('\n').every((line) => line.startsWith('postkorb ')), () => undefined],
    [
      'another program’s command',
      (block) => /^(?:flatpak|apt-get|"Postkorb Setup) /.test(block),
      () => undefined,
    ],
    ['an address', (block) => /^https:\S+$/.test(block), (block) => void new URL(block)],
    [
      'offered accounts',
      (block) => block.includes('"match"'),
      (block) => void z.array(Preset.strict()).min(1).parse(JSON.parse(block)),
    ],
    [
      'rules',
      (block) => block.includes('policy.schema.json'),
      (block) => expect(readPolicy(block)).toMatchObject({ ok: true }),
    ],
    [
      'a part of rules',
      (block) => block.startsWith('"proxy"'),
      (block) => expect(readPolicy(`{${block}}`)).toMatchObject({ ok: true }),
    ],
    [
      'a part of an account',
      (block) => block.startsWith('"imap": { …'),
      (block) => {
        const whole = block.replace(
          '{ …,',
          '{ "host": "outlook.office365.com", "port": 993, "security": "tls",',
        );
        parseAccountFile(`{ "name": "Info", "address": "info@xyz.test", "smtp": null, ${whole} }`);
      },
    ],
    ['an answer', (block) => block.includes('"reports"'), (block) => void JSON.parse(block)],
    ['an account', (block) => block.includes('"imap"'), (block) => void parseAccountFile(block)],
    [
      'client ids',
      (block) => block.includes('"clientId"'),
      (block) => void OAuthClients.parse(JSON.parse(block)),
    ],
  ];
  const seen = new Set<string>();
  test.each(blocksOf(text).map((block) => [block.slice(0, 60).replaceAll('\n', ' '), block]))(
    '%s',
    (_start, block) => {
      const kind = kinds.find(([, isIt]) => isIt(block));
      expect(kind, 'an example that nobody reads').toBeDefined();
      seen.add(kind?.[0] ?? '');
      kind?.[2](block);
    },
  );
  it('are of every kind that the guide speaks of', () => {
    expect([...seen].sort()).toEqual(kinds.map(([name]) => name).sort());
  });
});

describe('the examples of files in the guide for imports', () => {
  const examples = blocksOf(textOf('docs/importing.md')).filter((block) => !block.startsWith('postkorb '));
  const users = examples.find((block) => block.startsWith('anna@')) ?? '';
  const kinds: [string, (block: string) => boolean, number][] = [
    ['csv', (block) => block.startsWith('name;address'), 2],
    ['postkorb', (block) => block.startsWith('{'), 2],
    ['autoconfig', (block) => block.startsWith('<clientConfig'), 2],
    ['mobileconfig', (block) => block.startsWith('<?xml'), 1],
  ];
  test.each(kinds)('%s', async (format, isIt, count) => {
    const example = examples.find(isIt) ?? '';
    const read = await readImport(Buffer.from(example), {
      format: null,
      users: users.split('\n').map((line) => {
        const [address = '', password = '', name = ''] = line.split(';');
        return { address, password, name };
      }),
      now: new Date(),
      providerOf: () => null,
    });
    expect(read.format).toBe(format);
    expect(
      read.rows.map(({ address, outcome }) => [
        address,
        outcome.ok ? outcome.account.settings.imap.user : outcome,
      ]),
    ).toEqual(
      [
        ['anna@xyz.test', 'anna'],
        ['ben@xyz.test', 'ben'],
      ].slice(0, count),
    );
  });
  it('are no others', () => {
    expect(examples).toHaveLength(kinds.length + 1);
  });
});

it('the installed program knows the names of all commands, and takes nothing else for one', () => {
  expect([...commandNames].sort()).toEqual(['help', ...program.commands.map((one) => one.name())].sort());
  expect(readCommand(['postkorb', 'account', 'list'], true)).toEqual(['account', 'list']);
  expect(readCommand(['postkorb', '--profile', 'group', 'sync', '--json'], true)).toHaveLength(4);
  expect(readCommand(['electron', '.', 'sync'], false)).toEqual(['sync']);
  for (const given of [
    [],
    ['mailto:anna@xyz.test'],
    ['/home/anna/sync.eml'],
    ['--ozone-platform=x11'],
    ['--profile', 'sync'],
  ])
    expect(readCommand(['postkorb', ...given], true)).toBeNull();
});
