/** What a person must know once and may put away: read at the start, told as it comes. */
import type { Notice } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';

export class Notices implements Disposable {
  open = $state.raw<readonly Notice[]>([]);
  readonly #client: EngineClient;
  readonly #listening: Disposable;

  constructor(client: EngineClient) {
    this.#client = client;
    this.#listening = client.on('notice', (notice) => {
      this.open = [...this.open.filter(({ id }) => id !== notice.id), notice];
    });
  }

  async load(): Promise<void> {
    const { notices } = await this.#client.call('app.notices', {});
    this.open = notices;
  }

  /** Gone at once; if the engine could not be told it comes back with the next start. */
  async dismiss(id: string): Promise<void> {
    this.open = this.open.filter((notice) => notice.id !== id);
    await this.#client.call('app.dismissNotice', { id });
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
