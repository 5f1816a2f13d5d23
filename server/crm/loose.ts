/** Loose readings of what CRMs answer: maps may be `[]`, numbers texts, texts numbers. */

export type Fields = Readonly<Record<string, unknown>>;

export function asMap(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

/** Text of a text or a number; empty for everything else. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

/** A positive whole number as text, otherwise null: ids of CRMs. */
export function asId(value: unknown): string | null {
  const text = asText(value).trim();
  return /^[1-9]\d{0,17}$/.test(text) ? text : null;
}
