import { divideRounded, formatScaled, parseScaled } from "./decimal.ts";
import { PERCENT_ONE, type Percent } from "./percent.ts";
import { QUANTITY_ONE, type Quantity } from "./quantity.ts";

/** An exact sum in kopecks. Made only by this file's functions. */
export type Kopecks = bigint & { readonly __kopecks: never };

/** 100 billion roubles: beyond it somebody mistyped, and `numeric(16,2)` still has room. */
export const MAX_KOPECKS = 10_000_000_000_000n as Kopecks;

export const ZERO = 0n as Kopecks;

export function kopecks(value: bigint): Kopecks {
  return value as Kopecks;
}

/** Reads a wire string ("450.50"). Null when it is not a sum in whole kopecks. */
export function parseMoney(text: string): Kopecks | null {
  return parseScaled(text, 2) as Kopecks | null;
}

/** The wire form, always with two digits: "450.50". */
export function formatMoney(value: Kopecks): string {
  return formatScaled(value, 2);
}

export function add(...values: readonly Kopecks[]): Kopecks {
  return values.reduce((sum: bigint, value) => sum + value, 0n) as Kopecks;
}

export function subtract(from: Kopecks, value: Kopecks): Kopecks {
  return (from - value) as Kopecks;
}

/** price × quantity, rounded half away from zero to the kopeck: the only place where a line rounds. */
export function multiply(price: Kopecks, quantity: Quantity): Kopecks {
  return divideRounded(price * quantity, QUANTITY_ONE) as Kopecks;
}

/** `percent` of a sum, rounded half away from zero to the kopeck. */
export function takePercent(value: Kopecks, percent: Percent): Kopecks {
  return divideRounded(value * percent, PERCENT_ONE * 100n) as Kopecks;
}

/** The unit price that gives `amount` for `quantity`, rounded. Null for quantity 0. */
export function divideByQuantity(amount: Kopecks, quantity: Quantity): Kopecks | null {
  if (quantity <= 0n) return null;
  return divideRounded(amount * QUANTITY_ONE, quantity) as Kopecks;
}

/**
 * Splits `total` in proportion to non-negative `weights` by the largest remainder, so that the parts
 * always add up to the total. Ties go to the earlier part. All weights zero: everything falls on the
 * first part. No weights and a total other than zero is a mistake of the caller.
 */
export function allocate(total: Kopecks, weights: readonly bigint[]): Kopecks[] {
  if (weights.length === 0) {
    if (total !== 0n) throw new RangeError("nothing to spread the sum over");
    return [];
  }
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
  if (weightSum === 0n) return weights.map((_, index) => (index === 0 ? total : ZERO));

  const sign = total < 0n ? -1n : 1n;
  const absolute = total * sign;
  const parts = weights.map((weight, index) => ({
    index,
    share: (absolute * weight) / weightSum,
    remainder: (absolute * weight) % weightSum,
  }));
  let left = absolute - parts.reduce((sum, part) => sum + part.share, 0n);
  const byRemainder = [...parts].sort(
    (a, b) => compare(b.remainder, a.remainder) || a.index - b.index,
  );
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return parts.map((part) => (part.share * sign) as Kopecks);
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
