import { describe, expect, it } from "vitest";
import { clientOfContact, readClientText } from "./client_input.ts";

describe("a client in words", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["Иван Петров 8 916 123-45-67", "Иван Петров", "8 916 123-45-67"],
    ["Иван Петров, +7(916)123-45-67", "Иван Петров", "+7(916)123-45-67"],
    ["8 916 123-45-67 Иван", "Иван", "8 916 123-45-67"],
    ["Иван\nтел. 89161234567", "Иван", "89161234567"],
    ["Мария", "Мария", ""],
    ["+79161234567", "+7 916 123 45 67", "+79161234567"],
    ["ООО «Ромашка» 8 (495) 123-45-67", "ООО «Ромашка»", "8 (495) 123-45-67"],
    ["Дом 5", "Дом 5", ""],
  ];
  it.each(cases)("«%s»", (text, name, phone) => {
    expect(readClientText(text)).toEqual({ ok: true, value: { name, phone } });
  });

  it.each([
    ["Иван Петров, ivan@mail.ru", "Иван Петров", "", "ivan@mail.ru"],
    [
      "Иван, тел. 8(903)111-22-33, ivan.1985@example.com",
      "Иван",
      "8(903)111-22-33",
      "ivan.1985@example.com",
    ],
    ["почта: 79031112233@mail.ru Мария", "Мария", "", "79031112233@mail.ru"],
    ["«Ромашка» <info@ромашка.рф> 89161234567", "«Ромашка»", "89161234567", "info@ромашка.рф"],
    ["ivan@mail.ru", "ivan@mail.ru", "", "ivan@mail.ru"],
  ])("«%s» with an address of mail", (text, name, phone, email) => {
    expect(readClientText(text)).toEqual({ ok: true, value: { name, phone, email } });
  });

  it("with a number that is no phone is asked again", () => {
    expect(readClientText("Иван 8 916 123")).toMatchObject({ ok: false });
  });

  it("of nothing but signs needs a name", () => {
    expect(readClientText("—, ;")).toMatchObject({ ok: false });
  });
});

describe("a contact", () => {
  it("without a name gets its number for a name", () => {
    expect(clientOfContact({ phone_number: "79161234567", first_name: " \u0000" })).toEqual({
      name: "+7 916 123 45 67",
      phone: "79161234567",
    });
  });
});
