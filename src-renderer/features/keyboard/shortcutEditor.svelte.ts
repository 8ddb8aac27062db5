/** Gives commands other shortcuts: recorded by pressing them, taken away, set back. What is in the way is named, and the person decides. */
import type { HostBridge } from '#shared/contract/host.ts';
import type { Settings } from '#shared/contract/app.ts';
import type { Command, Commands } from '../../app/commands.svelte.ts';
import { conflictsOf, presetKeys, taking, type Conflict } from '../../app/keymap.ts';
import { isNeededElsewhere, takerOf, type Taker } from '../../app/reservedKeys.ts';
import { stepText, type KeyPress, type Platform } from '../../app/shortcuts.ts';

/** So long a second key of a sequence is waited for. */
const sequenceMs = 1_200;
const maxSteps = 2;

/** What was pressed, and what is to be decided before the command has it. */
export interface Recorded {
  readonly id: string;
  readonly keys: string;
  readonly conflicts: readonly Conflict<Command>[];
  readonly taker: Taker | null;
}

export interface ShortcutEditorParts {
  readonly commands: Pick<Commands, 'all' | 'own'>;
  readonly preferences: {
    readonly values: Pick<Settings, 'keymap' | 'shortcuts'>;
    set(change: Partial<Pick<Settings, 'keymap' | 'shortcuts'>>): Promise<void>;
  };
  readonly platform: Platform;
  readonly host: HostBridge['kind'];
}

export class ShortcutEditor implements Disposable {
  /** The command whose shortcut is being pressed. */
  recording = $state<string | null>(null);
  steps = $state.raw<readonly string[]>([]);
  /** A key was pressed that cannot be (the beginning of) a shortcut. */
  refused = $state<string | null>(null);
  /** Waits for the person's decision. */
  pending = $state.raw<Recorded | null>(null);
  readonly #parts: ShortcutEditorParts;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ShortcutEditorParts) {
    this.#parts = parts;
  }

  record(id: string): void {
    this.cancel();
    this.recording = id;
  }

  /** Ends a recording, and drops what waits for a decision. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.recording = null;
    this.steps = [];
    this.refused = null;
    this.pending = null;
  }

  /** Takes a key press while recording. */
  press(press: KeyPress): void {
    if (this.recording === null) return;
    clearTimeout(this.#timer);
    const step = stepText(press, this.#parts.platform);
    if (step === null) return;
    if (this.steps.length === 0 && isNeededElsewhere(step)) {
      this.refused = step;
      return;
    }
    this.refused = null;
    this.steps = [...this.steps, step];
    // Sequences begin with a character; what is pressed with Ctrl is complete.
    const mayGoOn = this.steps.length < maxSteps && step.length === 1;
    if (mayGoOn) this.#timer = setTimeout(() => this.#finish(), sequenceMs);
    else this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    const id = this.recording;
    const keys = this.steps.join(' ');
    this.recording = null;
    this.steps = [];
    const command = id === null ? undefined : this.#command(id);
    if (!command || keys === '') return;
    const conflicts = conflictsOf(keys, command, this.#parts.commands.all);
    const taker = takerOf(keys, this.#parts.host, this.#parts.platform);
    if (conflicts.length === 0 && taker === null) this.#write({ [command.id]: [keys] });
    else this.pending = { id: command.id, keys, conflicts, taker };
  }

  /** Gives the command what was pressed, and takes it from those that have it. */
  take(): void {
    const { pending } = this;
    const command = pending && this.#command(pending.id);
    this.pending = null;
    if (pending && command) this.#write(taking(pending.keys, command, this.#parts.commands.all));
  }

  remove(id: string): void {
    this.cancel();
    this.#write({ [id]: [] });
  }

  /** Gives a command the preset's shortcut again. */
  reset(id: string): void {
    this.cancel();
    const { [id]: _, ...others } = this.#parts.preferences.values.shortcuts;
    void this.#parts.preferences.set({ shortcuts: others });
  }

  resetAll(): void {
    this.cancel();
    void this.#parts.preferences.set({ shortcuts: {} });
  }

  choosePreset(keymap: Settings['keymap']): void {
    this.cancel();
    void this.#parts.preferences.set({ keymap });
  }

  changed(id: string): boolean {
    return Object.hasOwn(this.#parts.preferences.values.shortcuts, id);
  }

  /** Who else has one of the command's keys: where keys of the person's meet those of a preset. */
  sharedWith(command: Command): readonly Conflict<Command>[] {
    return (command.keys ?? []).flatMap((keys) => conflictsOf(keys, command, this.#parts.commands.all));
  }

  #command(id: string): Command | undefined {
    return this.#parts.commands.all.find((command) => command.id === id);
  }

  /** What a command would have anyway is no change. */
  #write(changes: Readonly<Record<string, readonly string[]>>): void {
    const { keymap, shortcuts } = this.#parts.preferences.values;
    const next = new Map(Object.entries(shortcuts));
    for (const [id, keys] of Object.entries(changes)) {
      const own = this.#parts.commands.own.find((command) => command.id === id);
      const usual = own ? presetKeys(keymap, own) : null;
      if (usual?.join('\n') === keys.join('\n')) next.delete(id);
      else next.set(id, [...keys]);
    }
    void this.#parts.preferences.set({ shortcuts: Object.fromEntries(next) });
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
