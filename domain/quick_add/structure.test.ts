import { describe, expect, it } from "vitest";
import { formatMoney } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import { parseQuickAdd, parseQuickTable } from "./quick_add.ts";

/** Titles of the sections with the kinds and names of their lines. */
function outline(text: string) {
  const { title, sections, unread } = parseQuickAdd(text);
  return {
    title,
    sections: sections.map(({ title, kind, lines }) => [
      title,
      kind,
      lines.map(({ name }) => name),
    ]),
    unread: unread.map(({ lineNumber, code }) => [lineNumber, code]),
  };
}

describe("headings", () => {
  it.each([
    "Демонтаж",
    "ДЕМОНТАЖ ПОЛА",
    "Демонтаж полов:",
    "1. Демонтаж полов",
    "## Демонтаж полов",
    "**Демонтаж полов**",
    "*Демонтаж полов*",
    "🔨 Демонтаж",
    "Демонтажные работы",
    "Ванная 4,2 м2:",
    "Комната 18 м2",
    "Санузел 2",
    "Электрика",
    "Стены и потолки",
  ])("%j opens a section", (heading) => {
    const { sections, unread } = outline(`Полы\nСтяжка 38 м2 650\n\n${heading}\nСтены 22 м2 350`);
    expect(unread).toEqual([]);
    expect(sections.map(([title]) => title)).toEqual(["Полы", expect.any(String)]);
  });

  it("loses its number, colon, bold and emoji", () => {
    const text =
      "1. Полы:\nСтяжка 38 м2 650\n**2. Стены**\nОбои 22 м2 350\n🔨 Потолок:\nМат 5 м2 690";
    expect(outline(text).sections.map(([title]) => title)).toEqual(["Полы", "Стены", "Потолок"]);
  });

  it("gives the lines before the first one no section", () => {
    expect(outline("Стяжка 38 м2 650").sections).toEqual([[null, "work", ["Стяжка"]]]);
  });

  it.each([
    ["Материалы", "material"],
    ["Материалы:", "material"],
    ["МАТЕРИАЛ", "material"],
    ["Черновые материалы", "material"],
    ["Расходные материалы:", "material"],
    ["Мат-лы:", "material"],
    ["Комплектующие:", "material"],
    ["Работы и материалы:", "work"],
    ["Работы:", "work"],
    ["Чистовая:", "work"],
  ])("«%s» makes lines of kind %s", (heading, kind) => {
    const { sections } = parseQuickAdd(`${heading}\nКлей 14 мешков 890`);
    expect(sections.map((section) => [section.kind, section.lines[0]?.kind])).toEqual([
      [kind, kind],
    ]);
  });

  it("returns to works after the materials", () => {
    const kinds = outline("Материалы:\nКлей 2 шт 5\nРаботы:\nПол 2 м2 5\nКухня:\nПол 2 м2 5");
    expect(kinds.sections.map(([, kind]) => kind)).toEqual(["material", "work", "work"]);
  });

  it("of two levels are joined", () => {
    const text =
      "ВАННАЯ\nСтены:\nПлитка 22 м2 2200\nПол:\nПлитка 4 м2 2400\nКУХНЯ\nСтены:\nОбои 30 м2 350";
    expect(outline(text).sections.map(([title]) => title)).toEqual([
      "ВАННАЯ — Стены",
      "ВАННАЯ — Пол",
      "КУХНЯ — Стены",
    ]);
  });

  it("without lines are left for the person", () => {
    expect(outline("Полы:\nСтены:\nОбои 22 м2 350\nПотолок:").unread).toEqual([
      [1, "empty_section"],
      [4, "empty_section"],
    ]);
  });

  it("without lines are left for the person together with the one above them", () => {
    expect(outline("ВАННАЯ\nСтены:\nКУХНЯ\nСтены:\nОбои 22 м2 350").unread).toEqual([
      [1, "empty_section"],
      [2, "empty_section"],
    ]);
  });

  it("are not made of names that lost their numbers", () => {
    const text = [
      "Стены 22 м2 350",
      "вынос мусора на площадку",
      "Штукатурка углов",
      "Пол 4 м2 400",
      "",
      "1) Плитка 4 м2 400",
      "2) Затирка швов",
      "3) Герметик 4 м 100",
      "",
      "- Плинтус 4 м 100",
      "- Порожки",
      "- Доводка 4 м 100",
      "Уборка после ремонта",
    ].join("\n");
    expect(outline(text).unread.map(([lineNumber]) => lineNumber)).toEqual([2, 3, 7, 11, 13]);
    expect(outline(text).sections).toHaveLength(1);
  });
});

describe("the title", () => {
  it.each([
    ["Смета кв. 54м2 Ленина 12\n1. Полы\nСтяжка 38 м2 650", "Смета кв. 54м2 Ленина 12"],
    ["Смета на ремонт:\nСтяжка 38 м2 650", "Смета на ремонт"],
    ["Ленина 12, кв. 5\nСтяжка 38 м2 650", "Ленина 12, кв. 5"],
    ["Объект: Ленина 12\nСтяжка 38 м2 650", "Ленина 12"],
    ["Привет!\nРемонт ванной 4,2 м2\nСтяжка 38 м2 650", "Ремонт ванной 4,2 м2"],
    ["Квартира Петровых\n\nПолы:\nСтяжка 38 м2 650", "Квартира Петровых"],
    [`Смета ${"очень ".repeat(60)}\nСтяжка 38 м2 650`, expect.stringMatching(/^Смета .{190,}…$/)],
  ])("of %j", (text, title) => {
    expect(parseQuickAdd(text).title).toEqual(title);
  });

  it("is not taken from a position or a section", () => {
    expect(parseQuickAdd("Ремонт санузла 150000 р\nСтены 2 м2 5").title).toBeNull();
    expect(parseQuickAdd("Ванная\nСтены 2 м2 5").title).toBeNull();
  });

  it("is taken once: the second is a detail", () => {
    const { title, notes } = parseQuickAdd("Смета № 5\nОбъект: Ленина 12\nСтены 2 м2 5");
    expect([title, notes.map(({ code }) => code)]).toEqual(["Смета № 5", ["detail"]]);
  });
});

describe("totals in the text", () => {
  const list = "Полы\nСтяжка 10 м2 650\nСтены\nОбои 10 м2 350\nМатериалы:\nКлей 2 шт 500\n";

  it.each([
    ["Итого: 11 000", "all", null],
    ["ИТОГО 11000 руб.", "all", null],
    ["Всего по смете - 11 000,00 ₽", "all", null],
    ["К оплате 11 тыс", "all", null],
    ["Итого 1000", "section", null],
    ["Итого работы 10 000", "works", null],
    ["Стоимость материалов: 1000", "materials", null],
    ["Итого 12 000", "all", "В тексте 12\u00a0000,00\u00a0₽, а по строкам 11\u00a0000,00\u00a0₽"],
    [
      "Итого по разделу 900",
      "section",
      "В тексте 900,00\u00a0₽, а по строкам 1\u00a0000,00\u00a0₽",
    ],
  ])("%j is compared with the lines", (row, scope, warning) => {
    const { totals, lineCount } = parseQuickAdd(list + row);
    expect(totals.map((total) => [total.scope, total.warning])).toEqual([[scope, warning]]);
    expect(lineCount).toBe(3);
  });

  it("in the middle belongs to its section", () => {
    const { totals } = parseQuickAdd("Полы\nСтяжка 10 м2 650\nИтого 6000\nСтены\nОбои 10 м2 350");
    expect(totals).toMatchObject([{ scope: "section", lineNumber: 3, computed: 650_000n }]);
  });
});

describe("tables copied from Excel", () => {
  it("follow the head, whatever the order of the columns", () => {
    const rows = [
      "Цена за ед., руб\tКол-во\tНаименование работ\tЕд. изм.\tСтоимость, руб",
      "350\t22\tДемонтаж\tм2\t7700",
      "1500,50\t1\tВанна\tшт\t1500,50",
    ];
    const { sections, notes } = parseQuickAdd(rows.join("\n"));
    const shown = sections[0]?.lines.map(({ name, quantity, unit, price }) => {
      return [name, formatQuantity(quantity), unit, formatMoney(price ?? (0n as never))];
    });
    expect(shown).toEqual([
      ["Демонтаж", "22", "м²", "350.00"],
      ["Ванна", "1", "шт", "1500.50"],
    ]);
    expect(notes).toMatchObject([{ lineNumber: 1, code: "header" }]);
  });

  it("do not tell how the rows of another kind are read", () => {
    const text = "Цена\tНаименование\tКол-во\n350\tСтены\t22\nПол, 4, м2, 400";
    expect(parseQuickAdd(text).sections[0]?.lines).toMatchObject([
      { name: "Стены", price: 35_000n },
      { name: "Пол", unit: "м²", price: 40_000n },
    ]);
  });

  it("follow the head of CSV too", () => {
    const { sections } = parseQuickAdd('Цена;Кол-во;Ед.;Наименование\n350;22;м2;"Стены; ""А"""');
    expect(sections[0]?.lines).toMatchObject([{ price: 35_000n, quantity: 220_000_000n }]);
  });

  it("keep what is written instead of a price as a remark", () => {
    const { sections } = parseQuickAdd("Работа\tЕд\tКол-во\tЦена\nАрка\tшт\t1\tпо факту");
    expect(sections[0]?.lines[0]).toMatchObject({ name: "Арка (по факту)", price: null });
  });

  it("read units like «100 м2» as such", () => {
    const { sections } = parseQuickAdd("Окраска стен\t100 м2\t2,5\t45000");
    expect(sections[0]?.lines[0]).toMatchObject({ unit: "100 м²", quantity: 25_000_000n });
  });

  it("leave rows with too many numbers, unless a product tells which they are", () => {
    expect(outline("Стены\tм2\t1,2\t22\t350\t7700").sections).toEqual([[null, "work", ["Стены"]]]);
    expect(outline("Стены\tм2\t1\t2\t3\t4").unread).toEqual([[1, "too_many_numbers"]]);
  });
});

describe("parseQuickTable", () => {
  const columns = { name: 1, unit: 2, quantity: 3, price: 4, sum: null };

  it("reads cells by the columns that a person has named, with the sheet's row numbers", () => {
    const cells = [
      ["Прайс", "", "", "", ""],
      ["№", "Что", "Ед", "Сколько", "Почём"],
      ["", "Полы", "", "", ""],
      ["1", "Стяжка\nполусухая", "м2", "38", "650"],
      ["2", "Плинтус", "", "46", "190,50"],
      ["", "", "", "", ""],
      ["3", "Порог", "шт", "три", "350"],
    ];
    const { sections, unread } = parseQuickTable(cells, columns, 2);
    expect(sections).toMatchObject([
      {
        title: "Полы",
        lines: [
          { lineNumber: 4, name: "Стяжка полусухая", unit: "м²", price: 65_000n },
          { lineNumber: 5, name: "Плинтус", unit: "шт", price: 19_050n },
          { lineNumber: 7, name: "Порог (три)", unit: "шт", price: 35_000n },
        ],
      },
    ]);
    expect(unread).toEqual([]);
  });
});
