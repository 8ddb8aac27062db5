/** One sign-in at a provider as it is seen: the browser is opened, waited for, and comes back or does not. */
import type { AdminApproval } from '#shared/contract/signIn.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { Language } from '#shared/i18n/translate.ts';
import { asMailError, Latest } from '../../client/latest.ts';

export interface SignInParts {
  readonly client: EngineClient;
  /** Opens an address in the person's own browser. */
  readonly open: (url: string) => Promise<boolean>;
  readonly language: () => Language;
}

export interface SignedIn {
  readonly id: string;
  readonly identities: readonly string[];
}

export class SignIn implements Disposable {
  state = $state<'idle' | 'starting' | 'waiting' | 'done' | 'failed'>('idle');
  /** Of the provider, as people call it. */
  name = $state('');
  /** For a browser that did not open by itself. */
  url = $state('');
  identities = $state.raw<readonly string[]>([]);
  error = $state.raw<MailError | null>(null);
  approval = $state.raw<AdminApproval | null>(null);
  readonly #parts: SignInParts;
  readonly #latest = new Latest();
  #id: string | null = null;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  get busy(): boolean {
    return this.state === 'starting' || this.state === 'waiting';
  }

  /** null: it was cancelled or failed (then `error` says why). */
  async start(provider: string, address: string): Promise<SignedIn | null> {
    this.#drop();
    this.state = 'starting';
    this.error = null;
    this.identities = [];
    const { client, open, language } = this.#parts;
    const outcome = await this.#latest.run(async (signal) => {
      const started = await client.call(
        'signIn.start',
        { provider, address, language: language() },
        { signal },
      );
      if (signal.aborted) {
        await client.call('signIn.cancel', { id: started.id });
        return null;
      }
      this.#id = started.id;
      this.name = started.name;
      this.url = started.url;
      this.approval = started.approval;
      this.state = 'waiting';
      await open(started.url);
      const { identities } = await client.call('signIn.wait', { id: started.id }, { signal });
      return { id: started.id, identities };
    });
    if (outcome.kind === 'superseded') return null;
    if (outcome.kind === 'failed') {
      this.state = 'failed';
      this.error = asMailError(outcome.error);
      return null;
    }
    if (outcome.value === null) return null;
    this.state = 'done';
    this.identities = outcome.value.identities;
    return outcome.value;
  }

  reopen(): void {
    if (this.url !== '') void this.#parts.open(this.url);
  }

  cancel(): void {
    this.#drop();
    this.state = 'idle';
  }

  /** It was saved: the engine has put it where it belongs. */
  saved(): void {
    this.#id = null;
  }

  /** What is under way ends, and what nothing was saved of is forgotten. */
  #drop(): void {
    this.#latest.cancel();
    const id = this.#id;
    this.#id = null;
    // An engine that is away has forgotten it as well.
    if (id !== null) this.#parts.client.call('signIn.cancel', { id }).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#drop();
  }
}
