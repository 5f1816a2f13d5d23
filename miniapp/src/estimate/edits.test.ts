import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChanges } from "../../../domain/estimate/changes.ts";
import { type Content, emptyContent, inOrder } from "../../../domain/estimate/estimate.ts";
import { someChange } from "../../../domain/estimate/testing.ts";
import {
  addLine,
  addSection,
  copyLine,
  copySection,
  linesOf,
  moveLine,
  moveSection,
  stepLine,
} from "./edits.ts";

// The generator gives few places, so many lines and sections share one.
const contents: fc.Arbitrary<Content> = fc
  .array(someChange, { minLength: 5, maxLength: 40 })
  .map((changes) => applyChanges(emptyContent(), changes));
const number = fc.nat(20);

const idsIn = (content: Content, sectionId: string | null) =>
  linesOf(content, sectionId).map(({ id }) => id);
const sectionsOf = (content: Content) => inOrder(content.sections.values()).map(({ id }) => id);
const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % Math.max(items.length, 1)];

describe("edits", () => {
  it("add a line right after another, whatever their places are", () => {
    fc.assert(
      fc.property(contents, number, (content, index) => {
        const line = pick([...content.lines.values()], index);
        fc.pre(line !== undefined);
        if (!line) return;
        const before = idsIn(content, line.sectionId);
        const place = { sectionId: line.sectionId, after: line.id };
        const { changes, lineId } = addLine(content, place, { name: "Новая" });
        const expected = before.toSpliced(before.indexOf(line.id) + 1, 0, lineId);
        expect(idsIn(applyChanges(content, changes), line.sectionId)).toEqual(expected);
      }),
    );
  });

  it("move a line to any place of any section", () => {
    fc.assert(
      fc.property(contents, number, number, number, (content, which, where, at) => {
        const line = pick([...content.lines.values()], which);
        const sectionId = pick([null, ...sectionsOf(content)], where) ?? null;
        fc.pre(line !== undefined);
        if (!line) return;
        const others = idsIn(content, sectionId).filter((id) => id !== line.id);
        const index = at % (others.length + 1);
        const after = applyChanges(content, moveLine(content, line.id, { sectionId, index }));
        expect(idsIn(after, sectionId)).toEqual(others.toSpliced(index, 0, line.id));
      }),
    );
  });

  it("move a section to any place", () => {
    fc.assert(
      fc.property(contents, number, number, (content, which, at) => {
        const sectionId = pick(sectionsOf(content), which);
        fc.pre(sectionId !== undefined);
        if (sectionId === undefined) return;
        const others = sectionsOf(content).filter((id) => id !== sectionId);
        const index = at % (others.length + 1);
        const after = applyChanges(content, moveSection(content, sectionId, index));
        expect(sectionsOf(after)).toEqual(others.toSpliced(index, 0, sectionId));
      }),
    );
  });

  it("carry a line by steps from the top to the bottom and back", () => {
    const first = addSection(emptyContent(), { title: "Полы", kind: "work" });
    let content = applyChanges(emptyContent(), first.changes);
    const second = addSection(content, { title: "Стены", kind: "work" });
    content = applyChanges(content, second.changes);
    for (const sectionId of [first.sectionId, first.sectionId, second.sectionId]) {
      content = applyChanges(content, addLine(content, { sectionId }, { name: "Строка" }).changes);
    }
    const lineId = idsIn(content, first.sectionId)[0] ?? "";
    const places: string[] = [];
    const where = () => {
      const { sectionId = null } = content.lines.get(lineId) ?? {};
      places.push(
        `${sectionId === first.sectionId ? 1 : 2}.${idsIn(content, sectionId).indexOf(lineId)}`,
      );
    };
    for (const step of [1, 1, 1, 1, -1, -1, -1, -1] as const) {
      content = applyChanges(content, stepLine(content, lineId, step));
      where();
    }
    expect(places).toEqual(["1.1", "2.0", "2.1", "2.1", "2.0", "1.1", "1.0", "1.0"]);
  });

  it("copy a line and a section with everything in them", () => {
    const { changes, sectionId } = addSection(emptyContent(), { title: "Полы", kind: "work" });
    let content = applyChanges(emptyContent(), changes);
    const added = addLine(
      content,
      { sectionId },
      { name: "Стяжка", unit: "м²", note: "по маякам" },
    );
    content = applyChanges(content, added.changes);
    content = applyChanges(content, copyLine(content, added.lineId)?.changes ?? []);
    expect(linesOf(content, sectionId)).toMatchObject([
      { name: "Стяжка", note: "по маякам" },
      { name: "Стяжка", note: "по маякам" },
    ]);
    content = applyChanges(content, copySection(content, sectionId));
    const copy = sectionsOf(content)[1] ?? "";
    expect(content.sections.get(copy)?.title).toBe("Полы");
    expect(linesOf(content, copy)).toHaveLength(2);
    expect(content.lines.size).toBe(4);
  });
});
