import { findUnit } from "../units.ts";
import { remembering } from "../remembering.ts";
import { isDigitAt, isLetterAt } from "./characters.ts";
import { currentEffort, effortSince, spend } from "./effort.ts";
import { beginsWithWord, readLoneNumber } from "./lexer.ts";
import type { NumberElement } from "./numbers.ts";
import { squeeze, trimSigns } from "./text.ts";

/** Which column of a table holds what, from 0. */
export interface Columns {
  readonly name: number;
  readonly unit: number | null;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly sum: number | null;
}

/** Wider than any table of an estimate. */
const MAX_CELLS = 40;
/** Of one column. */
const LONGEST_HEAD = 40;
const LONGEST_UNIT = 20;
/** Of the digits units have one at most, a power: «м2», «м3». */
const NO_POWER = /[014-9]|\d.*\d/;
/** With spaces between its words as some programs set them. */
const LONGEST_PADDED_UNIT = 40;
const HEADS: readonly (readonly [expression: RegExp, column: keyof Columns | "other"])[] = [
  [/^(?:№|n|п\/п|№ ?п\/?п)/i, "other"],
  [/цена|расценк|за ед|стоимость ед|тариф/i, "price"],
  [/^ед|изм/i, "unit"],
  [/кол|объ[её]м|к-во/i, "quantity"],
  [/сумм|стоим|итого|всего/i, "sum"],
  [/наимен|назван|работ|материал|позиц|вид/i, "name"],
];

/** The cells of a row and what parts them. */
export interface Cells {
  readonly cells: readonly string[];
  readonly separator: string;
}

/** What parts cells, in the order in which it is tried. */
const SEPARATORS: readonly (readonly [separator: string, parting: string | RegExp])[] = [
  [";", ";"],
  [",", ", "],
  ["-", / [-–—] /],
];

/**
 * The cells of a row, or null when it is no table's row: tabs (copied from Excel), «|», «;», or «, » and
 * « - » where one of the cells is a unit alone. Below the head of a CSV every «;» parts cells.
 */
export function splitCells(raw: string, headSeparator: string | null): Cells | null {
  if (raw.includes("\t")) {
    return { separator: "\t", cells: tidyCells(raw.split("\t", MAX_CELLS)) };
  }
  const piped = raw.includes("|") ? raw.trim().replace(/^\||\|$/g, "") : "";
  const pipes = piped.split("|", MAX_CELLS);
  if (pipes.length >= 3) return { separator: "|", cells: tidyCells(pipes) };
  for (const [separator, parting] of SEPARATORS) {
    const parts = raw.split(parting, MAX_CELLS);
    if (parts.length < 3) continue;
    const isCsv = separator === ";" && (separator === headSeparator || isHead(parts));
    if (isCsv || isRow(parts)) return { separator, cells: tidyCells(parts) };
  }
  return null;
}

/** A cell is tidied only where it may decide: most rows with commas and dashes are none of a table. */
function isRow(parts: readonly string[]): boolean {
  const hasUnit = parts.some((part, index) => {
    if (index === 0) return false;
    const bare = part.trim();
    return bare.length <= LONGEST_PADDED_UNIT && isUnit(tidyCell(bare));
  });
  return hasUnit && parts.some((part) => isNumber(tidyCell(part)));
}

/** As `readHead` says, but once two cells are no headings the others are not even tidied. */
function isHead(parts: readonly string[]): boolean {
  let unknown = 0;
  for (const part of parts) {
    const cell = tidyCell(part);
    if (cell === "1") break;
    if (cell !== "" && columnOf(cell) === undefined) unknown += 1;
    if (unknown > 1) return false;
  }
  return readHead(tidyCells(parts)) !== null;
}

/** No `map`, as in `rows.ts`. */
function tidyCells(parts: readonly string[]): string[] {
  const cells: string[] = [];
  for (const part of parts) cells.push(tidyCell(part));
  return cells;
}

/** Without the quotes of CSV and the bold of markdown. */
function tidyCell(cell: string): string {
  const even = squeeze(cell);
  if (isLetterAt(even, 0) && isLetterAt(even, even.length - 1)) return even;
  const tidy = trimSigns(even, "*_");
  const bare = tidy.startsWith("*") || tidy.startsWith("_") ? tidy.replace(/^[*_]+/, "") : tidy;
  const isQuoted = bare.length > 1 && bare.startsWith('"') && bare.endsWith('"');
  return isQuoted ? bare.slice(1, -1).replaceAll('""', '"') : bare;
}

/** The meaning of the columns, when the cells are the head of a table. */
export function readHead(cells: readonly string[]): Columns | "unclear" | null {
  if (isRowOfNumbers(cells)) return "unclear";
  const found: Partial<Record<keyof Columns | "other", number>> = {};
  let known = 0;
  let unknown = 0;
  for (const [index, cell] of cells.entries()) {
    if (cell === "") continue;
    const column = columnOf(cell);
    if (column === undefined) {
      unknown += 1;
      if (unknown > 1) return null;
      continue;
    }
    known += 1;
    found[column] ??= index;
  }
  if (known < 2 || cells.some(isNumber)) return null;
  const { name, unit = null, quantity = null, sum = null } = found;
  const price = found.price ?? (quantity === null ? sum : null);
  if (name === undefined) return "unclear";
  return { name, unit, quantity, price: price ?? null, sum: price === sum ? null : sum };
}

function columnOf(cell: string): keyof Columns | "other" | undefined {
  if (cell.length > LONGEST_HEAD) return undefined;
  return HEADS.find(([expression]) => expression.test(cell))?.[1];
}

/** The number of a cell that holds one and nothing else. */
export function readCell(cell: string): NumberElement | null {
  if (beginsWithWord(cell)) return null;
  const before = currentEffort();
  const { number, effort } = readNumberOnce(cell);
  // What was read before does not make a row cheaper than it is.
  spend(effort - effortSince(before));
  return number;
}

/** A cell is asked about several times. */
const readNumberOnce = remembering(64, (cell) => {
  const before = currentEffort();
  const number = readLoneNumber(cell);
  return { number, effort: effortSince(before) };
});

export function isNumber(cell: string): boolean {
  return readCell(cell) !== null;
}

export function isUnit(cell: string): boolean {
  if (cell === "" || cell.length > LONGEST_UNIT || isDigitAt(cell, 0)) return false;
  return !NO_POWER.test(cell) && findUnit(cell) !== null;
}

/** «1 2 3 4 5 6» under the head: the columns' own numbers. */
function isRowOfNumbers(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length >= 3 && filled.every((cell, index) => cell === `${index + 1}`);
}
