import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatPercent, parsePercent, type Percent, PERCENT_HUNDRED } from "./percent.ts";

it("keeps four digits and refuses the fifth", () => {
  expect(parsePercent("12.5")).toBe(125_000n);
  expect(parsePercent("0.0001")).toBe(1n);
  expect(parsePercent("0.00001")).toBeNull();
  expect(parsePercent("100")).toBe(PERCENT_HUNDRED);
});

it("writes every per cent value so that it reads back as the same", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (value) => {
      expect(parsePercent(formatPercent(value as Percent))).toBe(value);
    }),
  );
});
