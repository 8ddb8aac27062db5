/**
 * Shortcuts as text ("Mod+K", "Shift+I", "G I"): how they are read, matched against a key press, and drawn as key caps. Pure.
 * `Mod` is Ctrl, and Cmd on a Mac. Characters are matched as typed, so that "?" works wherever a keyboard has it.
 */
import type { Translate } from '#shared/i18n/translate.ts';

export type Platform = 'windows' | 'macos' | 'linux' | 'other';

export interface KeyStep {
  readonly key: string;
  readonly mod: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** What is read of a KeyboardEvent. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** AltGr types characters on many keyboards: then Ctrl and Alt are not meant. */
  readonly altGraph: boolean;
}

/** The steps of a sequence; most shortcuts have one. */
export function parseKeys(text: string): KeyStep[] {
  return text.split(' ').map((step) => {
    const parts = step.split('+');
    // "Mod++" is Mod and the plus sign.
    const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '');
    return { key, mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt') };
  });
}

/** A letter or a named key, where Shift makes a difference; on other characters Shift belongs to typing them. */
function shiftCounts(key: string): boolean {
  return key.length > 1 || /\p{L}/u.test(key);
}

export function matchesStep(step: KeyStep, press: KeyPress, platform: Platform): boolean {
  const mod = platform === 'macos' ? press.metaKey : press.ctrlKey && !press.altGraph;
  const other = platform === 'macos' ? press.ctrlKey : press.metaKey;
  const alt = press.altKey && !press.altGraph;
  if (step.mod !== mod || other || step.alt !== alt) return false;
  if (shiftCounts(step.key) && step.shift !== press.shiftKey) return false;
  return step.key.toLowerCase() === press.key.toLowerCase();
}

/** Is it the same key, whichever way it was written? */
export function sameStep(a: KeyStep, b: KeyStep): boolean {
  return (
    a.key.toLowerCase() === b.key.toLowerCase() &&
    a.mod === b.mod &&
    a.alt === b.alt &&
    (!shiftCounts(a.key) || a.shift === b.shift)
  );
}

/** Would a text field take it for something that is typed? */
export function types({ key, mod, alt }: KeyStep, platform: Platform): boolean {
  return !mod && !(alt && platform !== 'macos') && !/^F\d{1,2}$/.test(key);
}

/** The key press as a step of a shortcut; null where it is none: a dead key, or one with a modifier that shortcuts do not have. */
export function stepText(press: KeyPress, platform: Platform): string | null {
  const { key } = press;
  if (/^(?:Dead|Process|Unidentified|Compose)$/.test(key) || /\s/.test(key)) return null;
  const mod = platform === 'macos' ? press.metaKey : press.ctrlKey && !press.altGraph;
  if (platform === 'macos' ? press.ctrlKey : press.metaKey) return null;
  return [
    mod ? 'Mod' : '',
    press.altKey && !press.altGraph ? 'Alt' : '',
    press.shiftKey && shiftCounts(key) ? 'Shift' : '',
    key.length === 1 ? key.toUpperCase() : key,
  ]
    .filter(Boolean)
    .join('+');
}

const names: Partial<Record<string, Parameters<Translate>[0]>> = {
  Enter: 'key.enter',
  Escape: 'key.escape',
  Delete: 'key.delete',
  Space: 'key.space',
  Home: 'key.home',
  End: 'key.end',
  Insert: 'key.insert',
  Backspace: 'key.backspace',
  PageUp: 'key.pageUp',
  PageDown: 'key.pageDown',
};
const symbols: Partial<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** The caps to draw: one list a step. */
export function keyCaps(text: string, platform: Platform, t: Translate): string[][] {
  const plain = t as (key: Parameters<Translate>[0]) => string;
  return parseKeys(text).map(({ key, mod, shift, alt }) => {
    const named = names[key];
    const cap = symbols[key] ?? (named ? plain(named) : key.length === 1 ? key.toLocaleUpperCase() : key);
    if (platform === 'macos') return [mod ? '⌘' : '', alt ? '⌥' : '', shift ? '⇧' : '', cap].filter(Boolean);
    return [
      mod ? plain('key.ctrl') : '',
      alt ? plain('key.alt') : '',
      shift ? plain('key.shift') : '',
      cap,
    ].filter(Boolean);
  });
}

/** For `aria-keyshortcuts`, which knows no sequences: undefined for those. */
export function ariaKeys(text: string, platform: Platform): string | undefined {
  const steps = parseKeys(text);
  const step = steps[0];
  if (steps.length !== 1 || !step) return undefined;
  const mod = platform === 'macos' ? 'Meta' : 'Control';
  return [step.mod ? mod : '', step.alt ? 'Alt' : '', step.shift ? 'Shift' : '', step.key]
    .filter(Boolean)
    .join('+');
}
