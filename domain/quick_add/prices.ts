import type { Decimal } from "../decimal_ru.ts";
import { divideRounded, powerOfTen } from "../decimal.ts";
import { divideByQuantity, type Kopecks, multiply } from "../money.ts";
import { formatQuantityRu } from "../numbers_ru.ts";
import { type Quantity, QUANTITY_ONE } from "../quantity.ts";
import type { UnitBase } from "./numbers.ts";
import type { LineWarning } from "./types.ts";
import { warn, warnSum } from "./warnings.ts";

export const MONEY_SCALE = 2;

/** Quantity and price on the way to a line. */
export interface Priced {
  readonly quantity: Quantity;
  readonly unit: string | null;
  readonly price: Kopecks | null;
  /** What the row itself gives as the amount. */
  readonly sum: Kopecks | null;
  readonly warnings: readonly LineWarning[];
}

/**
 * A price «за 100 м2» becomes a price of one м² when that is whole kopecks; otherwise the line is counted
 * in «100 м²», so that the amount stays exact.
 */
export function applyBase<Item extends Priced>(item: Item, base: UnitBase | null): Item {
  if (base === null || item.price === null || item.unit === null) return item;
  if (!isSameUnit(item.unit, base.unit)) {
    return { ...item, warnings: [...item.warnings, warn("unit_mismatch")] };
  }
  if (item.price % base.factor === 0n) {
    return { ...item, price: (item.price / base.factor) as Kopecks };
  }
  const quantity = divideRounded(item.quantity, base.factor) as Quantity;
  return { ...item, quantity, unit: `${base.factor} ${item.unit}` };
}

/**
 * Compares the stated sum with price × quantity. Without a price the sum gives it; where no whole kopecks
 * come out («3 шт, 1000 за всё»), the line is one piece at that sum: the amount agreed upon is kept.
 */
export function applySum<Item extends Priced & { readonly name: string }>(
  item: Item,
  hasQuantity: boolean,
): Item {
  const { sum, price, quantity } = item;
  if (sum === null) return item;
  if (price !== null) {
    if (multiply(price, quantity) === sum) return item;
    return { ...item, warnings: [...item.warnings, warnSum(price, quantity, sum)] };
  }
  if (!hasQuantity) return { ...item, price: sum, quantity: QUANTITY_ONE };
  const share = divideByQuantity(sum, quantity);
  if (share !== null && multiply(share, quantity) === sum) {
    return { ...item, price: share, warnings: [...item.warnings, warn("price_computed")] };
  }
  return {
    ...item,
    name: `${item.name} (${formatQuantityRu(quantity)} ${item.unit ?? "шт"})`,
    quantity: QUANTITY_ONE,
    unit: null,
    price: sum,
    warnings: [...item.warnings, warn("sum_kept")],
  };
}

/** Units of 10^-scale, rounded half away from zero. */
export function roundTo(decimal: Decimal, scale: number): { value: bigint; isRounded: boolean } {
  if (decimal.scale <= scale) {
    return { value: decimal.units * powerOfTen(scale - decimal.scale), isRounded: false };
  }
  const surplus = powerOfTen(decimal.scale - scale);
  return {
    value: divideRounded(decimal.units, surplus),
    isRounded: decimal.units % surplus !== 0n,
  };
}

interface Valued {
  readonly decimal: Decimal;
}

/** True when the sum is quantity × price, to the kopeck. */
export function isProduct(quantity: Valued, price: Valued, sum: Valued): boolean {
  const units = quantity.decimal.units * price.decimal.units;
  const scale = quantity.decimal.scale + price.decimal.scale;
  return roundTo({ units, scale }, MONEY_SCALE).value === roundTo(sum.decimal, MONEY_SCALE).value;
}

/** Both are labels. Running and plain metres are often mixed up and mean the same on a site. */
function isSameUnit(left: string, right: string): boolean {
  const length = new Set(["м", "п.м."]);
  return left === right || (length.has(left) && length.has(right));
}
