/** The keys of a tree (WAI-ARIA's pattern), wherever one stands: where they lead, and what letters seek. */
import { treeMove, treeTypeahead } from './tree.ts';
import type { TreeItem, TreeLine } from './tree.ts';

const moves: Readonly<Record<string, Parameters<typeof treeMove>[2]>> = {
  ArrowDown: 'down',
  ArrowUp: 'up',
  ArrowRight: 'child',
  ArrowLeft: 'parent',
  Home: 'first',
  End: 'last',
};
/** Letters that follow each other faster are one word. */
const pauseMs = 700;

export class TreeKeys {
  #typed = '';
  #typedAt = 0;

  /** The key of the line that `pressed` leads to from the line `from`; null: it leads nowhere; undefined: it is no key of this kind. */
  target(
    lines: readonly TreeLine[],
    from: string,
    pressed: string,
    nameOf: (item: TreeItem) => string,
  ): string | null | undefined {
    const move = moves[pressed];
    if (move !== undefined) return treeMove(lines, from, move);
    if (pressed.length !== 1 || !/[\p{L}\p{N}]/u.test(pressed)) return undefined;
    const now = performance.now();
    this.#typed = now - this.#typedAt > pauseMs ? pressed : this.#typed + pressed;
    this.#typedAt = now;
    return treeTypeahead(lines, from, this.#typed, nameOf);
  }
}
