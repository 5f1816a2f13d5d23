import { formatDayShort, type Day } from "../../domain/calendar.ts";
import { divideRounded, parseScaled } from "../../domain/decimal.ts";
import { tidyNumberText } from "../../domain/decimal_ru.ts";
import { kopecks, type Kopecks, parseMoney } from "../../domain/money.ts";
import {
  MONEY_LIMITS,
  type NumberResult,
  parseMoneyRu,
  parseQuantityRu,
} from "../../domain/numbers_ru.ts";
import { parseQuantity, type Quantity } from "../../domain/quantity.ts";
import { cleanText } from "../../domain/text.ts";

/** A row of somebody's table, every cell as text; an empty cell is "". */
export type TableRow = readonly string[];

/** As precise as spreadsheets are: fifteen digits; finer is noise of binary fractions. */
const SIGNIFICANT_DIGITS = 15;
const FRACTION_DIGITS = 7;

/**
 * The number of a cell as an exact decimal: "12.500000000001" and "12.500000000000002" are 12.5 and
 * 0.30000000000000004 is 0.3. Rounds to fifteen digits, as spreadsheets show, then to seven after
 * the point, as quantities have. Three digits after the point get a zero, for "1.234" as a text could
 * be a thousand. Null when it is not a number.
 */
export function exactDecimal(text: string): string | null {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) return null;
  if (Math.abs(value) >= 1e21) return null;
  const precise = plainDecimal(value.toPrecision(SIGNIFICANT_DIGITS));
  const scaled = parseScaled(precise, 30);
  if (scaled === null) return null;
  const rounded = divideRounded(scaled, 10n ** BigInt(30 - FRACTION_DIGITS));
  return formatTrimmed(rounded);
}

/** "1.5e-7" and "1.2e+20" without the exponent. */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  if (shift >= 0) return sign + digits.padEnd(whole.length + shift, "0");
  return `${sign}0.${"0".repeat(-shift - whole.length)}${digits}`.slice(0, 32);
}

function formatTrimmed(value: bigint): string {
  const absolute = value < 0n ? -value : value;
  const digits = absolute.toString().padStart(FRACTION_DIGITS + 1, "0");
  const whole = digits.slice(0, -FRACTION_DIGITS);
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, "");
  const sign = value < 0n ? "-" : "";
  if (fraction === "") return sign + whole;
  return `${sign}${whole}.${fraction.length === 3 ? `${fraction}0` : fraction}`;
}

/** A date stays readable: Excel makes «1.05.2026» of what was typed as 1.5, and a person must see it. */
export function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return "";
  return formatDayShort(date.toISOString().slice(0, 10) as Day);
}

/** One line, without what no keyboard makes. */
export function tidyCell(text: string): string {
  return cleanText(text).replace(/\s+/g, " ").trim();
}

export function isBlank(text: string): boolean {
  return text === "" || /^[-–—.]+$/.test(text);
}

/** Null: the cell is blank. A price may have more than two digits: it is rounded to the kopeck. */
export function readMoneyCell(text: string): NumberResult<Kopecks> | null {
  if (isBlank(text)) return null;
  // Cells of numbers are plain decimals, and there are tens of thousands of them.
  const plain = /^\d{1,10}(?:\.\d{1,2})?$/.test(text) ? parseMoney(text) : null;
  if (plain !== null) return { ok: true, value: plain };
  const tidied = tidyNumberText(text).replace(",", ".");
  // With three digits «1,234» may be a thousand; with four and more it is a computed price.
  if (!/^\d+\.\d{4,}$/.test(tidied)) return parseMoneyRu(text);
  const scaled = parseScaled(tidied, 30);
  if (scaled === null) return { ok: false, reason: "too_precise" };
  const value = kopecks(divideRounded(scaled, 10n ** 28n));
  return value > MONEY_LIMITS.maximum ? { ok: false, reason: "too_large" } : { ok: true, value };
}

/** Null: the cell is blank. */
export function readQuantityCell(text: string): NumberResult<Quantity> | null {
  if (isBlank(text)) return null;
  const plain = /^\d{1,6}(?:\.\d{1,7})?$/.test(text) ? parseQuantity(text) : null;
  return plain === null ? parseQuantityRu(text) : { ok: true, value: plain };
}

/** Keeps a table as text: tabs between cells, a line for each row. */
export function rowsToListText(rows: readonly TableRow[]): string {
  return rows.map((row) => row.map(tidyCell).join("\t")).join("\n");
}

/** The reverse of `rowsToListText`. */
export function listTextToRows(text: string): TableRow[] {
  return text.split("\n").map((line) => line.split("\t").map(tidyCell));
}
