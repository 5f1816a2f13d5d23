import { readDecimal } from "../decimal_ru.ts";
import { kopecks, type Kopecks, MAX_KOPECKS, multiply } from "../money.ts";
import { MAX_QUANTITY, type Quantity, QUANTITY_ONE, QUANTITY_SCALE } from "../quantity.ts";
import { findUnit } from "../units.ts";
import { endsPlainly, isPlainLetterAt } from "./characters.ts";
import type { NumberElement } from "./numbers.ts";
import { applyBase, applySum, MONEY_SCALE, type Priced, roundTo } from "./prices.ts";
import { squeeze, trimSigns } from "./text.ts";
import type { LineWarning, UnreadCode, WarningCode } from "./types.ts";
import { warn, warnComputed } from "./warnings.ts";

/** A line before its section is known. */
export interface Draft {
  readonly name: string;
  readonly quantity: Quantity;
  /** Null: neither written nor to be concluded; works get «усл», materials «шт». */
  readonly unit: string | null;
  readonly price: Kopecks | null;
  readonly warnings: readonly LineWarning[];
  /** A quantity with its unit and a price: nobody writes that by chance. */
  readonly isCertain: boolean;
}

export type DraftResult =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly code: UnreadCode };

/** The parts of a row as they were found. */
export interface Parts {
  readonly name: string;
  readonly quantity: NumberElement | null;
  /** A unit written apart from its number, or one that the table of units lacks. */
  readonly unit: string | null;
  readonly price: NumberElement | null;
  readonly sum: NumberElement | null;
  readonly warnings: readonly WarningCode[];
}

/** The parts of a position, or why there are none. */
export type Found = Parts | { readonly code: UnreadCode };

const MAX_NAME_LENGTH = 500;
/** Weights and volumes that bags and cans are sold in. */
const PACKAGES = new Set(
  [1, 5, 10, 15, 20, 25, 30, 40, 50].map((size) => BigInt(size) * QUANTITY_ONE),
);

/** Makes a line of the parts, checks the stated sum, and warns of all that was concluded. */
export function composeDraft(parts: Parts): DraftResult {
  const name = tidyName(parts.name);
  if (!isPlainLetterAt(name, 0) && !/\p{L}/u.test(name)) return { ok: false, code: "no_name" };
  if (name.length > MAX_NAME_LENGTH) return { ok: false, code: "too_long" };
  if (parts.quantity?.isForeign || parts.price?.isForeign || parts.sum?.isForeign) {
    return { ok: false, code: "foreign_currency" };
  }

  const counted = count(parts);
  if (!counted.ok) return counted;
  const price = readPrice(parts, counted.quantity);
  if (!price.ok) return price;
  const { quantity, unit } = counted;
  const item = { name, quantity, unit, price: price.price, sum: price.sum, warnings: [] };
  const based = applyBase<NamedPrice>(item, parts.price?.per ?? null);
  const priced = applySum(based, parts.quantity !== null);

  const amount = multiply(priced.price ?? kopecks(0n), priced.quantity);
  if (amount > MAX_KOPECKS) return { ok: false, code: "too_large" };
  return {
    ok: true,
    draft: {
      name: priced.name,
      quantity: priced.quantity,
      unit: priced.unit,
      price: priced.price,
      isCertain: isCertain(parts) && priced.price !== null,
      warnings: parts.warnings
        .map(warn)
        .concat(
          counted.warnings,
          price.warnings,
          priced.warnings,
          priced.price === null ? [warn("no_price")] : [],
        ),
    },
  };
}

function isCertain({ quantity, unit, warnings }: Parts): boolean {
  const hasUnit = quantity !== null && (quantity.unit !== null || unit !== null);
  return hasUnit && !warnings.includes("order_guessed");
}

type NamedPrice = Priced & { readonly name: string };

interface Counted {
  readonly ok: true;
  readonly quantity: Quantity;
  readonly unit: string | null;
  readonly warnings: readonly LineWarning[];
}

type Refused = { readonly ok: false; readonly code: UnreadCode };

function count(parts: Parts): Counted | Refused {
  const { quantity: number } = parts;
  if (number === null) return assumeQuantity(parts.unit ?? parts.price?.per?.unit ?? null);
  const { value, isRounded } = roundTo(number.decimal, QUANTITY_SCALE);
  const quantity = value as Quantity;
  if (quantity > MAX_QUANTITY) return { ok: false, code: "too_large" };
  const unit = parts.unit ?? number.unit?.label ?? parts.price?.per?.unit ?? null;
  if (number.couldBeThousands && isCount(unit)) return { ok: false, code: "ambiguous_quantity" };
  const isPackage = (unit === "кг" || unit === "л") && PACKAGES.has(quantity);
  const warnings: LineWarning[] = [];
  if (unit === null) warnings.push(warn("unit_assumed"));
  if (number.expression !== null) warnings.push(warnComputed(number.expression, quantity));
  if (isRounded) warnings.push(warn("quantity_rounded"));
  if (quantity === 0n) warnings.push(warn("zero_quantity"));
  if (isPackage && parts.price) warnings.push(warn("package_size"));
  if (number.digits.includes(" ") && / .* |\d\d /.test(number.digits))
    warnings.push(warn("grouped_number"));
  return { ok: true, quantity, unit: unit ?? "шт", warnings };
}

/** One of what is counted; nothing of what is measured, for any other number would be invented. */
function assumeQuantity(unit: string | null): Counted {
  if (isCount(unit)) {
    return { ok: true, quantity: QUANTITY_ONE, unit, warnings: [warn("quantity_assumed")] };
  }
  return { ok: true, quantity: 0n as Quantity, unit, warnings: [warn("no_quantity")] };
}

function isCount(unit: string | null): boolean {
  const known = unit === null ? null : findUnit(unit);
  return known === null || known.nature === "count";
}

type Price = Pick<Priced, "price" | "sum" | "warnings">;

function readPrice(parts: Parts, quantity: Quantity): ({ readonly ok: true } & Price) | Refused {
  const { price: number, sum: sumNumber } = parts;
  const sum = sumNumber && roundTo(sumNumber.decimal, MONEY_SCALE).value;
  if (sum !== null && sum > MAX_KOPECKS) return { ok: false, code: "too_large" };
  const given = { sum: sum === null ? null : kopecks(sum) };
  if (sumNumber?.couldBeThousands && !number) return { ok: false, code: "ambiguous_price" };
  if (number === null) return { ok: true, price: null, ...given, warnings: [] };

  const split = sum === null && parts.quantity ? splitSum(number.digits, quantity) : null;
  if (split) return { ok: true, ...split, warnings: [] };
  if (number.couldBeThousands) return readThousands(number, quantity, given.sum);
  const { value, isRounded } = roundTo(number.decimal, MONEY_SCALE);
  if (value > MAX_KOPECKS) return { ok: false, code: "too_large" };
  const isGrouped = parts.quantity === null && !number.isMoney && / [1-9]/.test(number.digits);
  const warnings: LineWarning[] = [];
  if (isRounded) warnings.push(warn("price_rounded"));
  if (isGrouped) warnings.push(warn("grouped_number"));
  return { ok: true, price: kopecks(value), ...given, warnings };
}

/** «2.400» is 2 400 or 2,40: only a stated sum can tell. */
function readThousands(number: NumberElement, quantity: Quantity, sum: Kopecks | null) {
  const { units, scale } = number.decimal;
  const readings = [
    { units, scale: 0 },
    { units, scale },
  ].map((decimal) => kopecks(roundTo(decimal, MONEY_SCALE).value));
  const price = readings.find((reading) => sum !== null && multiply(reading, quantity) === sum);
  if (price === undefined) return { ok: false, code: "ambiguous_price" } as const;
  return { ok: true, price, sum, warnings: [] } as const;
}

/** «350 700» behind «2 шт» is a price and its sum, for 2 × 350 = 700; else it is one number. */
function splitSum(digits: string, quantity: Quantity): { price: Kopecks; sum: Kopecks } | null {
  if (!digits.includes(" ")) return null;
  const groups = digits.split(" ");
  for (let border = 1; border < groups.length; border += 1) {
    const price = exactMoney(groups.slice(0, border).join(" "));
    const sum = exactMoney(groups.slice(border).join(" "));
    if (price && sum && multiply(price, quantity) === sum) return { price, sum };
  }
  return null;
}

function exactMoney(digits: string): Kopecks | null {
  const read = readDecimal(digits);
  return read.ok ? kopecks(roundTo(read.decimal, MONEY_SCALE).value) : null;
}

/** Without separators at the ends and signs that lead nowhere. */
function tidyName(name: string): string {
  if (isPlainLetterAt(name, 0) && endsPlainly(name)) return name;
  if (/^\p{L}/u.test(name) && /[\p{L}\d)]$/u.test(name.slice(-2))) return name;
  const bare = trimSigns(name.replace(/^[\s,;:|=*•.\-–—/)\]]+/, ""), " \t,;:|=*•-–—/([«");
  return squeeze(bare.endsWith(".") ? bare.replace(/([аеёиоуыэюяьй\d])\.$/i, "$1") : bare);
}
