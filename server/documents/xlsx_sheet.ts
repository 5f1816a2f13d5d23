import type { Cell, CellObject } from "write-excel-file/node";
import { formatMoney, type Kopecks } from "../../domain/money.ts";
import { formatQuantity, type Quantity } from "../../domain/quantity.ts";
import { COLORS } from "./pdf_style.ts";

/** Columns of the sheet, from A. */
export const COLUMNS = [
  "index",
  "name",
  "unit",
  "quantity",
  "price",
  "amount",
  "kind",
  "note",
] as const;
export type ColumnName = (typeof COLUMNS)[number];
/** In characters of the default font. */
export const WIDTHS: Readonly<Record<ColumnName, number>> = {
  index: 6,
  name: 54,
  unit: 9,
  quantity: 11,
  price: 14,
  amount: 17,
  kind: 11,
  note: 36,
};

const ROW_HEIGHT = 16;
const LINE_HEIGHT = 13;
/** The highest row that Excel knows. */
const MAX_HEIGHT = 409;

type Look = Omit<CellObject, "value" | "type">;

/** Excel shows the group and decimal marks of its own language: «1 234,56» in Russian. */
const MONEY_FORMAT = "#,##0.00";

/** Excel and LibreOffice keep fifteen digits. */
const EXACT_LIMIT = 10n ** 15n;

export function isExact(amount: Kopecks): boolean {
  return amount < EXACT_LIMIT && amount > -EXACT_LIMIT;
}

/**
 * Whether a spreadsheet's product of two decimals can be rounded rightly: with more digits than it keeps,
 * it can't tell an exact half of a kopeck from a bit less.
 */
export function isExactProduct(a: bigint, b: bigint): boolean {
  return countDigits(a) + countDigits(b) <= 15;
}

/** Zeros at the end do not count: 12.5 and 12.5000000 are three digits. */
function countDigits(value: bigint): number {
  return String(value).replace("-", "").replace(/0+$/, "").length;
}

export function addressOf(column: ColumnName, row: number): string {
  return `${"ABCDEFGH"[COLUMNS.indexOf(column)] ?? ""}${row}`;
}

/**
 * A sheet that is being filled from top to bottom. Rows are counted from 1, as people see them.
 * `cached` are the results of formulas: what a phone shows that does not calculate.
 */
export interface Sheet {
  readonly rows: Cell[][];
  readonly cached: Map<string, string>;
  /** False: a sum has more digits than a spreadsheet keeps, so nothing is computed there. */
  readonly hasFormulas: boolean;
}

/** @param height in points */
export function addRow(
  sheet: Sheet,
  cells: Partial<Record<ColumnName, CellObject>> = {},
  height = ROW_HEIGHT,
): number {
  const row: (CellObject | null)[] = COLUMNS.map((column) => cells[column] ?? null);
  const first = row.findIndex((cell) => cell !== null);
  if (first !== -1) row[first] = { ...row[first], height };
  sheet.rows.push(row);
  return sheet.rows.length;
}

/**
 * How high a row must be for wrapped texts. Excel measures by itself only rows without a height, other
 * programs not even these.
 */
export function heightFor(column: ColumnName, ...texts: readonly string[]): number {
  const perLine = WIDTHS[column] * 1.1;
  const lines = texts.map((value) => Math.max(1, Math.ceil(value.length / perLine)));
  return Math.min(MAX_HEIGHT, ROW_HEIGHT + (Math.max(1, ...lines) - 1) * LINE_HEIGHT);
}

/** The number that the next row will have. */
export function nextRow(sheet: Sheet): number {
  return sheet.rows.length + 1;
}

/**
 * A text that stays a text: a shared string is never computed, and the format «@» keeps it so when
 * somebody edits the cell (OWASP, CSV injection).
 */
export function text(value: string, look: Look = {}): CellObject {
  if (value === "") return { ...look, value: "", type: String };
  return { ...look, value, type: String, ...(/^[=+\-@\t\r]/.test(value) && { format: "@" }) };
}

export function number(value: number, look: Look = {}): CellObject {
  return { ...look, value, type: Number };
}

export function quantity(value: Quantity, look: Look = {}): CellObject {
  return number(Number(formatQuantity(value)), look);
}

export function money(value: Kopecks, look: Look = {}): CellObject {
  const decimal = formatMoney(value);
  if (!isExact(value)) return text(decimal, { ...look, align: "right" });
  return number(Number(decimal), { ...look, format: MONEY_FORMAT });
}

/** A sum with the formula that gives it, for the row that comes next. */
export function formula(
  sheet: Sheet,
  column: ColumnName,
  /** Null: the figure stands as it is, for a spreadsheet could get it wrong. */
  expression: string | null,
  value: Kopecks,
  look: Look = {},
): CellObject {
  if (!sheet.hasFormulas || expression === null) return money(value, look);
  sheet.cached.set(addressOf(column, nextRow(sheet)), formatMoney(value));
  return { ...look, value: expression, type: "Formula", format: MONEY_FORMAT };
}

/** The text runs over the whole width; the covered cells are dropped by the library. */
export function wide(value: string, columns: number, look: Look = {}): CellObject {
  return text(value, { ...look, columnSpan: columns });
}

export const LOOKS = {
  title: { fontWeight: "bold", fontSize: 14, textColor: COLORS.accent },
  muted: { textColor: COLORS.muted },
  bold: { fontWeight: "bold" },
  head: {
    fontWeight: "bold",
    backgroundColor: COLORS.band,
    wrap: true,
    alignVertical: "center",
    bottomBorderStyle: "thin",
    bottomBorderColor: COLORS.strongLine,
  },
  section: { fontWeight: "bold", backgroundColor: COLORS.band, alignVertical: "center" },
  cell: {
    alignVertical: "top",
    bottomBorderStyle: "thin",
    bottomBorderColor: COLORS.line,
  },
  total: {
    fontWeight: "bold",
    fontSize: 13,
    topBorderStyle: "thin",
    topBorderColor: COLORS.strongLine,
  },
} as const satisfies Record<string, Look>;
