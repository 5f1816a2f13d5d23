import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  formatQuantity,
  MAX_QUANTITY,
  parseQuantity,
  type Quantity,
  QUANTITY_ONE,
  scaleQuantity,
} from "./quantity.ts";

const anyQuantity = fc
  .bigInt({ min: -BigInt(MAX_QUANTITY), max: MAX_QUANTITY })
  .map((value) => value as Quantity);

it("keeps seven digits and refuses the eighth", () => {
  expect(parseQuantity("0.1234567")).toBe(1_234_567n);
  expect(parseQuantity("0.12345678")).toBeNull();
  expect(parseQuantity("0.12345670")).toBe(1_234_567n);
});

it("writes no trailing zeros", () => {
  expect(formatQuantity(QUANTITY_ONE)).toBe("1");
  expect(formatQuantity(125_000_000n as Quantity)).toBe("12.5");
});

it("writes every quantity so that it reads back as the same", () => {
  fc.assert(
    fc.property(anyQuantity, (value) => {
      expect(parseQuantity(formatQuantity(value))).toBe(value);
    }),
  );
});

it("rounds a coefficient to seven digits, away from zero", () => {
  const third = parseQuantity("0.3333333") ?? QUANTITY_ONE;
  expect(formatQuantity(scaleQuantity(third, parseQuantity("0.5") ?? QUANTITY_ONE))).toBe(
    "0.1666667",
  );
});

it("does not change a quantity by the coefficient one", () => {
  fc.assert(
    fc.property(anyQuantity, (value) => {
      expect(scaleQuantity(value, QUANTITY_ONE)).toBe(value);
    }),
  );
});
