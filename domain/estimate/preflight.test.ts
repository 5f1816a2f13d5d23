import { describe, expect, it } from "vitest";
import { parseDay } from "../calendar.ts";
import { kopecks, type Kopecks } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import { type Content, emptyContent, type Line } from "./estimate.ts";
import { findProblems } from "./preflight.ts";

const today = parseDay("2026-11-22") ?? emptyContent().header.date;

function line(fields: Partial<Line>): Line {
  return {
    id: "01990000-0000-7000-8000-000000000001",
    sectionId: null,
    position: "a0",
    kind: "work",
    name: "Стяжка",
    unit: "м²",
    quantity: 10_000_000n as Quantity,
    quantityFormula: "",
    price: kopecks(50_000n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
    ...fields,
  };
}

function check(
  lines: Line[],
  { medians = {}, header = {} }: { medians?: Record<string, Kopecks>; header?: object } = {},
) {
  const content: Content = {
    ...emptyContent(),
    header: {
      ...emptyContent().header,
      clientId: "01990000-0000-7000-8000-00000000000c",
      ...header,
    },
    lines: new Map(lines.map((item) => [item.id, item])),
  };
  return findProblems({ content, medians: new Map(Object.entries(medians)), today });
}

describe("the check before sending", () => {
  it("has nothing to say of an estimate that is whole", () => {
    expect(check([line({})])).toEqual([]);
  });

  it("stops at no lines, also when there are only options that nobody chose", () => {
    expect(check([])).toEqual([{ kind: "no_lines", isBlocking: true }]);
    expect(check([line({ isOptional: true })])).toEqual([{ kind: "no_lines", isBlocking: true }]);
  });

  it("stops at a quantity of zero, also of an option", () => {
    for (const isOptional of [false, true]) {
      const problems = check([line({ quantity: 0n as Quantity, isOptional, isChosen: true })]);
      expect(problems).toMatchObject([{ kind: "zero_quantity", isBlocking: true }]);
    }
  });

  it("stops at a work without a price, and only mentions such a material", () => {
    const price = kopecks(0n);
    expect(check([line({ price })])).toMatchObject([{ kind: "no_price", isBlocking: true }]);
    expect(check([line({ price, kind: "material" })])).toMatchObject([
      { kind: "no_price", isBlocking: false },
    ]);
  });

  it("stops when everything together costs nothing", () => {
    const discount = { kind: "percent", percent: 1_000_000n, base: "all" };
    expect(check([line({})], { header: { discount } })).toEqual([
      { kind: "zero_total", isBlocking: true },
    ]);
  });

  it.each([
    ["3 times the median", 150_000n, true],
    ["a kopeck less than 3 times", 149_999n, false],
    ["a third of the median", 16_666n, true],
    ["a kopeck more than a third", 16_667n, false],
  ])("remarks a price of %s: %s", (_, price, isRemarked) => {
    const own = line({ price: kopecks(price) });
    const problems = check([own], { medians: { [own.id]: kopecks(50_000n) } });
    expect(problems.map(({ kind }) => kind)).toEqual(isRemarked ? ["far_price"] : []);
    expect(problems.some(({ isBlocking }) => isBlocking)).toBe(false);
  });

  it("remarks a missing client and prices whose day is over", () => {
    expect(check([line({})], { header: { clientId: null } })).toEqual([
      { kind: "no_client", isBlocking: false },
    ]);
    expect(check([line({})], { header: { validUntil: "2026-11-21" } })).toEqual([
      { kind: "expired", isBlocking: false, validUntil: "2026-11-21" },
    ]);
    expect(check([line({})], { header: { validUntil: "2026-11-22" } })).toEqual([]);
  });

  it("compares no price with a usual price of nothing", () => {
    expect(check([line({})], { medians: { [line({}).id]: kopecks(0n) } })).toEqual([]);
  });

  it("names problems in the order of the document", () => {
    const zero = 0n as Quantity;
    const problems = check([
      line({ id: "01990000-0000-7000-8000-000000000002", position: "a2", quantity: zero }),
      line({ id: "01990000-0000-7000-8000-000000000003", position: "a1", quantity: zero }),
    ]);
    expect(problems.map((problem) => "line" in problem && problem.line.id.slice(-1))).toEqual([
      "3",
      "2",
    ]);
  });
});
