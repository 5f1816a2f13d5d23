import { describe, expect, it } from "vitest";
import { kopecks } from "../money.ts";
import { QUANTITY_ONE, type Quantity } from "../quantity.ts";
import { planBatch } from "./batch.ts";
import type { Change } from "./changes.ts";
import { emptyContent, type Line, type Section } from "./estimate.ts";
import { NOTHING_YET } from "./testing.ts";
import { lineSums, NO_SUMS, clientCoefficients } from "./totals.ts";

const id = (number: number) => `01920000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const FLOORS: Section = { id: id(1), title: "Полы", kind: "work", position: "a0" };

function line(number: number, sectionId: string | null): Line {
  return {
    id: id(number),
    sectionId,
    position: "a0",
    kind: "work",
    name: "Стяжка",
    unit: "м²",
    quantity: (QUANTITY_ONE * 2n) as Quantity,
    quantityFormula: "",
    price: kopecks(50_000n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
}

const oneLine = lineSums(line(11, FLOORS.id), clientCoefficients([]));
const addSection: Change = { id: id(80), type: "section.add", section: FLOORS };
const removeSection: Change = { id: id(81), type: "section.remove", sectionId: FLOORS.id };
const addLine = (number: number, sectionId: string | null): Change => ({
  id: id(number + 100),
  type: "line.add",
  line: line(number, sectionId),
});

/** Of an estimate that holds the section with two lines, of which this batch saw none. */
function planOnFull(...changes: Change[]) {
  const sums = { ...oneLine, work: kopecks(oneLine.work * 2n), lines: 2 };
  return planBatch(
    {
      header: emptyContent().header,
      sections: [{ section: FLOORS, sums }],
      adjustments: [],
      lines: [],
      rooms: [],
      sums,
    },
    changes,
  );
}

function planOnEmpty(...changes: Change[]) {
  return planBatch(NOTHING_YET, changes);
}

describe("the sums of a section in one batch", () => {
  it("begin with nothing and grow with its lines", () => {
    const plan = planOnEmpty(addSection, addLine(11, FLOORS.id));
    expect(plan.sections).toEqual([{ section: FLOORS, sums: oneLine }]);
    expect(plan.sums).toEqual(oneLine);
    expect(plan.sectionCount).toBe(1);
  });

  it("stay when it is added a second time", () => {
    const again: Change = { ...addSection, section: { ...FLOORS, title: "Другое" } };
    const plan = planOnEmpty(addSection, addLine(11, FLOORS.id), again);
    expect(plan.sections).toEqual([{ section: FLOORS, sums: oneLine }]);
    expect(plan.dropped).toEqual([again.id]);
  });

  it("go with it, the lines of this batch and those that nobody loaded alike", () => {
    const plan = planOnFull(addLine(13, FLOORS.id), removeSection);
    expect(plan.sums).toEqual(NO_SUMS);
    expect(plan.sections).toEqual([]);
    expect(plan.lines).toEqual([]);
    expect(plan.removedSections).toEqual([FLOORS.id]);
    expect(plan.removedLines).toEqual([id(13)]);
    expect(plan.sectionCount).toBe(0);
  });

  it("begin anew when it is removed and added again", () => {
    const plan = planOnFull(removeSection, addSection, addLine(13, FLOORS.id));
    expect(plan.sections).toEqual([{ section: FLOORS, sums: oneLine }]);
    expect(plan.sums).toEqual(oneLine);
    expect(plan.removedSections).toEqual([FLOORS.id]);
  });

  it("take no line that came for the section after it went", () => {
    const plan = planOnFull(removeSection, addLine(13, FLOORS.id));
    expect(plan.lines).toEqual([line(13, null)]);
    expect(plan.sections).toEqual([]);
    expect(plan.sums).toEqual(oneLine);
  });
});
