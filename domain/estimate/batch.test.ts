import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addsAsGiven,
  needsRooms,
  planBatch,
  sumBySection,
  touchedLines,
  touchesRooms,
} from "./batch.ts";
import { applyChanges, type Change, isFollowing } from "./changes.ts";
import { type Content, emptyContent, encodeContent } from "./estimate.ts";
import { newIds, NOTHING_YET, someChange, someLine, someSection } from "./testing.ts";
import { clientCoefficients, NO_SUMS, type Sums, sumLines } from "./totals.ts";

/** An estimate as tables: what the database has between two batches. */
interface Tables {
  content: Content;
  sectionSums: Map<string, Sums>;
  sums: Sums;
}

/** Does to tables what the server does to PostgreSQL: loads a part, plans, writes in the plan's order. */
function runBatch(tables: Tables, changes: Change[]): Tables {
  const wanted = new Set(touchedLines(changes));
  const { content } = tables;
  const plan = planBatch(
    {
      header: content.header,
      sections: [...content.sections.values()].map((section) => ({
        section,
        sums: tables.sectionSums.get(section.id) ?? NO_SUMS,
      })),
      adjustments: [...content.adjustments.values()],
      lines: [...content.lines.values()].filter(
        (line) => wanted.has(line.id) || (touchesRooms(changes) && isFollowing(line)),
      ),
      rooms: needsRooms(changes) ? [...content.rooms.values()] : [],
      sums: tables.sums,
    },
    changes,
  );
  const sections = new Map(content.sections);
  const lines = new Map(content.lines);
  const adjustments = new Map(content.adjustments);
  const rooms = new Map(content.rooms);
  let sectionSums = new Map(tables.sectionSums);
  for (const id of plan.removedSections) {
    sections.delete(id);
    sectionSums.delete(id);
    for (const line of lines.values()) if (line.sectionId === id) lines.delete(line.id);
  }
  for (const { section, sums } of plan.sections) {
    sections.set(section.id, section);
    sectionSums.set(section.id, sums);
  }
  for (const id of plan.removedLines) lines.delete(id);
  for (const line of plan.lines) lines.set(line.id, line);
  for (const id of plan.removedAdjustments) adjustments.delete(id);
  for (const adjustment of plan.adjustments) adjustments.set(adjustment.id, adjustment);
  for (const id of plan.removedRooms) rooms.delete(id);
  for (const room of plan.rooms) rooms.set(room.id, room);
  let { sums } = plan;
  if (plan.coefficientsChanged) {
    const coefficients = clientCoefficients(plan.adjustmentsAfter);
    const bySection = sumBySection(lines.values(), coefficients);
    sectionSums = new Map([...sections.keys()].map((id) => [id, bySection.get(id) ?? NO_SUMS]));
    sums = sumLines(lines.values(), coefficients);
  }
  return {
    content: { header: plan.header ?? content.header, sections, lines, adjustments, rooms },
    sectionSums,
    sums,
  };
}

describe("a batch planned on a part of the estimate", () => {
  it("writes what applying its changes to the whole gives, and keeps every sum", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(someChange, { minLength: 1, maxLength: 12 }), { maxLength: 12 }),
        (batches) => {
          let tables: Tables = { content: emptyContent(), sectionSums: new Map(), sums: NO_SUMS };
          let whole = emptyContent();
          for (const batch of batches) {
            tables = runBatch(tables, batch);
            whole = applyChanges(whole, batch);
            expect(encodeContent(tables.content)).toEqual(encodeContent(whole));
            const coefficients = clientCoefficients(whole.adjustments.values());
            expect(tables.sums).toEqual(sumLines(whole.lines.values(), coefficients));
            for (const section of whole.sections.values()) {
              const inSection = [...whole.lines.values()].filter(
                (line) => line.sectionId === section.id,
              );
              expect(tables.sectionSums.get(section.id)).toEqual(sumLines(inSection, coefficients));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("names the changes that did nothing", () => {
    const id = "01920000-0000-7000-8000-000000000001";
    const plan = planBatch(NOTHING_YET, [{ id, type: "line.remove", lineId: id }]);
    expect(plan.dropped).toEqual([id]);
    expect(plan.removedLines).toEqual([]);
  });
});

describe("lines that are added as they are given", () => {
  const someAddition = fc
    .tuple(newIds, newIds, someLine)
    .map(([id, lineId, line]): Change => ({ id, type: "line.add", line: { ...line, id: lineId } }));

  it("are those of the plan, whatever else the batch does", () => {
    let given = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof({ weight: 6, arbitrary: someAddition }, { weight: 1, arbitrary: someChange }),
        ),
        (changes) => {
          const plan = planBatch(NOTHING_YET, changes);
          if (!addsAsGiven(plan, changes)) return;
          given += 1;
          expect(plan.lines).toEqual(
            changes.flatMap((change) => (change.type === "line.add" ? change.line : [])),
          );
        },
      ),
      { numRuns: 500 },
    );
    expect(given).toBeGreaterThan(20);
  });

  it("are so behind new sections, and not where a section is gone or a later change meets one", () => {
    fc.assert(
      fc.property(someAddition, someSection, newIds, (addition, section, id) => {
        if (addition.type !== "line.add") return;
        const line = { ...addition.line, sectionId: section.id, quantityFormula: "" };
        const sectionAdded: Change = { id, type: "section.add", section };
        const lineAdded: Change = { ...addition, line };
        const isGiven = (...changes: Change[]) =>
          addsAsGiven(planBatch(NOTHING_YET, changes), changes);
        expect(isGiven(sectionAdded, lineAdded)).toBe(true);
        expect(isGiven(lineAdded)).toBe(false);
        expect(isGiven(sectionAdded, lineAdded, lineAdded)).toBe(false);
        const renamed: Change = { id, type: "line.set", lineId: line.id, set: { name: "Иначе" } };
        expect(isGiven(sectionAdded, lineAdded, renamed)).toBe(false);
        const removed: Change = { id, type: "section.remove", sectionId: section.id };
        expect(isGiven(sectionAdded, lineAdded, removed)).toBe(false);
      }),
    );
  });

  it("are not those whose formula decides the quantity otherwise", () => {
    fc.assert(
      fc.property(someAddition, (addition) => {
        if (addition.type !== "line.add") return;
        const line = { ...addition.line, sectionId: null };
        const changes = [{ ...addition, line }];
        const isGiven = addsAsGiven(planBatch(NOTHING_YET, changes), changes);
        // No room is there, so the formula goes.
        expect(isGiven).toBe(line.quantityFormula === "");
      }),
    );
  });
});
