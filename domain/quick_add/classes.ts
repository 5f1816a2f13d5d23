import {
  isPlainHeading,
  isRoom,
  isSameStyle,
  isSectionName,
  isSubject,
  isTitle,
  styleOf,
} from "./headings.ts";
import type { Reading } from "./rows.ts";
import type { Row } from "./text.ts";

/** What a row is among its neighbours. */
export type RowClass = "title" | "heading" | "positions" | "side" | "unread";

/** How far above a row its fellow is looked for: keeps a long list linear. */
const FAR = 100;
const MONEY = /₽|руб|\d ?р(?![а-яёa-z])|тыс/i;

/**
 * Tells headings and the title from positions that lack their numbers. A row of words is a heading when
 * it is written as one (colon, capitals, markdown), is numbered above its rows, is a word of sections, or
 * stands behind a blank row and before a position. Anything else is left for the person.
 */
export function classify(rows: readonly Row[], readings: readonly Reading[]): RowClass[] {
  const classes: RowClass[] = [];
  const firstOfContent = readings.findIndex(({ kind }) => kind !== "side");
  let next: Place["next"] = null;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const [row, reading] = [rows[index], readings[index]];
    if (!row || !reading) continue;
    const isFirst = index <= firstOfContent;
    const isItem = isAmongItems(index, rows, readings);
    const kind = classOf({ row, reading, next, isFirst, isItem });
    classes.push(kind);
    if (reading.kind !== "side" || reading.row.kind === "total") next = { row, kind };
  }
  return classes.toReversed();
}

interface Place {
  readonly row: Row;
  readonly reading: Reading;
  /** The next row that tells something about this one: neither a table's head nor a detail. */
  readonly next: { readonly row: Row; readonly kind: RowClass } | null;
  /** Nothing but greetings and the like stands above it. */
  readonly isFirst: boolean;
  /** Numbered like the position above it. */
  readonly isItem: boolean;
}

/** The nearest row above with numbering of the same depth is a position. */
function isAmongItems(index: number, rows: readonly Row[], readings: readonly Reading[]): boolean {
  const depth = depthOf(rows[index]);
  if (depth === 0) return false;
  for (let above = index - 1; above >= 0; above -= 1) {
    if (depthOf(rows[above]) === depth) return readings[above]?.kind === "positions";
    if (index - above > FAR) return false;
  }
  return false;
}

function classOf(place: Place): RowClass {
  const { reading, row, isFirst } = place;
  if (reading.kind === "side") {
    return isFirst && reading.row.kind === "note" && isSubject(row.text) ? "title" : "side";
  }
  if (isTitleOfAll(place)) return "title";
  if (reading.kind === "words") return isHeading(place) ? "heading" : "unread";
  if (reading.kind === "problem") return "unread";
  return isHeadingWithArea(place) ? "heading" : "positions";
}

/** Only the first row, and never one that names a price. */
function isTitleOfAll({ row, reading, next, isFirst }: Place): boolean {
  if (!isFirst || row.isTooLong || MONEY.test(row.text)) return false;
  if (reading.kind === "positions" && reading.drafts.some(({ isCertain }) => isCertain))
    return false;
  if (isTitle(row.text)) return next !== null || reading.kind === "words";
  const isNamed = reading.kind === "words" && !isSectionName(row.text);
  const hasArea =
    reading.kind === "positions" && reading.drafts.every(({ price }) => price === null);
  return next?.kind === "heading" && (isNamed || (hasArea && !isRoom(row.text)));
}

function isHeading({ row, reading, next, isItem }: Place): boolean {
  if (reading.kind !== "words") return false;
  const style = styleOf(row);
  if (isPlainHeading(style) || isCountedAnew(row, next, isItem)) return true;
  if (isItem || next === null || (row.bullet !== "" && row.bullet === next.row.bullet))
    return false;
  const nextDepth = depthOf(next.row);
  const isTogether = row.followsBlank && !next.row.followsBlank && reading.code === "no_numbers";
  if (next.kind === "positions") {
    if (row.numbering !== null) return style.depth !== nextDepth;
    return reading.isTableRow || isSectionName(row.text) || isTogether;
  }
  if (next.kind !== "heading" || isSameStyle(style, styleOf(next.row))) return false;
  return row.numbering === null ? isSectionName(row.text) || isTogether : style.depth < nextDepth;
}

/** «2. Стены» above «1. Покраска …»; «1.» above «1.» only where the list does not number all of its rows so. */
function isCountedAnew(row: Row, next: Place["next"], isItem: boolean): boolean {
  if (next?.kind !== "positions" || next.row.numbering !== "1") return false;
  return row.numbering === "1" ? !isItem : /^\d+$/.test(row.numbering ?? "");
}

function depthOf(row: Row | undefined): number {
  return row?.numbering?.split(".").length ?? 0;
}

/** «Ванная 4,2 м2:», «Кухня 12 м2» above its positions. */
function isHeadingWithArea({ row, reading, next, isItem }: Place): boolean {
  if (reading.kind !== "positions") return false;
  const [draft, ...others] = reading.drafts;
  if (!draft || others.length > 0 || draft.price !== null) return false;
  const style = styleOf(row);
  if (style.endsWithColon || style.isMarked) return true;
  if (!isRoom(row.text) || next?.kind !== "positions" || row.bullet !== "") return false;
  if (row.followsBlank || isCountedAnew(row, next, isItem)) return true;
  return row.numbering !== null && style.depth !== depthOf(next.row);
}
