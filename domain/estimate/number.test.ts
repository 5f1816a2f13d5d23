import { expect, it } from "vitest";
import { formatEstimateNumber, numberInFileName } from "./number.ts";

it("writes a number with four digits or more, and extra work behind it", () => {
  expect(formatEstimateNumber(2026, 1)).toBe("СМ-2026-0001");
  expect(formatEstimateNumber(2026, 12_345)).toBe("СМ-2026-12345");
  expect(formatEstimateNumber(2026, 1, 2)).toBe("СМ-2026-0001/Д2");
});

it("makes no folder of a number in the name of a file", () => {
  expect(numberInFileName("СМ-2026-0001/Д2")).toBe("СМ-2026-0001-Д2");
});
