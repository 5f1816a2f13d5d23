import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BATHROOM,
  makeContent,
  makeDocument,
  money,
  percent,
  quantity,
  withFields,
} from "../documents/testing_documents.ts";
import { renderXlsx } from "../documents/xlsx.ts";
import type { ParsedEstimate } from "../../domain/quick_add/types.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { guessColumns } from "./columns.ts";
import { rowsToEstimate } from "./row_sections.ts";
import { readTable } from "./tables.ts";

const MAPPING: ColumnMapping = {
  name: 1,
  unit: 2,
  quantity: 3,
  price: 4,
  sum: 5,
  code: null,
  skipRows: 1,
};
const HEAD = ["№", "Наименование", "Ед.", "Кол-во", "Цена", "Сумма"];

function read(...rows: string[][]): ParsedEstimate {
  return rowsToEstimate([HEAD, ...rows], MAPPING);
}

function linesOf({ sections }: ParsedEstimate) {
  return sections.flatMap(({ lines }) => lines);
}

/** Every filled row is in one part of the result, by its number in the sheet. */
function numbersOf(parsed: ParsedEstimate): number[] {
  const headings = parsed.sections.filter(({ title }) => title !== null).length;
  const rows = [...linesOf(parsed), ...parsed.unread, ...parsed.notes, ...parsed.totals];
  return [
    ...rows.map(({ lineNumber }) => lineNumber),
    ...Array.from({ length: headings }, () => 0),
  ];
}

describe("rows of a table", () => {
  test("become sections and lines", () => {
    const parsed = read(
      ["", "Раздел 1. Демонтаж:", "", "", "", ""],
      ["1", "Демонтаж плитки", "кв.м", "22", "350", "7700"],
      ["2", "Вынос мусора", "рейс", "3", "2 500,00", "7 500,00"],
      ["Материалы", "", "", "", "", ""],
      ["3", "Клей 25 кг", "меш.", "14", "890", "12460"],
    );
    expect(parsed.sections).toMatchObject([
      {
        title: "Демонтаж",
        kind: "work",
        lines: [
          {
            lineNumber: 3,
            name: "Демонтаж плитки",
            unit: "м²",
            quantity: quantity("22"),
            price: money("350"),
            kind: "work",
            warnings: [],
          },
          { lineNumber: 4, name: "Вынос мусора", unit: "рейс", price: money("2500"), warnings: [] },
        ],
      },
      {
        title: "Материалы",
        kind: "material",
        lines: [{ name: "Клей 25 кг", unit: "мешок", kind: "material" }],
      },
    ]);
    expect(parsed).toMatchObject({
      lineCount: 3,
      worksTotal: money("15200"),
      materialsTotal: money("12460"),
      total: money("27660"),
    });
    expect(parsed.unread).toEqual([]);
  });

  test("before the first heading stand in no section", () => {
    expect(read(["", "Стяжка", "м2", "1", "900", ""]).sections).toMatchObject([
      { title: null, kind: "work" },
    ]);
  });

  test.each<[string, string[], object]>([
    [
      "takes the price from the sum",
      ["", "Стяжка", "м2", "4", "", "3600"],
      { price: money("900"), warnings: [{ code: "price_computed" }] },
    ],
    [
      "is one where only a sum is given",
      ["", "Доставка", "", "", "", "5000"],
      { quantity: quantity("1"), price: money("5000"), warnings: [{ code: "quantity_assumed" }] },
    ],
    [
      "waits for a price",
      ["", "Стяжка", "м2", "4", "", ""],
      { price: null, warnings: [{ code: "no_price" }] },
    ],
    [
      "waits for a quantity of what is measured",
      ["", "Стяжка", "м2", "", "900", ""],
      { quantity: 0n, warnings: [{ code: "no_quantity" }] },
    ],
    [
      "is one of what is counted",
      ["", "Ванна", "шт", "-", "900", ""],
      { quantity: quantity("1"), warnings: [{ code: "quantity_assumed" }] },
    ],
    [
      "shows a sum that does not agree",
      ["", "Стяжка", "м2", "4", "900", "4000"],
      { price: money("900"), warnings: [{ code: "sum_mismatch" }] },
    ],
    [
      "forgives a kopeck of the sheet's rounding",
      ["", "Стяжка", "м2", "0.333", "0.05", "0.01"],
      { warnings: [] },
    ],
    [
      "has the unit inside the quantity",
      ["", "Стяжка", "", "12,5 м2", "900", ""],
      { quantity: quantity("12.5"), unit: "м²" },
    ],
    [
      "has arithmetic for a quantity",
      ["", "Стяжка", "м2", "3*4", "900", ""],
      { quantity: quantity("12") },
    ],
    ["keeps a unit of its own", ["", "Стяжка", "100 м2", "1.2", "90000", ""], { unit: "100 м²" }],
    [
      "rounds a computed price to the kopeck",
      ["", "Стяжка", "м2", "1", "520.5050", ""],
      { price: money("520.51") },
    ],
    ["drops its number", ["", "1.2. Стяжка", "м2", "1", "900", ""], { name: "Стяжка" }],
    [
      "is a line though its name begins as a sum",
      ["", "Всего света по 5 точек", "шт", "2", "900", "1800"],
      { name: "Всего света по 5 точек" },
    ],
    [
      "is a material by a cell of its own",
      ["материал", "Клей", "шт", "2", "900", ""],
      { kind: "material" },
    ],
  ])("%s", (_, row, expected) => {
    const parsed = read(row);
    expect(parsed.unread).toEqual([]);
    expect(linesOf(parsed)).toMatchObject([expected]);
  });

  test.each<[string, string[], string, RegExp]>([
    [
      "a date for a quantity",
      ["", "Стяжка", "м2", "01.05.2026", "900", ""],
      "ambiguous_quantity",
      /^Количество: /,
    ],
    [
      "words for a price",
      ["", "Стяжка", "м2", "4", "договорная", ""],
      "ambiguous_price",
      /^Цена: /,
    ],
    [
      "a price that may be a thousand",
      ["", "Стяжка", "м2", "4", "1.234", ""],
      "ambiguous_price",
      /тысячи или копейки/,
    ],
    ["a negative quantity", ["", "Возврат", "м2", "-4", "900", ""], "negative", /меньше нуля/],
    ["no name", ["", "", "м2", "4", "900", "3600"], "no_name", /Нет названия/],
    ["no figures", ["", "Стяжка", "м2", "", "", ""], "no_numbers", /Нет количества/],
    ["a name that is too long", ["", "Щ".repeat(501), "м2", "1", "1", ""], "too_long", /500/],
    [
      "a formula that failed",
      ["", "Стяжка", "м2", "4", "#DIV/0!", ""],
      "ambiguous_price",
      /^Цена: /,
    ],
  ])("with %s is shown with its number and the reason", (_, row, code, reason) => {
    const parsed = read(["", "Обои", "м2", "1", "1", ""], row);
    expect(parsed.unread).toMatchObject([{ lineNumber: 3, code }]);
    expect(parsed.unread[0]?.reason).toMatch(reason);
  });

  test("that sum up are compared with the lines and are no lines", () => {
    const parsed = read(
      ["", "Полы", "", "", "", ""],
      ["1", "Стяжка", "м2", "10", "900", "9000"],
      ["", "Итого по разделу", "", "", "", "9000"],
      ["", "Стены", "", "", "", ""],
      ["2", "Обои", "м2", "10", "350", "3500"],
      ["Итого: Стены", "", "", "", "", "3600"],
      ["", "ИТОГО:", "", "", "", "12500"],
    );
    expect(parsed.totals).toMatchObject([
      { lineNumber: 4, scope: "section", warning: null },
      {
        lineNumber: 7,
        scope: "section",
        stated: money("3600"),
        computed: money("3500"),
        warning: expect.stringContaining("по строкам выходит") as string,
      },
      { lineNumber: 8, scope: "all", warning: null },
    ]);
    expect(parsed.lineCount).toBe(2);
  });

  test("with discounts, VAT and percentages are noted", () => {
    const parsed = read(
      ["1", "Стяжка", "м2", "10", "900", "9000"],
      ["", "Накладные расходы 15 %", "", "", "", "1350"],
      ["", "Скидка 5 %", "", "", "", "-450"],
      ["", "НДС 22 %", "", "", "", "1980"],
      ["", "Всего с НДС", "", "", "", "10980"],
      ["", "Заказчик ____________", "", "", "", ""],
    );
    expect(parsed.notes.map(({ code }) => code)).toEqual([
      "markup",
      "discount",
      "vat",
      "vat",
      "detail",
    ]);
    expect(parsed.lineCount).toBe(1);
    expect(parsed.unread).toEqual([]);
  });

  test("that head sections with their sums are not counted twice", () => {
    const parsed = read(
      ["1", "Полы", "", "", "", "9900"],
      ["1.1", "Стяжка", "м2", "10", "900", "9000"],
      ["1.2", "Плинтус", "м", "9", "100", "900"],
      ["2", "Стены", "", "", "", "3500"],
      ["2.1", "Обои", "м2", "10", "350", "3500"],
    );
    expect(parsed.sections.map(({ title, lines }) => [title, lines.length])).toEqual([
      ["Полы", 2],
      ["Стены", 1],
    ]);
    expect(parsed.total).toBe(money("13400"));
  });

  test("of repeated heads and headings without lines are reported", () => {
    const parsed = read(
      ["", "Квартира", "", "", "", ""],
      ["", "Полы", "", "", "", ""],
      HEAD,
      ["1", "2", "3", "4", "5", "6"],
      ["1", "Стяжка", "м2", "10", "900", "9000"],
    );
    expect(parsed.notes.map(({ lineNumber, code }) => [lineNumber, code])).toEqual([
      [4, "header"],
      [5, "header"],
    ]);
    expect(parsed.unread).toMatchObject([{ lineNumber: 2, code: "empty_section" }]);
  });

  test("are all accounted for, whatever stands in them", () => {
    const cell = fc.constantFrom(
      "",
      "",
      "5",
      "900",
      "-1",
      "1.234",
      "Стяжка",
      "Итого",
      "м2",
      "НДС 22 %",
      "Материалы",
      "#REF!",
      "12.05.2026",
      "=1+1",
      "1e9999",
      "999999999999999",
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 6, maxLength: 6 }), { maxLength: 30 }),
        (rows) => {
          const parsed = read(...rows);
          const filled = rows.filter((row) => row.some((text) => text !== "")).length;
          expect(numbersOf(parsed)).toHaveLength(filled);
          expect(linesOf(parsed)).toHaveLength(parsed.lineCount);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a whole file", () => {
  test("that was made here is read back to the kopeck", async () => {
    const document = makeDocument(
      makeContent(
        [
          { title: null, lines: [["Уборка", "1", "усл", "8000"]] },
          ...BATHROOM.slice(0, 3),
          {
            title: "Разное",
            lines: [
              withFields(["Клей", "14", "мешок", "890"], { kind: "material" }),
              ["Работа", "0.385", "т", "68500"],
            ],
          },
        ],
        {
          vat: { kind: "on_top", rate: "standard" },
          discount: { kind: "percent", percent: percent("5"), base: "all" },
        },
      ),
    );
    const table = await readTable(await renderXlsx(document));
    if (!table.ok) throw new Error(table.problem);
    const { mapping } = guessColumns(table.rows);
    if (!mapping) throw new Error("no columns");
    const parsed = rowsToEstimate(table.rows, mapping);
    expect(parsed.sections.map(({ title, lines }) => [title, lines.length])).toEqual(
      document.sections.map(({ title, lines }) => [title, lines.length]),
    );
    const [works, materials] = document.summary;
    expect(parsed.worksTotal).toBe(works?.amount);
    expect(parsed.materialsTotal).toBe(materials?.amount);
    expect(parsed.totals.filter(({ warning }) => warning !== null)).toEqual([]);
  });

  test("of one column is read as a pasted list", () => {
    const parsed = rowsToEstimate([["Штукатурка стен 22 м2 650"], ["Стяжка 10 м2 900"]], {
      name: 0,
      unit: null,
      quantity: null,
      price: null,
      sum: null,
      code: null,
      skipRows: 0,
    });
    expect(parsed.total).toBe(money("23300"));
  });
});
