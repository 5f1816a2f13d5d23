import {
  type RefObject,
  startTransition,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Row } from "../estimate/outline.ts";

/**
 * Only rows near the window are in the page, and the window itself scrolls: inner scroll boxes make
 * inputs jump on iOS. Heights are fixed by kind, so a long estimate needs no measuring.
 */
export interface Layout {
  readonly heights: Readonly<Record<Row["kind"], number>>;
}

const NARROW: Layout = { heights: { section: 64, line: 92, adding: 64 } };
const WIDE: Layout = { heights: { section: 56, line: 48, adding: 56 } };
const WIDE_FROM = "(min-width: 720px)";

export function useLayout(): Layout {
  const [isWide, setIsWide] = useState(() => window.matchMedia(WIDE_FROM).matches);
  useEffect(() => {
    const media = window.matchMedia(WIDE_FROM);
    const follow = () => setIsWide(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  return isWide ? WIDE : NARROW;
}

/** The top of each row, and the height of all as the last number. */
export function topsOf(rows: readonly Row[], { heights }: Layout): Float64Array {
  const tops = new Float64Array(rows.length + 1);
  for (const [index, row] of rows.entries()) {
    tops[index + 1] = (tops[index] ?? 0) + heights[row.kind];
  }
  return tops;
}

/** The row at a height, by bisection; past the end the last one. */
export function rowAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle + 1] ?? Infinity) <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, Math.min(low, tops.length - 2));
}

/** Rows beyond each edge, so that a quick thumb does not see them come. */
const OVERSCAN = 8;
/** Rows that come and go together: what one costs is mostly what any frame with new rows costs. */
const STEP = 3;

/** The rows of a window whose top is at `top`; `last` is not included. */
export function rangeAt(
  tops: Float64Array,
  top: number,
  height: number,
): { first: number; last: number } {
  const count = tops.length - 1;
  const at = rowAt(tops, top);
  const uppermost = at - (at % STEP);
  // Reckoned from where the step ends, not from the window: rows come and go in one frame, not in two.
  const end = Math.max(top, tops[Math.min(count, uppermost + STEP)] ?? 0) + height;
  return {
    first: Math.max(0, uppermost - OVERSCAN),
    last: Math.min(count, rowAt(tops, end) + 1 + OVERSCAN),
  };
}

export interface VisibleRows {
  readonly tops: Float64Array;
  readonly first: number;
  /** Not included. */
  readonly last: number;
}

/**
 * The rows to show. `anchorKey`: the row that must not move on screen when rows come or go above it:
 * the edited one; without one, the first in sight.
 */
export function useVisibleRows(
  rows: readonly Row[],
  layout: Layout,
  list: RefObject<HTMLElement | null>,
  anchorKey: string | null,
): VisibleRows {
  const tops = useMemo(() => topsOf(rows, layout), [rows, layout]);
  const [range, setRange] = useState({ first: 0, last: 30 });
  const seen = useRef({ rows, tops, anchorKey });

  useLayoutEffect(() => {
    const before = seen.current;
    seen.current = { rows, tops, anchorKey };
    if (before.rows !== rows && before.rows.length > 0 && list.current) {
      const listTop = list.current.getBoundingClientRect().top;
      const index = before.rows.findIndex(({ key }) => key === (anchorKey ?? ""));
      const anchor = index >= 0 ? index : rowAt(before.tops, -listTop);
      const key = before.rows[anchor]?.key;
      const now = rows.findIndex((row) => row.key === key);
      // At the very top nothing is above that could push.
      if (now >= 0 && (index >= 0 || listTop < 0)) {
        const shift = (tops[now] ?? 0) - (before.tops[anchor] ?? 0);
        if (shift !== 0) window.scrollBy({ top: shift, behavior: "instant" });
      }
    }

    const update = () => {
      if (!list.current) return;
      const top = -list.current.getBoundingClientRect().top;
      const { first, last } = rangeAt(tops, top, window.innerHeight);
      setRange((known) => (known.first === first && known.last === last ? known : { first, last }));
    };
    update();
    // In slices, between which frames are drawn: the rows that come are not in sight yet.
    const follow = () => startTransition(update);
    window.addEventListener("scroll", follow, { passive: true });
    window.addEventListener("resize", update);
    return () => {
      window.removeEventListener("scroll", follow);
      window.removeEventListener("resize", update);
    };
  }, [rows, tops, list, anchorKey]);

  return { tops, ...range };
}
