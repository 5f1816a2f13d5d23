import { z } from "zod";
import type { Day } from "./calendar.ts";
import { divideRounded } from "./decimal.ts";
import { kopecks, type Kopecks, ZERO } from "./money.ts";

/** Why no VAT is charged; the words stand in the document instead of the VAT line. */
export const VAT_GROUNDS = {
  usn: "Без НДС (УСН, освобождение по ст. 145 НК РФ)",
  npd: "Без НДС (налог на профессиональный доход, ч. 8 ст. 2 Федерального закона № 422-ФЗ)",
  patent: "Без НДС (патентная система налогообложения, п. 11 ст. 346.43 НК РФ)",
  article145: "Без НДС (освобождение по ст. 145 НК РФ)",
} as const;

/** `standard` is the base rate of the day: 20 % until 2025-12-31, 22 % since 2026-01-01 (425-ФЗ). */
export const VAT_RATES = ["standard", "10", "7", "5", "0"] as const;

export const vatModeSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("none"),
    ground: z.enum(["usn", "npd", "patent", "article145"]),
  }),
  z.strictObject({ kind: z.literal("on_top"), rate: z.enum(VAT_RATES) }),
  z.strictObject({ kind: z.literal("included"), rate: z.enum(VAT_RATES) }),
]);

export type VatMode = z.infer<typeof vatModeSchema>;
export type VatRate = (typeof VAT_RATES)[number];

/** The rate in whole per cent on a day. The day is that of acceptance (Минфин, 24-06-06/2382). */
export function vatPercent(rate: VatRate, day: Day): number {
  if (rate !== "standard") return Number(rate);
  return day < "2026-01-01" ? 20 : 22;
}

export interface VatResult {
  /** What the client pays. */
  readonly total: Kopecks;
  readonly vat: Kopecks;
  /** Whole per cent; null when there is no VAT. */
  readonly percent: number | null;
}

/** VAT is computed once per rate from the sum, never per line (Постановление 1137, п. 3: in kopecks). */
export function computeVat(sum: Kopecks, mode: VatMode, day: Day): VatResult {
  if (mode.kind === "none") return { total: sum, vat: ZERO, percent: null };
  const percent = vatPercent(mode.rate, day);
  if (mode.kind === "on_top") {
    const vat = kopecks(divideRounded(sum * BigInt(percent), 100n));
    return { total: kopecks(sum + vat), vat, percent };
  }
  const vat = kopecks(divideRounded(sum * BigInt(percent), BigInt(100 + percent)));
  return { total: sum, vat, percent };
}

/** «без НДС», «в т. ч. НДС 22 %», «НДС 22 % сверху». */
export function describeVat(mode: VatMode, day: Day): string {
  if (mode.kind === "none") return "без НДС";
  const percent = vatPercent(mode.rate, day);
  return mode.kind === "included" ? `в т. ч. НДС ${percent} %` : `НДС ${percent} % сверху`;
}
