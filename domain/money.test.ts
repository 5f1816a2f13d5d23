import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  allocate,
  divideByQuantity,
  formatMoney,
  kopecks,
  type Kopecks,
  MAX_KOPECKS,
  multiply,
  parseMoney,
  subtract,
  takePercent,
  ZERO,
} from "./money.ts";
import { parsePercent, type Percent } from "./percent.ts";
import { MAX_QUANTITY, parseQuantity, type Quantity } from "./quantity.ts";

const anySum = fc.bigInt({ min: -BigInt(MAX_KOPECKS), max: MAX_KOPECKS }).map(kopecks);
const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 14n }), { minLength: 1, maxLength: 30 });

function sum(text: string): Kopecks {
  return parseMoney(text) ?? fail(text);
}

function quantity(text: string): Quantity {
  return parseQuantity(text) ?? fail(text);
}

function fail(text: string): never {
  throw new Error(`not readable: ${text}`);
}

describe("lines", () => {
  it.each([
    ["1850.50", "7.35", "13601.18"],
    ["68500.00", "0.385", "26372.50"],
    ["0.01", "0.5", "0.01"],
    ["0.01", "0.4999999", "0.00"],
    ["33.33", "3", "99.99"],
    ["99999999999.99", "1", "99999999999.99"],
  ])("rounds %s × %s to the kopeck: %s", (price, count, amount) => {
    expect(formatMoney(multiply(sum(price), quantity(count)))).toBe(amount);
  });

  it("never loses a kopeck when a sum is divided by its quantity exactly", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        fc.bigInt({ min: 1n, max: 10_000n }),
        (price, count) => {
          const whole = (count * 10_000_000n) as Quantity;
          const amount = multiply(kopecks(price), whole);
          expect(divideByQuantity(amount, whole)).toBe(price);
        },
      ),
    );
  });

  it("has no unit price for nothing", () => {
    expect(divideByQuantity(sum("10"), 0n as Quantity)).toBeNull();
  });

  it("is exact at the largest price and quantity", () => {
    expect(multiply(MAX_KOPECKS, MAX_QUANTITY)).toBe(MAX_KOPECKS * 10_000_000n);
  });
});

describe("sums", () => {
  it("adds and subtracts without a float in between", () => {
    expect(add(sum("0.10"), sum("0.20"))).toBe(sum("0.30"));
    expect(add()).toBe(ZERO);
    expect(subtract(sum("0.30"), sum("0.10"))).toBe(sum("0.20"));
  });

  it.each([
    ["1000.05", "10", "100.01"],
    ["100", "33.3333", "33.33"],
    ["-0.05", "10", "-0.01"],
  ])("takes of %s %s per cent: %s", (value, percent, expected) => {
    const share = takePercent(sum(value), parsePercent(percent) ?? (0n as Percent));
    expect(formatMoney(share)).toBe(expected);
  });

  it("writes every sum so that it reads back as the same", () => {
    fc.assert(
      fc.property(anySum, (value) => {
        expect(parseMoney(formatMoney(value))).toBe(value);
      }),
    );
  });
});

describe("allocate", () => {
  it("gives the odd kopecks to the largest remainders, the earlier first", () => {
    expect(allocate(sum("100"), [1n, 1n, 1n])).toEqual([3334n, 3333n, 3333n]);
    expect(allocate(sum("0.05"), [10n, 11n, 0n])).toEqual([2n, 3n, 0n]);
    expect(allocate(sum("-100"), [1n, 1n, 1n])).toEqual([-3334n, -3333n, -3333n]);
  });

  it("puts everything on the first part when all weights are zero", () => {
    expect(allocate(sum("5"), [0n, 0n])).toEqual([500n, 0n]);
  });

  it("refuses to spread a sum over nothing, but spreads nothing over nothing", () => {
    expect(() => allocate(sum("5"), [])).toThrow(RangeError);
    expect(allocate(ZERO, [])).toEqual([]);
  });

  it("always adds up, and no part is a kopeck away from its fair share", () => {
    fc.assert(
      fc.property(anySum, weights, (total, parts) => {
        const shares = allocate(total, parts);
        expect(add(...shares)).toBe(total);
        const all = parts.reduce((left, right) => left + right, 0n);
        fc.pre(all > 0n);
        for (const [index, share] of shares.entries()) {
          const error = share * all - total * (parts[index] ?? 0n);
          expect(error < 0n ? -error : error).toBeLessThan(all);
        }
      }),
    );
  });
});
