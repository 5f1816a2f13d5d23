import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { someFormula } from "./estimate/testing.ts";
import { referencesOf, referTo, type Room } from "./measures.ts";
import { describeFormula, readFormula } from "./measures_ru.ts";
import type { Quantity } from "./quantity.ts";

const id = (number: number) => `01924444-0000-7000-8000-00000000000${number}`;
const metre = 10_000_000n as Quantity;

function room(number: number, name: string): Room {
  const size = { length: metre, width: metre, height: metre };
  return { id: id(number), position: "a0", name, ...size, openings: [] };
}

const rooms = new Map(
  [
    room(1, "Кухня"),
    room(2, "Комната"),
    room(3, "Комната 2"),
    room(4, "Ванная комната"),
    room(5, "С/у (гостевой)"),
    room(6, "Полоса"),
  ].map((room) => [room.id, room]),
);

describe("a typed formula", () => {
  it.each([
    ["стены кухни × 1,05", `${referTo(id(1), "walls")}*1.05`],
    ["=Стены Кухня*1.05", `${referTo(id(1), "walls")}*1.05`],
    ["пол комнаты", referTo(id(2), "floor")],
    ["пол комнаты 2 х 1,1", `${referTo(id(3), "floor")}*1.1`],
    ["потолок ванной комнаты", referTo(id(4), "ceiling")],
    ["плинтус с/у (гостевой) + 0,5", `${referTo(id(5), "skirting")}+0.5`],
    ["пол полоса", referTo(id(6), "floor")],
    ["(пол кухни + пол комнаты) : 2", `(${referTo(id(1), "floor")}+${referTo(id(2), "floor")})/2`],
    ["периметр кухни − 0,9", `${referTo(id(1), "perimeter")}-0.9`],
  ])("is read: %s", (text, formula) => {
    expect(readFormula(text, rooms)).toBe(formula);
  });

  it.each(["12,5", "", "стены", "стены гаража", "стены кухни ×", "кухня", "стены кухни 5"])(
    "is not one: %s",
    (text) => {
      expect(readFormula(text, rooms)).toBeNull();
    },
  );

  it("needs no name where there is one room", () => {
    const one = new Map([[id(1), room(1, "Кухня")]]);
    expect(readFormula("стены*2", one)).toBe(`${referTo(id(1), "walls")}*2`);
  });

  it("shows a room that is gone as a question mark", () => {
    expect(describeFormula(`${referTo(id(9), "walls")}*2`, rooms)).toBe("? × 2");
  });

  it("is read back from what it is shown as", () => {
    fc.assert(
      fc.property(someFormula, (formula) => {
        const named = new Map<string, Room>();
        for (const [index, { roomId }] of referencesOf(formula).entries()) {
          named.set(roomId, { ...room(1, `Комната ${index + 1}`), id: roomId });
        }
        expect(readFormula(describeFormula(formula, named), named)).toBe(formula);
      }),
    );
  });
});
