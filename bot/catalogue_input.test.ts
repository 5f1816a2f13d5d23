import { describe, expect, it } from "vitest";
import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import { pricesOfLines, readPrice, readPriceLine } from "./catalogue_input.ts";

describe("«название единица цена»", () => {
  it.each([
    ["Штукатурка стен м2 450", "Штукатурка стен", "м²", 45_000n],
    ["Штукатурка стен — 450,50 руб.", "Штукатурка стен", "", 45_050n],
    ["Плиточный клей, шт: 1 250 ₽", "Плиточный клей", "шт", 125_000n],
    ["Бесплатная уборка 0", "Бесплатная уборка", "", 0n],
  ])("%s", (text, name, unit, price) => {
    expect(readPriceLine(text)).toEqual({ ok: true, value: { name, unit, price } });
  });

  it.each(["Штукатурка стен", "450", "м2 450", "Штукатурка 99999999999999999"])(
    "%s is not understood, and a sample is shown",
    (text) => {
      const problem = "Не вижу цены в конце. Напишите так: Штукатурка стен м2 450";
      expect(readPriceLine(text)).toEqual({ ok: false, problem });
    },
  );
});

it("a price alone is read or explained", () => {
  expect(readPrice("1 250,50")).toEqual({ ok: true, value: 125_050n });
  expect(readPrice("дорого")).toMatchObject({
    ok: false,
    problem: expect.stringContaining("число"),
  });
});

it("the prices of a list are those of its lines that have one, with their sections", () => {
  const parsed = parseQuickAdd(
    "Вынос мусора 2 рейса 2500\nЧистовая\nУкладка плитки 22 м2 2200\nГрунтовка 5 м2",
  );
  const { items } = pricesOfLines(parsed);
  expect(items.map(({ name, section, price }) => [name, section, price])).toEqual([
    ["Вынос мусора", "", 250_000n],
    ["Укладка плитки", "Чистовая", 220_000n],
  ]);
});
