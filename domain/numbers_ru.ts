import { evaluateExpression, looksLikeExpression } from "./arithmetic.ts";
import {
  type Decimal,
  isNegative,
  type NumberReason,
  readDecimal,
  toScale,
  tidyNumberText,
} from "./decimal_ru.ts";
import { formatMoney, kopecks, type Kopecks, MAX_KOPECKS } from "./money.ts";
import { formatPercent, type Percent, PERCENT_SCALE } from "./percent.ts";
import { formatQuantity, MAX_QUANTITY, type Quantity, QUANTITY_SCALE } from "./quantity.ts";

/**
 * Numbers as people in Russia type and read them. The wire forms are in money.ts, quantity.ts and
 * percent.ts; how separators are understood is written down in decimal_ru.ts.
 */
export type NumberResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: NumberReason };

/** Both ends are allowed values. */
export interface Limits<Value> {
  readonly minimum: Value;
  readonly maximum: Value;
}

/** Norms of overheads go past 100 %; beyond 1 000 % somebody mistyped. */
export const MAX_PERCENT = 10_000_000n as Percent;

export const MONEY_LIMITS: Limits<Kopecks> = { minimum: kopecks(0n), maximum: MAX_KOPECKS };
export const QUANTITY_LIMITS: Limits<Quantity> = { minimum: 0n as Quantity, maximum: MAX_QUANTITY };
export const PERCENT_LIMITS: Limits<Percent> = { minimum: 0n as Percent, maximum: MAX_PERCENT };

const MONEY_SCALE = 2;
/** A typed number is short; longer is a text that was put into the wrong field. */
const MAX_LENGTH = 200;

const CURRENCY = ["рублей", "рубля", "рубль", "руб.", "руб", "rub", "р.", "₽", "р", "p.", "p"];
const THOUSAND = ["тысячи", "тысяча", "тысяч", "тыс.", "тыс", "т.р.", "т.р", "тр", "к", "k"];
const MILLION = ["миллионов", "миллиона", "миллион", "млн.", "млн"];
/** With the sign before it. No lookbehind: Safari before 16.4 refuses the whole script for one. */
const KOPECK_PART = /\D(\d{1,2}) ?коп(?:\.|еек|ейки|ейка)?$/;
const PER_CENT = ["процентов", "процента", "процент", "проц.", "%"];

/**
 * A sum: «1 234,56», «1500 р.», «12 тыс», «1,5 млн ₽», «1500 руб. 50 коп.». One separator with
 * exactly three digits behind it («1.234») may mean 1234 as well as 1,23: that is `ambiguous`.
 */
export function parseMoneyRu(
  text: string,
  limits: Limits<Kopecks> = MONEY_LIMITS,
): NumberResult<Kopecks> {
  const tidied = tidyNumberText(text).toLowerCase();
  if (tidied.length > MAX_LENGTH) return { ok: false, reason: "too_long" };
  const kopeckPart = KOPECK_PART.exec(tidied);
  const roubles = kopeckPart ? tidied.slice(0, kopeckPart.index + 1).trim() : tidied;
  const bare = dropSuffix(roubles, CURRENCY);
  const { digits, exponent } = dropMultiplier(roubles, bare);

  const read = readDecimal(digits);
  if (!read.ok) return read;
  const isWhole = read.decimal.scale === 0;
  if (kopeckPart && (bare === roubles || !isWhole)) return { ok: false, reason: "not_a_number" };
  if (exponent === 0 && read.couldBeThousands) return { ok: false, reason: "ambiguous" };

  const scaled = toScale(read.decimal, MONEY_SCALE + exponent);
  if (scaled === null) return { ok: false, reason: "too_precise" };
  const extra = BigInt(kopeckPart?.[1] ?? 0);
  return within(kopecks(isNegative(digits) ? scaled - extra : scaled + extra), limits);
}

/**
 * A quantity: a number, or arithmetic as in a spreadsheet: «12,5*4+3», «=(2,7+3)х2», «3×4», «1/3».
 * Arithmetic is exact and rounded once, to seven digits. A plain number with more digits than that
 * is refused: nothing is cut silently.
 */
export function parseQuantityRu(
  text: string,
  limits: Limits<Quantity> = QUANTITY_LIMITS,
): NumberResult<Quantity> {
  const tidied = tidyNumberText(text);
  if (tidied.length > MAX_LENGTH) return { ok: false, reason: "too_long" };
  if (looksLikeExpression(tidied)) {
    const result = evaluateExpression(tidied, QUANTITY_SCALE);
    return result.ok ? within(result.value as Quantity, limits) : result;
  }
  return scaleWithin(readDecimal(tidied), QUANTITY_SCALE, limits);
}

/** A per cent value, with or without the sign: «12,5», «12,5 %». */
export function parsePercentRu(
  text: string,
  limits: Limits<Percent> = PERCENT_LIMITS,
): NumberResult<Percent> {
  const tidied = tidyNumberText(text).toLowerCase();
  if (tidied.length > MAX_LENGTH) return { ok: false, reason: "too_long" };
  return scaleWithin(readDecimal(dropSuffix(tidied, PER_CENT)), PERCENT_SCALE, limits);
}

/** «1 234,56 ₽»: no-break spaces, always two digits of kopecks. */
export function formatMoneyRu(value: Kopecks): string {
  return `${formatAmountRu(value)}\u00a0₽`;
}

/** «1 234,56»: a sum in a column that names the currency in its head. */
export function formatAmountRu(value: Kopecks): string {
  return toRussian(formatMoney(value));
}

/** «12,5», «1 200» */
export function formatQuantityRu(value: Quantity): string {
  return toRussian(formatQuantity(value));
}

/** «12,5 %» */
export function formatPercentRu(value: Percent): string {
  return `${toRussian(formatPercent(value))}\u00a0%`;
}

function toRussian(decimal: string): string {
  const mark = decimal.indexOf(".");
  const whole = mark === -1 ? decimal : decimal.slice(0, mark);
  const isShort = whole.length <= 3;
  const grouped = isShort ? whole : whole.replace(/\B(?=(?:\d{3})+$)/g, "\u00a0");
  return mark === -1 ? grouped : `${grouped},${decimal.slice(mark + 1)}`;
}

/** «12 т.р.» and «12 тыс руб» alike: the word may hold the currency or stand before it. */
function dropMultiplier(withCurrency: string, bare: string): { digits: string; exponent: number } {
  for (const [suffixes, exponent] of [
    [THOUSAND, 3],
    [MILLION, 6],
  ] as const) {
    for (const text of [withCurrency, bare]) {
      const digits = dropSuffix(text, suffixes);
      if (digits !== text) return { digits, exponent };
    }
  }
  return { digits: bare, exponent: 0 };
}

function dropSuffix(text: string, suffixes: readonly string[]): string {
  const suffix = suffixes.find((suffix) => text.endsWith(suffix));
  return suffix === undefined ? text : text.slice(0, -suffix.length).trimEnd();
}

type Reading = { ok: true; decimal: Decimal } | { ok: false; reason: NumberReason };

function scaleWithin<Value extends bigint>(
  read: Reading,
  scale: number,
  limits: Limits<Value>,
): NumberResult<Value> {
  if (!read.ok) return read;
  const scaled = toScale(read.decimal, scale);
  if (scaled === null) return { ok: false, reason: "too_precise" };
  return within(scaled as Value, limits);
}

function within<Value extends bigint>(value: Value, limits: Limits<Value>): NumberResult<Value> {
  if (value > limits.maximum) return { ok: false, reason: "too_large" };
  if (value >= limits.minimum) return { ok: true, value };
  return { ok: false, reason: value < 0n && limits.minimum >= 0n ? "negative" : "too_small" };
}
