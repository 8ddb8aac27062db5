/** Key presses of the whole window, brought to the commands: not those that belong to a text, a menu or a dialog. */
import { toDisposable } from '#shared/base/disposables.ts';
import type { Commands } from './commands.svelte.ts';
import type { KeyPress } from './shortcuts.ts';

const textual = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** Inputs that take no text: single letters are free there. */
const textless = new Set(['checkbox', 'radio', 'button', 'submit', 'range', 'color', 'file']);

function takesText(target: Element): boolean {
  const field = target.closest(textual);
  return field !== null && !(field instanceof HTMLInputElement && textless.has(field.type));
}

/** Keys that only change what others mean. */
export function isModifier(key: string): boolean {
  return ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph'].includes(key);
}

export function keyPressOf(event: KeyboardEvent): KeyPress {
  return {
    key: event.key === ' ' ? 'Space' : event.key,
    ctrlKey: event.ctrlKey,
    metaKey: event.metaKey,
    shiftKey: event.shiftKey,
    altKey: event.altKey,
    altGraph: event.getModifierState('AltGraph'),
  };
}

/** @param modal is a modal dialog open? */
export function listenForKeys(page: Document, commands: Commands, modal: () => boolean): Disposable {
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.key === 'Process' || event.key === 'Dead')
      return;
    if (isModifier(event.key)) return;
    const { target } = event;
    if (!(target instanceof Element) || target.closest('[role="menu"]')) return;
    // On a control they press it.
    if (
      (event.key === 'Enter' || event.key === ' ') &&
      !event.ctrlKey &&
      !event.metaKey &&
      target !== page.body
    )
      return;
    const taken = commands.press(
      keyPressOf(event),
      modal() || takesText(target) || target.closest('[role="dialog"]') !== null,
    );
    if (taken) event.preventDefault();
  };
  page.addEventListener('keydown', onKeydown);
  return toDisposable(() => page.removeEventListener('keydown', onKeydown));
}
