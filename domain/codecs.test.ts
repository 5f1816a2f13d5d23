import { describe, expect, it } from "vitest";
import { z } from "zod";
import { monthOf } from "./acts.ts";
import { hourIn } from "./calendar.ts";
import type { Day } from "./calendar.ts";
import {
  dayCodec,
  moneyCodec,
  percentCodec,
  quantityCodec,
  sharePercentCodec,
  sumCodec,
} from "./codecs.ts";
import { kopecks, MAX_KOPECKS } from "./money.ts";
import { waitingWindow } from "./reminders.ts";

const reads = (schema: z.ZodType, text: unknown) => schema.safeParse(text).success;

describe("the wire", () => {
  it("brings money from nothing to the most, and sums of any sign", () => {
    expect(z.decode(moneyCodec, "450.50")).toBe(45_050n);
    expect(z.encode(moneyCodec, kopecks(45_050n))).toBe("450.50");
    expect(z.decode(sumCodec, "-0.01")).toBe(-1n);
    expect(z.encode(sumCodec, kopecks(-1n))).toBe("-0.01");
    const most = z.encode(moneyCodec, MAX_KOPECKS);
    expect(z.decode(moneyCodec, most)).toBe(MAX_KOPECKS);
    expect(reads(moneyCodec, z.encode(sumCodec, kopecks(MAX_KOPECKS + 1n)))).toBe(false);
    for (const wrong of ["-0.01", "1,00", "", "1e3", "NaN", 1, null, "1".repeat(41)]) {
      expect([wrong, reads(moneyCodec, wrong)]).toEqual([wrong, false]);
    }
    for (const wrong of ["x", "", "1.001", 5, "1".repeat(41)]) {
      expect([wrong, reads(sumCodec, wrong)]).toEqual([wrong, false]);
    }
  });

  it("brings quantities and per cents within their limits", () => {
    expect(z.decode(quantityCodec, "12.5")).toBe(125_000_000n);
    expect(reads(quantityCodec, "-1")).toBe(false);
    expect([reads(percentCodec, "1000"), reads(percentCodec, "1000.01")]).toEqual([true, false]);
    expect([reads(sharePercentCodec, "100"), reads(sharePercentCodec, "100.01")]).toEqual([
      true,
      false,
    ]);
  });

  it("brings days that are in the calendar", () => {
    expect(z.decode(dayCodec, "2026-11-22")).toBe("2026-11-22");
    expect(z.encode(dayCodec, "2026-11-22" as Day)).toBe("2026-11-22");
    for (const wrong of ["2026-02-30", "22.11.2026", ""])
      expect(reads(dayCodec, wrong)).toBe(false);
  });
});

describe("time", () => {
  it("has its hour by the zone", () => {
    expect(hourIn("Europe/Moscow", new Date("2026-11-22T21:30:00Z"))).toBe(0);
    expect(hourIn("Asia/Vladivostok", new Date("2026-11-22T05:00:00Z"))).toBe(15);
  });

  it("has the first day of a month, and the window in which an answer is waited for", () => {
    expect(monthOf("2026-11-22" as Day)).toBe("2026-11-01");
    expect(waitingWindow(new Date("2026-11-22T09:00:00Z"))).toEqual({
      from: new Date("2026-10-22T09:00:00Z"),
      to: new Date("2026-11-20T09:00:00Z"),
    });
  });
});

describe("what is no value", () => {
  it.each([
    [moneyCodec, "not an exact decimal"],
    [sumCodec, "not an exact sum"],
  ])("is told of once, in words", (codec, message) => {
    const { error } = codec.safeParse("1,00");
    expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each([moneyCodec, sumCodec, quantityCodec, percentCodec])("is not written either", (codec) => {
    expect(z.safeEncode(codec, "5" as never).success).toBe(false);
  });

  it("is a day that is no text", () => {
    expect(z.safeEncode(dayCodec, 20_261_122 as never).success).toBe(false);
  });
});
