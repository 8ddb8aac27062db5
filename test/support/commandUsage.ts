/** The command line's own description of itself, as its guide has it. */
import type { Command } from 'commander';
import { describeProgram } from '#hosts/cli/program.ts';

export interface Usage {
  /** "account add <file-or-address> [--inactive]" */
  readonly text: string;
  readonly description: string;
}

/** Of each command that does something, in the order of `--help`. */
export function commandUsages(): Usage[] {
  const program = describeProgram(() => Promise.resolve(), {
    writeOut: () => undefined,
    writeErr: () => undefined,
  });
  return usagesOf(
    program,
    '',
    program.options.map(({ long }) => long),
  );
}

/** @param general options that every command takes */
function usagesOf(command: Command, path: string, general: readonly (string | undefined)[]): Usage[] {
  return command.commands.flatMap((one) => {
    const name = `${path}${one.name()}`;
    const given = one.registeredArguments.map((argument) => {
      const named = (argument.argChoices?.join('|') ?? argument.name()) + (argument.variadic ? '...' : '');
      return argument.required ? `<${named}>` : `[${named}]`;
    });
    const options = one.options
      .filter(({ long }) => !general.includes(long))
      .map(({ flags, mandatory }) => (mandatory ? flags : `[${flags}]`));
    // The library tells nobody which of those that have others below them do something themselves.
    const acts = typeof Reflect.get(one, '_actionHandler') === 'function';
    return [
      ...(acts ? [{ text: [name, ...given, ...options].join(' '), description: one.description() }] : []),
      ...usagesOf(one, `${name} `, general),
    ];
  });
}
