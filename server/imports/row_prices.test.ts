import { describe, expect, test } from "vitest";
import { catalogueFieldsSchema } from "../../domain/catalogue.ts";
import { money } from "../documents/testing_documents.ts";
import { z } from "zod";
import { guessColumns } from "./columns.ts";
import { rowsToCatalogue } from "./row_prices.ts";

const ROWS = [
  ["Прайс с 1 мая"],
  ["Код", "Наименование", "Ед.", "Цена"],
  ["", "Демонтаж", "", ""],
  ["Д-1", "Демонтаж плитки", "кв.м", "350"],
  ["Д-2", "Вынос мусора", "рейс", "2 500,50 ₽"],
  ["", "Материалы", "", ""],
  ["", "Клей плиточный", "меш", "890"],
  ["", "Затирка", "кг", ""],
  ["", "Грунтовка", "л", "по запросу"],
  ["Д-1", "ДЕМОНТАЖ ПЛИТКИ", "м2", "400"],
];

function readRows() {
  const { mapping } = guessColumns(ROWS);
  if (!mapping) throw new Error("no columns");
  return rowsToCatalogue(ROWS, mapping);
}

describe("a price list", () => {
  test("gives items with their sections, kinds and codes", () => {
    expect(readRows().items).toEqual([
      {
        kind: "work",
        name: "Вынос мусора",
        unit: "рейс",
        price: money("2500.50"),
        cost: null,
        code: "Д-2",
        section: "Демонтаж",
      },
      {
        kind: "material",
        name: "Клей плиточный",
        unit: "мешок",
        price: money("890"),
        cost: null,
        code: "",
        section: "Материалы",
      },
      {
        kind: "material",
        name: "ДЕМОНТАЖ ПЛИТКИ",
        unit: "м²",
        price: money("400"),
        cost: null,
        code: "Д-1",
        section: "Материалы",
      },
    ]);
  });

  test("reports rows that can't be read and rows that are repeated", () => {
    expect(readRows().problems).toMatchObject([
      { rowNumber: 4, reason: expect.stringContaining("есть ниже") as string },
      { rowNumber: 8, text: "Затирка кг", reason: expect.stringContaining("Нет цены") as string },
      { rowNumber: 9, reason: expect.stringContaining("не похоже на число") as string },
    ]);
  });

  test("gives what the catalogue takes", () => {
    for (const item of readRows().items) {
      expect(z.encode(catalogueFieldsSchema, item)).toMatchObject({ name: item.name });
    }
  });
});
