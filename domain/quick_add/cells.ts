import { powerOfTen } from "../decimal.ts";
import { normaliseUnit } from "../units.ts";
import { composeDraft, type DraftResult } from "./draft.ts";
import type { NumberElement } from "./numbers.ts";
import { isProduct } from "./prices.ts";
import { type Columns, isNumber, isUnit, readCell } from "./table.ts";
import { squeeze } from "./text.ts";
import { withRemark } from "./tokens.ts";

export type CellsReading =
  | { readonly kind: "position"; readonly result: DraftResult }
  /** One filled cell: a heading or a remark. */
  | { readonly kind: "text"; readonly text: string };

const NUMBERING = /^(?:№ ?)?\d{1,4}(?:\.\d{1,3})*[.)]?$/;
const PERCENT = /^\d[\d.,]* ?%$/;
/** More filled cells than any table of an estimate has; which is which is not to be found out. */
const MAX_FILLED = 20;
const EMPTY = /^[-–—\s]*$/;

/** Reads a row whose columns are known, or finds out what each cell is. */
export function readCells(cells: readonly string[], columns: Columns | null): CellsReading {
  const all = cells.filter((cell) => !EMPTY.test(cell));
  const [first = "", second = ""] = all;
  const filled = NUMBERING.test(first) && !isNumber(second) ? all.slice(1) : all;
  if (filled.length === 1) return { kind: "text", text: filled[0] ?? "" };
  const known = columns === null ? null : readByColumns(cells, columns);
  if (known) return known;
  return filled.length > MAX_FILLED ? refuse("too_many_numbers") : readByContent(filled);
}

/** A row as the text of its name and its last number, for «Итого» and «Скидка». */
export function summaryOf(cells: readonly string[]): string {
  const name = cells.find((cell) => /\p{L}/u.test(cell)) ?? "";
  const amount = cells.findLast((cell) => isNumber(cell) || PERCENT.test(cell)) ?? "";
  return squeeze(`${name} ${amount}`);
}

function readByColumns(cells: readonly string[], columns: Columns): CellsReading | null {
  const cell = (column: number | null) => (column === null ? "" : (cells[column] ?? ""));
  const name = cell(columns.name);
  const values = [columns.quantity, columns.price, columns.sum].map((column) => cell(column));
  if (name === "") return null;
  if (values.every((value) => EMPTY.test(value))) return { kind: "text", text: name };
  if (values.some(isNegative)) return refuse("negative");
  const [quantity = null, price = null, sum = null] = values.map(readCell);
  const unclear = values.filter((value) => readCell(value) === null && !EMPTY.test(value));
  if (unclear.some((value) => /\d/.test(value))) return null;
  const unit = normaliseUnit(cell(columns.unit));
  return position({ name: withRemark(name, unclear.join(", ")), unit, quantity, price, sum });
}

function readByContent(cells: readonly string[]): CellsReading {
  if (cells.some(isNegative)) return refuse("negative");
  const name = cells.find(
    (cell) => /\p{L}/u.test(cell) && readCell(cell) === null && !isUnit(cell),
  );
  if (name === undefined) return refuse("no_name");

  const others = cells.filter((cell) => cell !== name);
  const base = others.find(isBase);
  if (base !== undefined) return readBase(name, base, others);
  const numbers = others.map(readCell).filter((number) => number !== null);
  if (numbers.filter(({ unit }) => unit !== null).length > 1) return refuse("ambiguous_quantity");
  const words = others.filter((cell) => readCell(cell) === null);
  const unitCell = words.find(isUnit) ?? words.find((word) => word.length <= 12) ?? "";
  const unit = normaliseUnit(unitCell);
  const remark = words.find((word) => word !== unitCell);
  const isUnitFirst = cells.indexOf(unitCell) < cells.findIndex(isNumber);
  const roles = assign(numbers, unit !== null, isUnitFirst);
  return roles === null
    ? refuse(
        numbers.length > 3
          ? "too_many_numbers"
          : numbers.length === 0
            ? "no_numbers"
            : "ambiguous_number",
      )
    : position({ name: withRemark(name, remark ?? ""), unit, ...roles });
}

/** «Окраска | 100 м2 | 2,5 | 45000»: counted in hundreds, as norms are. */
function readBase(name: string, base: string, others: readonly string[]): CellsReading {
  const numbers = others.filter((cell) => cell !== base).map(readCell);
  const [quantity = null, price = null, sum = null] = numbers.filter((number) => number !== null);
  return position({ name, unit: normaliseUnit(base), quantity, price, sum });
}

/** True for «100 м2» in a row with two more numbers that are no price and sum of it. */
function isBase(cell: string, _index: number, others: readonly string[]): boolean {
  const base = readCell(cell);
  if (!base?.unit || !/^10+$/.test(base.digits)) return false;
  const [first, second] = others.filter((other) => other !== cell).map(readCell);
  return first?.unit === null && second?.unit === null && !isProduct(base, first, second);
}

interface Roles {
  readonly quantity: NumberElement | null;
  readonly price: NumberElement | null;
  readonly sum: NumberElement | null;
}

/** In the order of the columns: quantity, price, sum. More numbers than that are told by their product. */
function assign(
  numbers: readonly NumberElement[],
  hasUnit: boolean,
  isUnitFirst: boolean,
): Roles | null {
  const counted = numbers.find((number) => number.unit !== null) ?? null;
  if (counted) {
    const [price = null, sum = null, more] = numbers.filter((number) => number !== counted);
    return more === undefined ? { quantity: counted, price, sum } : null;
  }
  if (numbers.length > 3) return findProduct(numbers);
  const [first = null, second = null, third = null] = numbers;
  if (first === null) return null;
  if (second !== null) return { quantity: first, price: second, sum: third };
  if (first.isMoney || first.per) return { quantity: null, price: first, sum: null };
  if (hasUnit) return isUnitFirst ? null : { quantity: first, price: null, sum: null };
  return first.decimal.units >= 100n * powerOfTen(first.decimal.scale)
    ? { quantity: null, price: first, sum: null }
    : null;
}

function findProduct(numbers: readonly NumberElement[]): Roles | null {
  for (const [index, quantity] of numbers.entries()) {
    const [price, sum] = [numbers[index + 1], numbers[index + 2]];
    if (price && sum && isProduct(quantity, price, sum)) return { quantity, price, sum };
  }
  return null;
}

function position(parts: Roles & { name: string; unit: string | null }): CellsReading {
  return { kind: "position", result: composeDraft({ ...parts, warnings: [] }) };
}

function refuse(code: Extract<DraftResult, { ok: false }>["code"]): CellsReading {
  return { kind: "position", result: { ok: false, code } };
}

function isNegative(cell: string): boolean {
  return /^[-–—−] ?\d/.test(cell);
}
