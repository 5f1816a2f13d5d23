import { describe, expect, it } from "vitest";
import { rangeAt, rowAt } from "./virtual_rows.ts";

const LINE = 92; // px
const WINDOW = 844; // px
const ROWS = 200;
const tops = Float64Array.from({ length: ROWS + 1 }, (_, index) => index * LINE);

/** The ranges of a scroll, a quarter of a row at a time, from above the list to beneath it. */
function scrollThrough(): { top: number; first: number; last: number }[] {
  return Array.from({ length: (ROWS + 3) * 4 }, (_, index) => {
    const top = ((index - 8) * LINE) / 4;
    return { top, ...rangeAt(tops, top, WINDOW) };
  });
}

describe("the rows that are in the page", () => {
  it("are all in sight, and some beyond each edge", () => {
    for (const { top, first, last } of scrollThrough()) {
      expect(first).toBeLessThanOrEqual(Math.max(0, rowAt(tops, top) - 8));
      expect(last).toBeGreaterThanOrEqual(Math.min(ROWS, rowAt(tops, top + WINDOW) + 1 + 8));
    }
  });

  it("stay few", () => {
    const counts = scrollThrough().map(({ first, last }) => last - first);
    expect(Math.max(...counts)).toBeLessThan(WINDOW / LINE + 8 + 8 + 6);
  });

  it("come and go in the same step, every third row", () => {
    const ranges = scrollThrough();
    const steps = ranges.filter(({ first, last }, index) => {
      const before = ranges[index - 1];
      return before && (before.first !== first || before.last !== last);
    });
    expect(steps.map(({ top }) => top)).toEqual(steps.map((_, index) => (index + 1) * 3 * LINE));
  });

  it("are none but the only one when there is no more", () => {
    expect(rangeAt(Float64Array.of(0, 64), 0, WINDOW)).toEqual({ first: 0, last: 1 });
  });
});
