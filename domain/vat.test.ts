import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Day } from "./calendar.ts";
import { formatMoney, kopecks, type Kopecks, parseMoney } from "./money.ts";
import {
  computeVat,
  describeVat,
  VAT_GROUNDS,
  VAT_RATES,
  vatModeSchema,
  vatPercent,
} from "./vat.ts";

const before = "2025-12-31" as Day;
const after = "2026-01-01" as Day;
const sum = kopecks(10_000_000n);

function vatOf(
  value: Kopecks,
  rate: "standard" | "10" | "7" | "5" | "0",
  kind: "included" | "on_top",
) {
  const result = computeVat(value, { kind, rate }, after);
  return [formatMoney(result.vat), formatMoney(result.total), result.percent];
}

describe("the rate", () => {
  it("is 20 % until the end of 2025 and 22 % from 2026-01-01", () => {
    expect(vatPercent("standard", before)).toBe(20);
    expect(vatPercent("standard", after)).toBe(22);
    expect(vatPercent("5", before)).toBe(5);
  });
});

describe("VAT included in 100 000,00", () => {
  it.each([
    ["standard", "18032.79", 22],
    ["10", "9090.91", 10],
    ["7", "6542.06", 7],
    ["5", "4761.90", 5],
    ["0", "0.00", 0],
  ] as const)("at %s is %s", (rate, vat, percent) => {
    expect(vatOf(sum, rate, "included")).toEqual([vat, "100000.00", percent]);
  });
});

describe("VAT on top", () => {
  it("is computed from the sum, not line by line: 3 × 33,33 gives 22,00", () => {
    const lines = parseMoney("99.99") ?? kopecks(0n);
    expect(vatOf(lines, "standard", "on_top")).toEqual(["22.00", "121.99", 22]);
  });

  it("is 20 % for a document of 2025", () => {
    const result = computeVat(sum, { kind: "on_top", rate: "standard" }, before);
    expect(formatMoney(result.total)).toBe("120000.00");
  });
});

describe("no VAT", () => {
  it("leaves the sum alone and names its ground", () => {
    const mode = { kind: "none", ground: "usn" } as const;
    expect(computeVat(sum, mode, after)).toEqual({ total: sum, vat: 0n, percent: null });
    expect(VAT_GROUNDS.usn).toContain("145 НК РФ");
  });
});

it("describes each mode in words", () => {
  expect(describeVat({ kind: "none", ground: "npd" }, after)).toBe("без НДС");
  expect(describeVat({ kind: "included", rate: "standard" }, after)).toBe("в т. ч. НДС 22 %");
  expect(describeVat({ kind: "on_top", rate: "5" }, before)).toBe("НДС 5 % сверху");
});

it("refuses a mode with an unknown rate or without a ground", () => {
  expect(vatModeSchema.safeParse({ kind: "on_top", rate: "18" }).success).toBe(false);
  expect(vatModeSchema.safeParse({ kind: "none" }).success).toBe(false);
});

it("leaves net plus VAT equal to gross, whichever way it is counted", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 13n }).map(kopecks),
      fc.constantFrom(...VAT_RATES),
      (value, rate) => {
        const onTop = computeVat(value, { kind: "on_top", rate }, after);
        expect(onTop.total).toBe(value + onTop.vat);
        const back = computeVat(onTop.total, { kind: "included", rate }, after);
        const difference = back.vat - onTop.vat;
        expect(difference >= -1n && difference <= 1n).toBe(true);
      },
    ),
  );
});
