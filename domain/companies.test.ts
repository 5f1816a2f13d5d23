import { describe, expect, it } from "vitest";
import { nameKey } from "./catalogue.ts";
import { companyFieldsSchema, isInn } from "./companies.ts";

describe("an ИНН", () => {
  it.each(["7707083893", "7830002293", "500100732259"])("%s has its control digits", (inn) => {
    expect(isInn(inn)).toBe(true);
  });

  it.each(["7707083894", "500100732258", "500100732249", "770708389", "77070838931", "abc", ""])(
    "%s is none",
    (inn) => {
      expect(isInn(inn)).toBe(false);
    },
  );
});

describe("requisites", () => {
  const fields = companyFieldsSchema.partial();

  it("are digits of the right length, or empty", () => {
    for (const good of [
      { inn: "" },
      { inn: "7707083893" },
      { inn: "500100732259" },
      { kpp: "770701001" },
      { ogrn: "1027700132195" },
      { bankBik: "044525225" },
      { timezone: "Asia/Yekaterinburg" },
    ]) {
      expect([good, fields.safeParse(good).success]).toEqual([good, true]);
    }
    for (const wrong of [
      { inn: "770708389" },
      { inn: "77070838a3" },
      { kpp: "77070100" },
      { bankAccount: "1" },
      { timezone: "Mars/Olympus" },
      { timezone: "" },
      { name: "" },
      { companyId: "x" },
    ]) {
      expect([wrong, fields.safeParse(wrong).success]).toEqual([wrong, false]);
    }
  });
});

it("knows a work again whatever its spelling", () => {
  expect(nameKey("  Счётчик ХВС,  монтаж! ")).toBe("счетчик хвс монтаж");
  expect(nameKey("Кабель 3х2.5")).toBe("кабель 3х2 5");
});
