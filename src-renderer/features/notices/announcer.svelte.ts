/** The one status region: what was done (with Undo), what happened by itself, what failed. */

export interface StatusMessage {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export interface StatusOptions {
  readonly tone?: 'plain' | 'error';
  readonly action?: { readonly label: string; readonly run: () => void };
  /** How long it stays; it also goes when its action was used. */
  readonly ms?: number;
  /** It goes at its time whoever looks at it: what it offers is possible no longer. */
  readonly firm?: boolean;
  /** One of the same kind takes the place of the earlier: two undos would not both work. */
  readonly replaces?: string;
}

const plainMs = 6_000;
const errorMs = 15_000;
const maxShown = 3;

interface Shown {
  readonly message: StatusMessage;
  readonly replaces: string | undefined;
  readonly firm: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  until: number;
}

export class Announcer implements Disposable {
  messages = $state.raw<readonly StatusMessage[]>([]);
  /** Said to a screen reader and not shown. */
  spoken = $state('');
  #shown: Shown[] = [];
  #lastId = 0;
  #held = false;

  /** Shows a message; returns what takes it away. */
  show(text: string, options: StatusOptions = {}): () => void {
    this.#lastId += 1;
    const message: StatusMessage = {
      id: this.#lastId,
      text,
      tone: options.tone ?? 'plain',
      action: options.action ?? null,
    };
    const ms = options.ms ?? (message.tone === 'error' ? errorMs : plainMs);
    for (const other of this.#shown.filter(
      ({ replaces }) => replaces !== undefined && replaces === options.replaces,
    )) {
      this.dismiss(other.message.id);
    }
    const shown: Shown = {
      message,
      replaces: options.replaces,
      firm: options.firm === true,
      timer: undefined,
      until: performance.now() + ms,
    };
    this.#shown.push(shown);
    for (const oldest of this.#shown.slice(0, -maxShown)) this.dismiss(oldest.message.id);
    if (!this.#held || shown.firm) this.#arm(shown);
    this.#publish();
    return () => this.dismiss(message.id);
  }

  fail(text: string): void {
    this.show(text, { tone: 'error' });
  }

  /** For what is to be heard but shows itself elsewhere. */
  say(text: string): void {
    // The same text twice would not be read again.
    this.spoken = this.spoken === text ? `${text}\u00a0` : text;
  }

  dismiss(id: number): void {
    const at = this.#shown.findIndex(({ message }) => message.id === id);
    if (at < 0) return;
    clearTimeout(this.#shown[at]?.timer);
    this.#shown.splice(at, 1);
    this.#publish();
  }

  /** While the pointer or the focus is on the messages nothing disappears (WCAG 2.2.1). */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    for (const shown of this.#shown.filter(({ firm }) => !firm)) {
      clearTimeout(shown.timer);
      if (!held) this.#arm(shown);
    }
  }

  #arm(shown: Shown): void {
    const left = Math.max(1_500, shown.until - performance.now());
    shown.timer = setTimeout(() => this.dismiss(shown.message.id), left);
  }

  #publish(): void {
    this.messages = this.#shown.map(({ message }) => message);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#shown) clearTimeout(timer);
  }
}
