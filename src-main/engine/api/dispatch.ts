/** Where a request enters the engine: parsed by the contract before any handler sees it, because whoever can send may be an attacker. */
import type * as z from 'zod';
import { commands, isCommandName, type CommandName, type Handlers } from '#shared/contract/contract.ts';
import { isMailError, MailError, type Fault } from '#shared/errors/MailError.ts';
import type { Log } from '#engine/ports/ports.ts';

export type Dispatch = (name: string, request: unknown, signal: AbortSignal) => Promise<unknown>;

/** Errors: unknown-command, invalid-input with every fault's path, and the handler's own. What is no MailError becomes `internal`. */
export function createDispatch(handlers: Handlers, log: Log): Dispatch {
  return async (name, request, signal) => {
    if (!isCommandName(name)) throw new MailError('unknown-command', { name: name.slice(0, 100) });
    const parsed = commands[name].request.safeParse(request);
    if (!parsed.success) {
      throw new MailError('invalid-input', {}, { faults: parsed.error.issues.slice(0, 100).map(faultOf) });
    }
    // Each handler takes its own request; that the two belong together is what `Handlers` was checked for.
    const handler = handlers[name] as (request: unknown, signal: AbortSignal) => Promise<unknown>;
    try {
      return await handler(parsed.data, signal);
    } catch (error) {
      if (isMailError(error)) throw error;
      if (signal.aborted) throw new MailError('cancelled', {}, { cause: error });
      log.error('a command failed', { command: name, error });
      throw new MailError('internal', {}, { cause: error });
    }
  };
}

/** Names of handlers must be exactly those of the contract; a missing one would fail at its first call only. */
export function assertComplete(handlers: Partial<Handlers>): asserts handlers is Handlers {
  for (const name of Object.keys(commands) as CommandName[]) {
    if (typeof handlers[name] !== 'function') throw new Error(`no handler for ${name}`);
  }
}

function faultOf(issue: z.core.$ZodIssue): Fault {
  return {
    path: issue.path.map(String).join('.') || 'request',
    code: issue.code.replaceAll('_', '-'),
    message: issue.message,
  };
}
