import { findUnit } from "../units.ts";
import { remembering } from "../remembering.ts";
import { isDigitAt } from "./characters.ts";
import { readLoneNumber } from "./lexer.ts";
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
    return { separator: "\t", cells: raw.split("\t", MAX_CELLS).map(tidyCell) };
  }
  const piped = raw.includes("|") ? raw.trim().replace(/^\||\|$/g, "") : "";
  const pipes = piped.split("|", MAX_CELLS);
  if (pipes.length >= 3) return { separator: "|", cells: pipes.map(tidyCell) };
  for (const [separator, parting] of SEPARATORS) {
    const parts = raw.split(parting, MAX_CELLS);
    if (parts.length < 3) continue;
    const cells = parts.map(tidyCell);
    const isRow = cells.slice(1).some(isUnit) && cells.some(isNumber);
    const isCsv = separator === ";" && (separator === headSeparator || readHead(cells) !== null);
    if (isRow || isCsv) return { separator, cells };
  }
  return null;
}

/** Without the quotes of CSV and the bold of markdown. */
function tidyCell(cell: string): string {
  const tidy = trimSigns(squeeze(cell), "*_");
  const bare = tidy.startsWith("*") || tidy.startsWith("_") ? tidy.replace(/^[*_]+/, "") : tidy;
  const isQuoted = bare.length > 1 && bare.startsWith('"') && bare.endsWith('"');
  return isQuoted ? bare.slice(1, -1).replaceAll('""', '"') : bare;
}

/** The meaning of the columns, when the cells are the head of a table. */
export function readHead(cells: readonly string[]): Columns | "unclear" | null {
  if (isRowOfNumbers(cells)) return "unclear";
  if (cells.some(isNumber)) return null;
  const found: Partial<Record<keyof Columns | "other", number>> = {};
  let known = 0;
  let unknown = 0;
  for (const [index, cell] of cells.entries()) {
    if (cell === "") continue;
    const isShort = cell.length <= 40;
    const column = isShort ? HEADS.find(([expression]) => expression.test(cell))?.[1] : undefined;
    if (column === undefined) {
      unknown += 1;
      if (unknown > 1) return null;
      continue;
    }
    known += 1;
    found[column] ??= index;
  }
  if (known < 2) return null;
  const { name, unit = null, quantity = null, sum = null } = found;
  const price = found.price ?? (quantity === null ? sum : null);
  if (name === undefined) return "unclear";
  return { name, unit, quantity, price: price ?? null, sum: price === sum ? null : sum };
}

/** The number of a cell that holds one and nothing else. A cell is asked about several times. */
export const readCell = remembering(64, readLoneNumber);

export function isNumber(cell: string): boolean {
  return readCell(cell) !== null;
}

export function isUnit(cell: string): boolean {
  return cell !== "" && cell.length <= 20 && !isDigitAt(cell, 0) && findUnit(cell) !== null;
}

/** «1 2 3 4 5 6» under the head: the columns' own numbers. */
function isRowOfNumbers(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length >= 3 && filled.every((cell, index) => cell === `${index + 1}`);
}
