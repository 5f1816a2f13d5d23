import { formatScaled, parseScaled } from "./decimal.ts";

/** An exact per cent value in units of 10^-4 of a per cent: 12,5 % is 125 000. */
export type Percent = bigint & { readonly __percent: never };

export const PERCENT_SCALE = 4;
/** One per cent. */
export const PERCENT_ONE = 10_000n as Percent;
export const PERCENT_HUNDRED = 1_000_000n as Percent;

/** Reads a wire string ("12.5"). Null when it is not a decimal or has more than four digits. */
export function parsePercent(text: string): Percent | null {
  return parseScaled(text, PERCENT_SCALE) as Percent | null;
}

/** The wire form without trailing zeros: "12.5". */
export function formatPercent(value: Percent): string {
  return formatScaled(value, PERCENT_SCALE, 0);
}
