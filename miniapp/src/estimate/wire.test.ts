import fc from "fast-check";
import { generateNKeysBetween } from "fractional-indexing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { changeSchema, type ChangeWire } from "../../../domain/estimate/changes.ts";
import {
  type ContentWire,
  decodeContent,
  encodeContent,
} from "../../../domain/estimate/estimate.ts";
import { readChange, readContent, writeChange } from "./wire.ts";

const id = fc.uuid({ version: 7 });
const position = fc.constantFrom(...generateNKeysBetween(null, null, 200));
const kind = fc.constantFrom("work" as const, "material" as const);
const name = fc.stringMatching(/^[а-яё0-9=<>&]{1,20}$/);
const text = fc.stringMatching(/^[а-яё0-9]{0,20}$/);
const decimal = (scale: number, maximum: bigint, minimumFraction: number) =>
  fc.bigInt({ min: 0n, max: maximum }).map((units) => {
    const digits = units.toString().padStart(scale + 1, "0");
    const fraction = digits.slice(-scale).replace(/0+$/, "").padEnd(minimumFraction, "0");
    return digits.slice(0, -scale) + (fraction === "" ? "" : `.${fraction}`);
  });
const money = decimal(2, 10_000_000_000_000n, 2);
const quantity = decimal(7, 100_000_000_000_000n, 0);
const percent = decimal(4, 10_000_000n, 0);
const day = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const lineFields = {
  kind,
  name,
  unit: text,
  quantity,
  price: money,
  cost: fc.option(money),
  isOptional: fc.boolean(),
  isChosen: fc.boolean(),
  priceSource: fc.constantFrom("typed" as const, "catalogue" as const, "history" as const),
  note: text,
  internalNote: text,
};
const line = fc.record({ id, sectionId: fc.option(id), position, ...lineFields });
const section = fc.record({ id, title: name, kind, position });
const adjustmentFields = {
  position,
  title: name,
  percent,
  base: fc.constantFrom("works" as const, "materials" as const, "all" as const, "running" as const),
  isHidden: fc.boolean(),
};
const adjustment = fc.record({ id, ...adjustmentFields });
const base = fc.constantFrom("works" as const, "all" as const);
const discount = fc.option(
  fc.oneof(
    fc.record({
      kind: fc.constant("percent" as const),
      percent: decimal(4, 1_000_000n, 0),
      base,
    }),
    fc.record({ kind: fc.constant("amount" as const), amount: money, base }),
  ),
);
const vat = fc.oneof(
  fc.record({ kind: fc.constant("none" as const), ground: fc.constantFrom("usn" as const) }),
  fc.record({
    kind: fc.constantFrom("on_top" as const, "included" as const),
    rate: fc.constantFrom("standard" as const, "5" as const),
  }),
);
const headerFields = {
  title: text,
  projectId: fc.option(id),
  clientId: fc.option(id),
  date: day,
  validUntil: fc.option(day),
  vat,
  discount,
  priceKind: fc.constantFrom("firm" as const, "approximate" as const),
  paymentTerms: text,
  warranty: text,
  note: text,
  internalNote: text,
};
const content: fc.Arbitrary<ContentWire> = fc.record({
  header: fc.record(headerFields),
  sections: fc.array(section, { maxLength: 5 }),
  lines: fc.array(line, { maxLength: 20 }),
  adjustments: fc.array(adjustment, { maxLength: 5 }),
});
const some = { requiredKeys: [] };
const change: fc.Arbitrary<ChangeWire> = fc.oneof(
  fc.record({ id, type: fc.constant("section.add" as const), section }),
  fc.record({
    id,
    type: fc.constant("section.set" as const),
    sectionId: id,
    set: fc.record({ title: name, kind }, some),
  }),
  fc.record({ id, type: fc.constant("line.add" as const), line }),
  fc.record({
    id,
    type: fc.constant("line.set" as const),
    lineId: id,
    set: fc.record(lineFields, some),
  }),
  fc.record({
    id,
    type: fc.constant("line.move" as const),
    lineId: id,
    sectionId: fc.option(id),
    position,
  }),
  fc.record({ id, type: fc.constant("line.remove" as const), lineId: id }),
  fc.record({ id, type: fc.constant("adjustment.add" as const), adjustment }),
  fc.record({
    id,
    type: fc.constant("adjustment.set" as const),
    adjustmentId: id,
    set: fc.record(adjustmentFields, some),
  }),
  fc.record({
    id,
    type: fc.constant("estimate.set" as const),
    set: fc.record(headerFields, some),
  }),
);

describe("the wire form by hand", () => {
  it("reads a content as the schema does", () => {
    fc.assert(
      fc.property(content, (wire) => {
        expect(readContent(wire)).toEqual(decodeContent(wire));
      }),
    );
  });

  it("reads what the server writes", () => {
    fc.assert(
      fc.property(content, (wire) => {
        // The server never has a line in a section that is not there.
        const lines = wire.lines.map((line) => ({ ...line, sectionId: null }));
        const read = readContent({ ...wire, lines });
        expect(readContent(encodeContent(read))).toEqual(read);
      }),
    );
  });

  it("reads and writes changes as the schema does", () => {
    fc.assert(
      fc.property(change, (wire) => {
        const read = readChange(wire);
        expect(read).toEqual(z.decode(changeSchema, wire));
        expect(writeChange(read)).toEqual(z.encode(changeSchema, read));
      }),
      { numRuns: 1000 },
    );
  });
});
