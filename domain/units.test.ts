import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNITS } from "./unit_table.ts";
import { findUnit, normaliseUnit, okeiCode, splitUnitFactor, unitByOkei } from "./units.ts";

describe("normaliseUnit", () => {
  it.each([
    ["м²", "м2 М2 м² m2 м^2 кв.м кв.м. м.кв. м.кв м/кв кв.метров квадрат квадратов"],
    ["м³", "м3 м³ m3 куб.м куб кубов кубометров м.куб."],
    ["п.м.", "п.м. п.м пм мп м.п. м/п пог.м пог.м. пог.метр м.пог"],
    ["м", "м м. m метр метров"],
    ["шт", "шт шт. ШТ штук штуки щт"],
    ["компл", "компл компл. комплект комплекта к-т"],
    ["мешок", "мешок мешков меш. мешка"],
    ["ведро", "ведро ведра вёдер ведер вед."],
    ["упак", "упак уп. упаковок"],
    ["рул", "рул. рулонов рулон"],
    ["ч", "ч ч. час часа часов"],
    ["чел.-ч", "чел.-ч чел/час чел·ч человеко-часов"],
    ["маш.-ч", "маш.-ч маш/час"],
    ["т", "т т. тонн тн"],
    ["точка", "точка точек точки"],
    ["рейс", "рейс рейса рейсов"],
    ["усл", "усл усл. услуга усл.ед."],
    ["л", "л л. литров"],
    ["кг", "кг кг. kg КГ"],
  ])("gives %s for %s", (label, spellings) => {
    for (const spelling of spellings.split(" ")) {
      expect([spelling, normaliseUnit(spelling)]).toEqual([spelling, label]);
    }
  });

  it("reads spellings with spaces inside", () => {
    expect(normaliseUnit(" пог. м. ")).toBe("п.м.");
    expect(normaliseUnit("погонных метров")).toBe("п.м.");
    expect(normaliseUnit("кв. метров")).toBe("м²");
    expect(normaliseUnit("Кв м")).toBe("м²");
    expect(normaliseUnit("усл. ед.")).toBe("усл");
  });

  it("keeps a unit that it does not know, tidied", () => {
    expect(normaliseUnit("  ступеней ")).toBe("ступеней");
    expect(normaliseUnit("под  ключ")).toBe("под ключ");
  });

  it.each(["", "  ", "-", "12", "😀", "а".repeat(31)])("has no unit for %j", (text) => {
    expect(normaliseUnit(text)).toBeNull();
  });

  it("changes nothing the second time, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = normaliseUnit(text);
        expect(normaliseUnit(once ?? "")).toBe(once);
      }),
    );
  });
});

describe("the table", () => {
  it("gives every spelling to one unit only", () => {
    const owner = new Map<string, string>();
    for (const unit of UNITS) {
      for (const spelling of [unit.label, ...unit.spellings]) {
        expect([spelling, findUnit(spelling)?.label]).toEqual([spelling, unit.label]);
        expect(owner.get(spelling) ?? unit.label).toBe(unit.label);
        owner.set(spelling, unit.label);
      }
    }
  });

  it.each([
    ["м", 6],
    ["п.м.", 18],
    ["м²", 55],
    ["л", 112],
    ["м³", 113],
    ["кг", 166],
    ["т", 168],
    ["ч", 356],
    ["чел.-ч", 539],
    ["лист", 625],
    ["рул", 736],
    ["упак", 778],
    ["шт", 796],
    ["компл", 839],
    ["усл", 876],
    ["смена", 917],
  ])("has ОКЕИ %s = %s, both ways", (label, code) => {
    expect(okeiCode(label)).toBe(code);
    expect(unitByOkei(code)).toBe(label);
  });

  it("invents no code for what ОКЕИ lacks", () => {
    expect(okeiCode("точка")).toBeNull();
    expect(okeiCode("рейс")).toBeNull();
    expect(okeiCode("100 м²")).toBeNull();
    expect(okeiCode("ступеней")).toBeNull();
    expect(unitByOkei(1)).toBeNull();
  });
});

describe("bases of norms", () => {
  it("splits the factor from the unit", () => {
    expect(splitUnitFactor("100 м2")).toEqual({ factor: 100n, unit: "м²" });
    expect(splitUnitFactor("1000шт.")).toEqual({ factor: 1000n, unit: "шт" });
    expect(splitUnitFactor("м2")).toEqual({ factor: 1n, unit: "м²" });
    expect(splitUnitFactor("0 м2")).toBeNull();
    expect(splitUnitFactor("100")).toBeNull();
    expect(normaliseUnit("100 кв.м")).toBe("100 м²");
  });
});

describe("a unit as people type it", () => {
  it.each([
    ["Sq.M", "м²"],
    ["кoмпл", "компл"],
    ["КВ—М", "м²"],
    ["m²", "м²"],
    ["Вёдра", "ведро"],
    ["около 100 м2", "около 100 м2"],
    ["100 м2", "100 м²"],
    ["100\nм2", "100 м²"],
    ["0 м2", null],
    ["2", null],
    ["м".repeat(30), "м".repeat(30)],
    ["м".repeat(31), null],
  ])("is known by its letters and digits alone: %j", (text, expected) => {
    expect(normaliseUnit(text)).toBe(expected);
  });
});
