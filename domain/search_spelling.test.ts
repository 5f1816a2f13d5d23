import fc from "fast-check";
import { expect, it } from "vitest";
import { countMistakes, pickCorrections } from "./search_spelling.ts";

it("counts letters put in, left out, exchanged and swapped", () => {
  expect(countMistakes("иванов", "иванов")).toBe(0);
  expect(countMistakes("ивонов", "иванов")).toBe(1);
  expect(countMistakes("иваннов", "иванов")).toBe(1);
  expect(countMistakes("ивнов", "иванов")).toBe(1);
  expect(countMistakes("иавнов", "иванов")).toBe(1);
  expect(countMistakes("", "дом")).toBe(3);
});

it("allows more mistakes in longer words and none in the shortest", () => {
  expect(pickCorrections("дом", ["дым"], false)).toEqual([]);
  expect(pickCorrections("стена", ["стены", "плита"], false)).toEqual(["стены"]);
  expect(pickCorrections("ивонов", ["иванов", "иванова", "петров"], false)).toEqual([
    "иванов",
    "иванова",
  ]);
});

it("compares an unfinished word with beginnings", () => {
  expect(pickCorrections("штукт", ["штукатурка"], false)).toEqual([]);
  expect(pickCorrections("штокату", ["штукатурка"], true)).toEqual(["штукатурка"]);
});

it("measures a distance: symmetric, zero only between equals, no longer than the longer word", () => {
  const word = fc.string({ unit: fc.constantFrom("а", "б", "в", "г", "д"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = countMistakes(a, b);
      expect(distance).toBe(countMistakes(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});

it("allows three mistakes in a word of ten letters, and not in one of nine", () => {
  expect(pickCorrections("штукотурко", ["штукатурка"], false)).toEqual(["штукатурка"]);
  expect(pickCorrections("штукотуркы", ["штукатурке"], false)).toEqual(["штукатурке"]);
  expect(pickCorrections("штокоторкы", ["штукатурка"], false)).toEqual([]);
  expect(pickCorrections("шпокливко", ["шпаклёвка"], false)).toEqual([]);
});

it.each([
  ["аб", "ба", 1],
  ["абв", "вба", 2],
  ["аб", "вг", 2],
  ["абвг", "вгаб", 4],
  ["абвг", "бавг", 1],
  ["абвг", "абгв", 1],
  ["абвг", "багв", 2],
])("takes neighbours alone for swapped: «%s» and «%s»", (a, b, expected) => {
  expect(countMistakes(a, b)).toBe(expected);
});

it.each([
  ["плот", "флот", true],
  ["плод", "флот", false],
  ["стинв", "стена", false],
  ["стинва", "стенка", true],
  ["штокотурко", "штукатурка", true],
])("allows mistakes by the length of what was typed: «%s» for «%s»", (typed, word, isMeant) => {
  expect(pickCorrections(typed, [word], false)).toEqual(isMeant ? [word] : []);
});

it("allows as many mistakes in a beginning as in a word of its length", () => {
  expect(pickCorrections("штокоту", ["штукатурка"], true)).toEqual(["штукатурка"]);
  expect(pickCorrections("шторы", ["штукатурка"], true)).toEqual([]);
});
