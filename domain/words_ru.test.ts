import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kopecks, MAX_KOPECKS } from "./money.ts";
import { plural, spellMoney } from "./words_ru.ts";

describe("plural", () => {
  it.each([
    [0, "строк"],
    [1, "строка"],
    [2, "строки"],
    [4, "строки"],
    [5, "строк"],
    [11, "строк"],
    [14, "строк"],
    [21, "строка"],
    [22, "строки"],
    [111, "строк"],
    [112, "строк"],
    [121, "строка"],
    [-1, "строка"],
    [-12, "строк"],
  ])("%s takes «%s»", (count, expected) => {
    expect(plural(count, "строка", "строки", "строк")).toBe(expected);
    expect(plural(BigInt(count), "строка", "строки", "строк")).toBe(expected);
  });

  it("agrees with ICU", () => {
    const rules = new Intl.PluralRules("ru");
    fc.assert(
      fc.property(fc.nat(10_000_000), (count) => {
        expect(plural(count, "one", "few", "many")).toBe(rules.select(count));
      }),
    );
  });
});

describe("сумма прописью", () => {
  it.each([
    [2_100_121n, "Двадцать одна тысяча один рубль 21 копейка"],
    [0n, "Ноль рублей 00 копеек"],
    [1n, "Ноль рублей 01 копейка"],
    [102n, "Один рубль 02 копейки"],
    [1_111n, "Одиннадцать рублей 11 копеек"],
    [200_000n, "Две тысячи рублей 00 копеек"],
    [1_200_000n, "Двенадцать тысяч рублей 00 копеек"],
    [1_234_500_000n, "Двенадцать миллионов триста сорок пять тысяч рублей 00 копеек"],
    [19_803_800n, "Сто девяносто восемь тысяч тридцать восемь рублей 00 копеек"],
    [26_956_368n, "Двести шестьдесят девять тысяч пятьсот шестьдесят три рубля 68 копеек"],
    [100_000_200n, "Один миллион два рубля 00 копеек"],
    [100_000_000_000n, "Один миллиард рублей 00 копеек"],
    [MAX_KOPECKS, "Сто миллиардов рублей 00 копеек"],
    [-150n, "Минус один рубль 50 копеек"],
    [
      99_999_999_999_999n,
      "Девятьсот девяносто девять миллиардов девятьсот девяносто девять миллионов " +
        "девятьсот девяносто девять тысяч девятьсот девяносто девять рублей 99 копеек",
    ],
  ])("%s: %s", (value, expected) => {
    expect(spellMoney(kopecks(value))).toBe(expected);
  });

  it("can be read back word by word to the same sum", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_KOPECKS }), (value) => {
        expect(readWords(spellMoney(kopecks(value)))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses a sum that has no name here instead of spelling a part of it", () => {
    expect(() => spellMoney(kopecks(10n ** 17n))).toThrow(RangeError);
  });
});

/** An independent reader of sums in words: each word has a value, each group name a factor. */
function readWords(text: string): bigint {
  const words = text.toLowerCase().split(" ");
  let total = 0n;
  let group = 0n;
  for (const word of words) {
    const value = VALUES[word];
    if (value !== undefined) group += value;
    const factor = FACTORS.find(([stem]) => word.startsWith(stem))?.[1];
    if (factor !== undefined) {
      total += group * factor;
      group = 0n;
    }
    if (/^\d\d$/.test(word)) total += BigInt(word);
  }
  return total;
}

const FACTORS: readonly [string, bigint][] = [
  ["рубл", 100n],
  ["тысяч", 100_000n],
  ["миллион", 100_000_000n],
  ["миллиард", 100_000_000_000n],
];

const VALUES: Readonly<Record<string, bigint>> = {
  ноль: 0n,
  один: 1n,
  одна: 1n,
  два: 2n,
  две: 2n,
  три: 3n,
  четыре: 4n,
  пять: 5n,
  шесть: 6n,
  семь: 7n,
  восемь: 8n,
  девять: 9n,
  десять: 10n,
  одиннадцать: 11n,
  двенадцать: 12n,
  тринадцать: 13n,
  четырнадцать: 14n,
  пятнадцать: 15n,
  шестнадцать: 16n,
  семнадцать: 17n,
  восемнадцать: 18n,
  девятнадцать: 19n,
  двадцать: 20n,
  тридцать: 30n,
  сорок: 40n,
  пятьдесят: 50n,
  шестьдесят: 60n,
  семьдесят: 70n,
  восемьдесят: 80n,
  девяносто: 90n,
  сто: 100n,
  двести: 200n,
  триста: 300n,
  четыреста: 400n,
  пятьсот: 500n,
  шестьсот: 600n,
  семьсот: 700n,
  восемьсот: 800n,
  девятьсот: 900n,
};
