import { describe, expect, it } from "vitest";
import { parseQuickAdd } from "./quick_add.ts";
import { readRows } from "./testing_rows.ts";

/** Five is no price by itself: only the head can tell it from a quantity. */
const PRICE_FIRST = "Плитка | 200 шт | 5.00 | unit_assumed";

describe("the head of a table", () => {
  it.each([
    ["cells between bars", "Наименование | Цена | Кол-во\nПлитка | 5 | 200"],
    [
      "bars at both ends, and a space before them",
      "| Наименование | Цена | Кол-во |\n  | Плитка | 5 | 200 |",
    ],
    ["tabs", "Наименование\tЦена\tКол-во\nПлитка\t5\t200"],
    ["semicolons, without a unit in the row", "Наименование;Цена;Кол-во\nПлитка;5;200"],
  ])("says which number is the price: %s", (_name, text) => {
    expect(readRows(text)).toEqual([PRICE_FIRST, "note: header"]);
  });

  it.each([
    ["a second row of headings", "Наименование\tЦена\tКол-во\n\tза ед\tобъём\nПлитка\t5\t200"],
    ["the numbers of three columns", "Наименование\tЦена\tКол-во\n1\t2\t3\nПлитка\t5\t200"],
    [
      "the numbers of columns beside a blank one",
      "Наименование\tЦена\t\tКол-во\n1\t2\t\t3\nПлитка\t5\t\t200",
    ],
  ])("stays in force below %s", (_name, text) => {
    expect(readRows(text)).toEqual([PRICE_FIRST, "note: header", "note: header"]);
  });

  it.each([
    ["tabs", "\t"],
    ["bars", " | "],
    ["semicolons", ";"],
  ])("may have any columns beside those of an estimate: %s", (_name, separator) => {
    const rows = [
      "№ п/п,Шифр,Наименование работ,Ед. изм.,Кол-во,Цена за ед.,Сумма,ОЗП,ЭМ,ЗПМ,МАТ,ТЗ,ТЗМ".split(
        ",",
      ),
      [
        ..."1|ФЕР15-01-019-05|Облицовка стен плиткой|м2|12,5|4 500,00|56 250,00|12 000,00".split(
          "|",
        ),
        ..."4 500,50|1 234,00|38 515,50|12,5|15,63".split("|"),
      ],
    ];
    expect(readRows(rows.map((row) => row.join(separator)).join("\n"))).toEqual([
      "Облицовка стен плиткой | 12.5 м² | 4500.00",
      "note: header",
    ]);
  });

  it("may have two others only beside three of an estimate", () => {
    expect(readRows("Работы\tЦена\tДа\tНет")).toEqual(["? no_numbers"]);
    expect(readRows("Работы\tВид работ\tЦена\tДа\tНет")).toEqual(["? no_numbers"]);
  });

  it.each([
    ["two columns", "Работы\tЦена\nСтяжка\t50"],
    ["blank columns in between", "Наименование\t\t\tЦена\nСтяжка\t\t\t50"],
    ["a sum and no price", "Наименование\tЕд\tКол-во\tЦена\tСумма\nСтяжка\t\t\t\t50"],
    ["a sum in CSV", "Наименование;Ед;Кол-во;Цена;Сумма\nСтяжка;;;;50"],
  ])("may have %s", (_name, text) => {
    expect(readRows(text)).toEqual(["Стяжка | 1 усл | 50.00 | quantity_assumed", "note: header"]);
  });

  it("with a cost and no quantity names a price, not a sum to compare", () => {
    expect(readRows("Наименование\tЕд.\tСтоимость\nПлитка\tм2\t500")).toEqual([
      "Плитка | 0 м² | 500.00 | no_quantity",
      "note: header",
    ]);
  });

  it("has neither numbers nor two words that are no column's name", () => {
    expect(readRows("Вывоз материала\tвсего\t5000")).toEqual(["? ambiguous_number"]);
    expect(readRows("Виды работ\tЦена\tГарантия\tСрок")).toEqual(["? no_numbers"]);
    expect(readRows("Наименование\tЦена\n1\t2\nПлитка\t5")).toEqual([
      "Плитка | 1 усл | 5.00 | quantity_assumed",
      "? no_name",
      "note: header",
    ]);
  });

  it("does not hinder a row that is shifted by a cell", () => {
    expect(readRows("Наименование\tЦена\tКол-во\n\tПлитка\t5\t200")).toEqual([
      "Плитка | 5 шт | 200.00 | unit_assumed",
      "note: header",
    ]);
  });
});

describe("the cells of a row", () => {
  it.each([
    ['Плитка "Керама"\t22\tм2\t350', 'Плитка "Керама" | 22 м² | 350.00'],
    ['"Керама" плитка\t22\tм2\t350', '"Керама" плитка | 22 м² | 350.00'],
    ['"Плитка ""Керама"""\t22\tм2\t350', 'Плитка "Керама" | 22 м² | 350.00'],
    ["Кабель ВВГ_3\t5\tм\t100", "Кабель ВВГ_3 | 5 м | 100.00"],
    ["Кабель КГ-3\t5\tм\t100", "Кабель КГ-3 | 5 м | 100.00"],
  ])("keep the signs of a name: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it.each([
    ["22 м2\tШтукатурка\t350", "Штукатурка | 22 м² | 350.00"],
    ["Штукатурка\t22 м2\tпо 350", "Штукатурка | 22 м² | 350.00"],
    ["Грунт\t5\tкомплектация\t200", "Грунт | 5 комплектация | 200.00"],
    ["Грунт\t5\tпо согласованию\t200", "Грунт (по согласованию) | 5 шт | 200.00 | unit_assumed"],
    ["Грунт\t5\tшт\tбелый\t200", "Грунт (белый) | 5 шт | 200.00"],
    ["Стены\t22\t350\t7000", "Стены | 22 шт | 350.00 | unit_assumed | sum_mismatch"],
    ["Вывоз\t50 р", "Вывоз | 1 усл | 50.00 | quantity_assumed"],
    ["Вывоз\t50/м2", "Вывоз | 0 м² | 50.00 | no_quantity"],
    ["Вывоз\t100", "Вывоз | 1 усл | 100.00 | quantity_assumed"],
    ["Вывоз\t99", "? ambiguous_number"],
    ["Вывоз\t50,25", "? ambiguous_number"],
    ["Плитка\tбелая\tшт", "? no_numbers"],
  ])("are told apart by what they hold: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it.each([
    ["Окраска\t100 м2\t2,5\t45000,50", "Окраска | 2.5 100 м² | 45000.50"],
    [
      "Окраска\t100 м2\t2,5\t45000\tсрочно\t112000",
      "Окраска | 2.5 100 м² | 45000.00 | sum_mismatch",
    ],
    ["Краска\t100 м2\t2,50\t250", "Краска | 100 м² | 2.50"],
    ["Краска\t110 м2\t2,5\t280", "Краска | 110 м² | 2.50 | sum_mismatch"],
    ["Краска\t105 м2\t2,5\t280", "Краска | 105 м² | 2.50 | sum_mismatch"],
    ["Краска\t100 м2\t450", "Краска | 100 м² | 450.00"],
    ["Краска\t100 м2", "Краска | 100 м² | none | no_price"],
  ])("count in hundreds only where the numbers say so: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it.each(["Окраска\t100 м2\t3 шт\t500", "Окраска\t22 м2\t3 шт", "Окраска\t100 м2\t500\t3 шт"])(
    "never take a second quantity for a price: %s",
    (row) => {
      expect(readRows(row)).toEqual(["? ambiguous_quantity"]);
    },
  );

  it.each([
    ["Штукатурка, 22 м2, 7700 за всё", "Штукатурка | 22 м² | 350.00 | price_computed"],
    ["Штукатурка;22 м2;7700 за всё", "Штукатурка | 22 м² | 350.00 | price_computed"],
  ])("are none where no cell is a unit: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it("may be a number and a heading", () => {
    expect(readRows("1.\tПол\n1.1\tПлитка\t22\tм2\t350")).toEqual([
      "[Пол]",
      "Плитка | 22 м² | 350.00",
    ]);
  });
});

describe("a percentage in a cell of its own", () => {
  it.each([
    ["Скидка\t5 %", "discount", 50_000n],
    ["НДС\t\t\t\t20%", "vat", 200_000n],
    ["Накладные расходы\t12,5 %", "markup", 125_000n],
  ])("is noted: %s", (row, code, percent) => {
    expect(parseQuickAdd(row).notes).toMatchObject([{ code, percent }]);
  });
});
