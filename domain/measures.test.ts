import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChange, applyChanges, type Change } from "./estimate/changes.ts";
import { type Content, emptyContent, type Line } from "./estimate/estimate.ts";
import { someChange, someLine, someRoom } from "./estimate/testing.ts";
import {
  evaluateFormula,
  formulaSchema,
  measureQuantity,
  referencesOf,
  referTo,
  type Room,
} from "./measures.ts";
import {
  formatQuantity,
  MAX_QUANTITY,
  parseQuantity,
  type Quantity,
  QUANTITY_ONE,
} from "./quantity.ts";

const ID = "01924444-0000-7000-8000-000000000001";
const quantity = (text: string) => parseQuantity(text) ?? (0n as Quantity);

const kitchen: Room = {
  id: ID,
  position: "a0",
  name: "Кухня",
  length: quantity("4.25"),
  width: quantity("3.1"),
  height: quantity("2.7"),
  openings: [
    { kind: "door", width: quantity("0.9"), height: quantity("2.1"), count: 1 },
    { kind: "window", width: quantity("1.5"), height: quantity("1.4"), count: 2 },
  ],
};
const find = (id: string) => (id === ID ? kitchen : undefined);
const value = (formula: string) => formatQuantity(evaluateFormula(formula, find));

let changes = 0;
function change(fields: object): Change {
  changes += 1;
  const id = `01925555-0000-7000-8000-${String(changes).padStart(12, "0")}`;
  return { id, ...fields } as Change;
}

describe("the measures of a room", () => {
  it("are those of its box without the openings", () => {
    expect(value(referTo(ID, "floor"))).toBe("13.175");
    expect(value(referTo(ID, "ceiling"))).toBe("13.175");
    expect(value(referTo(ID, "perimeter"))).toBe("14.7");
    // 14.7 × 2.7 − 0.9 × 2.1 − 2 × 1.5 × 1.4
    expect(value(referTo(ID, "walls"))).toBe("33.6");
    // Only doors interrupt the skirting.
    expect(value(referTo(ID, "skirting"))).toBe("13.8");
  });

  it("are never below zero", () => {
    const open = { ...kitchen, openings: [{ ...kitchen.openings[0], count: 100 }] } as Room;
    expect(measureQuantity(open, "walls")).toBe(0n);
    expect(measureQuantity(open, "skirting")).toBe(0n);
  });

  it("are exact: the walls of any room and its openings make the whole box", () => {
    fc.assert(
      fc.property(someRoom, (room) => {
        const closed = { ...room, openings: [] };
        const square = room.openings.reduce(
          (sum, opening) => sum + opening.width * opening.height * BigInt(opening.count),
          0n,
        );
        const box = 2n * (room.length + room.width) * room.height;
        fc.pre(square <= box && box < 10_000_000n * QUANTITY_ONE * QUANTITY_ONE);
        // Each of the two is rounded once, half a unit at most.
        const both = measureQuantity(room, "walls") * QUANTITY_ONE + square;
        const difference = both - measureQuantity(closed, "walls") * QUANTITY_ONE;
        expect(difference + QUANTITY_ONE >= 0n && difference <= QUANTITY_ONE).toBe(true);
      }),
    );
  });
});

describe("a formula", () => {
  it("is arithmetic with rooms, rounded once", () => {
    expect(value(`${referTo(ID, "walls")}*1.05`)).toBe("35.28");
    expect(value(`(${referTo(ID, "floor")}+${referTo(ID, "walls")})/3`)).toBe("15.5916667");
    expect(value(`${referTo(ID, "floor")}-100`)).toBe("0");
  });

  it("is zero where it can't be calculated", () => {
    expect(value(`${referTo(ID, "floor")}/0`)).toBe("0");
    expect(value(referTo(ID.replace("1924444", "1924445"), "floor"))).toBe("0");
  });

  it("ends at the largest quantity that a line may have", () => {
    expect(evaluateFormula(`${referTo(ID, "floor")}*1000000000000`, find)).toBe(MAX_QUANTITY);
  });

  it("names the rooms that it refers to", () => {
    expect(referencesOf(`${referTo(ID, "walls")}*1.05+${referTo(ID, "floor")}`)).toEqual([
      { roomId: ID, measure: "walls" },
      { roomId: ID, measure: "floor" },
    ]);
  });

  it.each([
    "12",
    "стены",
    `{${ID}.roof}`,
    "{1.walls}",
    `{${ID}.walls`,
    `{${ID}.walls}*`,
    `{${ID}.walls}**2`,
    `{${ID}.walls} {${ID}.walls}`,
    `${`{${ID}.walls}+`.repeat(30)}1`,
  ])("is refused when it is not one: %s", (text) => {
    expect(formulaSchema.safeParse(text).success).toBe(false);
  });
});

describe("a line that follows a room", () => {
  const formula = `${referTo(ID, "walls")}*1.05`;
  const line: Line = {
    id: "01921111-0000-7000-8000-00000000000f",
    sectionId: null,
    position: "a0",
    kind: "work",
    name: "Шпаклёвка",
    unit: "м²",
    quantity: 0n as Quantity,
    quantityFormula: formula,
    price: 0n as Line["price"],
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
  const content = applyChanges(emptyContent(), [
    change({ type: "room.add", room: kitchen }),
    change({ type: "line.add", line }),
  ]);
  const lineOf = (result: Content) => result.lines.get(line.id);

  it("has what its formula gives, from the beginning and after every change of the room", () => {
    expect(lineOf(content)?.quantity).toBe(quantity("35.28"));
    const higher = change({ type: "room.set", roomId: ID, set: { height: quantity("3") } });
    // (14.7 × 3 − 6.09) × 1.05
    expect(lineOf(applyChange(content, higher))?.quantity).toBe(quantity("39.9105"));
    const renamed = change({ type: "room.set", roomId: ID, set: { name: "Столовая" } });
    expect(applyChange(content, renamed).lines).toBe(content.lines);
  });

  it("stops following when a number is typed over", () => {
    const typed = change({ type: "line.set", lineId: line.id, set: { quantity: quantity("40") } });
    const after = applyChange(content, typed);
    expect(lineOf(after)).toMatchObject({ quantity: quantity("40"), quantityFormula: "" });
    const higher = change({ type: "room.set", roomId: ID, set: { height: quantity("3") } });
    expect(lineOf(applyChange(after, higher))?.quantity).toBe(quantity("40"));
  });

  it("keeps its number when the room goes, also when it arrives after that", () => {
    const without = applyChange(content, change({ type: "room.remove", roomId: ID }));
    expect(lineOf(without)).toMatchObject({ quantity: quantity("35.28"), quantityFormula: "" });
    const late = { ...line, id: "01921111-0000-7000-8000-00000000000e", quantity: quantity("7") };
    const added = applyChange(without, change({ type: "line.add", line: late }));
    expect(added.lines.get(late.id)).toMatchObject({
      quantity: quantity("7"),
      quantityFormula: "",
    });
    const set = { quantity: quantity("8"), quantityFormula: formula };
    const changed = applyChange(without, change({ type: "line.set", lineId: line.id, set }));
    expect(lineOf(changed)).toMatchObject({ quantity: quantity("8"), quantityFormula: "" });
  });

  it("is right after any changes in any order", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 80, size: "max" }), (log) => {
        const { lines, rooms } = applyChanges(emptyContent(), log);
        for (const { quantity, quantityFormula } of lines.values()) {
          if (quantityFormula === "") continue;
          for (const { roomId } of referencesOf(quantityFormula))
            expect(rooms.has(roomId)).toBe(true);
          expect(quantity).toBe(evaluateFormula(quantityFormula, (id) => rooms.get(id)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is met by the generators at all", () => {
    const lines = fc.sample(someLine, 200).filter((line) => line.quantityFormula !== "");
    expect(lines.length).toBeGreaterThan(10);
  });
});

describe("a formula beyond what a quantity can be", () => {
  it("gives the largest quantity, and zero below zero", () => {
    expect(evaluateFormula(`${referTo(ID, "floor")}*99999999999999`, find)).toBe(MAX_QUANTITY);
    expect(evaluateFormula(`0-${referTo(ID, "floor")}`, find)).toBe(0n);
  });

  it("gives zero without its room, and refers to nothing that is no reference", () => {
    expect(evaluateFormula(referTo(ID, "floor"), () => undefined)).toBe(0n);
    expect(referencesOf(`{${ID}.roof}+{x}+${referTo(ID, "walls")}`)).toEqual([
      { roomId: ID, measure: "walls" },
    ]);
  });
});
