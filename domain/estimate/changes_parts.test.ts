import { describe, expect, it } from "vitest";
import type { Percent } from "../percent.ts";
import { kopecks } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import { applyChanges, type Change, decideChange, viewOf } from "./changes.ts";
import { type Adjustment, emptyContent, type Line, type Section } from "./estimate.ts";

const id = "01920000-0000-7000-8000-000000000001";
const run = (...changes: Change[]) => applyChanges(emptyContent(), changes);

function changeOfLine(fields: Partial<Line>): Extract<Change, { type: "line.add" }> {
  const line: Line = {
    id: "01920000-0000-7000-8000-000000000002",
    sectionId: null,
    position: "a0",
    kind: "work",
    name: "Стяжка",
    unit: "м²",
    quantity: 42_000_000n as Quantity,
    quantityFormula: "",
    price: kopecks(90_000n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
  return { id, type: "line.add", line: { ...line, ...fields } };
}

describe("changes of a section", () => {
  const section: Section = { id, title: "Полы", kind: "work", position: "a0" };
  const added: Change = { id, type: "section.add", section };

  it("set what is given, and its place", () => {
    const set: Change = { id, type: "section.set", sectionId: id, set: { title: "Стены" } };
    const moved: Change = { id, type: "section.move", sectionId: id, position: "a5" };
    expect(run(added, set).sections.get(id)).toEqual({ ...section, title: "Стены" });
    expect(run(added, moved).sections.get(id)).toEqual({ ...section, position: "a5" });
    expect(run(set, moved).sections.size).toBe(0);
  });

  it("do nothing to one that is there already, by the name of the reason", () => {
    const view = viewOf(run(added));
    const again: Change = { ...added, section: { ...section, title: "Другое" } };
    expect(decideChange(view, again)).toEqual({ write: null, reason: "exists" });
    const same: Change = { id, type: "section.move", sectionId: id, position: "a0" };
    expect(decideChange(view, same)).toEqual({ write: null, reason: "same" });
  });

  it("move a line into the section that it names, and out of every section", () => {
    const line = changeOfLine({ sectionId: null });
    const into: Change = {
      id,
      type: "line.move",
      lineId: line.line.id,
      sectionId: id,
      position: "a1",
    };
    const out: Change = { ...into, sectionId: null };
    const placeAfter = (...changes: Change[]) =>
      run(added, line, ...changes).lines.get(line.line.id);
    expect(placeAfter(into)).toEqual({ ...line.line, sectionId: id, position: "a1" });
    expect(placeAfter(into, out)).toEqual({ ...line.line, sectionId: null, position: "a1" });
  });
});

describe("changes of a per cent line", () => {
  const adjustment: Adjustment = {
    id,
    position: "a0",
    title: "Накладные",
    percent: 50_000n as Percent,
    base: "all",
    isHidden: false,
  };
  const added: Change = { id, type: "adjustment.add", adjustment };
  const removed: Change = { id, type: "adjustment.remove", adjustmentId: id };
  const set: Change = { id, type: "adjustment.set", adjustmentId: id, set: { isHidden: true } };

  it("add, set and remove it", () => {
    expect(run(added).adjustments.get(id)).toEqual(adjustment);
    expect(run(added, set).adjustments.get(id)).toEqual({ ...adjustment, isHidden: true });
    expect(run(added, removed).adjustments.size).toBe(0);
  });

  it("do nothing to one that is there already, or not at all", () => {
    const again: Change = { ...added, adjustment: { ...adjustment, title: "Другое" } };
    expect(run(added, again).adjustments.get(id)).toEqual(adjustment);
    expect(run(set, removed).adjustments.size).toBe(0);
  });
});
