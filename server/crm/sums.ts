import { type Kopecks, kopecks, parseMoney } from "../../domain/money.ts";

/** A sum as CRMs write it: 123.4, "123.40", 1e21 is none. Exact up to the kopeck, otherwise null. */
export function readSum(value: unknown): Kopecks | null {
  if (typeof value === "string") return parseMoney(value.trim());
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const text = value.toFixed(2);
  return Math.abs(value) < 1e13 && Math.abs(Number(text) - value) < 0.005 ? parseMoney(text) : null;
}

/** For a JSON number: the nearest double prints as the same two digits below 10^13. */
export function writeSum(value: Kopecks): number {
  return Number(value) / 100;
}

/** «Рубли без копеек», as amoCRM shows them in some accounts. */
export function withoutKopecks(value: Kopecks): Kopecks {
  return kopecks((value / 100n) * 100n);
}
