/** Everything that can be done, with its name and its shortcut: what menus, tooltips, the list under "?" and the palette are made of. */
import { untrack } from 'svelte';
import { toDisposable } from '#shared/base/disposables.ts';
import type { Icon } from '../ui/icon.ts';
import type { I18n } from './i18n.svelte.ts';
import { keysIn, ownKeymap, type Keymap } from './keymap.ts';
import { ariaKeys, keyCaps, matchesStep, parseKeys, types } from './shortcuts.ts';
import type { KeyPress, KeyStep, Platform } from './shortcuts.ts';

export const commandGroups = ['mail', 'group', 'compose', 'navigation', 'app'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export interface Command {
  /** Stable: "message.archive". */
  readonly id: string;
  readonly group: CommandGroup;
  /** In the language of the moment. */
  readonly title: () => string;
  readonly icon?: Icon;
  /** As Postkorb has them; what counts is the keymap. The first is the one that is shown. */
  readonly keys?: readonly string[];
  /** Where the keyboard must be for it. Commands of different places may have one key: the nearer place takes it. */
  readonly place?: 'list' | 'conversation' | 'composer';
  /** It is the other direction of that command: the two may have one key, which then turns it over. */
  readonly turns?: string;
  /** Its keys belong to the control that has the focus, and stay as they are. */
  readonly fixed?: boolean;
  /** Works while a text is being typed, and in dialogs. For keys with Mod and function keys. */
  readonly everywhere?: boolean;
  /** Keys are handled where the focus is (arrows in a list): shown, and not listened for. */
  readonly local?: boolean;
  /** Not offered in the palette. */
  readonly hidden?: boolean;
  readonly enabled?: () => boolean;
  readonly run: () => void;
}

interface Listening {
  readonly command: Command;
  readonly steps: readonly KeyStep[];
}

/** So long a sequence ("G I") waits for its next key. */
const sequenceMs = 1_200;

/** What the person decided about keys; asked at each use, so that it is in force at once. */
export interface KeyChoices {
  /** May characters alone be shortcuts? */
  readonly singleKeys: () => boolean;
  readonly keymap?: () => Keymap;
  /** Does the window never get these keys, because something around it takes them? */
  readonly taken?: (keys: string) => boolean;
}

export class Commands implements Disposable {
  /** The newest registration of an id counts: a dialog may take over a shortcut while it is open. */
  #registered = $state.raw<readonly Command[]>([]);
  /** Each with the keys that Postkorb gives it. */
  readonly own: readonly Command[] = $derived.by(() => {
    const byId = new Map(this.#registered.map((command) => [command.id, command]));
    return [...byId.values()];
  });
  /** Each with the keys that count. */
  readonly all: readonly Command[] = $derived.by(() => {
    const keymap = this.#keymap();
    // What can be pressed here is shown first.
    const rank = (keys: string): number => Number(this.#taken(keys));
    return this.own.map((command) => ({
      ...command,
      keys: keysIn(keymap, command).toSorted((a, b) => rank(a) - rank(b)),
    }));
  });
  readonly #listening: readonly Listening[] = $derived.by(() =>
    this.all
      .filter(({ local }) => !local)
      .flatMap((command) => (command.keys ?? []).map((keys) => ({ command, steps: parseKeys(keys) })))
      .reverse(),
  );
  readonly #i18n: I18n;
  readonly #platform: Platform;
  readonly #singleKeys: () => boolean;
  readonly #keymap: () => Keymap;
  readonly #taken: (keys: string) => boolean;
  #pending: KeyPress[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(i18n: I18n, platform: Platform, choices: KeyChoices) {
    this.#keymap = choices.keymap ?? (() => ownKeymap);
    this.#taken = choices.taken ?? (() => false);
    this.#i18n = i18n;
    this.#platform = platform;
    this.#singleKeys = choices.singleKeys;
  }

  /** Until it is disposed; registering an id again covers the earlier one. */
  register(commands: readonly Command[]): Disposable {
    // Whoever registers (an effect of a component) does not depend on what others have registered.
    this.#registered = [...untrack(() => this.#registered), ...commands];
    const mine = new Set(commands);
    return toDisposable(() => {
      this.#registered = untrack(() => this.#registered).filter((command) => !mine.has(command));
    });
  }

  byId(id: string): Command | undefined {
    return this.all.find((command) => command.id === id);
  }

  enabled(id: string): boolean {
    const command = this.byId(id);
    return command !== undefined && (command.enabled?.() ?? true);
  }

  run(id: string): void {
    const command = this.byId(id);
    if (command && (command.enabled?.() ?? true)) command.run();
  }

  /** The caps of its shortcut, for tooltips and menus; undefined where it has none. */
  keysOf(id: string): string[][] | undefined {
    const keys = this.byId(id)?.keys?.[0];
    return keys === undefined ? undefined : this.caps(keys);
  }

  caps(keys: string): string[][] {
    return keyCaps(keys, this.#platform, this.#i18n.t);
  }

  /** For `aria-keyshortcuts`. */
  ariaKeysOf(id: string): string | undefined {
    const keys = this.byId(id)?.keys?.[0];
    return keys === undefined ? undefined : ariaKeys(keys, this.#platform);
  }

  /** Does this press alone stand for the command? For those that are handled where the focus is. */
  means(id: string, press: KeyPress): boolean {
    return (this.byId(id)?.keys ?? []).some((keys) => {
      const [step, ...more] = parseKeys(keys);
      return step !== undefined && more.length === 0 && matchesStep(step, press, this.#platform);
    });
  }

  /**
   * Runs what a key press stands for. Returns whether it was taken (or begins a sequence).
   * @param restricted a text field or a dialog has the keyboard: only commands that work everywhere
   */
  press(press: KeyPress, restricted: boolean): boolean {
    const presses = [...this.#pending, press];
    this.#forget();
    const fits = ({ steps }: Listening, count: number): boolean =>
      presses.every((made, at) => {
        const step = steps[at];
        return step !== undefined && matchesStep(step, made, this.#platform);
      }) &&
      (count === 0 || steps.length === count);
    const single = this.#singleKeys();
    const offered = this.#listening.filter(
      ({ command, steps }) =>
        // What types a character would take it away from the text.
        (!restricted || (command.everywhere && !steps.some((step) => types(step, this.#platform)))) &&
        (single || !steps.some(({ key, mod }) => key.length === 1 && !mod)) &&
        (command.enabled?.() ?? true),
    );
    const done = offered.find((listening) => fits(listening, presses.length));
    if (done) {
      done.command.run();
      return true;
    }
    if (offered.some((listening) => fits(listening, 0))) {
      this.#pending = presses;
      this.#timer = setTimeout(() => this.#forget(), sequenceMs);
      return true;
    }
    // Not a sequence after all: the key may still mean something by itself.
    return presses.length > 1 ? this.press(press, restricted) : false;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#pending = [];
  }

  [Symbol.dispose](): void {
    this.#forget();
  }
}
