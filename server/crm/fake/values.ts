/** Loose readings of values that came over the wire as JSON or as a form. */

/** A JSON object; keys unknown. */
export type Fields = Record<string, unknown>;

export function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A map for a map, an index → value map for a list, an empty map for everything else. */
export function asMap(value: unknown): Fields {
  if (Array.isArray(value)) return Object.fromEntries(Object.entries(value));
  return isMap(value) ? value : {};
}

/** The items of a list or the values of a map; an empty list for everything else. */
export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return isMap(value) ? Object.values(value) : [];
}

/** Text of a string, a number or a boolean (`Y`/`N`); empty for everything else. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value ? "Y" : "N";
  return "";
}

/** A whole number from a number or a string of digits, otherwise null. */
export function asInteger(value: unknown): number | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== "string" || !/^\s*-?\d{1,15}\s*$/.test(value)) return null;
  return Number(value);
}

/** A finite number from a number or a decimal string, otherwise null. */
export function asNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || !/^\s*-?\d+(\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** Rounds half away from zero to so many decimals, without the binary tail of 1.005. */
export function roundTo(value: number, decimals: number): number {
  const scaled = Number(`${Math.abs(value).toPrecision(15)}e${String(decimals)}`);
  const rounded = Number.isFinite(scaled)
    ? Math.round(scaled)
    : Math.round(Math.abs(value) * 10 ** decimals);
  const result = rounded / 10 ** decimals;
  return value < 0 && result !== 0 ? -result : result;
}
