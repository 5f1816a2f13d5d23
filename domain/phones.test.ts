import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPhone, parsePhone, parsePhones } from "./phones.ts";

describe("parsePhone", () => {
  it.each([
    ["8 (912) 345-67-89", "+79123456789"],
    ["8-912-345-67-89", "+79123456789"],
    ["8 912 345–67–89", "+79123456789"],
    ["89123456789", "+79123456789"],
    ["79123456789", "+79123456789"],
    ["+7 912 345 67 89", "+79123456789"],
    ["+7(912)345-67-89", "+79123456789"],
    ["9123456789", "+79123456789"],
    ["+8 912 345-67-89", "+79123456789"],
    ["тел. 8 912 345-67-89", "+79123456789"],
    ["Тел: 89123456789", "+79123456789"],
    ["8 (343) 222-33-44", "+73432223344"],
    ["8 812 654-32-10", "+78126543210"],
    ["8126543210", "+78126543210"],
    ["8-800-555-35-35", "+78005553535"],
    ["+375 29 123-45-67", "+375291234567"],
    ["375291234567", "+375291234567"],
    ["+998901234567", "+998901234567"],
    ["87011234567", "+77011234567"],
    ["+49 30 1234567", "+49301234567"],
    ["+8 (912) 345-67-89", "+79123456789"],
    ["+8912 345-67-89", "+79123456789"],
    ["37251234567", "+37251234567"],
    ["8-912-345-67-89".padEnd(50, "."), "+79123456789"],
  ])("%s is %s", (text, expected) => {
    expect(parsePhone(text)).toEqual({ e164: expected, extension: null, raw: text });
  });

  it.each([
    ["+7 912 345-67-89#123", "123"],
    ["8(343)222-33-44 доб. 12", "12"],
    ["8(343)222-33-44 доб 12", "12"],
  ])("keeps the extension of %s", (text, extension) => {
    expect(parsePhone(text)?.extension).toBe(extension);
  });

  it.each([
    ["", "nothing"],
    ["Иван", "a name"],
    ["123", "too short"],
    ["22-33-44", "a number without a city"],
    ["8 912 345 67 8", "a lost digit"],
    ["7912345678", "a lost digit"],
    ["8912345678999", "too long"],
    ["8-912-345-67-89".padEnd(51, "."), "too long a text"],
    ["375 29 123-45-67", "a foreign number without its plus"],
    ["номер +8 912 345-67-89", "more words than a label"],
    ["8 000 000 00 00", "no such code"],
    ["1111111111", "no such code"],
    ["2026-11-22 10:30", "a date"],
    ["+7…", "a stub"],
    ["<b>89123456789</b>", "markup"],
    ["8 912 345-67-89\u0000", "a control character"],
    ["9".repeat(10_000), "a flood"],
    ["\ud83d\ude00", "an emoji"],
  ])("refuses %s (%s)", (text) => {
    expect(parsePhone(text)).toBeNull();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        expect(parsePhone(text)?.e164 ?? "+0000000").toMatch(/^\+\d{7,15}$/);
      }),
    );
  });
});

it("finds every number of a list once", () => {
  const found = parsePhones("8 912 345-67-89, +79123456789; факс 8 343 222 33 45 / нет");
  expect(found.map((phone) => phone.e164)).toEqual(["+79123456789", "+73432223345"]);
});

it("keeps one number with two extensions twice", () => {
  const found = parsePhones("8 343 222-33-44 доб. 1, 8 343 222-33-44, 8 343 222-33-44 доб. 2");
  expect(found.map((phone) => phone.extension)).toEqual(["1", null, "2"]);
});

it("looks for numbers in the first thousand characters", () => {
  expect(parsePhones(`${" ".repeat(989)}89123456789`)).toHaveLength(1);
  expect(parsePhones(`${" ".repeat(990)}89123456789`)).toHaveLength(0);
});

it("writes a number in groups, and an unknown one as it is", () => {
  expect(formatPhone("+79123456789")).toBe("+7 912 345 67 89");
  expect(formatPhone("+000")).toBe("+000");
});
