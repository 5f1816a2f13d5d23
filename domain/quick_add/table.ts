import { findUnit } from "../units.ts";
import { hasLetter, isDigitAt, isLetterAt } from "./characters.ts";
import { isOver, spend } from "./effort.ts";
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
/** Of a cell: to tidy it and ask whether it is a unit; to ask whether it is the head of a column. */
const EFFORT_OF = { cell: 5, head: 8 };
const HEADS: readonly (readonly [expression: RegExp, column: keyof Columns | "other"])[] = [
  [/^(?:№|n|п\/п|№ ?п\/?п|шифр|код|обосн|артикул)/i, "other"],
  [/цена|расценк|за ед|стоимость ед|тариф/i, "price"],
  [/^ед|изм/i, "unit"],
  [/кол|объ[её]м|к-во/i, "quantity"],
  [/сумм|стоим|итого|всего/i, "sum"],
  [/наимен|назван|работ|материал|позиц|вид/i, "name"],
];

/** The cells of a row, what parts them, and what they say of the columns below when they are a head. */
export interface Split {
  readonly cells: readonly string[];
  readonly separator: string;
  readonly columns: Columns | "unclear" | null;
}

/** What else than tabs and «|» parts cells, in the order in which it is tried. */
const SEPARATORS: readonly (readonly [separator: string, parting: string | RegExp])[] = [
  [";", ";"],
  [",", ", "],
  ["-", / [-–—] /],
];

/**
 * The cells of a row, or null when it is no table's row: tabs (copied from Excel), «|», «;», or «, » and
 * « - » where one of the cells is a unit alone. Below the head of a CSV every «;» parts cells. The row may take
 * effort `until`.
 */
export function splitCells(raw: string, headSeparator: string | null, until: number): Split | null {
  if (raw.includes("\t")) return split("\t", raw.split("\t", MAX_CELLS));
  const piped = raw.includes("|") ? raw.trim().replace(/^\||\|$/g, "") : "";
  const pipes = piped.split("|", MAX_CELLS);
  if (pipes.length >= 3) return split("|", pipes);
  for (const [separator, parting] of SEPARATORS) {
    const parts = raw.split(parting, MAX_CELLS);
    if (parts.length < 3) continue;
    if (separator === ";") {
      const rows = split(separator, parts);
      if (separator === headSeparator || rows.columns !== null) return rows;
    }
    if (isRow(parts, until)) return split(separator, parts);
  }
  return null;
}

function split(separator: string, parts: readonly string[]): Split {
  const cells: string[] = [];
  // No `map`, as in `rows.ts`.
  for (const part of parts) cells.push(tidyCell(part));
  return { separator, cells, columns: readHead(cells) };
}

/** A cell is tidied only where it may decide: most rows with commas and dashes are none of a table. */
function isRow(parts: readonly string[], until: number): boolean {
  const hasUnit = parts.some((part, index) => {
    if (index === 0 || isOver(until)) return false;
    const bare = part.trim();
    return mayBeUnit(bare) && isUnit(tidyCell(bare));
  });
  return hasUnit && parts.some((part) => !isOver(until) && isNumber(tidyCell(part)));
}

/** Most cells are too long, begin with a digit or have no letter. */
function mayBeUnit(cell: string): boolean {
  return cell.length <= LONGEST_PADDED_UNIT && !isDigitAt(cell, 0) && hasLetter(cell);
}

/** Without the quotes of CSV and the bold of markdown. */
function tidyCell(cell: string): string {
  spend(EFFORT_OF.cell);
  const even = squeeze(cell);
  if (isLetterAt(even, 0) && isLetterAt(even, even.length - 1)) return even;
  const tidy = trimSigns(even, "*_");
  const bare = tidy.startsWith("*") || tidy.startsWith("_") ? tidy.replace(/^[*_]+/, "") : tidy;
  const isQuoted = bare.length > 1 && bare.startsWith('"') && bare.endsWith('"');
  return isQuoted ? bare.slice(1, -1).replaceAll('""', '"') : bare;
}

/** The meaning of the columns, when the cells are the head of a table. */
function readHead(cells: readonly string[]): Columns | "unclear" | null {
  if (isRowOfNumbers(cells)) return "unclear";
  const found: Partial<Record<keyof Columns | "other", number>> = {};
  let known = 0;
  const unknown: string[] = [];
  for (const [index, cell] of cells.entries()) {
    if (cell === "") continue;
    const column = columnOf(cell);
    if (column === undefined) {
      unknown.push(cell);
      if (unknown.length > 1 && !(isSurelyHead(found) && unknown.every(isWording))) return null;
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

/** Three of an estimate's columns by their words: whatever others there are («ОЗП», «ЭМ»), it is a head. */
function isSurelyHead({ name, unit, quantity, price, sum }: Partial<Columns>): boolean {
  const others = [unit, quantity, price, sum].filter((column) => column !== undefined);
  return name !== undefined && others.length >= 2;
}

function isWording(cell: string): boolean {
  return cell.length <= LONGEST_HEAD && !/\d/.test(cell);
}

function columnOf(cell: string): keyof Columns | "other" | undefined {
  if (cell.length > LONGEST_HEAD) return undefined;
  spend(EFFORT_OF.head);
  return HEADS.find(([expression]) => expression.test(cell))?.[1];
}

/** The number of a cell that holds one and nothing else. */
export function readCell(cell: string): NumberElement | null {
  return beginsWithWord(cell) ? null : readLoneNumber(cell);
}

function isNumber(cell: string): boolean {
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
