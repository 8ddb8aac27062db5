/** The whole contract: every command and event between engine and window. One file an area; this one only joins them. */
import { accountCommands, accountEvents } from './accounts.ts';
import { appCommands, appEvents } from './app.ts';
import { composeCommands, composeEvents } from './compose.ts';
import { contactCommands } from './contacts.ts';
import type { Payload, ParsedRequest, Request, Response } from './define.ts';
import { discoveryCommands, discoveryEvents } from './discovery.ts';
import { folderCommands } from './folders.ts';
import { groupHealthCommands, groupHealthEvents } from './groupHealth.ts';
import { groupCommands, groupEvents } from './groups.ts';
import { jobCommands, jobEvents } from './jobs.ts';
import { mailFileCommands } from './mailFiles.ts';
import { mailingListCommands } from './mailingLists.ts';
import { messageCommands } from './messages.ts';
import { networkCommands } from './network.ts';
import { policyCommands } from './policy.ts';
import { searchCommands } from './search.ts';
import { signInCommands } from './signIn.ts';
import { writingCommands } from './writing.ts';

export const commands = {
  ...accountCommands,
  ...discoveryCommands,
  ...folderCommands,
  ...messageCommands,
  ...mailFileCommands,
  ...mailingListCommands,
  ...composeCommands,
  ...contactCommands,
  ...writingCommands,
  ...appCommands,
  ...groupCommands,
  ...groupHealthCommands,
  ...signInCommands,
  ...policyCommands,
  ...networkCommands,
  ...jobCommands,
  ...searchCommands,
};
export const events = {
  ...accountEvents,
  ...discoveryEvents,
  ...composeEvents,
  ...appEvents,
  ...groupEvents,
  ...groupHealthEvents,
  ...jobEvents,
};

export type Commands = typeof commands;
export type Events = typeof events;
export type CommandName = keyof Commands;
export type EventName = keyof Events;

export type RequestOf<N extends CommandName> = Request<Commands[N]>;
export type ParsedRequestOf<N extends CommandName> = ParsedRequest<Commands[N]>;
export type ResponseOf<N extends CommandName> = Response<Commands[N]>;
export type PayloadOf<N extends EventName> = Payload<Events[N]>;

/** One handler a command. An implementation that lacks one does not compile. */
export type Handlers = {
  [N in CommandName]: (request: ParsedRequestOf<N>, signal: AbortSignal) => Promise<ResponseOf<N>>;
};
/** An area's share of the handlers. */
export type HandlersOf<Names extends CommandName> = Pick<Handlers, Names>;

/** What a window, the command line or a test speaks to, whatever transport lies between. */
export interface EngineClient {
  call<N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    options?: { signal?: AbortSignal },
  ): Promise<ResponseOf<N>>;
  on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): Disposable;
}

/** What an engine offers to a transport. Requests are parsed here, before any handler sees them. */
export interface EngineApi extends AsyncDisposable {
  dispatch(name: string, request: unknown, signal: AbortSignal): Promise<unknown>;
  onEvent(listener: (name: EventName, payload: unknown) => void): Disposable;
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}
