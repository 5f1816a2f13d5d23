import { describe, expect, test } from "vitest";
import { guessColumns } from "./columns.ts";

const NOTHING = { unit: null, quantity: null, price: null, sum: null, code: null };

describe("columns by the head", () => {
  test.each<[string, string[][], object]>([
    [
      "of a usual estimate",
      [["№", "Наименование работ", "Ед. изм.", "Кол-во", "Цена, руб.", "Сумма, руб."]],
      { name: 1, unit: 2, quantity: 3, price: 4, sum: 5, skipRows: 1 },
    ],
    [
      "of one word each",
      [["Работа", "Кол-во", "Ед.", "Цена"]],
      { name: 0, unit: 2, quantity: 1, price: 3, sum: null, skipRows: 1 },
    ],
    [
      "of an official form, with numbers below",
      [
        [
          "№ п/п",
          "Обоснование",
          "Наименование работ и затрат",
          "Единица измерения",
          "Количество",
          "Стоимость единицы",
          "Общая стоимость",
        ],
        ["1", "2", "3", "4", "5", "6", "7"],
      ],
      { name: 2, unit: 3, quantity: 4, price: 5, sum: 6, code: 1, skipRows: 2 },
    ],
    [
      "of two rows",
      [
        ["№", "Наименование", "Ед.", "Объём", "Стоимость, руб.", ""],
        ["", "", "", "", "за единицу", "всего"],
      ],
      { name: 1, unit: 2, quantity: 3, price: 4, sum: 5, skipRows: 2 },
    ],
    [
      "below a title and requisites",
      [
        ["ООО «Ромашка»"],
        [],
        ["Смета на ремонт квартиры", "", "12.05.2026"],
        ["Вид работ", "Ед", "Кол.", "Расценка"],
      ],
      { name: 0, unit: 1, quantity: 2, price: 3, skipRows: 4 },
    ],
    [
      "of a price list",
      [["Артикул", "Товар", "Ед.", "Прайс"]],
      { name: 1, unit: 2, price: 3, code: 0, skipRows: 1 },
    ],
    [
      "where «стоимость» is the price",
      [["Услуга", "Стоимость"]],
      { name: 0, price: 1, skipRows: 1 },
    ],
    [
      "where «стоимость» is the sum",
      [["Работы", "Кол-во", "Цена", "Стоимость"]],
      { name: 0, quantity: 1, price: 2, sum: 3, skipRows: 1 },
    ],
    [
      "where only the sum is known",
      [["Название", "Количество", "Стоимость"]],
      { name: 0, quantity: 1, sum: 2, skipRows: 1 },
    ],
    [
      "with VAT in its words",
      [["Наименование", "Ед.изм", "Кол-во", "Цена без НДС, ₽", "Сумма без НДС, ₽", "Вид"]],
      { name: 0, unit: 1, quantity: 2, price: 3, sum: 4, skipRows: 1 },
    ],
    [
      "in the programs' own letters",
      [["Наименование", "Ед. изм", "К-во", "Цена за ед., руб", "Итого, руб"]],
      { name: 0, unit: 1, quantity: 2, price: 3, sum: 4, skipRows: 1 },
    ],
  ])("%s", (_, head, expected) => {
    const row = head.at(-1)?.map((__, index) => (index === 0 ? "Стяжка" : "1")) ?? [];
    const data = Array.from({ length: 8 }, (__, index) => `Стяжка ${index}`);
    const guess = guessColumns([...head, data, row]);
    expect(guess.mapping).toEqual({ ...NOTHING, ...expected });
    expect(guess.isSure).toBe(true);
    expect(guess.headerKey).not.toBe("");
  });

  test("are remembered by the words of the head, whatever their case and dots", () => {
    const [one, two] = [
      [
        ["Наименование", "Ед. изм.", "Цена"],
        ["Стяжка", "м²", "5"],
      ],
      [
        ["НАИМЕНОВАНИЕ", "ед.изм", "цена:"],
        ["Обои", "м²", "7"],
      ],
    ].map(guessColumns);
    expect(one?.headerKey).toBe(two?.headerKey);
  });

  test("are not sought in names of works", () => {
    const guess = guessColumns([
      ["Установка цены не имеет", "15"],
      ["Итого работы", "7"],
    ]);
    expect(guess.mapping?.skipRows).toBe(0);
  });
});

describe("columns without a head", () => {
  const rows = [
    ["1", "Штукатурка стен по маякам", "м2", "22", "650", "14300"],
    ["2", "Гидроизоляция", "м2", "9.5", "450", "4275"],
    ["3", "Вынос мусора", "рейс", "3", "2500", "7500"],
  ];

  test("are told by what stands in them, the product by counting", () => {
    const guess = guessColumns(rows);
    expect(guess.mapping).toEqual({
      ...NOTHING,
      name: 1,
      unit: 2,
      quantity: 3,
      price: 4,
      sum: 5,
      skipRows: 0,
    });
    expect(guess.isSure).toBe(true);
  });

  test("are doubtful when no product proves them", () => {
    const guess = guessColumns(rows.map((row) => row.slice(1, 5)));
    expect(guess.mapping).toMatchObject({ name: 0, unit: 1, quantity: 2, price: 3, sum: null });
    expect(guess.isSure).toBe(false);
  });

  test("of a bare price list are a name and a price", () => {
    const guess = guessColumns([
      ["Клей плиточный", "890"],
      ["Грунтовка", "1150,50"],
    ]);
    expect(guess.mapping).toEqual({ ...NOTHING, name: 0, price: 1, skipRows: 0 });
  });

  test("of mere texts are none", () => {
    const guess = guessColumns([["Штукатурка стен 22 м2 650"], ["Стяжка 10 м2 900"]]);
    expect(guess).toMatchObject({
      mapping: null,
      isSure: false,
      columnNames: ["Штукатурка стен 22 м2 650"],
    });
    expect(guessColumns([])).toMatchObject({ mapping: null, confidence: 0 });
  });
});
