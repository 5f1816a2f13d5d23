import type { Content, ContentTable, CustomTableLayout, TableCell } from "pdfmake/interfaces.js";

/** Points: A4 is 595,28 × 841,89. The left margin leaves room for a binder. */
export const PAGE_MARGINS = { left: 50, top: 42, right: 38, bottom: 54 } as const;
export const CONTENT_WIDTH = 595.28 - PAGE_MARGINS.left - PAGE_MARGINS.right;

/** Few and quiet, so that a black-and-white printer loses nothing. */
export const COLORS = {
  text: "#1b1f24",
  muted: "#66707c",
  line: "#dfe3e8",
  strongLine: "#8a94a0",
  band: "#f3f5f7",
  accent: "#17465a",
} as const;

export const SIZES = { title: 19, lead: 15, heading: 10, body: 9, table: 8.5, small: 7.5 } as const;

const NOTHING = () => 0;

/** A table that only arranges: no lines, no paddings. */
export const BARE_LAYOUT: CustomTableLayout = {
  hLineWidth: NOTHING,
  vLineWidth: NOTHING,
  paddingLeft: NOTHING,
  paddingRight: NOTHING,
  paddingTop: NOTHING,
  paddingBottom: NOTHING,
};

/** A small caption above or beside a value. */
export function caption(text: string): Content {
  return { text, fontSize: SIZES.small, color: COLORS.muted, lineHeight: 1.1 };
}

export function heading(text: string): Content {
  return { text, fontSize: SIZES.heading, bold: true, margin: [0, 0, 0, 4] };
}

/**
 * Side by side. Widths are exact: a column of width "*" grows past the page with a long word in it,
 * while in an exact one the word is broken.
 */
export function arrange(widths: number[], cells: TableCell[]): ContentTable {
  return { layout: BARE_LAYOUT, table: { widths, body: [cells] } };
}
