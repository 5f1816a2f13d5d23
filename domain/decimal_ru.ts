import { powerOfTen } from "./decimal.ts";

/**
 * Reads one decimal number typed by a person in Russia. The rules for separators:
 *
 * 1. Spaces of every kind and apostrophes group thousands, and only by threes: «1 234 567». «12 34» is
 *    `misplaced_space`, because it may be two numbers.
 * 2. A single comma or dot is the decimal mark: «12,5», «12.5», «0,385», «1,234» = 1 + 234/1000. Where
 *    the latter would be a sum of money, the caller sees `couldBeThousands` and asks.
 * 3. Comma and dot together: the last one is the decimal mark, the other groups by threes:
 *    «1.234,56» = «1,234.56» = 1234,56.
 * 4. One mark several times groups by threes: «1.234.567» = 1 234 567. «1.2.3» is not a number.
 */
export interface Decimal {
  /** Units of 10^-scale. */
  readonly units: bigint;
  readonly scale: number;
}

export type NumberReason =
  | "empty"
  | "not_a_number"
  | "exponent"
  | "extra_text"
  | "misplaced_space"
  | "ambiguous"
  | "too_precise"
  | "negative"
  | "too_small"
  | "too_large"
  | "too_long"
  | "bad_expression"
  | "division_by_zero";

export type DecimalResult =
  | { readonly ok: true; readonly decimal: Decimal; readonly couldBeThousands: boolean }
  | { readonly ok: false; readonly reason: NumberReason };

/** More digits than the largest sum and the finest quantity need together. */
export const MAX_DIGITS = 30;
const ZERO = 48;

/** One kind of space, one kind of minus, nothing invisible, no space at the ends. */
export function tidyNumberText(text: string): string {
  return text
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .replace(/[−–—‒‐‑﹣－]/g, "-")
    .trim();
}

export function isNegative(tidied: string): boolean {
  return tidied.startsWith("-");
}

/** Takes tidied text. The result is exact; the caller scales and limits it. */
export function readDecimal(tidied: string): DecimalResult {
  if (tidied === "") return { ok: false, reason: "empty" };
  if (tidied.length <= MAX_DIGITS && USUAL.test(tidied)) return readUsual(tidied);
  const body = /^[+-]/.test(tidied) ? tidied.replace(/^[+-] ?/, "") : tidied;
  if (!/^[\d.,' ’]+$/.test(body)) return { ok: false, reason: explainLetters(body) };
  if (!/\d/.test(body)) return { ok: false, reason: "not_a_number" };

  const mark = decimalMark(body);
  const [whole = "", fraction = ""] = mark === null ? [body] : splitAtLast(body, mark);
  const digits = joinGroups(whole);
  if (digits === null) {
    return { ok: false, reason: whole.includes(" ") ? "misplaced_space" : "not_a_number" };
  }
  if (mark !== null && !/^\d+$/.test(fraction)) {
    return { ok: false, reason: fraction.includes(" ") ? "misplaced_space" : "not_a_number" };
  }
  if (digits.length > MAX_DIGITS) return { ok: false, reason: "too_large" };
  if (fraction.length > MAX_DIGITS) return { ok: false, reason: "too_precise" };

  const units = BigInt(digits + fraction);
  return {
    ok: true,
    decimal: { units: isNegative(tidied) ? -units : units, scale: fraction.length },
    couldBeThousands: mark !== null && fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole),
  };
}

/** Units of 10^-scale, or null when digits would be lost. */
export function toScale(decimal: Decimal, scale: number): bigint | null {
  if (decimal.scale <= scale) return decimal.units * powerOfTen(scale - decimal.scale);
  const surplus = powerOfTen(decimal.scale - scale);
  return decimal.units % surplus === 0n ? decimal.units / surplus : null;
}

/** Digits with one mark among them at most. */
const USUAL = /^\d+(?:[.,]\d+)?$/;

function readUsual(text: string): DecimalResult {
  let mark = 0;
  while (mark < text.length && text.charCodeAt(mark) >= ZERO) mark += 1;
  if (mark === text.length) {
    return { ok: true, decimal: { units: BigInt(text), scale: 0 }, couldBeThousands: false };
  }
  const fraction = text.slice(mark + 1);
  const units = BigInt(text.slice(0, mark) + fraction);
  const isThree = fraction.length === 3 && mark <= 3 && text.charCodeAt(0) !== ZERO;
  return { ok: true, decimal: { units, scale: fraction.length }, couldBeThousands: isThree };
}

function explainLetters(body: string): NumberReason {
  if (/^\d[\d.,]* ?(?:[eе] ?[+-]? ?\d|\^|\*\*)/i.test(body)) return "exponent";
  return /^\d/.test(body) ? "extra_text" : "not_a_number";
}

function decimalMark(body: string): "." | "," | null {
  const dots = countSigns(body, ".");
  const commas = countSigns(body, ",");
  if (dots > 0 && commas > 0) return body.lastIndexOf(".") > body.lastIndexOf(",") ? "." : ",";
  if (dots === 1) return ".";
  return commas === 1 ? "," : null;
}

function countSigns(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}

function splitAtLast(text: string, mark: string): [string, string] {
  const index = text.lastIndexOf(mark);
  return [text.slice(0, index), text.slice(index + 1)];
}

const GROUPED = /^\d{1,3}(\D)\d{3}(?:\1\d{3})*$/;

/** Null unless the groups are of three digits, all with the same separator. */
function joinGroups(whole: string): string | null {
  if (/^\d*$/.test(whole)) return whole;
  return GROUPED.test(whole) ? whole.replace(/\D/g, "") : null;
}
