import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { kopecks } from "../money.ts";
import {
  applyChange,
  applyChanges,
  type Change,
  changeSchema,
  decideChange,
  encodeChange,
  viewOf,
} from "./changes.ts";
import {
  contentSchema,
  decodeContent,
  emptyContent,
  encodeContent,
  groupLines,
  type Line,
  type Section,
} from "./estimate.ts";
import { someChange } from "./testing.ts";

const SECTION: Section = {
  id: "01920000-0000-7000-8000-000000000001",
  title: "Полы",
  kind: "work",
  position: "a0",
};
const LINE: Line = {
  id: "01920000-0000-7000-8000-000000000002",
  sectionId: SECTION.id,
  position: "a0",
  kind: "work",
  name: "Стяжка",
  unit: "м²",
  quantity: 42_000_000n as Line["quantity"],
  quantityFormula: "",
  price: kopecks(90_000n),
  cost: null,
  isOptional: false,
  isChosen: false,
  priceSource: "typed",
  note: "",
  internalNote: "",
};
const CHANGE_ID = "01920000-0000-7000-8000-0000000000ff";

function change(fields: Record<string, unknown>): Change {
  return { id: CHANGE_ID, ...fields } as Change;
}

const withLine = applyChanges(emptyContent(), [
  change({ type: "section.add", section: SECTION }),
  change({ type: "line.add", line: LINE }),
]);

describe("changes", () => {
  it("adds a section and a line in it", () => {
    expect(withLine.sections.get(SECTION.id)).toEqual(SECTION);
    expect(withLine.lines.get(LINE.id)).toEqual(LINE);
  });

  it("does not add the same line twice", () => {
    const again = change({ type: "line.add", line: { ...LINE, name: "Другая" } });
    expect(applyChange(withLine, again)).toBe(withLine);
    expect(decideChange(viewOf(withLine), again)).toEqual({ write: null, reason: "exists" });
  });

  it("edits only the named fields", () => {
    const edited = applyChange(
      withLine,
      change({ type: "line.set", lineId: LINE.id, set: { price: kopecks(1n) } }),
    );
    expect(edited.lines.get(LINE.id)).toEqual({ ...LINE, price: 1n });
  });

  it("does nothing when the values are already there", () => {
    const same = change({ type: "line.set", lineId: LINE.id, set: { price: LINE.price } });
    expect(decideChange(viewOf(withLine), same)).toEqual({ write: null, reason: "same" });
    expect(applyChange(withLine, same)).toBe(withLine);
  });

  it("compares a VAT mode and a discount by value", () => {
    const set = { vat: { kind: "none", ground: "usn" } };
    expect(decideChange(viewOf(withLine), change({ type: "estimate.set", set }))).toEqual({
      write: null,
      reason: "same",
    });
    const discount = { kind: "amount", amount: kopecks(5n), base: "all" };
    const first = applyChange(withLine, change({ type: "estimate.set", set: { discount } }));
    expect(first.header.discount).toEqual(discount);
    expect(
      applyChange(first, change({ type: "estimate.set", set: { discount: { ...discount } } })),
    ).toBe(first);
    const more = { discount: { ...discount, amount: kopecks(6n) } };
    expect(applyChange(first, change({ type: "estimate.set", set: more })).header.discount).toEqual(
      more.discount,
    );
    const none = applyChange(first, change({ type: "estimate.set", set: { discount: null } }));
    expect(none.header.discount).toBeNull();
  });

  it("lets deleting beat editing", () => {
    const without = applyChange(withLine, change({ type: "line.remove", lineId: LINE.id }));
    const late = change({ type: "line.set", lineId: LINE.id, set: { name: "Поздно" } });
    expect(decideChange(viewOf(without), late)).toEqual({ write: null, reason: "gone" });
  });

  it("removes a section with the lines that stand in it and no others", () => {
    const loose = { ...LINE, id: "01920000-0000-7000-8000-000000000003", sectionId: null };
    const both = applyChange(withLine, change({ type: "line.add", line: loose }));
    const without = applyChange(both, change({ type: "section.remove", sectionId: SECTION.id }));
    expect([...without.lines.keys()]).toEqual([loose.id]);
    expect(without.sections.size).toBe(0);
  });

  it("keeps a line that arrives for a removed section, before the first section", () => {
    const without = applyChange(
      withLine,
      change({ type: "section.remove", sectionId: SECTION.id }),
    );
    const late = applyChange(without, change({ type: "line.add", line: LINE }));
    expect(late.lines.get(LINE.id)?.sectionId).toBeNull();
  });

  it("keeps a line that moves into a removed section where it is readable", () => {
    const moved = applyChange(
      withLine,
      change({
        type: "line.move",
        lineId: LINE.id,
        sectionId: "01920000-0000-7000-8000-00000000dead",
        position: "a1",
      }),
    );
    expect(moved.lines.get(LINE.id)).toMatchObject({ sectionId: null, position: "a1" });
  });

  it("brings a removed line back by adding it again", () => {
    const without = applyChange(withLine, change({ type: "line.remove", lineId: LINE.id }));
    expect(
      applyChange(without, change({ type: "line.add", line: LINE })).lines.get(LINE.id),
    ).toEqual(LINE);
  });

  it("says that removing twice finds nothing", () => {
    for (const type of ["section.remove", "line.remove", "adjustment.remove"] as const) {
      const id = "01920000-0000-7000-8000-00000000dead";
      const twice = change({ type, sectionId: id, lineId: id, adjustmentId: id });
      expect(decideChange(viewOf(withLine), twice)).toEqual({ write: null, reason: "gone" });
    }
  });

  it("reads lines in order of section and place, loose ones first", () => {
    const content = applyChanges(withLine, [
      change({
        type: "section.add",
        section: { ...SECTION, id: "01920000-0000-7000-8000-00000000000a", position: "Zz" },
      }),
      change({
        type: "line.add",
        line: { ...LINE, id: "01920000-0000-7000-8000-00000000000b", position: "Zz" },
      }),
      change({
        type: "line.add",
        line: { ...LINE, id: "01920000-0000-7000-8000-00000000000c", sectionId: null },
      }),
    ]);
    expect(
      groupLines(content).map((group) => [
        group.section?.position,
        group.lines.map((line) => line.position),
      ]),
    ).toEqual([
      [undefined, ["a0"]],
      ["Zz", []],
      ["a0", ["Zz", "a0"]],
    ]);
  });

  it("gives the same state from the log as JSON, replayed from zero", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 60 }), (changes) => {
        const log = JSON.stringify(changes.map((item) => z.encode(changeSchema, item)));
        const replayed = applyChanges(
          emptyContent(),
          (JSON.parse(log) as unknown[]).map((item) => changeSchema.parse(item)),
        );
        expect(encodeContent(replayed)).toEqual(
          encodeContent(applyChanges(emptyContent(), changes)),
        );
      }),
    );
  });

  it("survives the way over the wire unchanged", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 60 }), (changes) => {
        const content = applyChanges(emptyContent(), changes);
        const wire = encodeContent(content);
        expect(encodeContent(decodeContent(JSON.parse(JSON.stringify(wire))))).toEqual(wire);
      }),
    );
  });

  it("never changes the content that it was given", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 20 }), someChange, (changes, last) => {
        const content = applyChanges(emptyContent(), changes);
        const before = JSON.stringify(encodeContent(content));
        applyChange(content, last);
        expect(JSON.stringify(encodeContent(content))).toBe(before);
      }),
    );
  });
});

describe("the wire form of changes", () => {
  it("is what the schema writes, also by the short way", () => {
    fc.assert(
      fc.property(someChange, (item) => {
        expect(encodeChange(item)).toEqual(z.encode(changeSchema, item));
      }),
    );
  });

  it("of a whole content is what its schema writes, in reading order", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 40 }), (log) => {
        const content = applyChanges(emptyContent(), log);
        const wire = encodeContent(content);
        const lines = groupLines(content).flatMap((group) => group.lines);
        expect(wire).toEqual(z.encode(contentSchema, { ...z.decode(contentSchema, wire), lines }));
        expect(decodeContent(wire)).toEqual(content);
      }),
    );
  });

  const valid = { id: CHANGE_ID, type: "line.set", lineId: LINE.id, set: { price: "450.50" } };

  it.each([
    ["an unknown field", { ...valid, extra: 1 }],
    ["an unknown field of a line", { ...valid, set: { margin: "1" } }],
    ["an id that is not a uuid", { ...valid, lineId: "1" }],
    ["a price as a number", { ...valid, set: { price: 450.5 } }],
    ["a price with three decimals", { ...valid, set: { price: "1.005" } }],
    ["a negative price", { ...valid, set: { price: "-1.00" } }],
    ["a quantity with eight decimals", { ...valid, set: { quantity: "0.00000001" } }],
    ["a price beyond the limit", { ...valid, set: { price: "100000000000.01" } }],
    ["an empty name", { ...valid, set: { name: " \u0000 " } }],
    ["a name of 501 characters", { ...valid, set: { name: "я".repeat(501) } }],
    ["a place that is not one", { ...valid, type: "line.move", sectionId: null, position: "!!" }],
    ["a prototype key", JSON.parse('{"id":"x","type":"line.set","__proto__":{"a":1}}')],
  ])("refuses %s", (_, wire) => {
    expect(changeSchema.safeParse(wire).success).toBe(false);
  });

  it("takes halves of surrogate pairs and NUL out of texts", () => {
    const parsed = changeSchema.parse({ ...valid, set: { name: "а\ud800б\u0000в" } });
    expect(parsed).toMatchObject({ set: { name: "абв" } });
  });
});
