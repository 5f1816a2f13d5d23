import { expect, it } from "vitest";
import { computeActPart } from "./acceptance.ts";
import { type Content, emptyContent, type Line } from "./estimate/estimate.ts";
import { kopecks } from "./money.ts";
import type { Percent } from "./percent.ts";
import { QUANTITY_ONE } from "./quantity.ts";

it("an act names the sections of its lines, and no per cents that come to nothing", () => {
  const sectionId = "01920000-0000-7000-8000-0000000000a1";
  const line: Line = {
    id: "01920000-0000-7000-8000-000000000001",
    sectionId,
    position: "a0",
    kind: "work",
    name: "Стяжка",
    unit: "м²",
    quantity: QUANTITY_ONE,
    quantityFormula: "",
    price: kopecks(10_000n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
  const loose: Line = { ...line, id: "01920000-0000-7000-8000-000000000002", sectionId: null };
  const perCent = (id: string, title: string, percent: bigint) =>
    [
      id,
      {
        id,
        position: "a0",
        title,
        percent: percent as Percent,
        base: "all",
        isHidden: false,
      },
    ] as const;
  const content: Content = {
    ...emptyContent(),
    sections: new Map([
      [sectionId, { id: sectionId, title: "Полы", kind: "work", position: "a0" }],
    ]),
    lines: new Map([line, loose].map((each) => [each.id, each])),
    adjustments: new Map([
      perCent("01920000-0000-7000-8000-0000000000b1", "Накладные", 100_000n),
      perCent("01920000-0000-7000-8000-0000000000b2", "Транспорт", 0n),
    ]),
  };
  const part = {
    estimateId: "0192aaaa-0000-7000-8000-000000000000",
    number: "СМ-1",
    title: "",
    content,
  };
  const { date } = content.header;
  const taken = new Map([line, loose].map(({ id }) => [id, QUANTITY_ONE]));
  const vat = { kind: "none", ground: "usn" } as const;
  const act = computeActPart(part, taken, { before: [], vat, date });
  expect(act.lines.map(({ id, sectionTitle }) => [id, sectionTitle])).toEqual([
    [loose.id, null],
    [line.id, "Полы"],
  ]);
  expect(act.adjustments).toMatchObject([{ title: "Накладные", amount: 2_000n }]);
});
