import fc from "fast-check";
import { generateNKeysBetween } from "fractional-indexing";
import type { Day } from "../calendar.ts";
import { formulaSchema, MEASURES, referTo, type Room } from "../measures.ts";
import { kopecks } from "../money.ts";
import type { Percent } from "../percent.ts";
import type { Quantity } from "../quantity.ts";
import { VAT_RATES, type VatMode } from "../vat.ts";
import type { LoadedPart } from "./batch.ts";
import type { Change } from "./changes.ts";
import {
  type Adjustment,
  ADJUSTMENT_BASES,
  type Discount,
  emptyContent,
  type Line,
  LINE_KINDS,
  type Section,
} from "./estimate.ts";
import { NO_SUMS } from "./totals.ts";

/** What is loaded of an estimate that has nothing yet. */
export const NOTHING_YET: LoadedPart = {
  header: emptyContent().header,
  sections: [],
  adjustments: [],
  lines: [],
  rooms: [],
  sums: NO_SUMS,
};

/** Generators of estimates and changes for property tests. */

const HEX = "0123456789abcdef";

/** Uuids out of a small set, so that changes of a test meet each other. */
export function someId(group: string, count = 6): fc.Arbitrary<string> {
  return fc
    .integer({ min: 0, max: count - 1 })
    .map((index) => `0192${group}-0000-7000-8000-00000000000${HEX[index] ?? "0"}`);
}

export const newIds: fc.Arbitrary<string> = fc.uuid({ version: 7 });

const KEYS = generateNKeysBetween(null, null, 12);
export const somePosition: fc.Arbitrary<string> = fc.constantFrom(...KEYS);

const somePrice = fc.oneof(
  fc.bigInt({ min: 0n, max: 1_000_000n }),
  fc.bigInt({ min: 0n, max: 1_000_000_000n }),
);
const someQuantity = fc.oneof(
  fc.bigInt({ min: 0n, max: 1_000n }).map((value) => value * 10_000_000n),
  fc.bigInt({ min: 0n, max: 10_000_000_000n }),
);
const somePercent = fc.bigInt({ min: 0n, max: 1_000_000n }).map((value) => value as Percent);
export const someDay: fc.Arbitrary<Day> = fc.constantFrom(
  "2025-12-31" as Day,
  "2026-01-01" as Day,
  "2026-11-22" as Day,
);

export const someVat: fc.Arbitrary<VatMode> = fc.oneof(
  fc.constant({ kind: "none", ground: "usn" } as const),
  fc.constantFrom(...VAT_RATES).map((rate) => ({ kind: "on_top", rate }) as const),
  fc.constantFrom(...VAT_RATES).map((rate) => ({ kind: "included", rate }) as const),
);

export const someDiscount: fc.Arbitrary<Discount | null> = fc.oneof(
  fc.constant(null),
  fc
    .record({ percent: somePercent, base: fc.constantFrom("works", "all") })
    .map((fields) => ({ kind: "percent", ...fields }) as const),
  fc
    .record({ amount: somePrice.map(kopecks), base: fc.constantFrom("works", "all") })
    .map((fields) => ({ kind: "amount", ...fields }) as const),
);

const someRoomId = someId("4444", 4);
const someLength = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }).map((value) => (value * 10_000_000n) as Quantity),
  fc.bigInt({ min: 0n, max: 10_000_000_000n }).map((value) => value as Quantity),
);

export const someRoom: fc.Arbitrary<Room> = fc.record({
  id: someRoomId,
  position: somePosition,
  name: fc.constantFrom("Кухня", "Коридор", "Ванная комната"),
  length: someLength,
  width: someLength,
  height: someLength,
  openings: fc.array(
    fc.record({
      kind: fc.constantFrom("door" as const, "window" as const),
      width: someLength,
      height: someLength,
      count: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 3 },
  ),
});

const someReference = fc
  .tuple(someRoomId, fc.constantFrom(...MEASURES))
  .map(([roomId, measure]) => referTo(roomId, measure));

/** Formulas of one or two rooms, also such as can't be calculated. */
export const someFormula: fc.Arbitrary<string> = fc
  .oneof(
    someReference.map((reference) => `${reference}*1.05`),
    fc.tuple(someReference, someReference).map(([a, b]) => `(${a}+${b})*2-3`),
    fc.tuple(someReference, someReference).map(([a, b]) => `${a}/${b}`),
  )
  .map((formula) => formulaSchema.parse(formula));

export const someLine: fc.Arbitrary<Line> = fc.record({
  id: someId("1111", 12),
  sectionId: fc.option(someId("2222", 4)),
  position: somePosition,
  kind: fc.constantFrom(...LINE_KINDS),
  name: fc.constantFrom("Штукатурка стен", "Клей", "Демонтаж"),
  unit: fc.constantFrom("м²", "шт", ""),
  quantity: someQuantity.map((value) => value as Quantity),
  quantityFormula: fc.oneof({ weight: 2, arbitrary: fc.constant("") }, someFormula),
  price: somePrice.map(kopecks),
  cost: fc.option(somePrice.map(kopecks)),
  isOptional: fc.boolean(),
  isChosen: fc.boolean(),
  priceSource: fc.constantFrom("typed", "catalogue", "history", "import"),
  note: fc.constant(""),
  internalNote: fc.constant(""),
});

export const someSection: fc.Arbitrary<Section> = fc.record({
  id: someId("2222", 4),
  title: fc.constantFrom("Полы", "Стены", "Материалы"),
  kind: fc.constantFrom(...LINE_KINDS),
  position: somePosition,
});

export const someAdjustment: fc.Arbitrary<Adjustment> = fc.record({
  id: someId("3333", 4),
  position: somePosition,
  title: fc.constantFrom("Накладные", "Транспорт", "Технадзор"),
  percent: somePercent,
  base: fc.constantFrom(...ADJUSTMENT_BASES),
  isHidden: fc.boolean(),
});

function partial<Item extends object>(items: fc.Arbitrary<Item>): fc.Arbitrary<Partial<Item>> {
  return fc.tuple(items, fc.array(fc.nat(20), { maxLength: 4 })).map(([item, picks]) => {
    const keys = Object.keys(item).filter((key) => !["id", "sectionId", "position"].includes(key));
    const chosen = new Set(picks.map((pick) => keys[pick % keys.length]));
    return Object.fromEntries(
      Object.entries(item).filter(([key]) => chosen.has(key)),
    ) as Partial<Item>;
  });
}

export const someChange: fc.Arbitrary<Change> = newIds.chain((id) =>
  fc.oneof(
    { weight: 4, arbitrary: someLine.map((line): Change => ({ id, type: "line.add", line })) },
    {
      weight: 4,
      arbitrary: fc
        .record({ lineId: someId("1111", 12), set: partial(someLine) })
        .map((fields): Change => ({ id, type: "line.set", ...fields })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({
          lineId: someId("1111", 12),
          sectionId: fc.option(someId("2222", 4)),
          position: somePosition,
        })
        .map((fields): Change => ({ id, type: "line.move", ...fields })),
    },
    {
      weight: 1,
      arbitrary: someId("1111", 12).map((lineId): Change => ({ id, type: "line.remove", lineId })),
    },
    {
      weight: 2,
      arbitrary: someSection.map((section): Change => ({ id, type: "section.add", section })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ sectionId: someId("2222", 4), set: partial(someSection) })
        .map((fields): Change => ({ id, type: "section.set", ...fields })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ sectionId: someId("2222", 4), position: somePosition })
        .map((fields): Change => ({ id, type: "section.move", ...fields })),
    },
    {
      weight: 1,
      arbitrary: someId("2222", 4).map((sectionId): Change => ({
        id,
        type: "section.remove",
        sectionId,
      })),
    },
    {
      weight: 1,
      arbitrary: someAdjustment.map((adjustment): Change => ({
        id,
        type: "adjustment.add",
        adjustment,
      })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ adjustmentId: someId("3333", 4), set: partial(someAdjustment) })
        .map((fields): Change => ({ id, type: "adjustment.set", ...fields })),
    },
    {
      weight: 1,
      arbitrary: someId("3333", 4).map((adjustmentId): Change => ({
        id,
        type: "adjustment.remove",
        adjustmentId,
      })),
    },
    {
      weight: 2,
      arbitrary: someRoom.map((room): Change => ({ id, type: "room.add", room })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ roomId: someRoomId, set: partial(someRoom) })
        .map((fields): Change => ({ id, type: "room.set", ...fields })),
    },
    {
      weight: 1,
      arbitrary: someRoomId.map((roomId): Change => ({ id, type: "room.remove", roomId })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ vat: someVat, discount: someDiscount, date: someDay })
        .map((set): Change => ({ id, type: "estimate.set", set })),
    },
  ),
);
