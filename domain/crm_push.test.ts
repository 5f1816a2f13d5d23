import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dealOf, pdfNameOf } from "./crm_push.ts";
import { type Content, emptyContent } from "./estimate/estimate.ts";
import {
  someAdjustment,
  someDay,
  someDiscount,
  someLine,
  someSection,
  someVat,
} from "./estimate/testing.ts";
import { totalsOf } from "./estimate/totals.ts";
import { add, multiply, parseMoney } from "./money.ts";
import { parseQuantity, QUANTITY_ONE, type Quantity } from "./quantity.ts";

const PLACE = { client: null, stage: null, currency: "RUB" };

const someContent: fc.Arbitrary<Content> = fc
  .record({
    lines: fc.uniqueArray(someLine, { selector: ({ id }) => id, maxLength: 8 }),
    sections: fc.uniqueArray(someSection, { selector: ({ id }) => id, maxLength: 3 }),
    adjustments: fc.uniqueArray(someAdjustment, { selector: ({ id }) => id, maxLength: 3 }),
    discount: someDiscount,
    vat: someVat,
    date: someDay,
  })
  .map(({ lines, sections, adjustments, ...header }) => ({
    ...emptyContent(),
    header: { ...emptyContent().header, ...header },
    sections: new Map(sections.map((section) => [section.id, section])),
    lines: new Map(lines.map((line) => [line.id, { ...line, sectionId: null }])),
    adjustments: new Map(adjustments.map((adjustment) => [adjustment.id, adjustment])),
  }));

function dealFrom(content: Content, number = "СМ-2026-0001") {
  const { total } = totalsOf(content);
  const approved = { estimateId: "e", revisionId: "r", revision: 3, number, content, total };
  return dealOf({ ...approved, extras: [], link: "https://x" }, PLACE);
}

function oneLine(fields: object): Content {
  const [line] = fc.sample(someLine, { numRuns: 1, seed: 1 });
  if (!line) throw new Error("no line");
  const made = { ...line, sectionId: null, isOptional: false, quantityFormula: "", ...fields };
  return { ...emptyContent(), lines: new Map([[line.id, made]]) };
}

describe("the deal of an approved estimate", () => {
  it("adds up to its total to the kopeck, whatever is in it", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        const deal = dealFrom(content);
        expect(deal.total).toBe(totalsOf(content).total);
        expect(add(...deal.lines.map(({ amount }) => amount))).toBe(deal.total);
      }),
    );
  });

  it("has in every line a price whose product is the amount, exactly", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        for (const { price, quantity, amount } of dealFrom(content).lines) {
          const [one, many] = [parseMoney(price), parseQuantity(quantity)];
          expect(one !== null && many !== null && multiply(one, many)).toBe(amount);
        }
      }),
    );
  });

  it("says unit and code of a line that is exact", () => {
    const content = oneLine({
      name: "Стяжка",
      unit: "м²",
      quantity: 2n * QUANTITY_ONE,
      price: 450n,
    });
    expect(dealFrom(content).lines).toEqual([
      { name: "Стяжка", unit: "м²", unitCode: 55, quantity: "2", price: "4.50", amount: 900n },
    ]);
  });

  it("sends as one piece what the CRM could not multiply to the kopeck", () => {
    const quantity = 12_345_678n as Quantity;
    const content = oneLine({ name: "Клей", unit: "кг", quantity, price: 999n });
    const [line] = dealFrom(content).lines;
    expect(line).toMatchObject({
      name: "Клей (1.2345678 кг × 9.99)",
      unit: "",
      unitCode: null,
      quantity: "1",
      price: "12.33",
      amount: 1233n,
    });
  });

  it("has a title and names that fit", () => {
    const content = oneLine({ name: "я".repeat(400), quantity: 3n * QUANTITY_ONE, price: 100n });
    const header = { ...content.header, title: "ю".repeat(300) };
    const deal = dealFrom({ ...content, header });
    expect(deal.title.length).toBeLessThanOrEqual(250);
    expect(deal.title).toMatch(/^СМ-2026-0001 ю/);
    expect(deal.lines[0]?.name.length).toBeLessThanOrEqual(250);
    expect(dealFrom(emptyContent()).title).toBe("СМ-2026-0001");
  });

  it("carries the extra work, marked by its number, in its lines and in its total", () => {
    const main = oneLine({ name: "Стяжка", unit: "м²", quantity: QUANTITY_ONE, price: 900n });
    const more = oneLine({ name: "Стяжка", unit: "м²", quantity: QUANTITY_ONE, price: 150n });
    const part = (number: string, content: Content) => ({
      estimateId: number,
      revisionId: number,
      revision: 1,
      number,
      content,
      total: totalsOf(content).total,
      link: null,
    });
    const extras = [part("СМ-2026-0001/Д1", more), part("СМ-2026-0001/Д2", more)];
    const deal = dealOf({ ...part("СМ-2026-0001", main), extras }, PLACE);
    expect(deal.lines.map(({ name, amount }) => [name, amount])).toEqual([
      ["Стяжка", 900n],
      ["Д1. Стяжка", 150n],
      ["Д2. Стяжка", 150n],
    ]);
    expect(deal.total).toBe(1200n);
    expect(deal.externalKey).toBe("СМ-2026-0001");
  });

  it("has a file whose name tells number and revision", () => {
    expect(pdfNameOf({ number: "СМ-2026-0001/Д2", revision: 3 })).toBe(
      "Смета СМ-2026-0001-Д2 ред. 3.pdf",
    );
  });
});
