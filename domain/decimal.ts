/**
 * Exact decimals as scaled bigints. Money, quantities and percents are built on this file, so every
 * rounding in the product is made by `divideRounded`.
 */

/**
 * Integer division, rounding half away from zero (as PostgreSQL's `round(numeric)` and as Russian
 * accounting does). The divisor is positive.
 */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError("divisor must be positive");
  const doubled = 2n * (dividend < 0n ? -dividend : dividend) + divisor;
  const quotient = doubled / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

const POWERS_OF_TEN = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10 to a power that is a whole number and not negative. */
export function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? 10n ** BigInt(exponent);
}

/**
 * Reads a plain decimal string ("-12.5", no spaces, dot only) into units of 10^-scale.
 * Null when it is not a decimal or has more fraction digits than `scale`: nothing is cut silently.
 */
export function parseScaled(text: string, scale: number): bigint | null {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > scale) return null;
  const value = BigInt(whole + significant.padEnd(scale, "0"));
  return sign === "-" ? -value : value;
}

/** Writes units of 10^-scale as a plain decimal string with at least `minimumFraction` digits. */
export function formatScaled(value: bigint, scale: number, minimumFraction = scale): string {
  const sign = value < 0n ? "-" : "";
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  let fraction = scale === 0 ? "" : digits.slice(-scale);
  while (fraction.length > minimumFraction && fraction.endsWith("0")) {
    fraction = fraction.slice(0, -1);
  }
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}
