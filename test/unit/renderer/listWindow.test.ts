import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchoredScroll, scrollToShow, virtualWindow } from '#renderer/features/list/virtualWindow.ts';

describe('the drawn part of a long list', () => {
  test('covers what is seen, and is bounded by it', () => {
    fc.assert(
      fc.property(
        fc.nat(5_000_000),
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer({ min: 20, max: 120 }),
        fc.nat(200_000),
        (scrollTop, viewport, rowHeight, count) => {
          const { start, end } = virtualWindow(scrollTop, viewport, rowHeight, count);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(count);
          expect(end - start).toBeLessThanOrEqual(Math.ceil(viewport / rowHeight) + 14);
          const first = Math.floor(scrollTop / rowHeight);
          if (first < count) expect(start).toBeLessThanOrEqual(first);
        },
      ),
    );
  });

  test.each([
    [0, 500, 300, 50, 0],
    [10, 0, 300, 50, 250],
    [3, 100, 300, 50, 100],
  ])('row %i at scroll position %i', (index, scrollTop, viewport, rowHeight, expected) => {
    expect(scrollToShow(index, scrollTop, viewport, rowHeight)).toBe(expected);
  });

  test('what is read stays where it is while mails arrive above it, except at the very top', () => {
    expect(anchoredScroll(1_000, 20, 23, 50)).toBe(1_150);
    expect(anchoredScroll(1_000, 20, 18, 50)).toBe(900);
    expect(anchoredScroll(0, 0, 3, 50)).toBe(0);
    expect(anchoredScroll(1_000, 20, -1, 50)).toBe(1_000);
  });
});
