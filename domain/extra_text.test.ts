import { describe, expect, it } from "vitest";
import { readExtraText } from "./extra_text.ts";
import type { Day } from "./calendar.ts";
import { findUnanswered, photoTypeOf, unansweredHint } from "./extras.ts";

describe("extra work in one message", () => {
  it.each([
    ["доп: штробление 12 м 450", "штробление 12 м 450", ""],
    ["Доп. штробление 12 м 450", "штробление 12 м 450", ""],
    ["доп.работа: штробление 12 м 450", "штробление 12 м 450", ""],
    ["Доп работы\nштробление 12 м 450\nкабель 20 м 95", "штробление 12 м 450\nкабель 20 м 95", ""],
    ["доп штробление 12 м 450", "штробление 12 м 450", ""],
    ["Дополнительные работы: кабель 20 м 95", "кабель 20 м 95", ""],
    ["доп: кабель 20 м 95, причина: добавили розетки", "кабель 20 м 95", "добавили розетки"],
    ["доп: кабель 20 м 95\nПричина — просьба заказчика", "кабель 20 м 95", "просьба заказчика"],
  ])("%j", (text, list, reason) => {
    expect(readExtraText(text)).toEqual({ list, reason });
  });

  it.each([
    "допрос 12 м 450",
    "Допуск 2 мм",
    "штробление 12 м 450",
    "доп",
    "доп:",
    "доп: причина: так",
  ])("is not %j", (text) => {
    expect(readExtraText(text)).toBeNull();
  });
});

describe("extra work without an answer", () => {
  const waiting = [{ submittedOn: "2026-11-11" as Day }, { submittedOn: "2026-11-12" as Day }];

  it("is due after ten whole days, with the words of the law", () => {
    expect(findUnanswered(waiting, "2026-11-21" as Day)).toEqual([]);
    expect(findUnanswered(waiting, "2026-11-22" as Day)).toEqual([waiting[0]]);
    expect(unansweredHint("СМ-2026-0001/Д1")).toContain("743 п. 3 ГК РФ");
  });
});

describe("a photo", () => {
  it.each([
    [[0xff, 0xd8, 0xff, 0xe0], "image/jpeg"],
    [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"],
    [[0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50], "image/webp"],
    [[0x3c, 0x73, 0x76, 0x67], null],
    [[], null],
  ] as const)("is known by its first bytes", (bytes, type) => {
    expect(photoTypeOf(Uint8Array.from(bytes))).toBe(type);
  });
});
