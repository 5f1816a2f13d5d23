import { describe, expect, it } from "vitest";
import { type Measure, referTo, type Room } from "../measures.ts";
import { kopecks } from "../money.ts";
import { parseQuantity, type Quantity } from "../quantity.ts";
import { applyChange, applyChanges, type Change, decideChange, isSame, viewOf } from "./changes.ts";
import { type Content, emptyContent, type Line } from "./estimate.ts";

const id = (number: number) => `01920000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const [KITCHEN, HALL, NOWHERE] = [id(1), id(2), id(3)];
const [TILES, PAINT, PLAIN] = [id(11), id(12), id(13)];

function quantity(text: string): Quantity {
  const read = parseQuantity(text);
  if (read === null) throw new Error(`no quantity: ${text}`);
  return read;
}

function room(roomId: string, length: string): Room {
  return {
    id: roomId,
    position: "a0",
    name: "Комната",
    length: quantity(length),
    width: quantity("2"),
    height: quantity("3"),
    openings: [],
  };
}

function line(lineId: string, quantityFormula: string, given = "5"): Line {
  return {
    id: lineId,
    sectionId: null,
    position: "a0",
    kind: "work",
    name: "Плитка",
    unit: "м²",
    quantity: quantity(given),
    quantityFormula,
    price: kopecks(100n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
}

const floor = (roomId: string, measure: Measure = "floor") => referTo(roomId, measure);
const addRoom = (given: Room): Change => ({ id: id(90), type: "room.add", room: given });
const addLine = (given: Line): Change => ({ id: id(91), type: "line.add", line: given });
const setRoom = (roomId: string, length: string): Change => ({
  id: id(92),
  type: "room.set",
  roomId,
  set: { length: quantity(length) },
});
const setLine = (lineId: string, set: Extract<Change, { type: "line.set" }>["set"]): Change => ({
  id: id(93),
  type: "line.set",
  lineId,
  set,
});

/** Tiles follow the floor of the kitchen, paint both floors, the plain line nothing. */
const content = applyChanges(emptyContent(), [
  addRoom(room(KITCHEN, "4")),
  addRoom(room(HALL, "10")),
  addLine(line(TILES, floor(KITCHEN))),
  addLine(line(PAINT, `${floor(KITCHEN)}+${floor(HALL)}`)),
  addLine(line(PLAIN, "")),
]);

function shown(given: Content, lineId: string) {
  const found = given.lines.get(lineId);
  return found && [found.quantity, found.quantityFormula];
}

const after = (change: Change) => applyChange(content, change);

describe("a line that comes with a formula", () => {
  it("has the quantity of the formula, whatever was written beside it", () => {
    expect(shown(content, TILES)).toEqual([quantity("8"), floor(KITCHEN)]);
    expect(shown(content, PAINT)).toEqual([quantity("28"), `${floor(KITCHEN)}+${floor(HALL)}`]);
    expect(shown(content, PLAIN)).toEqual([quantity("5"), ""]);
  });

  it("has the number beside it when one of its rooms is not there", () => {
    const half = line(id(14), `${floor(KITCHEN)}+${floor(NOWHERE)}`, "7");
    expect(shown(after(addLine(half)), half.id)).toEqual([quantity("7"), ""]);
  });

  it("has the number when a device knew of no formulas", () => {
    const { quantityFormula: _, ...old } = line(id(15), "", "9");
    expect(shown(after(addLine(old as Line)), old.id)).toEqual([quantity("9"), ""]);
  });
});

describe("setting a line that follows a room", () => {
  it("leaves the formula alone when something else is set", () => {
    expect(shown(after(setLine(TILES, { name: "Другая" })), TILES)).toEqual([
      quantity("8"),
      floor(KITCHEN),
    ]);
  });

  it("takes a typed number in place of the formula", () => {
    expect(shown(after(setLine(TILES, { quantity: quantity("3") })), TILES)).toEqual([
      quantity("3"),
      "",
    ]);
  });

  it("keeps the number when the formula alone is taken away", () => {
    expect(shown(after(setLine(TILES, { quantityFormula: "" })), TILES)).toEqual([
      quantity("8"),
      "",
    ]);
  });

  it("takes another formula and its quantity, whatever number comes along", () => {
    const set = { quantity: quantity("1"), quantityFormula: floor(HALL, "perimeter") };
    expect(shown(after(setLine(TILES, set)), TILES)).toEqual([
      quantity("24"),
      floor(HALL, "perimeter"),
    ]);
  });

  it("does nothing for a formula of a room that is gone, without a number", () => {
    const change = setLine(TILES, { quantityFormula: floor(NOWHERE) });
    expect(decideChange(viewOf(content), change)).toEqual({ write: null, reason: "same" });
  });

  it("takes the number that comes with a formula of a room that is gone", () => {
    const set = { quantity: quantity("6"), quantityFormula: floor(NOWHERE) };
    expect(shown(after(setLine(TILES, set)), TILES)).toEqual([quantity("6"), ""]);
    const half = { quantity: quantity("6"), quantityFormula: `${floor(HALL)}*${floor(NOWHERE)}` };
    expect(shown(after(setLine(TILES, half)), TILES)).toEqual([quantity("6"), ""]);
  });
});

describe("a change of a room", () => {
  it("brings along the lines that follow it, each by its whole formula", () => {
    const changed = after(setRoom(HALL, "20"));
    expect(shown(changed, PAINT)?.[0]).toBe(quantity("48"));
    expect(shown(changed, TILES)?.[0]).toBe(quantity("8"));
    expect(changed.rooms.get(HALL)?.length).toBe(quantity("20"));
  });

  it("writes only the lines whose quantity is another", () => {
    const { write } = decideChange(viewOf(content), setRoom(HALL, "20"));
    expect(write).toMatchObject({ put: "room", lines: [{ id: PAINT }] });
    const renamed: Change = { id: id(94), type: "room.set", roomId: HALL, set: { name: "Зал" } };
    expect(decideChange(viewOf(content), renamed).write).toMatchObject({ lines: [] });
    expect(after(renamed).lines).toBe(content.lines);
  });

  it("does nothing when it is the same, or of a room that is gone", () => {
    expect(decideChange(viewOf(content), setRoom(HALL, "10"))).toEqual({
      write: null,
      reason: "same",
    });
    expect(decideChange(viewOf(content), setRoom(NOWHERE, "1"))).toEqual({
      write: null,
      reason: "gone",
    });
  });

  it("of a new one touches no line", () => {
    const { write } = decideChange(viewOf(content), addRoom(room(NOWHERE, "3")));
    expect(write).toEqual({ put: "room", room: room(NOWHERE, "3"), lines: [] });
    expect(after(addRoom(room(NOWHERE, "3"))).lines).toBe(content.lines);
  });

  it("does not come twice", () => {
    const again = addRoom(room(HALL, "99"));
    expect(decideChange(viewOf(content), again)).toEqual({ write: null, reason: "exists" });
    expect(after(again)).toBe(content);
  });
});

describe("a room that goes", () => {
  const removal: Change = { id: id(95), type: "room.remove", roomId: HALL };

  it("leaves its lines their numbers, and the lines of other rooms their formulas", () => {
    const without = after(removal);
    expect([...without.rooms.keys()]).toEqual([KITCHEN]);
    expect(shown(without, PAINT)).toEqual([quantity("28"), ""]);
    expect(shown(without, TILES)).toEqual([quantity("8"), floor(KITCHEN)]);
    expect(shown(after(setRoom(KITCHEN, "1")), PLAIN)).toEqual([quantity("5"), ""]);
  });

  it("is gone the second time", () => {
    expect(decideChange(viewOf(after(removal)), removal)).toEqual({ write: null, reason: "gone" });
  });
});

describe("values of a field", () => {
  it.each([
    [1, 1, true],
    [null, null, true],
    [null, {}, false],
    [{}, null, false],
    ["a", {}, false],
    [{}, "a", false],
    // Without a field of their own, as an empty object.
    [1n, {}, false],
    [{}, 1n, false],
    ["", [], false],
    [[], "", false],
    [undefined, {}, false],
    [{}, undefined, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [1], false],
    [[1], [1, 2], false],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: { b: [1n] } }, { a: { b: [1n] } }, true],
    [{ a: { b: [1n] } }, { a: { b: [2n] } }, false],
    [{ a: 1 }, { b: 1 }, false],
  ])("%o and %o are the same: %s", (left, right, expected) => {
    expect(isSame(left, right)).toBe(expected);
  });
});
