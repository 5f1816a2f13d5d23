import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideRounded, formatScaled, parseScaled } from "./decimal.ts";

describe("divideRounded", () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [0n, 7n, 0n],
    [6n, 3n, 2n],
  ])("rounds %s / %s half away from zero to %s", (dividend, divisor, expected) => {
    expect(divideRounded(dividend, divisor)).toBe(expected);
  });

  it.each([0n, -3n])("refuses the divisor %s", (divisor) => {
    expect(() => divideRounded(1n, divisor)).toThrow(RangeError);
  });

  it("is never further than half a divisor from the exact value, and symmetric", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (dividend, divisor) => {
        const quotient = divideRounded(dividend, divisor);
        const error = dividend - quotient * divisor;
        expect(2n * (error < 0n ? -error : error)).toBeLessThanOrEqual(divisor);
        expect(divideRounded(-dividend, divisor)).toBe(-quotient);
      }),
    );
  });
});

describe("scaled decimals", () => {
  it.each([
    ["450.50", 2, 45_050n],
    ["-12.5", 4, -125_000n],
    ["7", 0, 7n],
    ["0.1000", 1, 1n],
    ["-0", 2, 0n],
  ])("reads %s at scale %s", (text, scale, expected) => {
    expect(parseScaled(text, scale)).toBe(expected);
  });

  it.each(["", " 1", "1 ", "1,5", "1e3", "+1", ".5", "5.", "0x10", "∞", "1_000", "--1", "1.234"])(
    "refuses %j at scale 2",
    (text) => {
      expect(parseScaled(text, 2)).toBeNull();
    },
  );

  it("gives back what it wrote, at any scale and with any number of kept zeros", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
        fc.nat(10),
        fc.nat(10),
        (value, scale, zeros) => {
          const text = formatScaled(value, scale, Math.min(zeros, scale));
          expect(parseScaled(text, scale)).toBe(value);
          expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        },
      ),
    );
  });
});
