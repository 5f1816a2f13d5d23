import { describe, expect, it } from "vitest";
import { parseQuickAdd } from "./quick_add.ts";
import { readRows } from "./testing_rows.ts";

/** «code percent amount», «total of scope stated», then what is no remark. */
function readRemarks(text: string): string[] {
  const { notes, totals } = parseQuickAdd(text);
  return [
    ...notes.map(({ code, percent, amount }) =>
      [code, percent, amount].filter((part) => part !== null).join(" "),
    ),
    ...totals.map(({ scope, stated }) => `total of ${scope} ${stated}`),
    ...readRows(text).filter((row) => !row.startsWith("note")),
  ];
}

describe("a percentage", () => {
  it.each([
    ["Скидка 5,5 %", "discount 55000"],
    ["Скидка -5%", "discount 50000"],
    ["Скидка 10%, 1200", "discount 100000 120000"],
    ["Скидка 1000 р", "discount 100000"],
    ["НДС 20% 5000", "vat 200000 500000"],
    ["НДС 20,5%", "vat 205000"],
    ["В т.ч. НДС 20% - 1200", "vat 200000 120000"],
    ["Накладные 15 %", "markup 150000"],
    ["Накладные расходы 15 % (от работ)", "markup 150000"],
    ["Непредвиденные 10 %.", "markup 100000"],
    ["Предоплата 30 %.", "payment 300000"],
    ["Материалы 10 % от сметы", "markup 100000"],
  ])("is noted by its words: %s", (row, expected) => {
    expect(readRemarks(row)).toEqual([expected].flat());
  });
});

describe("a payment", () => {
  it.each([
    ["Аванс 5000", "payment 500000"],
    ["Аванс 5 шт 300", "Аванс | 5 шт | 300.00"],
    ["Аванс 2.400", "payment"],
    ["Аванс 30 % 5000", "payment 300000 500000"],
    ["Оплата 30% аванс", "payment 300000"],
    ["Задолженность 5000", "payment 500000"],
  ])("is no position without a quantity: %s", (row, expected) => {
    expect(readRemarks(row)).toEqual([expected].flat());
  });
});

describe("a total", () => {
  it.each([
    ["Стяжка 5 м2 300\nИтого", ["header", "Стяжка | 5 м² | 300.00"]],
    ["Стяжка 5 м2 300\nИтого: 1500 руб", ["total of all 150000", "Стяжка | 5 м² | 300.00"]],
    [
      "Стяжка 5 м2 300\nИтого работ и материалов 1500",
      ["total of all 150000", "Стяжка | 5 м² | 300.00"],
    ],
    [
      "Стяжка 5 м2 300\nИтого материалов 1500",
      ["total of materials 150000", "Стяжка | 5 м² | 300.00"],
    ],
    ["Стяжка 5 м2 300\nСтоимость работ 1500", ["total of works 150000", "Стяжка | 5 м² | 300.00"]],
    ["Стяжка 5 м2 300\nИтого по смете 1500", ["total of all 150000", "Стяжка | 5 м² | 300.00"]],
    ["Стяжка 5 м2 300\nВсего вместе 1500", ["total of all 150000", "Стяжка | 5 м² | 300.00"]],
    [
      "Стяжка 5 м2 300\nВсего по разделу 1500",
      ["total of section 150000", "Стяжка | 5 м² | 300.00"],
    ],
    ["Стяжка 5 м2 300\nИтого: 1500,505", ["total of all 150051", "Стяжка | 5 м² | 300.00"]],
    ["Итого с НДС 12000", "vat 1200000"],
    ["Итого со скидкой 5 % 12000", "discount 50000 1200000"],
    ["Итого без скидки 12000", "total of all 1200000"],
    ["Итого 22 м2", "? no_name"],
    ["Итого 350 р/м2", "? no_name"],
    ["Итого 2.400", "? no_name"],
    ["Итого 999999999999999", "? no_name"],
  ])("is of what its words say: %s", (row, expected) => {
    expect(readRemarks(row)).toEqual([expected].flat());
  });
});

describe("a detail of the contract", () => {
  it.each([
    ["Адрес: Ленина 12", "detail"],
    ["Адрес дома", "# Адрес дома"],
    ["Гарантия: год", "detail"],
    ["Гарантия 2 года", "detail"],
    ["Гарантия", "? no_numbers"],
    ["Срок: до 5 дней", "detail"],
    ["Примечание без вывоза", "? no_numbers"],
    ["Заказчик: Иванов", "detail"],
    ["ИНН 6674", "detail"],
    ["Смета действительна 10 дней", "detail"],
    ["ИП Иванов, ИНН 667412345678", "detail"],
    ["Иван +7 912 345 67 89", "detail"],
    ["8(912)345-67-89", "detail"],
    ["Иванов 891234567890", "? too_large"],
  ])("is told by a colon or a number: %s", (row, expected) => {
    expect(readRemarks(row)).toEqual([expected].flat());
  });
});

describe("the names of columns", () => {
  it.each([
    ["№ Наименование Ед. Кол-во Цена Сумма", "header"],
    ["Наименование, ед, цена", "header"],
    ["(Наименование работ, цена)", "header"],
    ["Наименование Цена", "? no_numbers"],
    ["Цена за ед. руб.", "header"],
    ["Работы и цена", "header"],
    ["Цена работ плиточника", "? no_numbers"],
  ])("are a head from three of them on: %s", (row, expected) => {
    expect(readRemarks(row)).toEqual([expected].flat());
  });
});
