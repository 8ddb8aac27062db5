/** Which theme is to be seen: the setting, or what the system says. */
import type { Settings } from '#shared/contract/app.ts';

export class Theme implements Disposable {
  setting = $state<Settings['theme']>('system');
  #systemDark = $state(false);
  readonly dark: boolean = $derived.by(() =>
    this.setting === 'system' ? this.#systemDark : this.setting === 'dark',
  );
  readonly #query: MediaQueryList;
  readonly #listener: (event: MediaQueryListEvent) => void;

  constructor(query: MediaQueryList) {
    this.#query = query;
    this.#systemDark = query.matches;
    this.#listener = ({ matches }) => {
      this.#systemDark = matches;
    };
    query.addEventListener('change', this.#listener);
  }

  [Symbol.dispose](): void {
    this.#query.removeEventListener('change', this.#listener);
  }
}
