import { describe, expect, it } from "vitest";
import { readRows } from "./testing_rows.ts";

describe("a number", () => {
  it.each([
    ["Кабель 1.2.3.4 5 шт 300", "Кабель 1.2.3.4 | 5 шт | 300.00"],
    ["Кирпич 2.400 тыс шт по 20", "Кирпич | 2400 шт | 20.00"],
    ["Штукатурка 22 м2 2.400 тыс", "Штукатурка | 22 м² | 2400.00"],
    ["Штукатурка 22 м2 2.400 р", "? ambiguous_price"],
    ["Штукатурка 22 м2 350,1000", "Штукатурка | 22 м² | 350.10"],
    ["Смеситель 2к-т 3000", "Смеситель | 2 компл | 3000.00"],
    ["Раствор 5 М150 4500", "Раствор 5 М150 | 1 усл | 4500.00 | quantity_assumed"],
    ["Розетки 5штпо300", "Розетки | 5 шт | 300.00"],
    ["Розетки 5штпо 300", "Розетки | 5 шт | 300.00"],
    ["Розетки 5штх300", "Розетки | 5 шт | 300.00"],
    ["Двери 3 шт 15к без установки", "Двери (без установки) | 3 шт | 15000.00"],
    ["Лестница 3 шт 5 к дому", "Лестница 5 к дому | 3 шт | none | no_price"],
    ["Стяжка 2 тыс 5 м2", "Стяжка | 5 м² | 2000.00"],
    ["Кран 1 шт 350 руб 20 коп", "Кран | 1 шт | 350.20"],
    ["Кран 1 шт 350,50 р 20 коп", "Кран | 1 шт | 350.50 | sum_mismatch"],
    ["Кран 1 шт 350 20 коп", "Кран | 1 шт | 350.00 | sum_mismatch"],
    ["Болты 100 шт 50 коп шт", "Болты (шт) | 100 шт | 0.50"],
  ])("has the value that its words give it: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("a calculated quantity", () => {
  it.each([
    ["Пол 3 х 4,5 м2 600", "Пол | 13.5 м² | 600.00 | quantity_computed"],
    ["Пол 2,5 х 4,5 м2 600", "Пол | 11.25 м² | 600.00 | quantity_computed"],
    ["Пол 3 м х 4 м2 500", "Пол | 12 м² | 500.00 | quantity_computed"],
    ["Пол 3 м2 х 4 м2 500", "Пол | 12 м² | 500.00 | quantity_computed"],
    ["Бетон 3 х 4 м3 5000", "Бетон | 12 м³ | 5000.00 | quantity_computed"],
    ["Комната 2, 3 х 4 м2 500", "Комната 2 | 12 м² | 500.00 | quantity_computed"],
    ["Розетки =12*4 шт 300", "Розетки | 48 шт | 300.00 | quantity_computed"],
    ["Стяжка =0*4 м2 350", "Стяжка | 0 м² | 350.00 | quantity_computed | zero_quantity"],
  ])("is the product of its sides: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });

  it.each([
    ["Плитка 5 шт х 4 м2 500", "Плитка 5 шт | 4 м² | 500.00"],
    ["Плитка 3, 4 м2 500", "Плитка 3 | 4 м² | 500.00"],
    ["Плитка 3 х х 4 м2 500", "Плитка 3 х | 4 м² | 500.00"],
    ["Плитка 3 х =2*4 м2 500", "Плитка 3 х | 8 м² | 500.00 | quantity_computed"],
    ["Плитка 5 р х 4 м2 300", "Плитка | 4 м² | 5.00 | sum_mismatch"],
    ["Плитка 3 * 4 м 500", "? ambiguous_quantity"],
    ["Розетки 5 шт х 4 шт 300", "? ambiguous_quantity"],
  ])("is none where the numbers are no sides: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("a stated sum", () => {
  it.each([
    ["Розетки 0 шт = 1000", "Розетки (0 шт) | 1 усл | 1000.00 | zero_quantity | sum_kept"],
    ["Плитка 3 м2 1000 за все", "Плитка (3 м²) | 1 усл | 1000.00 | sum_kept"],
  ])("is kept where it gives no price: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

describe("semicolons", () => {
  it.each([
    [
      "Розетки 5 шт 300; выключатели 3 шт 250",
      ["Розетки | 5 шт | 300.00", "выключатели | 3 шт | 250.00"],
    ],
    [
      "Розетки 5 шт 300; ; выключатели 3 шт 250;",
      ["Розетки | 5 шт | 300.00", "выключатели | 3 шт | 250.00"],
    ],
    ["Розетки 5 шт 300;", ["Розетки | 5 шт | 300.00"]],
    ["Розетки 5 шт 300; выключатели белые", ["Розетки (выключатели белые) | 5 шт | 300.00"]],
    ["Розетки 5 шт 300; выключатели 250", ["? too_many_numbers"]],
    [
      "Розетки (белые; матовые) 5 шт 300; выключатели 3 шт 250",
      ["Розетки (белые; матовые) | 5 шт | 300.00", "выключатели | 3 шт | 250.00"],
    ],
    [
      "Вычет проёмов 2 шт 300; откосы - 4 м 250",
      ["Вычет проёмов | 2 шт | 300.00", "откосы | 4 м | 250.00"],
    ],
  ])("part positions that are certain, all of them: %s", (row, expected) => {
    expect(readRows(row)).toEqual(expected);
  });

  it("part eight positions at most", () => {
    const rowOf = (count: number) => Array.from({ length: count }, () => "Кран 1 шт 5").join("; ");
    expect(readRows(rowOf(8))).toHaveLength(8);
    expect(readRows(rowOf(9))).toEqual(["? several_items"]);
    expect(readRows(rowOf(30))).toEqual(["? several_items"]);
  });
});

describe("a row beyond any position's length", () => {
  it("is refused by its signs and what stands between them, not by its words", () => {
    const rowOf = (count: number) => `${"а, ".repeat(count)}22 м2 350`;
    expect(readRows(rowOf(60))).toEqual([
      `${"а, ".repeat(60).trim().slice(0, -1)} | 22 м² | 350.00`,
    ]);
    expect(readRows(rowOf(120))).toEqual(["? too_complex"]);
    expect(readRows(`${"а ".repeat(170)}22 м2 350`)).toEqual([
      `${"а ".repeat(170).trim()} | 22 м² | 350.00`,
    ]);
  });

  it("is read with the longest of names that norms have", () => {
    const name =
      "Мастика битумно-полимерная кровельная, для строительных конструкций и устройства (ремонта) кровли, " +
      "холодная, готовая, диапазон от -20 до +40 °C, прочность сцепления с металлом/бетоном 0,9/0,6 МПа, " +
      "расход для гидроизоляции/устройства кровли 2,5-3,5/3,8-5,7 кг/м2 при толщине слоя 2 мм, марка В, " +
      "группа 1570-1770 Н/мм2, 6х37(1+6+12+18)";
    expect(readRows(`1. ${name} 12,5 т 112405.00 руб.`)).toEqual([`${name} | 12.5 т | 112405.00`]);
  });

  it("is refused by its numbers, in a table too", () => {
    expect(readRows(`Кран\tшт${"\t1".repeat(60)}`)).toEqual(["? too_many_numbers"]);
  });

  it("is refused by its cells where nobody knows which is which", () => {
    const rowOf = (count: number) => `Кран\tшт\t5\t300\t1500${"\tx".repeat(count)}`;
    expect(readRows(rowOf(15))).toEqual(["Кран (x) | 5 шт | 300.00"]);
    expect(readRows(rowOf(16))).toEqual(["? too_many_numbers"]);
  });
});

describe("rows of a table that look like remarks", () => {
  it("are positions when they have numbers of their own", () => {
    expect(readRows("Площадь\t5000\nПол\tм2\t22\t350")).toEqual([
      "Площадь | 1 усл | 5000.00 | quantity_assumed",
      "Пол | 22 м² | 350.00",
    ]);
  });
});
