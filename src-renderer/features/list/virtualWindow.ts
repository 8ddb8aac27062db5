/** Which rows of a long list are drawn. All rows have one height, so that any position is one multiplication. Pure. */

export interface VirtualWindow {
  /** First row drawn. */
  readonly start: number;
  /** One past the last. */
  readonly end: number;
}

/** Rows drawn above and below what is seen, so that scrolling does not flash. */
const overscan = 6;

export function virtualWindow(
  scrollTop: number,
  viewport: number,
  rowHeight: number,
  count: number,
): VirtualWindow {
  if (rowHeight <= 0 || count === 0) return { start: 0, end: 0 };
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const last = Math.ceil((Math.max(0, scrollTop) + viewport) / rowHeight);
  return { start: Math.max(0, Math.min(first, count) - overscan), end: Math.min(count, last + overscan) };
}

/** The scroll position that brings row `index` fully into view with the least movement. */
export function scrollToShow(index: number, scrollTop: number, viewport: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + viewport) return top + rowHeight - viewport;
  return scrollTop;
}

/**
 * The scroll position that leaves the first visible row where it was after rows came or went above it.
 * @param before index of that row before, @param after where it stands now; -1: it is gone, and nothing is moved
 */
export function anchoredScroll(scrollTop: number, before: number, after: number, rowHeight: number): number {
  // At the very top new mails are meant to be seen.
  if (scrollTop <= 0 || before < 0 || after < 0) return scrollTop;
  return Math.max(0, scrollTop + (after - before) * rowHeight);
}
