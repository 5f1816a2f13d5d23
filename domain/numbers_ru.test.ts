import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainNumberProblem } from "./number_sentences.ts";
import { formatMoney, kopecks, type Kopecks, MAX_KOPECKS } from "./money.ts";
import {
  formatAmountRu,
  formatMoneyRu,
  formatPercentRu,
  formatQuantityRu,
  MAX_PERCENT,
  type NumberResult,
  parseMoneyRu,
  parsePercentRu,
  parseQuantityRu,
} from "./numbers_ru.ts";
import { formatPercent, type Percent, PERCENT_HUNDRED } from "./percent.ts";
import { formatQuantity, MAX_QUANTITY, type Quantity } from "./quantity.ts";

/** The wire form of a value, or the reason. */
function show<Value extends bigint>(result: NumberResult<Value>, format: (value: Value) => string) {
  return result.ok ? format(result.value) : result.reason;
}

const money = (text: string) => show(parseMoneyRu(text), formatMoney);
const quantity = (text: string) => show(parseQuantityRu(text), formatQuantity);
const percent = (text: string) => show(parsePercentRu(text), formatPercent);

describe("a sum", () => {
  it.each([
    ["1 234,56", "1234.56"],
    ["1234.56", "1234.56"],
    ["1\u00a0234,56", "1234.56"],
    ["1\u202f234,56", "1234.56"],
    ["1\u2009234\u2009567", "1234567.00"],
    ["1'234'567,8", "1234567.80"],
    ["1.234,56", "1234.56"],
    ["1,234.56", "1234.56"],
    ["1.234.567", "1234567.00"],
    ["1,234,567.5", "1234567.50"],
    ["12,5", "12.50"],
    ["12.50", "12.50"],
    ["0,500", "0.50"],
    ["12,5000", "12.50"],
    [",5", "0.50"],
    ["0", "0.00"],
    ["+7", "7.00"],
    [" 1500 ", "1500.00"],
    ["1500р", "1500.00"],
    ["1500 р.", "1500.00"],
    ["1 500 РУБ.", "1500.00"],
    ["1500 рублей", "1500.00"],
    ["1 500,00 ₽", "1500.00"],
    ["1500 p.", "1500.00"],
    ["12 тыс", "12000.00"],
    ["12тыс. руб.", "12000.00"],
    ["12к", "12000.00"],
    ["12,345 тыс", "12345.00"],
    ["12 т.р.", "12000.00"],
    ["1,5 млн ₽", "1500000.00"],
    ["1500 руб. 50 коп.", "1500.50"],
    ["1500 рублей 5 копеек", "1500.05"],
    ["\u200b100\ufeff", "100.00"],
    ["100 000 000 000", "100000000000.00"],
  ])("%j is %s", (text, expected) => {
    expect(money(text)).toBe(expected);
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["∞", "not_a_number"],
    ["NaN", "not_a_number"],
    ["Infinity", "not_a_number"],
    ["сто", "not_a_number"],
    ["-", "not_a_number"],
    ["1.2.3", "not_a_number"],
    ["1..2", "not_a_number"],
    ["12,", "not_a_number"],
    ["-5", "negative"],
    ["−5", "negative"],
    ["–5", "negative"],
    ["1e3", "exponent"],
    ["1е3", "exponent"],
    ["10^12", "exponent"],
    ["10**12", "exponent"],
    ["12 м2", "extra_text"],
    ["12,5*4", "extra_text"],
    ["100 $", "extra_text"],
    ["12 34", "misplaced_space"],
    ["1 2345", "misplaced_space"],
    ["1,5 6", "misplaced_space"],
    ["1.234", "ambiguous"],
    ["1,234", "ambiguous"],
    ["12.500 руб", "ambiguous"],
    ["1 234,567", "too_precise"],
    ["0,001", "too_precise"],
    [`0,${"1".repeat(40)}`, "too_precise"],
    ["12,5 руб 50 коп", "not_a_number"],
    ["12 50 коп", "not_a_number"],
    ["100 000 000 000,01", "too_large"],
    ["9".repeat(40), "too_large"],
    ["9".repeat(5000), "too_long"],
    ["\ud800", "not_a_number"],
    ["<b>5</b>", "not_a_number"],
  ])("%j is refused: %s", (text, reason) => {
    expect(money(text)).toBe(reason);
  });

  it("obeys the limits of its field", () => {
    const limits = { minimum: kopecks(100n), maximum: kopecks(1000n) };
    expect(parseMoneyRu("0,99", limits)).toEqual({ ok: false, reason: "too_small" });
    expect(parseMoneyRu("10,01", limits)).toEqual({ ok: false, reason: "too_large" });
    expect(parseMoneyRu("-1", { ...limits, minimum: kopecks(-100n) })).toEqual({
      ok: true,
      value: -100n,
    });
  });
});

describe("a quantity", () => {
  it.each([
    ["12,5", "12.5"],
    ["12.5", "12.5"],
    ["1,234", "1.234"],
    ["0.385", "0.385"],
    ["12 500", "12500"],
    ["1.234.567", "1234567"],
    ["0", "0"],
    ["0,1234567", "0.1234567"],
    ["12,5*4+3", "53"],
    ["=12,5*4+3", "53"],
    ["= 12,5 x 4 + 3", "53"],
    ["3х4", "12"],
    ["3x4", "12"],
    ["3 × 4", "12"],
    ["2,7·4", "10.8"],
    ["(2,7+3)*2*2,5-1,6*2", "25.3"],
    ["1/2", "0.5"],
    ["1/3", "0.3333333"],
    ["2/3", "0.6666667"],
    ["(1/3)*3", "1"],
    ["12:4", "3"],
    ["12÷4", "3"],
    ["1 200 + 300", "1500"],
    ["=(5)", "5"],
    ["=5", "5"],
    ["5-3", "2"],
    ["-2*-3", "6"],
    ["2*(-3)+7", "1"],
    ["6/-2+4", "1"],
  ])("%j is %s", (text, expected) => {
    expect(quantity(text)).toBe(expected);
  });

  it.each([
    ["", "empty"],
    ["=", "bad_expression"],
    ["-5", "negative"],
    ["3-5", "negative"],
    ["1e3", "exponent"],
    ["2^3+1", "exponent"],
    ["2**3", "exponent"],
    ["12 м2", "extra_text"],
    ["∞", "not_a_number"],
    ["1/0", "division_by_zero"],
    ["5/(2-2)", "division_by_zero"],
    ["3 4 + 2", "misplaced_space"],
    ["2(3)", "bad_expression"],
    ["(2+3", "bad_expression"],
    ["2+3)", "bad_expression"],
    ["2+*3", "bad_expression"],
    ["5-", "bad_expression"],
    ["()", "not_a_number"],
    ["=()", "bad_expression"],
    ["=alert(1)", "not_a_number"],
    ["=A1*2", "not_a_number"],
    ["0,12345678", "too_precise"],
    ["10 000 001", "too_large"],
    ["99999*99999*99999", "too_large"],
    ["(".repeat(5000), "too_long"],
    ["=" + "(".repeat(150), "bad_expression"],
  ])("%j is refused: %s", (text, reason) => {
    expect(quantity(text)).toBe(reason);
  });

  it("calculates as exact fractions do", () => {
    const operand = fc.integer({ min: 1, max: 9999 });
    fc.assert(
      fc.property(operand, operand, operand, (a, b, c) => {
        const exact = (BigInt(a) * 10_000_000n * 2n + BigInt(b)) / (2n * BigInt(b));
        expect(parseQuantityRu(`${a}/${b}`)).toEqual({ ok: true, value: exact });
        const sum = BigInt(a + b * c) * 10_000_000n;
        const result = parseQuantityRu(`${a}+${b}*${c}`);
        const tooLarge = { ok: false, reason: "too_large" };
        expect(result).toEqual(sum <= MAX_QUANTITY ? { ok: true, value: sum } : tooLarge);
      }),
    );
  });
});

describe("a per cent value", () => {
  it.each([
    ["12,5", "12.5"],
    ["12,5 %", "12.5"],
    ["10%", "10"],
    ["10 процентов", "10"],
    ["0", "0"],
    ["110", "110"],
  ])("%j is %s", (text, expected) => {
    expect(percent(text)).toBe(expected);
  });

  it.each([
    ["%", "empty"],
    ["-1", "negative"],
    ["1001", "too_large"],
    ["0,00001", "too_precise"],
    ["5 %%", "extra_text"],
  ])("%j is refused: %s", (text, reason) => {
    expect(percent(text)).toBe(reason);
  });

  it("stops at 100 where the field is a discount", () => {
    const limits = { minimum: 0n as Percent, maximum: PERCENT_HUNDRED };
    expect(parsePercentRu("100,0001", limits)).toEqual({ ok: false, reason: "too_large" });
  });
});

describe("writing", () => {
  it("uses no-break spaces and the comma", () => {
    expect(formatMoneyRu(kopecks(123_456n))).toBe("1\u00a0234,56\u00a0₽");
    expect(formatAmountRu(kopecks(5n))).toBe("0,05");
    expect(formatMoneyRu(kopecks(-100_000_000n))).toBe("-1\u00a0000\u00a0000,00\u00a0₽");
    expect(formatQuantityRu(125_000_000n as Quantity)).toBe("12,5");
    expect(formatQuantityRu(12_000_000_000n as Quantity)).toBe("1\u00a0200");
    expect(formatPercentRu(125_000n as Percent)).toBe("12,5\u00a0%");
  });

  it("agrees with ICU on every sum", () => {
    const icu = new Intl.NumberFormat("ru-RU", { style: "currency", currency: "RUB" });
    fc.assert(
      fc.property(fc.bigInt({ min: -BigInt(MAX_KOPECKS), max: MAX_KOPECKS }), (value) => {
        const exact = formatMoney(kopecks(value)) as `${number}`;
        expect(formatMoneyRu(kopecks(value))).toBe(icu.format(exact));
      }),
    );
  });

  it("reads back what it wrote", () => {
    const around = <Value extends bigint>(maximum: bigint) => ({
      value: fc.bigInt({ min: -maximum, max: maximum }).map((value) => value as Value),
      limits: { minimum: -maximum as Value, maximum: maximum as Value },
    });
    const sums = around<Kopecks>(MAX_KOPECKS);
    fc.assert(
      fc.property(sums.value, (value) => {
        expect(parseMoneyRu(formatMoneyRu(value), sums.limits)).toEqual({ ok: true, value });
        expect(parseMoneyRu(formatAmountRu(value), sums.limits)).toEqual({ ok: true, value });
      }),
    );
    const quantities = around<Quantity>(MAX_QUANTITY);
    fc.assert(
      fc.property(quantities.value, (value) => {
        const read = parseQuantityRu(formatQuantityRu(value), quantities.limits);
        expect(read).toEqual({ ok: true, value });
      }),
    );
    const percents = around<Percent>(MAX_PERCENT);
    fc.assert(
      fc.property(percents.value, (value) => {
        const read = parsePercentRu(formatPercentRu(value), percents.limits);
        expect(read).toEqual({ ok: true, value });
      }),
    );
  });
});

describe("anything at all", () => {
  it("is read or refused with a Russian sentence, and never throws", () => {
    const digitsAndSigns = fc.string({
      unit: fc.constantFrom(..."0123456789., -+*/()=хe^%₽рк\u00a0".split("")),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), digitsAndSigns), (text) => {
        const results = [
          { field: { kind: "money" }, result: parseMoneyRu(text) },
          { field: { kind: "quantity" }, result: parseQuantityRu(text) },
          { field: { kind: "percent" }, result: parsePercentRu(text) },
        ] as const;
        for (const { field, result } of results) {
          const shown = result.ok ? "Понятно" : explainNumberProblem(result.reason, field);
          expect(shown).toMatch(/^[А-Я][а-я]/);
          expect(result.ok && result.value < 0n).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("names the limit that was passed", () => {
    const limits = { minimum: 0n as Percent, maximum: PERCENT_HUNDRED };
    expect(explainNumberProblem("too_large", { kind: "percent", limits })).toContain("100\u00a0%");
    expect(explainNumberProblem("too_large", { kind: "quantity" })).toContain(
      "10\u00a0000\u00a0000",
    );
  });
});
