import type { NumberReason } from "../../domain/decimal_ru.ts";
import type { LineKind } from "../../domain/estimate/estimate.ts";
import { UNREAD_REASONS } from "../../domain/quick_add/reasons.ts";
import type {
  LineWarning,
  ParsedLine,
  UnreadCode,
  UnreadLine,
} from "../../domain/quick_add/types.ts";
import { warn, warnSum } from "../../domain/quick_add/warnings.ts";
import { divideByQuantity, type Kopecks, MAX_KOPECKS, multiply } from "../../domain/money.ts";
import { explainNumberProblem, type NumberField } from "../../domain/number_sentences.ts";
import type { NumberResult } from "../../domain/numbers_ru.ts";
import { type Quantity, QUANTITY_ONE } from "../../domain/quantity.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import { findUnit, normaliseUnit } from "../../domain/units.ts";
import { isBlank, readMoneyCell, readQuantityCell, type TableRow } from "./cells.ts";

/** The cells of a row by their meaning; null where the cell is blank or there is no such column. */
export interface RowCells {
  /** Counted from 1 in the sheet. */
  readonly rowNumber: number;
  readonly name: string;
  readonly unit: string;
  readonly code: string;
  readonly quantity: NumberResult<Quantity> | null;
  readonly price: NumberResult<Kopecks> | null;
  readonly sum: NumberResult<Kopecks> | null;
  readonly row: TableRow;
}

export function readCells(row: TableRow, rowNumber: number, mapping: ColumnMapping): RowCells {
  const cell = (column: number | null): string => (column === null ? "" : (row[column] ?? ""));
  const { quantity, unit } = readQuantityWithUnit(cell(mapping.quantity));
  const unitCell = cell(mapping.unit);
  return {
    rowNumber,
    name: cleanName(cell(mapping.name)),
    unit: isBlank(unitCell) ? unit : unitCell,
    code: cell(mapping.code),
    quantity,
    price: readMoneyCell(cell(mapping.price)),
    sum: readMoneyCell(cell(mapping.sum)),
    row,
  };
}

/** «12,5 м2» in one cell. */
function readQuantityWithUnit(text: string) {
  const quantity = readQuantityCell(text);
  if (!quantity || quantity.ok || quantity.reason !== "extra_text") return { quantity, unit: "" };
  const [, digits = "", unit = ""] = /^([\d\s.,]+?)\s*(\p{L}.*)$/u.exec(text) ?? [];
  const bare = readQuantityCell(digits);
  return bare?.ok && findUnit(unit) ? { quantity: bare, unit } : { quantity, unit: "" };
}

/** Without «1.2.» before it. */
function cleanName(text: string): string {
  const name = text.replace(/^\d{1,3}(?:\.\d{1,3})*[.)]\s+/, "");
  return /\p{L}/u.test(name) ? name : "";
}

export type LineResult =
  | { readonly ok: true; readonly line: ParsedLine }
  | { readonly ok: false; readonly unread: UnreadLine };

/** Longer names don't fit into a line of an estimate. */
const MAX_NAME = 500;
const MAX_UNIT = 30;

/** Makes a line of a row, or says in Russian which cell stands in the way. */
export function readLine(cells: RowCells, kind: LineKind): LineResult {
  const { name, quantity, price, sum } = cells;
  if (name === "") return unread(cells, "no_name");
  if (name.length > MAX_NAME) return unread(cells, "too_long");
  if (quantity && !quantity.ok) {
    return unreadNumber(cells, quantity.reason, "Количество", { kind: "quantity" });
  }
  if (price && !price.ok) return unreadNumber(cells, price.reason, "Цена", { kind: "money" });
  if (sum && !sum.ok) return unreadNumber(cells, sum.reason, "Сумма", { kind: "money" });
  if (!quantity && !price && !sum) return unread(cells, "no_numbers");

  const unit = readUnit(cells.unit);
  const counted = countLine(quantity?.value ?? null, unit, sum !== null && price === null);
  const priced = priceLine(price?.value ?? null, sum?.value ?? null, counted.quantity);
  if (multiply(priced.price ?? (0n as Kopecks), counted.quantity) > MAX_KOPECKS) {
    return unread(cells, "too_large");
  }
  const line = {
    lineNumber: cells.rowNumber,
    source: sourceOf(cells.row),
    name,
    unit,
    kind,
    quantity: counted.quantity,
    price: priced.price,
    warnings: [...counted.warnings, ...priced.warnings],
  };
  return { ok: true, line };
}

export function firstText(row: TableRow): string {
  return row.find((cell) => /\p{L}/u.test(cell)) ?? "";
}

/** The row as a person sees it, for messages. */
export function sourceOf(row: TableRow): string {
  return cutText(row.filter((cell) => cell !== "").join(" "), 300);
}

function readUnit(text: string): string {
  if (isBlank(text)) return "";
  return normaliseUnit(text) ?? cutText(text, MAX_UNIT);
}

/**
 * Without a quantity: one of what is counted, nothing of what is measured, for any other number would
 * be invented. A row with only a sum is one of it.
 */
function countLine(quantity: Quantity | null, unit: string, hasOnlySum: boolean) {
  if (quantity !== null) {
    return { quantity, warnings: quantity === 0n ? [warn("zero_quantity")] : [] };
  }
  if (hasOnlySum || findUnit(unit)?.nature !== "measure") {
    return { quantity: QUANTITY_ONE, warnings: [warn("quantity_assumed")] };
  }
  return { quantity: 0n as Quantity, warnings: [warn("no_quantity")] };
}

/** Rounding in somebody's sheet may be off by a kopeck. */
const SUM_TOLERANCE = 1n;

function priceLine(
  price: Kopecks | null,
  sum: Kopecks | null,
  quantity: Quantity,
): { price: Kopecks | null; warnings: LineWarning[] } {
  if (price === null && sum === null) return { price, warnings: [warn("no_price")] };
  const computed = price ?? divideByQuantity(sum ?? (0n as Kopecks), quantity);
  if (computed === null) return { price: null, warnings: [warn("no_price")] };
  const warnings = price === null && quantity !== QUANTITY_ONE ? [warn("price_computed")] : [];
  if (sum !== null && !isClose(multiply(computed, quantity), sum)) {
    warnings.push(warnSum(computed, quantity, sum));
  }
  return { price: computed, warnings };
}

export function isClose(a: bigint, b: bigint): boolean {
  return a - b <= SUM_TOLERANCE && b - a <= SUM_TOLERANCE;
}

function unread(cells: RowCells, code: UnreadCode, reason = UNREAD_REASONS[code]): LineResult {
  const text = sourceOf(cells.row);
  return { ok: false, unread: { lineNumber: cells.rowNumber, text, code, reason } };
}

function unreadNumber(
  cells: RowCells,
  reason: NumberReason,
  column: string,
  field: NumberField,
): LineResult {
  const codes: Partial<Record<NumberReason, UnreadCode>> = {
    negative: "negative",
    too_large: "too_large",
  };
  const code =
    codes[reason] ?? (field.kind === "quantity" ? "ambiguous_quantity" : "ambiguous_price");
  return unread(cells, code, `${column}: ${explainNumberProblem(reason, field)}`);
}
