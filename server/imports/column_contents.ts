import { multiply } from "../../domain/money.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { findUnit } from "../../domain/units.ts";
import { readMoneyCell, readQuantityCell, type TableRow } from "./cells.ts";

/** Enough rows to see what a column holds. */
const SAMPLE = 200;

/** What most cells of a column are. */
type Content = "text" | "unit" | "number" | "index" | "empty";

export interface ContentGuess {
  readonly mapping: ColumnMapping;
  readonly confidence: number;
  /** Tables without a head that look alike have the same. */
  readonly key: string;
}

/** For tables without a head. Null when there is no column of names. */
export function guessByContent(rows: readonly TableRow[]): ContentGuess | null {
  const sample = rows
    .filter((row) => row.filter((cell) => cell !== "").length > 1)
    .slice(0, SAMPLE);
  const width = sample.reduce((most, row) => Math.max(most, row.length), 0);
  const columns = Array.from({ length: width }, (_, column) =>
    sample.map((row) => row[column] ?? ""),
  );
  const contents = columns.map(contentOf);
  const name = longestText(columns, contents);
  if (name === null) return null;
  const numbers = contents.flatMap((content, column) => (content === "number" ? [column] : []));
  if (numbers.length === 0) return null;
  const unit = contents.indexOf("unit");
  const figures = assignNumbers(columns, numbers, unit !== -1);
  return {
    mapping: {
      name,
      unit: unit === -1 ? null : unit,
      ...figures.columns,
      code: null,
      skipRows: 0,
    },
    confidence: figures.confidence,
    key: contents.join(" "),
  };
}

function contentOf(cells: readonly string[]): Content {
  const filled = cells.filter((cell) => cell !== "");
  if (filled.length === 0) return "empty";
  const share = (matches: (cell: string) => boolean): number =>
    filled.filter(matches).length / filled.length;
  if (share((cell) => findUnit(cell) !== null) > 0.5) return "unit";
  if (share(isNumber) > 0.6) return isCounting(filled) ? "index" : "number";
  return "text";
}

function isNumber(cell: string): boolean {
  return readMoneyCell(cell)?.ok === true;
}

/** 1, 2, 3… or 1.1, 1.2: the number of the row. */
function isCounting(filled: readonly string[]): boolean {
  const whole = filled.map((cell) => /^(\d{1,5})\.?$/.exec(cell)?.[1]);
  if (filled.length < 2 || whole.some((digits) => digits === undefined)) return false;
  return whole.every(
    (digits, index) => index === 0 || Number(digits) - Number(whole[index - 1]) === 1,
  );
}

function longestText(columns: readonly string[][], contents: readonly Content[]): number | null {
  let best: number | null = null;
  let bestLength = 0;
  for (const [column, cells] of columns.entries()) {
    if (contents[column] !== "text") continue;
    const length = cells.reduce((sum, cell) => sum + cell.replace(/\P{L}/gu, "").length, 0);
    if (length <= bestLength) continue;
    best = column;
    bestLength = length;
  }
  return best;
}

interface Figures {
  readonly columns: Pick<ColumnMapping, "quantity" | "price" | "sum">;
  readonly confidence: number;
}

/** Three numbers where one is the product of the others say what they are. */
function assignNumbers(
  columns: readonly string[][],
  numbers: readonly number[],
  hasUnit: boolean,
): Figures {
  for (const quantity of numbers) {
    for (const price of numbers) {
      if (price === quantity) continue;
      const sum = numbers.find(
        (column) =>
          column > Math.max(quantity, price) && multiplies(columns, quantity, price, column),
      );
      // The quantity stands before the price, as in every form.
      if (sum !== undefined && quantity < price) {
        return { columns: { quantity, price, sum }, confidence: 0.85 };
      }
    }
  }
  const [first = null, second = null] = numbers;
  if (second !== null) {
    return {
      columns: { quantity: first, price: second, sum: null },
      confidence: hasUnit ? 0.7 : 0.5,
    };
  }
  return { columns: { quantity: null, price: first, sum: null }, confidence: hasUnit ? 0.6 : 0.4 };
}

function multiplies(
  columns: readonly string[][],
  quantity: number,
  price: number,
  sum: number,
): boolean {
  let agreed = 0;
  let compared = 0;
  for (const [row, cell] of (columns[sum] ?? []).entries()) {
    const stated = readMoneyCell(cell);
    const count = readQuantityCell(columns[quantity]?.[row] ?? "");
    const each = readMoneyCell(columns[price]?.[row] ?? "");
    if (!stated?.ok || !count?.ok || !each?.ok) continue;
    compared += 1;
    const difference = multiply(each.value, count.value) - stated.value;
    if (difference <= 1n && difference >= -1n) agreed += 1;
  }
  return compared > 0 && agreed >= compared * 0.8;
}
