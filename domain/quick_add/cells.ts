import { powerOfTen } from "../decimal.ts";
import { normaliseUnit } from "../units.ts";
import { composeDraft, type DraftResult } from "./draft.ts";
import { isOver } from "./effort.ts";
import type { NumberElement } from "./numbers.ts";
import { isProduct } from "./prices.ts";
import { type Columns, isUnit, readCell } from "./table.ts";
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

/** A cell of a row that may take effort `until`. Its number is undefined until it is asked for. */
export interface Cell {
  readonly text: string;
  readonly until: number;
  number: NumberElement | null | undefined;
}

/** Null for a cell that holds anything but one number, and where the row has taken too much already. */
function numberOf(cell: Cell): NumberElement | null {
  if (cell.number === undefined) cell.number = isOver(cell.until) ? null : readCell(cell.text);
  return cell.number;
}

function hasNumber(cell: Cell): boolean {
  return numberOf(cell) !== null;
}

/** Reads a row whose columns are known, or finds out what each cell is. */
export function readCells(cells: readonly Cell[], columns: Columns | null): CellsReading {
  const all = cells.filter(({ text }) => !EMPTY.test(text));
  const [first, second] = all;
  const isNumbered =
    first !== undefined && NUMBERING.test(first.text) && !(second && hasNumber(second));
  const filled = isNumbered ? all.slice(1) : all;
  if (filled.length === 1) return { kind: "text", text: filled[0]?.text ?? "" };
  const known = columns === null ? null : readByColumns(cells, columns);
  if (known) return known;
  return filled.length > MAX_FILLED ? refuse("too_many_numbers") : readByContent(filled);
}

/** A row as the text of its name and its last number, for «Итого» and «Скидка». */
export function summaryOf(cells: readonly Cell[]): string {
  const name = cells.find(({ text }) => /\p{L}/u.test(text))?.text ?? "";
  const amount = cells.findLast((cell) => hasNumber(cell) || PERCENT.test(cell.text))?.text ?? "";
  return squeeze(`${name} ${amount}`);
}

function readByColumns(cells: readonly Cell[], columns: Columns): CellsReading | null {
  const cellOf = (column: number | null) => (column === null ? undefined : cells[column]);
  const name = cellOf(columns.name)?.text ?? "";
  const values = [columns.quantity, columns.price, columns.sum].map(cellOf);
  if (name === "") return null;
  const filled = values.flatMap((value) => (value && !EMPTY.test(value.text) ? [value] : []));
  if (filled.length === 0) return { kind: "text", text: name };
  if (filled.some(isNegative)) return refuse("negative");
  const unclear = filled.flatMap((value) => (hasNumber(value) ? [] : [value.text]));
  if (unclear.some((text) => /\d/.test(text))) return null;
  const [quantity = null, price = null, sum = null] = values.map(
    (value) => value && numberOf(value),
  );
  const unit = normaliseUnit(cellOf(columns.unit)?.text ?? "");
  return position(withRemark(name, unclear.join(", ")), unit, { quantity, price, sum });
}

function readByContent(cells: readonly Cell[]): CellsReading {
  if (cells.some(isNegative)) return refuse("negative");
  const name = cells.find(
    (cell) => /\p{L}/u.test(cell.text) && !hasNumber(cell) && !isUnit(cell.text),
  )?.text;
  if (name === undefined) return refuse("no_name");

  const others = cells.filter(({ text }) => text !== name);
  const base = others.find(isBase);
  if (base !== undefined) return readBase(name, base.text, others);
  const numbers = numbersOf(others);
  if (numbers.filter(({ unit }) => unit !== null).length > 1) return refuse("ambiguous_quantity");
  const words = others.flatMap((cell) => (hasNumber(cell) ? [] : [cell.text]));
  const unitCell = words.find(isUnit) ?? words.find((word) => word.length <= 12) ?? "";
  const unit = normaliseUnit(unitCell);
  const remark = words.find((word) => word !== unitCell);
  const unitAt = cells.findIndex(({ text }) => text === unitCell);
  const roles = assign(numbers, unit !== null, unitAt < cells.findIndex(hasNumber));
  return roles === null
    ? refuse(
        numbers.length > 3
          ? "too_many_numbers"
          : numbers.length === 0
            ? "no_numbers"
            : "ambiguous_number",
      )
    : position(withRemark(name, remark ?? ""), unit, roles);
}

function numbersOf(cells: readonly Cell[]): NumberElement[] {
  return cells.map(numberOf).filter((number) => number !== null);
}

/** «Окраска | 100 м2 | 2,5 | 45000»: counted in hundreds, as norms are. */
function readBase(name: string, base: string, others: readonly Cell[]): CellsReading {
  const numbers = numbersOf(others.filter(({ text }) => text !== base));
  const [quantity = null, price = null, sum = null] = numbers;
  return position(name, normaliseUnit(base), { quantity, price, sum });
}

/** True for «100 м2» in a row with two more numbers that are no price and sum of it. */
function isBase(cell: Cell, _index: number, others: readonly Cell[]): boolean {
  const base = numberOf(cell);
  if (!base?.unit || !/^10+$/.test(base.digits)) return false;
  const [first, second] = others.filter(({ text }) => text !== cell.text).map(numberOf);
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

/** Parts are written in one order everywhere, so that V8 knows them as one kind of object. */
function position(name: string, unit: string | null, roles: Roles): CellsReading {
  const { quantity, price, sum } = roles;
  return {
    kind: "position",
    result: composeDraft({ name, quantity, unit, price, sum, warnings: [] }),
  };
}

function refuse(code: Extract<DraftResult, { ok: false }>["code"]): CellsReading {
  return { kind: "position", result: { ok: false, code } };
}

function isNegative({ text }: Cell): boolean {
  return /^[-–—−] ?\d/.test(text);
}
