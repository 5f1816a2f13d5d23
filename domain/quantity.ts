import { divideRounded, formatScaled, parseScaled } from "./decimal.ts";

/**
 * An exact quantity or coefficient in units of 10^-7. Seven digits as in the state methodology of
 * estimating (Минстрой, 421/пр: resulting quantities and coefficients are given to seven digits).
 */
export type Quantity = bigint & { readonly __quantity: never };

export const QUANTITY_SCALE = 7;
export const QUANTITY_ONE = 10_000_000n as Quantity;

/** Ten million of anything: beyond it somebody mistyped. */
export const MAX_QUANTITY = (10_000_000n * QUANTITY_ONE) as Quantity;

/** Reads a wire string ("12.5"). Null when it is not a decimal or has more than seven digits. */
export function parseQuantity(text: string): Quantity | null {
  return parseScaled(text, QUANTITY_SCALE) as Quantity | null;
}

/** The wire form without trailing zeros: "12.5", "3". */
export function formatQuantity(value: Quantity): string {
  return formatScaled(value, QUANTITY_SCALE, 0);
}

/** quantity × coefficient, rounded half away from zero to seven digits. */
export function scaleQuantity(value: Quantity, coefficient: Quantity): Quantity {
  return divideRounded(value * coefficient, QUANTITY_ONE) as Quantity;
}
