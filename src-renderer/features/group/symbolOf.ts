/** Finds the symbol of a mail on screen: what its dialog stands beside. */
import type { MessageRow } from '#shared/domain/message.ts';

/** In the pane that has the focus, else wherever it is drawn. */
export function symbolOf(row: MessageRow): Element | null {
  const symbols = [...document.querySelectorAll(`[data-group-of="${row.id}"]`)];
  const near = (symbol: Element): boolean =>
    symbol.closest('section')?.contains(document.activeElement) === true;
  return symbols.find(near) ?? symbols[0] ?? null;
}
