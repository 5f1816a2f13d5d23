import type { LineKind } from "../estimate/estimate.ts";
import { assemble } from "./assembly.ts";
import { classify } from "./classes.ts";
import { toLine } from "./lines.ts";
import { NOTE_REASONS, UNREAD_REASONS } from "./reasons.ts";
import { readAll } from "./rows.ts";
import type { Columns } from "./table.ts";
import { readRows } from "./text.ts";
import type { ParsedEstimate, ParsedLine } from "./types.ts";

/**
 * Reads what foremen paste: names with quantity, unit and price in any usual order and spelling,
 * headings, tables copied from Excel, totals. Deterministic, linear in the length of the text, never
 * throws. The spellings are listed in `quick_add.test.ts`.
 */
export function parseQuickAdd(text: string): ParsedEstimate {
  const rows = readRows(text);
  const readings = readAll(rows);
  return assemble(rows, readings, classify(rows, readings));
}

/**
 * Reads a spreadsheet whose columns are known (`skipRows` stand above the data); line numbers are those
 * of the sheet. Cells are text as a person sees them.
 */
export function parseQuickTable(
  cells: readonly (readonly string[])[],
  columns: Columns,
  skipRows = 0,
): ParsedEstimate {
  const lines = cells.map((row, index) => {
    return index < skipRows ? "" : row.map((cell) => cell.replace(/\s+/g, " ")).join("\t");
  });
  const rows = readRows(lines.join("\n"));
  const readings = readAll(rows, columns);
  return assemble(rows, readings, classify(rows, readings));
}

/** One position typed by itself: «Штукатурка стен 120 м2 450». The reason is a Russian sentence. */
export function parseQuickLine(
  text: string,
  kind: LineKind = "work",
):
  | { readonly ok: true; readonly line: ParsedLine }
  | { readonly ok: false; readonly reason: string } {
  const rows = readRows(text);
  const [row, ...others] = rows;
  const [reading] = readAll(rows.slice(0, 1));
  if (!row || !reading) return { ok: false, reason: UNREAD_REASONS.no_numbers };
  if (others.length > 0) return { ok: false, reason: UNREAD_REASONS.several_items };
  if (reading.kind === "positions") {
    const [draft, ...more] = reading.drafts;
    if (!draft || more.length > 0) return { ok: false, reason: UNREAD_REASONS.several_items };
    return { ok: true, line: toLine(draft, row, kind) };
  }
  if (reading.kind !== "side") return { ok: false, reason: UNREAD_REASONS[reading.code] };
  const isNote = reading.row.kind === "note";
  return { ok: false, reason: isNote ? NOTE_REASONS[reading.row.code] : UNREAD_REASONS.no_numbers };
}

/**
 * True for a text that was surely meant as positions of an estimate, so that the chat may offer
 * «Создать смету из этого?». Talk with a stray number in it, an address or a phone is none.
 */
export function looksLikeList(text: string): boolean {
  return isSurelyList(parseQuickAdd(text));
}

/** `looksLikeList` of a text that was read already. */
export function isSurelyList({ sections, unread }: ParsedEstimate): boolean {
  const lines = sections.flatMap((section) => section.lines);
  const certain = lines.filter((line) => line.price !== null && !isGuessed(line)).length;
  const counted = lines.filter((line) => line.price === null && !isGuessed(line)).length;
  const isMostlyRead = lines.length >= unread.length;
  if (certain > 0 && isMostlyRead) return true;
  return unread.length === 0 && lines.length >= 2 && (counted >= 2 || counted === 0);
}

function isGuessed({ warnings }: ParsedLine): boolean {
  return warnings.some(
    ({ code }) => code === "quantity_assumed" || code === "unit_assumed" || code === "no_quantity",
  );
}
