import { describe, expect, it } from "vitest";
import { readRows } from "./testing_rows.ts";

describe("numbers at brackets", () => {
  it.each([
    ["Розетки 5 (2 300", "Розетки | 5 шт | 2300.00 | unit_assumed"],
    ["Краска 5 кг(2 300)", "Краска | 5 кг | 2300.00 | package_size"],
  ])("end where a bracket begins: %s", (row, expected) => {
    expect(readRows(row)).toEqual([expected]);
  });
});

it("a number that is glued to a word is neither quantity nor price", () => {
  expect(readRows("Пол 22 м2 3-слойный 350")).toEqual([
    "Пол 3-слойный | 22 м² | 350.00 | order_guessed",
  ]);
});
