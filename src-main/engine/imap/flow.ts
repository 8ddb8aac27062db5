/**
 * The members of ImapFlow that its type declarations leave out and that are needed here: `exec` throws the server's refusal, where
 * the public methods for STORE, COPY, MOVE and EXPUNGE resolve to `false` and lose it. Pinned to the version in package.json by a test.
 */
import { encodePath } from 'imapflow/lib/tools.js';
import type { ImapFlow } from 'imapflow';

export interface Attribute {
  readonly type: 'ATOM' | 'STRING' | 'SEQUENCE' | 'LITERAL' | 'NUMBER';
  readonly value: string | Buffer;
  readonly sensitive?: boolean;
}
export type Argument = Attribute | readonly Argument[];

/** A node of a parsed response; lists are arrays of nodes. */
export interface ResponseNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly section?: readonly (ResponseNode | null)[];
}
export interface ParsedResponse {
  readonly tag: string;
  readonly command: string;
  readonly attributes?: readonly (ResponseNode | readonly ResponseNode[] | null)[];
  /** Of a line of plain numbers (SEARCH), instead of attributes. */
  readonly numbers?: readonly number[];
}
export interface ExecResult {
  readonly response: ParsedResponse;
  /** Lets the reader go on; without it the connection stands still. */
  next(): void;
}

export interface FlowInternals {
  exec(
    command: string,
    attributes: readonly Argument[],
    options?: { untagged?: Record<string, (untagged: ParsedResponse) => Promise<void>> },
  ): Promise<ExecResult>;
  /** Folders known from LIST; SELECT of one that is missing here costs a LIST first. */
  readonly folders: Map<string, object>;
  /** Set while IDLE runs; calling it sends DONE. */
  readonly preCheck: (() => Promise<void>) | false;
  /** Called for each VANISHED response, during a SELECT and else. */
  untaggedVanished: (response: ParsedResponse) => Promise<void>;
  readonly socket: {
    setTimeout?(ms: number): void;
    on(event: 'data', listener: () => void): unknown;
    off(event: 'data', listener: () => void): unknown;
  };
  readonly socketTimeout: number;
}

export function internals(client: ImapFlow): FlowInternals {
  return client as unknown as FlowInternals;
}

export function atom(value: string): Attribute {
  return { type: 'ATOM', value };
}
export function text(value: string): Attribute {
  return { type: 'STRING', value };
}
export function sequence(value: string): Attribute {
  return { type: 'SEQUENCE', value };
}

/** A folder's name as a command's argument: modified UTF-7 where the server wants it, quoted or as a literal where that is needed. */
export function encodedPath(client: ImapFlow, path: string): Attribute {
  const encoded = (encodePath as (connection: unknown, path: string) => string)(client, path);
  // As in ImapFlow's SELECT: some servers stumble over "&" in an atom.
  return encoded.includes('&') ? text(encoded) : atom(encoded);
}

/**
 * Runs one command and hands back its tagged response. Throws ImapFlow's error for NO, BAD and a lost connection, and one of the same
 * shape for the NO that ImapFlow takes for an OK: "Some of the requested messages no longer exist" is meant for a FETCH that lacks some
 * of its rows, but a COPY that was answered so copied nothing at all (RFC 9051 section 6.4.7).
 */
export async function execute(
  flow: FlowInternals,
  command: string,
  attributes: readonly Argument[],
  untagged?: Record<string, (response: ParsedResponse) => Promise<void>>,
): Promise<ParsedResponse> {
  const result = await flow.exec(command, attributes, untagged === undefined ? {} : { untagged });
  result.next();
  const { response } = result;
  if (response.command.toUpperCase() === 'NO')
    throw Object.assign(new Error('Command failed'), {
      response,
      responseStatus: 'NO',
      responseText: responseText(response),
    });
  return response;
}

function responseText({ attributes = [] }: ParsedResponse): string {
  return attributes
    .map((node) => valueOf(node).trim())
    .filter((value) => value !== '')
    .join(' ');
}

/** '': a list, or nothing that is text. */
export function valueOf(node: NonNullable<ParsedResponse['attributes']>[number] | undefined): string {
  return node && 'value' in node && typeof node.value === 'string' ? node.value : '';
}

/** The response code in brackets, as upper-case name and arguments: `[COPYUID 1 2:3 4:5]` is ["COPYUID", "1", "2:3", "4:5"]. */
export function responseCode(response: ParsedResponse): readonly string[] {
  const first = response.attributes?.[0];
  if (first === undefined || first === null || Array.isArray(first)) return [];
  const section = (first as ResponseNode).section ?? [];
  return section.map((node, index) => {
    const value = valueOf(node);
    return index === 0 ? value.toUpperCase() : value;
  });
}
