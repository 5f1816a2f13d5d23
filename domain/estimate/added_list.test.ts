import { describe, expect, it } from "vitest";
import { kopecks } from "../money.ts";
import { QUANTITY_ONE } from "../quantity.ts";
import { changesOfList, keysAfter, type PricedLine, type PricedSection } from "./added_list.ts";
import type { Section } from "./estimate.ts";

const line = (name: string, price: bigint | null = 100n): PricedLine => ({
  name,
  unit: "м²",
  quantity: QUANTITY_ONE,
  price: price === null ? null : kopecks(price),
  cost: null,
  priceSource: "typed",
  kind: "work",
});
const sectionOf = (title: string | null, ...names: string[]): PricedSection => ({
  title,
  kind: "work",
  lines: names.map((name) => line(name)),
});
const floors: Section = { id: "s1", title: "Полы", kind: "work", position: "a3" };

function add(
  list: readonly PricedSection[],
  sections: readonly Section[] = [],
  last: readonly (readonly [string | null, string])[] = [],
  target: string | null = null,
) {
  let count = 0;
  return changesOfList(
    list,
    { sections, lastPositions: new Map(last) },
    { target, newId: () => `n${(count += 1)}` },
  );
}

const lines = (changes: ReturnType<typeof add>) =>
  changes.flatMap((change) => (change.type === "line.add" ? [change.line] : []));
const sections = (changes: ReturnType<typeof add>) =>
  changes.flatMap((change) => (change.type === "section.add" ? [change.section] : []));

describe("a list that is added", () => {
  it("goes behind what is there, in its order", () => {
    const made = lines(add([sectionOf(null, "а", "б")], [], [[null, "a5"]]));
    expect(made.map(({ name, sectionId }) => [name, sectionId])).toEqual([
      ["а", null],
      ["б", null],
    ]);
    const [first, second] = made.map(({ position }) => position);
    expect("a5" < (first ?? "") && (first ?? "") < (second ?? "")).toBe(true);
  });

  it("continues a section of the same title, whatever its case and spaces", () => {
    const changes = add([sectionOf(" ПОЛЫ ", "стяжка")], [floors], [["s1", "a1"]]);
    expect(sections(changes)).toEqual([]);
    expect(lines(changes)).toMatchObject([{ sectionId: "s1", position: "a2" }]);
  });

  it("makes a new section behind the last one, once for two parts of one title", () => {
    const changes = add(
      [sectionOf("Стены", "а"), sectionOf(null, "б"), sectionOf("стены", "в")],
      [{ ...floors, id: "s0", position: "a9" }, floors],
      [],
      "s1",
    );
    const [made, ...others] = sections(changes);
    expect(others).toEqual([]);
    expect(made).toMatchObject({ title: "Стены", kind: "work" });
    expect((made?.position ?? "") > "a9").toBe(true);
    expect(lines(changes).map(({ sectionId }) => sectionId)).toEqual([made?.id, "s1", made?.id]);
    const [a, , c] = lines(changes).map(({ position }) => position);
    expect((a ?? "") < (c ?? "")).toBe(true);
  });

  it("has zero where no price is known, and every id is new", () => {
    const changes = add([{ title: null, kind: "work", lines: [line("а", null), line("б", 7n)] }]);
    expect(lines(changes).map(({ price }) => price)).toEqual([0n, 7n]);
    expect(lines(changes)[0]).toMatchObject({ isOptional: false, isChosen: false, note: "" });
    const ids = changes.flatMap((change) => [change.id]).concat(lines(changes).map(({ id }) => id));
    expect(new Set(ids).size).toBe(4);
  });

  it("of nothing is nothing", () => {
    expect(add([])).toEqual([]);
    expect(keysAfter(null, 0)).toEqual([]);
    expect(keysAfter(null, 2)).toEqual(["a0", "a1"]);
  });
});
