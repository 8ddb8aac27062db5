/** An engine for tests of the window's state: answers what a test says, remembers what was asked, and tells events. */
import { commands } from '#shared/contract/contract.ts';
import type {
  CommandName,
  EngineClient,
  EventName,
  ParsedRequestOf,
  PayloadOf,
  RequestOf,
  ResponseOf,
} from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';

type Answers = {
  [N in CommandName]?: (
    request: ParsedRequestOf<N>,
    signal: AbortSignal,
  ) => ResponseOf<N> | Promise<ResponseOf<N>>;
};

export interface Asked {
  readonly name: CommandName;
  readonly request: unknown;
}

export class ScriptedClient implements EngineClient {
  readonly asked: Asked[] = [];
  readonly #answers: Answers;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /** Replaces an answer in the middle of a test. */
  answer<N extends CommandName>(name: N, answer: NonNullable<Answers[N]>): void {
    this.#answers[name] = answer;
  }

  async call<N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    options?: { signal?: AbortSignal },
  ): Promise<ResponseOf<N>> {
    this.asked.push({ name, request });
    // What the engine would refuse is refused here as well.
    const parsed = commands[name].request.safeParse(request);
    if (!parsed.success) throw new MailError('invalid-input', {}, { cause: parsed.error });
    const answer = this.#answers[name];
    if (!answer) throw new MailError('unknown-command', { name });
    const signal = options?.signal ?? new AbortController().signal;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new MailError('cancelled')), { once: true });
    });
    return await Promise.race([aborted, Promise.resolve(answer(parsed.data as ParsedRequestOf<N>, signal))]);
  }

  on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): Disposable {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return { [Symbol.dispose]: () => listeners.delete(listener) };
  }

  emit<N extends EventName>(name: N, payload: PayloadOf<N>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }

  /** The requests of one command, in order. */
  requests<N extends CommandName>(name: N): RequestOf<N>[] {
    return this.asked.filter((one) => one.name === name).map(({ request }) => request as RequestOf<N>);
  }

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
