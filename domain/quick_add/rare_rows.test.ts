import { describe, expect, it } from "vitest";
import { formatMoney } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import { parseQuickAdd, parseQuickTable } from "./quick_add.ts";
import type { ParsedEstimate } from "./types.ts";

/** Every part in a line of its own: «[section]», «name | quantity unit | price», «? reason», «note: kind». */
function shown(parsed: ParsedEstimate): string[] {
  const lines = parsed.sections.flatMap(({ title, lines }) => [
    ...(title === null ? [] : [`[${title}]`]),
    ...lines.map(({ name, quantity, unit, price }) => {
      const cost = price === null ? "?" : formatMoney(price).replace(/\.00$/, "");
      return `${name} | ${formatQuantity(quantity)} ${unit} | ${cost}`;
    }),
  ]);
  return [
    ...(parsed.title === null ? [] : [`# ${parsed.title}`]),
    ...lines,
    ...parsed.unread.map(({ code }) => `? ${code}`),
    ...parsed.notes.map(({ code }) => `note: ${code}`),
  ];
}

const read = (text: string) => shown(parseQuickAdd(text));

describe("a row with several quantities", () => {
  it.each([
    ["Кабель 10 м и труба 20 м белая по 450", "? ambiguous_quantity"],
    ["Плитка 3 х 4 х 5 м2 500", "? ambiguous_quantity"],
    ["2 х 3 х 4 м2 по 500", "? ambiguous_quantity"],
    ["Клей 25 кг плитка 22 м2", "Клей 25 кг плитка | 22 м² | ?"],
    ["22 м2 штукатурки слой 3 м серая по 650", "штукатурки слой 3 м серая | 22 м² | 650"],
    ["Клей 25 кг в мешке 14 шт серый по 890", "Клей 25 кг в мешке серый | 14 шт | 890"],
    ["Доска 3х4 м2 5 шт по 100", "Доска 3х4 м2 | 5 шт | 100"],
  ])("means the one that can be told, or asks: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

describe("sizes and products", () => {
  it.each([
    ["Бетон 2х3х4 м3 5000", "Бетон | 24 м³ | 5000"],
    ["Доска 2х3х4 м2 500", "Доска 2х3х4 м2 | 1 усл | 500"],
    ["Плитка 30х4 м2 500", "Плитка | 120 м² | 500"],
    ["Плитка 60х60 м2 500", "Плитка 60х60 м2 | 1 усл | 500"],
    ["3 х 4 м2 плитки по 500", "плитки | 12 м² | 500"],
    ["Плитка (60 х 120) 22 м2 2200", "Плитка (60 х 120) | 22 м² | 2200"],
    [
      "Плитка (замечание в скобках длиннее тридцати знаков) 22 м2 2200",
      "Плитка (замечание в скобках длиннее тридцати знаков) | 22 м² | 2200",
    ],
    ["Стяжка =(2+3) м2 500", "Стяжка | 5 м² | 500"],
    ["=12,5/0 м2 плитка 500", "12,5/0 м2 плитка | 1 усл | 500"],
  ])("are told apart: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

describe("a row with several prices or sums", () => {
  it.each([
    ["Штукатурка 650 р стены 22 м2", "Штукатурка стены | 22 м² | 650"],
    ["Плитка 450 р 500 р", "? ambiguous_number"],
    ["Розетки 300 р 5", "? ambiguous_number"],
    ["Розетки 300 р х 5", "Розетки | 5 шт | 300"],
    ["Труба 12,5 = 5000 7000", "? too_many_numbers"],
    ["350 р/м2 22 м2 7700 9000", "? too_many_numbers"],
    ["Штукатурка 22 м2 по 350 = 7700 8800", "? too_many_numbers"],
    ["Грунт за 5000 = 2", "Грунт (5\u00a0000 шт) | 1 усл | 2"],
    ["Бетон 2 за 5000", "Бетон | 2 шт | 2500"],
    ["Вывоз = 2.400", "? ambiguous_price"],
    ["Вывоз = 99999999999999", "? too_large"],
    ["Работа 5 шт = 99999999999999999", "? too_large"],
    ["Ванна 1500-00", "Ванна | 1 усл | 1500"],
    ["Ванна 9999999999999999999-00", "? too_large"],
    ["клей 25кг 890 р × 14 мешков", "клей 25кг | 14 мешок | 890"],
    ["Плитка 350 р/м2 22 м2 5 шт", "? several_items"],
    ["Ламинат 5 упак 1.200", "? ambiguous_price"],
    ["Ламинат 1.200 упак 500", "? ambiguous_quantity"],
  ])("is read where one reading makes sense: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

describe("numbers in groups", () => {
  it.each([
    ["Щебень 12 500 м2 450", "Щебень | 12500 м² | 450", true],
    ["Работа 1 200 300 м2 450", "Работа | 1200300 м² | 450", true],
    ["Песок 1 200 м2 450", "Песок | 1200 м² | 450", false],
  ])("are one number, with a warning where it might be two: %s", (row, expected, isWarned) => {
    expect(read(row)).toEqual([expected]);
    const [section] = parseQuickAdd(row).sections;
    const codes = section?.lines[0]?.warnings.map(({ code }) => code) ?? [];
    expect(codes.includes("grouped_number")).toBe(isWarned);
  });
});

describe("units of the trade's own", () => {
  it.each([
    ["Ступени 12 ступеней по 1500", "Ступени | 12 ступеней | 1500"],
    ["Краска 12 слоев по 1500", "Краска 12 слоев | 1 усл | 1500"],
    ["12 слоев по 1500", "слоев | 12 шт | 1500"],
    ["Ковёр 12 м. кв. по 100", "Ковёр | 12 м² | 100"],
    ["Розетки 5штпо 300", "Розетки | 5 шт | 300"],
    ["Розетки 5штх300", "Розетки | 5 шт | 300"],
    ["2.5 м кабеля по 100", "кабеля | 2.5 м | 100"],
    ["Расходные материалы 5000", "Расходные материалы | 1 шт | 5000"],
    ["Плитка (22 м2 белая) 5 шт 100", "Плитка (22 м2 белая) | 5 шт | 100"],
  ])("are taken when a price is named for each: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

describe("rows that are no positions", () => {
  it.each([
    ["ИНН 500100732259", "note: detail"],
    ["р/с 40802810900001234567", "note: detail"],
    ["Скидки", "note: discount"],
    ["Итого со скидкой 5000", "note: discount"],
    ["без скидки", "? no_numbers"],
    ["Стяжка =12-20 м2 500", "? range"],
  ])("are told by their words: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

const HEAD = "Наименование\tЕд.\tКол-во\tЦена\n";

describe("a table that was pasted", () => {
  it.each([
    ["Плитка\tм2\t10", ["Плитка | 10 м² | ?"]],
    ["\tм2\t10\t500", ["? no_name"]],
    ["Возврат\tм2\t-5\t500", ["? negative"]],
    ["Плитка\tм2\t10\tпо 5 или 6", ["? ambiguous_number"]],
    ["Плитка\tм2\t10\tдоговорная", ["Плитка (договорная) | 10 м² | ?"]],
    ["Плитка\tм2\t3\t100 $", ["? foreign_currency"]],
  ])("is read by its head: %s", (row, expected) => {
    expect(read(HEAD + row)).toEqual([...expected, "note: header"]);
  });

  it("takes a row with no numbers for the heading of what follows", () => {
    const rows = "Прочие работы\tм2\t-\t-\nПлитка\tм2\t2\t500";
    expect(read(HEAD + rows)).toEqual([
      "[Прочие работы м2]",
      "Плитка | 2 м² | 500",
      "note: header",
    ]);
  });

  it.each([
    ["Наименование\tЕд.\tСтоимость\nПлитка\tм2\t500", "Плитка | 0 м² | 500"],
    ["Наименование\tКол-во\tСумма\nПлитка\t5\t500", "Плитка | 5 шт | 100"],
    ["Ед.\tКол-во\tЦена\nм2\t5\t500", "? no_name"],
    [
      `${"Работы подрядчика ".repeat(3)}\tНаименование\tЕд\tКол-во\tЦена\nа\tПлитка\tм2\t5\t500`,
      "Плитка | 5 м² | 500",
    ],
  ])("may lack columns or have odd ones: %j", (text, expected) => {
    expect(read(text)).toEqual([expected, "note: header"]);
  });

  it.each([
    ["Плитка\t10 м2\t500\t5000\t7", "? too_many_numbers"],
    ["Плитка\t1\t2\t3\t4", "? too_many_numbers"],
    ["Плитка\t5\t2\t10\t3", "Плитка | 5 шт | 2"],
    ["Ремонт\t450 р", "Ремонт | 1 усл | 450"],
    ["Ремонт\tшт\t5", "? ambiguous_number"],
    ["Ремонт\t5\tшт", "Ремонт | 5 шт | ?"],
    ["Ремонт\t5", "? ambiguous_number"],
    ["Ремонт\t500", "Ремонт | 1 усл | 500"],
    ["Кабель\t5 м\t100 $", "? foreign_currency"],
  ])("without a head is read by what stands in its cells: %s", (row, expected) => {
    expect(read(row)).toEqual([expected]);
  });
});

describe("a sheet whose columns are known", () => {
  const columns = { name: 0, unit: 1, quantity: 2, price: 3, sum: 4 };
  it.each([
    [["Плитка", "м2"], "? no_numbers"],
    [["", "м2", "5", "300"], "? no_name"],
    [["Плитка", "м2", "-", ""], "? no_numbers"],
    [["Плитка", "м2", "-3", "300"], "? negative"],
    [["Плитка", "м2", "3 или 4", "300"], "? ambiguous_number"],
    [["Плитка", "м2", "3", "договорная"], "Плитка (договорная) | 3 м² | ?"],
    [["Плитка", "м2", "3", "", "2.400"], "? ambiguous_price"],
    [["Плитка", "шт", "", "", "2400"], "Плитка | 1 шт | 2400"],
    [["Плитка", "м2", "3", "", "99999999999999999"], "? too_large"],
  ])("loses no row: %j", (cells, expected) => {
    expect(shown(parseQuickTable([cells], columns))).toEqual([expected]);
  });
});

describe("headings and the title", () => {
  it.each([
    [
      "Смета\n1. Полы\n1.1 Стяжка 10 м2 500\n2. Стены\n2.1 Покраска 5 м2 300",
      ["# Смета", "[Полы]", "Стяжка | 10 м² | 500", "[Стены]", "Покраска | 5 м² | 300"],
    ],
    [
      "Квартира 52 м2\nСтены:\nСтяжка 10 м2 500",
      ["# Квартира 52 м2", "[Стены]", "Стяжка | 10 м² | 500"],
    ],
    [
      "Кухня 12 м2\nСтены:\nСтяжка 10 м2 500",
      ["Кухня | 12 м² | ?", "[Стены]", "Стяжка | 10 м² | 500"],
    ],
    [
      "1. Кухня 12 м2\n1.1 Стяжка 10 м2 500\n2. Ванная 4 м2\n2.1 Плитка 5 м2 300",
      ["[Кухня 12 м2]", "Стяжка | 10 м² | 500", "[Ванная 4 м2]", "Плитка | 5 м² | 300"],
    ],
    [
      "Смесь 7 кг 100\nКухня 12 м2\nСтяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "Кухня | 12 м² | ?", "Стяжка | 10 м² | 500"],
    ],
    [
      "Смесь 7 кг 100\n\nКухня 12 м2\nСтяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "[Кухня 12 м2]", "Стяжка | 10 м² | 500"],
    ],
    [
      "Смесь 7 кг 100\n\nКрасивое\nПолы:\nСтяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "[Красивое — Полы]", "Стяжка | 10 м² | 500"],
    ],
    [
      "Смесь 7 кг 100\n1 Черновое\n1.1 Полы\n1.1.1 Стяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "[1 Черновое — Полы]", "Стяжка | 10 м² | 500"],
    ],
    [
      "Смесь 7 кг 100\n- Грунт\n- Стяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "Стяжка | 10 м² | 500", "? no_numbers"],
    ],
    [
      "Смесь 7 кг 100\n2 Черновое\nПолы:\nСтяжка 10 м2 500",
      ["Смесь | 7 кг | 100", "[2 Черновое — Полы]", "Стяжка | 10 м² | 500"],
    ],
    ["«Кухня»\nСтяжка 10 м2 500", ["[Кухня]", "Стяжка | 10 м² | 500"]],
    ["Работы\nПолы\nСтяжка 10 м2 500", ["[Полы]", "Стяжка | 10 м² | 500", "? empty_section"]],
  ])("are told from positions: %j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("look for the fellow of a numbered row only so far above it", () => {
    const far = `1. Стяжка 5 м2 300\n${"Плитка 5 м2 300\n".repeat(120)}2. Грунт\n2.1 Краска 2 кг 100`;
    const near = `1. Стяжка 5 м2 300\nПлитка 5 м2 300\n2. Грунт\n2.1 Краска 2 кг 100`;
    expect(read(far)).toContain("[Грунт]");
    expect(read(near)).toContain("? no_numbers");
  });
});
