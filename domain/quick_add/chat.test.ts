import { describe, expect, it } from "vitest";
import { looksLikeList, parseQuickLine } from "./quick_add.ts";

describe("parseQuickLine", () => {
  it("reads one position, of the kind that is asked for", () => {
    const result = parseQuickLine("Клей 14 мешков 890", "material");
    expect(result).toMatchObject({
      ok: true,
      line: { name: "Клей", unit: "мешок", kind: "material" },
    });
  });

  it.each([
    ["", "Нет количества и цены"],
    ["Штукатурка", "Нет количества и цены"],
    ["Скидка 10 %", "Скидка не строка сметы"],
    ["Итого 5000", "Нет количества и цены"],
    ["Стены 2 м2 5\nПол 2 м2 5", "несколько позиций"],
    ["Розетки 5 шт 300; рамки 3 шт 250", "несколько позиций"],
  ])("refuses %j with a reason", (text, reason) => {
    const result = parseQuickLine(text);
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});

describe("looksLikeList", () => {
  it.each([
    "Штукатурка стен 120 м2 450",
    "Демонтаж\nПлитка 22 м2 350\nВанна 1 шт 1500р",
    "Привет!\nстены 22 м2 350\nпол 4 м2 400",
    "Штукатурка 22 м2\nГрунтовка 22 м2",
    "Вывоз мусора 5000\nДоставка 3000",
    "Плитка\tм2\t22\t350",
    "Стяжка 5 м2\nПлитка 3 м2\nВывоз 5000",
    "Стяжка 5 м2 300\nКак дела у вас",
  ])("is true for %j", (text) => {
    expect(looksLikeList(text)).toBe(true);
  });

  it.each([
    "",
    "привет",
    "Ленина 12, кв. 5",
    "Ремонт квартиры 54 м2",
    "Перезвони 89123456789",
    "Буду через 2 часа",
    "Встреча завтра в 15:30 на Ленина 120",
    "Дом 120 м2, 5 комнат",
    "СМ-2026-0001",
    "Иван Петров +7 912 345-67-89",
    "Скинь 5 т.р.",
    "Сколько стоит стяжка?",
    "Итого 198 038",
    "Стяжка 5 м2",
    "Стяжка 5 м2\nВывоз 5000",
    "Вывоз 5000\nДоставка 3000\nКак дела у вас",
    "Стяжка 5 м2 300\nКак дела у вас\nПозвоните мне завтра",
    "Розетки 5 по 300",
    "Вывоз\t50/м2",
    "Добрый день! Когда приедете?\nЖдём к 10",
  ])("is false for %j", (text) => {
    expect(looksLikeList(text)).toBe(false);
  });
});
