import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateExpression, looksLikeExpression } from "./arithmetic.ts";

/** The value in hundredths, or why there is none. */
function calculate(text: string): bigint | string {
  const result = evaluateExpression(text, 2);
  return result.ok ? result.value : result.reason;
}

describe("what is calculated", () => {
  it.each([
    ["2+3*4", 1400n],
    ["(2+3)*4", 2000n],
    ["=10-4-3", 300n],
    ["12/4/3", 100n],
    ["-5+2", -300n],
    ["+5", 500n],
    ["2*-3", -600n],
    ["12,5х4", 5000n],
    ["10:4", 250n],
    // Rounded once, at the end, half away from zero.
    ["1/3*3", 100n],
    ["1/8", 13n],
    ["-1/8", -13n],
    // The sign of what is divided by goes over to the result.
    ["1/(2-4)", -50n],
  ])("«%s» in hundredths is %s", (text, value) => {
    expect(calculate(text)).toBe(value);
  });

  it("is for whole numbers what JavaScript makes of it", () => {
    const whole = fc.integer({ min: -999, max: 999 });
    const sign = fc.constantFrom("+", "-", "*");
    fc.assert(
      fc.property(whole, sign, whole, sign, whole, (a, first, b, second, c) => {
        const value = (left: number, by: string, right: number) =>
          by === "+" ? left + right : by === "-" ? left - right : left * right;
        const expected =
          second === "*" && first !== "*"
            ? value(a, first, value(b, second, c))
            : value(value(a, first, b), second, c);
        const text = `${a}${first}(${b})${second}(${c})`;
        expect([text, calculate(text)]).toEqual([text, BigInt(expected) * 100n]);
      }),
    );
  });
});

describe("what is not calculated", () => {
  it.each([
    ["1/0", "division_by_zero"],
    ["1/(2-2)", "division_by_zero"],
    ["2**3", "exponent"],
    ["2^3", "exponent"],
    ["(1+2", "bad_expression"],
    ["1+2)", "bad_expression"],
    ["1+", "bad_expression"],
    ["*2", "bad_expression"],
    ["()", "bad_expression"],
    ["", "bad_expression"],
    ["{кухня}*2", "bad_expression"],
  ])("«%s»: %s", (text, reason) => {
    expect(calculate(text)).toBe(reason);
  });

  it("says of a number in it what is wrong with the number", () => {
    expect(calculate("2+1,2,3")).not.toBe("bad_expression");
    expect(typeof calculate("2+1,2,3")).toBe("string");
  });
});

describe("a name in braces", () => {
  it("stands for its exact value", () => {
    const third = { over: 1n, under: 3n };
    const result = evaluateExpression("{треть}*3", 2, (name) => (name === "треть" ? third : null));
    expect(result).toEqual({ ok: true, value: 100n });
  });

  it("that fails in an unexpected way is nobody's typing mistake", () => {
    const broken = () => {
      throw new TypeError("broken");
    };
    expect(() => evaluateExpression("{x}", 2, broken)).toThrow(TypeError);
  });
});

it.each([
  ["=5", true],
  ["2+3", true],
  ["2х3", true],
  ["-5", false],
  ["5", false],
  ["+", false],
  ["2 шт", false],
])("«%s» is meant to be calculated: %s", (text, isMeant) => {
  expect(looksLikeExpression(text)).toBe(isMeant);
});
