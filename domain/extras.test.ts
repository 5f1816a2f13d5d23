import { describe, expect, it } from "vitest";
import type { Day } from "./calendar.ts";
import {
  type ExtraSummary,
  findUnanswered,
  photoTypeOf,
  sumApproved,
  unansweredHint,
} from "./extras.ts";
import { kopecks } from "./money.ts";

const extra = (total: bigint, isApproved: boolean) =>
  ({ total: kopecks(total), isApproved }) as ExtraSummary;

describe("extra work", () => {
  it("counts when it is approved", () => {
    expect(sumApproved([extra(100n, true), extra(20n, false), extra(3n, true)])).toBe(103n);
    expect(sumApproved([])).toBe(0n);
  });

  it("is unanswered from the eleventh day on", () => {
    const submittedOn = "2026-11-10" as Day;
    const on = (today: string) => findUnanswered([{ submittedOn }], today as Day).length;
    expect([on("2026-11-19"), on("2026-11-20"), on("2026-11-21")]).toEqual([0, 0, 1]);
  });

  it("says what the law gives then, with the number", () => {
    expect(unansweredHint("СМ-2026-0001/Д1")).toMatch(/СМ-2026-0001\/Д1 за 10 дней.*743/);
  });
});

describe("a picture", () => {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

  it.each([
    ["image/jpeg", "ffd8ffe000104a464946"],
    ["image/png", "89504e470d0a1a0a0000000d"],
    ["image/webp", "524946460000000057454250"],
  ])("%s is known by its first bytes", (type, hex) => {
    expect(photoTypeOf(bytes(hex))).toBe(type);
  });

  it.each([
    "",
    "ffd8",
    "89504e470d0a1a",
    "5249464600000000",
    "524946460000000057415645",
    "3c737667",
  ])("is not made of %s", (hex) => {
    expect(photoTypeOf(bytes(hex))).toBe(null);
  });
});
