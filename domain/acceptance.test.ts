import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptanceVat,
  type ApprovedPart,
  computeActPart,
  computeRemainder,
} from "./acceptance.ts";
import type { ActPart } from "./acts.ts";
import { addDays, type Day } from "./calendar.ts";
import { type Content, emptyContent, isCounted, type Line } from "./estimate/estimate.ts";
import {
  someAdjustment,
  someDay,
  someDiscount,
  someLine,
  someSection,
  someVat,
} from "./estimate/testing.ts";
import { totalsOf } from "./estimate/totals.ts";
import { add, kopecks, type Kopecks, ZERO } from "./money.ts";
import type { Percent } from "./percent.ts";
import { QUANTITY_ONE, type Quantity } from "./quantity.ts";
import { computeVat, VAT_RATES, type VatMode } from "./vat.ts";

const someContent: fc.Arbitrary<Content> = fc
  .record({
    lines: fc.uniqueArray(someLine, { selector: ({ id }) => id, minLength: 1, maxLength: 8 }),
    sections: fc.uniqueArray(someSection, { selector: ({ id }) => id, maxLength: 3 }),
    adjustments: fc.uniqueArray(someAdjustment, { selector: ({ id }) => id, maxLength: 3 }),
    discount: someDiscount,
    vat: someVat,
    date: someDay,
  })
  .map(({ lines, sections, adjustments, ...header }) => {
    const known = new Set(sections.map(({ id }) => id));
    return {
      ...emptyContent(),
      header: { ...emptyContent().header, ...header },
      sections: new Map(sections.map((section) => [section.id, section])),
      lines: new Map(
        lines.map((line) => [
          line.id,
          { ...line, sectionId: known.has(line.sectionId ?? "") ? line.sectionId : null },
        ]),
      ),
      adjustments: new Map(adjustments.map((adjustment) => [adjustment.id, adjustment])),
    };
  });

function partOf(content: Content): ApprovedPart {
  return { estimateId: "0192aaaa-0000-7000-8000-000000000000", number: "СМ-1", title: "", content };
}

/** Splits what is counted into acts by cuts between 0 and 1000; the last act takes the rest. */
function split(content: Content, cuts: readonly (readonly number[])[]): Map<string, Quantity>[] {
  const counted = [...content.lines.values()].filter(isCounted);
  const left = new Map(counted.map((line) => [line.id, line.quantity as bigint]));
  const acts = cuts.map((shares) => {
    const taken = new Map<string, Quantity>();
    for (const [index, { id }] of counted.entries()) {
      const rest = left.get(id) ?? 0n;
      const quantity = (rest * BigInt(shares[index % shares.length] ?? 0)) / 1000n;
      left.set(id, rest - quantity);
      taken.set(id, quantity as Quantity);
    }
    return taken;
  });
  return [...acts, new Map([...left].map(([id, quantity]) => [id, quantity as Quantity]))];
}

function billAll(
  content: Content,
  takings: readonly ReadonlyMap<string, Quantity>[],
  how: (index: number) => { vat: VatMode; date: Day },
): ActPart[] {
  const acts: ActPart[] = [];
  for (const [index, taken] of takings.entries()) {
    acts.push(computeActPart(partOf(content), taken, { before: acts, ...how(index) }));
  }
  return acts;
}

const totalOf = (acts: readonly ActPart[]): Kopecks => add(...acts.map(({ total }) => total));

const someCuts = fc.array(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), {
  maxLength: 5,
});

describe("acts", () => {
  it("sum to the approved total to the kopeck, however the work is split", () => {
    fc.assert(
      fc.property(someContent, someCuts, (content, cuts) => {
        const { vat, date } = content.header;
        const acts = billAll(content, split(content, cuts), () => ({ vat, date }));
        const totals = totalsOf(content);
        expect(totalOf(acts)).toBe(totals.total);
        expect(add(...acts.map(({ vatAmount }) => vatAmount))).toBe(totals.vat);
        expect(add(...acts.map(({ discount }) => discount))).toBe(totals.discount);
        expect(add(...acts.map(({ works }) => works))).toBe(totals.works);
        for (const act of acts) {
          expect(act.total >= 0n && act.discount >= 0n && act.vatAmount >= 0n).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("sum exactly also after any of them is cancelled and its work is accepted again", () => {
    fc.assert(
      fc.property(someContent, someCuts, fc.nat(5), (content, cuts, pick) => {
        const { vat, date } = content.header;
        const takings = split(content, cuts);
        const acts = billAll(content, takings, () => ({ vat, date }));
        const cancelled = pick % acts.length;
        const kept = acts.filter((_, index) => index !== cancelled);
        const again = computeActPart(partOf(content), takings[cancelled] ?? new Map(), {
          before: kept,
          vat,
          date,
        });
        expect(totalOf([...kept, again])).toBe(totalsOf(content).total);
      }),
    );
  });

  it("charge each rate on what was accepted under it, to the kopeck", () => {
    fc.assert(
      fc.property(someContent, someCuts, fc.constantFrom(...VAT_RATES), (content, cuts, rate) => {
        const vat: VatMode = { kind: "on_top", rate };
        const dayOf = (index: number) => (index % 2 === 0 ? "2025-12-31" : "2026-01-01") as Day;
        const acts = billAll(content, split(content, cuts), (index) => ({
          vat,
          date: dayOf(index),
        }));
        for (const percent of new Set(acts.map(({ vatPercent }) => vatPercent))) {
          const alike = acts.filter(({ vatPercent }) => vatPercent === percent);
          const net = add(...alike.map((act) => act.net));
          const day = (percent === 20 ? "2025-12-31" : "2026-01-01") as Day;
          expect(add(...alike.map((act) => act.vatAmount))).toBe(computeVat(net, vat, day).vat);
        }
        expect(add(...acts.map(({ net }) => net))).toBe(totalsOf(content).discounted);
      }),
    );
  });

  it("name no price, cost or note that is not the client's", () => {
    const line: Line = {
      id: "01921111-0000-7000-8000-000000000001",
      sectionId: null,
      position: "a0",
      kind: "work",
      name: "Штробление",
      unit: "м",
      quantityFormula: "",
      quantity: (12n * QUANTITY_ONE) as Quantity,
      price: kopecks(45_000n),
      cost: kopecks(77_777n),
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "СЕКРЕТ",
    };
    const id = "01923333-0000-7000-8000-000000000001";
    const hidden = { percent: 100_000n as Percent, base: "all" as const, isHidden: true };
    const content: Content = {
      ...emptyContent(),
      lines: new Map([[line.id, line]]),
      adjustments: new Map([[id, { id, position: "a0", title: "СЕКРЕТ", ...hidden }]]),
    };
    const act = computeActPart(partOf(content), new Map([[line.id, QUANTITY_ONE]]), {
      before: [],
      vat: { kind: "none", ground: "usn" },
      date: "2026-11-22" as Day,
    });
    const shown = JSON.stringify(act, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(act).toMatchObject({ total: 49_500n, adjustments: [], discount: ZERO });
    expect(shown).not.toMatch(/СЕКРЕТ|77777|45000/);
  });
});

describe("what is left", () => {
  it("is the approved quantity without what is signed, drafted and taken; options count when chosen", () => {
    const base = { sectionId: null, kind: "work", unit: "м²", position: "a0" } as const;
    const lineOf = (id: string, fields: Partial<Line>): Line => ({
      ...base,
      id,
      name: id,
      quantityFormula: "",
      quantity: (10n * QUANTITY_ONE) as Quantity,
      price: kopecks(100n),
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
      ...fields,
    });
    const lines = [
      lineOf("a", {}),
      lineOf("b", { isOptional: true }),
      lineOf("c", { isOptional: true, isChosen: true }),
    ];
    const content = { ...emptyContent(), lines: new Map(lines.map((line) => [line.id, line])) };
    const some = (quantity: bigint) => new Map([["a", (quantity * QUANTITY_ONE) as Quantity]]);
    const { sections } = computeRemainder(partOf(content), {
      accepted: some(4n),
      drafted: some(3n),
      inAct: some(1n),
    });
    const shown = sections[0]?.lines.map(({ id, index, left }) => [id, index, left / QUANTITY_ONE]);
    expect(shown).toEqual([
      ["a", 1, 2n],
      ["c", 2, 10n],
    ]);
  });
});

describe("VAT of an act", () => {
  const on = "2025-10-01" as Day;
  const date = "2026-02-01" as Day;
  const change = (mode: VatMode, validFrom = "2026-01-01") => [
    { validFrom: validFrom as Day, mode },
  ];
  const five: VatMode = { kind: "included", rate: "5" };
  const none: VatMode = { kind: "none", ground: "usn" };

  it.each([
    ["the agreed one where nothing changed", five, [], five],
    ["not one that begins after the acceptance", none, change(five, "2026-03-01"), none],
    ["not one that was there when it was agreed", none, change(five, "2025-01-01"), none],
    [
      "taken out of a price that was agreed without it",
      none,
      change({ kind: "on_top", rate: "5" }),
      five,
    ],
    [
      "on top where it was agreed so, at the new rate",
      { kind: "on_top", rate: "5" },
      change({ kind: "included", rate: "7" }),
      { kind: "on_top", rate: "7" },
    ],
    [
      "gone with the company's duty",
      five,
      change({ kind: "none", ground: "npd" }),
      { kind: "none", ground: "npd" },
    ],
    [
      "the thing's own where it is 10 %",
      { kind: "included", rate: "10" },
      change(five),
      { kind: "included", rate: "10" },
    ],
  ] as const)("is %s", (_, vat, modes, expected) => {
    expect(acceptanceVat({ vat, on }, modes, date)).toEqual(expected);
  });

  it("changes on the very day of a new mode, not on that of the agreement; the latest holds", () => {
    const vat: VatMode = { kind: "on_top", rate: "5" };
    const mode = (validFrom: Day, rate: "5" | "7" | "0") => {
      return { validFrom, mode: { kind: "on_top", rate } as const };
    };
    const after = (...modes: ReturnType<typeof mode>[]) => acceptanceVat({ vat, on }, modes, date);
    expect(after(mode(date, "7"))).toEqual({ kind: "on_top", rate: "7" });
    expect(after(mode(on, "7"))).toEqual(vat);
    const [first, second] = [addDays(on, 1), addDays(on, 2)];
    expect(after(mode(second, "0"), mode(first, "7"))).toMatchObject({ rate: "0" });
    expect(after(mode(first, "7"), mode(second, "0"))).toMatchObject({ rate: "0" });
  });

  it("keeps a rate of the thing that is sold", () => {
    const later = { validFrom: date, mode: { kind: "on_top", rate: "7" } as const };
    for (const rate of ["10", "0"] as const) {
      const vat: VatMode = { kind: "included", rate };
      expect(acceptanceVat({ vat, on }, [later], date)).toEqual(vat);
    }
  });

  it("has the rate of the day of acceptance, not of the estimate", () => {
    const standard: VatMode = { kind: "on_top", rate: "standard" };
    const vat = acceptanceVat({ vat: standard, on }, [], date);
    expect(computeVat(kopecks(100n), vat, date)).toMatchObject({ percent: 22 });
    expect(computeVat(kopecks(100n), vat, on)).toMatchObject({ percent: 20 });
  });
});

describe("a discount in acts", () => {
  const line = (number: number, kind: Line["kind"], price: bigint): Line => ({
    id: `01920000-0000-7000-8000-${String(number).padStart(12, "0")}`,
    sectionId: null,
    position: `a${number}`,
    kind,
    name: "Работа",
    unit: "шт",
    quantity: QUANTITY_ONE,
    quantityFormula: "",
    price: kopecks(price),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  });
  const [work, material] = [line(1, "work", 10_000n), line(2, "material", 30_000n)];

  /** The discount of two acts, the first of which takes the work and the last one the rest. */
  function discounts(discount: Content["header"]["discount"]): Kopecks[] {
    const content: Content = {
      ...emptyContent(),
      header: { ...emptyContent().header, discount },
      lines: new Map([work, material].map((each) => [each.id, each])),
    };
    const vat = { kind: "none", ground: "usn" } as const;
    const date = content.header.date;
    const first = computeActPart(partOf(content), new Map([[work.id, QUANTITY_ONE]]), {
      before: [],
      vat,
      date,
    });
    expect(first.lines.map(({ id }) => id)).toEqual([work.id]);
    const last = computeActPart(partOf(content), new Map([[material.id, QUANTITY_ONE]]), {
      before: [first],
      vat,
      date,
    });
    expect(add(first.net, last.net)).toBe(totalsOf(content).discounted);
    return [first.discount, last.discount];
  }

  it("of per cents is of what each act is worth, or of its works alone", () => {
    const tenth = 100_000n as Percent;
    expect(discounts({ kind: "percent", percent: tenth, base: "all" })).toEqual([1_000n, 3_000n]);
    expect(discounts({ kind: "percent", percent: tenth, base: "works" })).toEqual([1_000n, 0n]);
  });

  it("of roubles comes with the work in proportion, or with the works alone", () => {
    const amount = kopecks(4_000n);
    expect(discounts({ kind: "amount", amount, base: "all" })).toEqual([1_000n, 3_000n]);
    expect(discounts({ kind: "amount", amount, base: "works" })).toEqual([4_000n, 0n]);
  });
});

it("nothing is left of a section whose lines are not in the total", () => {
  const section = { id: "01920000-0000-7000-8000-0000000000a1", title: "Пусто" };
  const content: Content = {
    ...emptyContent(),
    sections: new Map([[section.id, { ...section, kind: "work", position: "a0" }]]),
  };
  const nothing = { accepted: new Map(), drafted: new Map(), inAct: new Map() };
  expect(computeRemainder(partOf(content), nothing).sections).toEqual([]);
});
