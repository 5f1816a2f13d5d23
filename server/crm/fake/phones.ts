import { hash } from "./random.ts";

export interface SeedPhone {
  /** As somebody typed it into the CRM. */
  value: string;
  /** What it means, or null where nobody can tell. */
  e164: string | null;
  kind: "mobile" | "work";
}

/** Ten digits of a Russian mobile, unique for (index, copy): a bijection modulo 10^9 behind the 9. */
export function mobile(index: number, copy = 0): string {
  const subscriber =
    (BigInt(index) * 514_229n + 120_000_007n + BigInt(copy) * 333_333_331n) % 1_000_000_000n;
  return `9${String(subscriber).padStart(9, "0")}`;
}

const SPELLINGS: readonly ((d: readonly string[], raw: string) => string)[] = [
  ([a, b, c, e]) => `+7 ${a} ${b}-${c}-${e}`,
  ([a, b, c, e]) => `8 (${a}) ${b}-${c}-${e}`,
  (_, raw) => `7${raw}`,
  (_, raw) => `8${raw}`,
  (_, raw) => `+7${raw}`,
  (_, raw) => raw,
  ([a, b, c, e]) => `+7(${a})${b}${c}${e}#123`,
  ([a, b, c, e]) => `8-${a}-${b}-${c}-${e} доб. 15`,
  ([a, b, c, e]) => `  +7\u00A0${a}\u00A0${b} ${c} ${e} `,
  ([a, b, c, e]) => `8.${a}.${b}.${c}.${e}`,
];

/** The number in one of the spellings people use; now and then a foreign one or plain junk. */
export function spell(seed: number, index: number, national: string): SeedPhone {
  const chance = hash(seed, index, 21) % 100;
  if (chance === 0) return { value: "нет телефона", e164: null, kind: "mobile" };
  if (chance === 1) return { value: "12-34", e164: null, kind: "mobile" };
  if (chance === 2) return foreign(index);
  const parts = [
    national.slice(0, 3),
    national.slice(3, 6),
    national.slice(6, 8),
    national.slice(8),
  ];
  const spelling = SPELLINGS[hash(seed, index, 22) % SPELLINGS.length] ?? String;
  return { value: spelling(parts, national), e164: `+7${national}`, kind: "mobile" };
}

function foreign(index: number): SeedPhone {
  const digits = `37529${String(1_000_000 + (index % 9_000_000))}`;
  return { value: `+${digits}`, e164: `+${digits}`, kind: "mobile" };
}

/** A Moscow office number, one per company. */
export function landline(seed: number, index: number): SeedPhone {
  const subscriber = String(2_000_000 + (hash(seed, index, 23) % 7_000_000));
  const [a, b, c] = [subscriber.slice(0, 3), subscriber.slice(3, 5), subscriber.slice(5)];
  return { value: `8 (495) ${a}-${b}-${c}`, e164: `+7495${subscriber}`, kind: "work" };
}

/** The number that two neighbours share, or null for everybody else. */
export function officeOf(index: number, period: number): SeedPhone | null {
  const place = index % period;
  if (place !== 3 && place !== 4) return null;
  const subscriber = String(7_000_000 + (Math.floor(index / period) % 999_999));
  const [a, b, c] = [subscriber.slice(0, 3), subscriber.slice(3, 5), subscriber.slice(5)];
  const value = place === 3 ? `8 (812) ${a}-${b}-${c}` : `+7 812 ${a} ${b} ${c}`;
  return { value, e164: `+7812${subscriber}`, kind: "work" };
}

/**
 * The digits by which both CRMs know a number: without extension, Russian trunk prefix folded.
 * `null` when there is nothing to compare.
 */
export function comparableDigits(value: string): string | null {
  const main = value.split(/#|доб|ext|;|,/i)[0] ?? "";
  const digits = main.replaceAll(/\D/g, "");
  if (digits.length === 0) return null;
  if (digits.length === 10 && digits.startsWith("9")) return `7${digits}`;
  if (digits.length === 11 && digits.startsWith("8")) return `7${digits.slice(1)}`;
  return digits;
}
