import { describe, expect, it } from "vitest";
import { parseQuickAdd } from "./quick_add.ts";
import { readRows } from "./testing_rows.ts";

describe("a position that is certain", () => {
  it.each([
    ["Штукатурка 22 м2 350 10 %", "Штукатурка (10 %) | 22 м² | 350.00"],
    ["Штукатурка 7 хрюк по 350 10 %", "Штукатурка (10 %) | 7 хрюк | 350.00 | unit_unknown"],
    ["Штукатурка 5 по 350 10 %", "note: markup"],
    ["Дверь 2 шт. белая 4500 10 %", "note: markup"],
  ])("is no markup for a percentage at its end: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("the largest numbers", () => {
  it.each([
    ["Гайки 10000000 шт 0,01", "Гайки | 10000000 шт | 0.01"],
    ["Гайки 10000001 шт 0,01", "? too_large"],
    ["Дом 1 шт 100000000000", "Дом | 1 шт | 100000000000.00"],
    ["Дом 1 шт 100000000000,01", "? too_large"],
    ["Дом 0 шт 100000000000,01", "? too_large"],
    ["Дом 1 шт = 100000000000", "Дом | 1 шт | 100000000000.00 | price_computed"],
    ["Дом 0 шт = 100000000000,01", "? too_large"],
    ["Дома 2 шт 50000000000,01", "? too_large"],
  ])("are taken, and larger ones refused: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it("of a row are sixteen", () => {
    const rowOf = (count: number) => `Кран ${"1, ".repeat(count - 2)}5 шт 300`;
    expect(readRows(rowOf(16))).toEqual([`Кран ${"1, ".repeat(13)}1 | 5 шт | 300.00`]);
    expect(readRows(rowOf(17))).toEqual(["? too_many_numbers"]);
  });
});

describe("groups of digits", () => {
  it.each([
    ["Гайки 1 200 300 шт 5", "Гайки | 1200300 шт | 5.00 | grouped_number"],
    ["Розетки 2 шт 350 700", "Розетки | 2 шт | 350.00"],
    ["Розетки 2 шт 350 700 = 701400", "Розетки | 2 шт | 350700.00"],
    ["Плитка 0 шт 45 000", "Плитка | 0 шт | 45000.00 | zero_quantity"],
    ["Штукатурка 22 м2 2.400 = 7700", "? ambiguous_price"],
    ["Краска 10 л 500", "Краска | 10 л | 500.00 | package_size"],
  ])("are one number unless the sum agrees: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("two quantities and one price", () => {
  it.each([
    ["Дом 120 м2 по 350 22 м2", "? several_items"],
    ["Дом 120 м2 350 р/м2 22 м2", "? several_items"],
    ["Дом 120 м2 350 р за шт 5 шт", "Дом 120 м2 | 5 шт | 350.00"],
  ])("go together by the unit of the price: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("signs and words beside the numbers", () => {
  it.each([
    ["Штукатурка 22 м2 $5", "? foreign_currency"],
    ["Штукатурка 22 м2 50 (без выноса)", "Штукатурка (без выноса) | 22 м² | 50.00"],
    ["Штукатурка 22 м2 = 350 р/м2", "Штукатурка | 22 м² | 350.00"],
    ["Монтаж с вычетом проёмов 12 м2 350", "Монтаж с вычетом проёмов | 12 м² | 350.00"],
    ["Стены, вычет проёмов -12 м2 350", "? negative"],
  ])("tell what is meant: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("numbers in names, brackets and other places", () => {
  it.each([
    ["Штукатурка 22 м2 5 350-00", "Штукатурка | 22 м² | 5350.00"],
    ["ГКЛ 12,5 мм", "? no_numbers"],
    ["Эмаль RAL 9003", "? no_numbers"],
    ["Дом 120 м2, 5 комнат", "Дом 5 комнат | 120 м² | none | no_price"],
    ["[Кухня 12 м2]", "Кухня | 12 м² | none | no_price"],
    ["Плитка (22 м2 350", "Плитка | 22 м² | 350.00"],
    ["Плитка 22 м2 (100)", "Плитка | 22 м² | 100.00"],
    ["Плитка 22 м2 (150,25)", "Плитка | 22 м² | 150.25"],
    ["Плитка 22 м2 (99)", "Плитка (99) | 22 м² | none | no_price"],
    ["Плитка 22 м2 (50,25)", "Плитка (50,25) | 22 м² | none | no_price"],
    ["Плитка 100 х 22 м2", "Плитка | 22 м² | 100.00"],
    ["Штукатурка 45 000 за 100 м2 22 м2", "Штукатурка | 22 м² | 450.00"],
    ["по 350 22 м2 Штукатурка", "Штукатурка | 22 м² | 350.00"],
    ["Штукатурка 350 7700 22 м2", "Штукатурка 350 7700 | 22 м² | none | no_price"],
    ["Ротбанд 30 кг", "Ротбанд | 30 кг | none | no_price"],
    ["350 25 кг Штукатурка", "350 Штукатурка | 25 кг | none | no_price"],
    ["Дом 120 м2 22 м2 (без выноса)", "? ambiguous_quantity"],
    ["Дом 120 м2 12 кв 350 р/м2 = 7700", "Дом 12 кв (7700) | 120 м² | 350.00 | order_guessed"],
  ])("are told from quantities and prices: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("a stated sum of works or of materials", () => {
  const works = "Ванная:\nСтяжка 2 м2 500\nКухня:\nСтяжка 3 м2 700\n";
  const materials = "Материалы ванной:\nКлей 2 мешка 500\nМатериалы кухни:\nКраска 3 шт 700\n";

  it.each([
    [`${works}Итого работы 3100`, "works"],
    [`${works}Итого работы 2100`, "works"],
    [`${materials}Итого материалы 3100`, "materials"],
    [`${materials}Итого материалы 2100`, "materials"],
  ])("agrees with all of them or with the section above: %j", (text, scope) => {
    expect(parseQuickAdd(text).totals).toMatchObject([{ scope, warning: null }]);
  });
});
