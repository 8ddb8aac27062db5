/** The parts of the window that the keyboard goes round (F6), and how each takes the focus. */
import { toDisposable } from '#shared/base/disposables.ts';

export const paneOrder = ['folders', 'list', 'reader', 'status'] as const;
/** The search box can be gone to, and is part of the list's pane on the way round. */
export type PaneName = (typeof paneOrder)[number] | 'search';

export interface Pane {
  readonly element: HTMLElement;
  /** Puts the focus on what matters in it; false where there is nothing to stand on. */
  readonly focus: () => boolean;
  /** What a page is scrolled of. */
  readonly scroller?: () => HTMLElement | undefined;
}

/** Of a page that is scrolled, so much stays in view. */
const keptPx = 48;

export class Panes {
  readonly #panes = new Map<PaneName, Pane>();

  add(name: PaneName, pane: Pane): Disposable {
    this.#panes.set(name, pane);
    return toDisposable(() => {
      if (this.#panes.get(name) === pane) this.#panes.delete(name);
    });
  }

  focus(name: PaneName): boolean {
    return this.#panes.get(name)?.focus() ?? false;
  }

  holdsFocus(name: PaneName): boolean {
    return this.#panes.get(name)?.element.contains(document.activeElement) ?? false;
  }

  /** From the pane that has the focus on to the next (or back) that can take it. */
  move(step: 1 | -1): void {
    const at = paneOrder.findIndex((name) => this.#panes.get(name)?.element.contains(document.activeElement));
    const from = at < 0 ? (step === 1 ? -1 : 0) : at;
    for (let hop = 1; hop <= paneOrder.length; hop += 1) {
      const name = paneOrder[(from + step * hop + paneOrder.length * 2) % paneOrder.length];
      if (name && this.focus(name)) return;
    }
  }

  /** A page on (or back); false where the end was reached before. */
  scrollPage(name: PaneName, step: 1 | -1): boolean {
    const scroller = this.#panes.get(name)?.scroller?.();
    if (!scroller) return false;
    const before = scroller.scrollTop;
    const end = scroller.scrollHeight - scroller.clientHeight;
    if (step === 1 ? before >= end - 1 : before <= 0) return false;
    scroller.scrollBy({ top: step * Math.max(keptPx, scroller.clientHeight - keptPx) });
    return true;
  }
}
