import fc from "fast-check";
import { someDay, someDiscount, someVat } from "../../domain/estimate/testing.ts";
import { ADJUSTMENT_BASES, type Content, LINE_KINDS } from "../../domain/estimate/estimate.ts";
import { formatMoney, kopecks } from "../../domain/money.ts";
import type { Percent } from "../../domain/percent.ts";
import { formatQuantity, type Quantity } from "../../domain/quantity.ts";
import { makeContent, SECRET, withFields } from "./testing_documents.ts";

const someName = fc.oneof(
  fc.constantFrom("Штукатурка стен", "Клей 25 кг", "=cmd()", "<b>Плитка & клей</b>", "Ёлочка"),
  fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).map((name) => `Я${name}`),
);

const someSampleLine = fc
  .record({
    name: someName,
    quantity: fc.bigInt({ min: 0n, max: 10_000_000_000n }),
    unit: fc.constantFrom("м²", "шт", "п.м.", ""),
    price: fc.bigInt({ min: 0n, max: 100_000_000n }),
    isOptional: fc.boolean(),
    isChosen: fc.boolean(),
    kind: fc.constantFrom(...LINE_KINDS),
    note: fc.constantFrom("", "", "С подрезкой"),
  })
  .map(({ name, quantity, unit, price, ...fields }) =>
    withFields(
      [name, formatQuantity(quantity as Quantity), unit, formatMoney(kopecks(price))],
      fields,
    ),
  );

const someSampleSection = fc.record({
  title: fc.constantFrom("Полы", "Стены", "Материалы", "=1+1"),
  lines: fc.array(someSampleLine, { maxLength: 12 }),
});

const someAdjustment = fc
  .record({
    percent: fc.bigInt({ min: 0n, max: 300_000n }).map((value) => value as Percent),
    base: fc.constantFrom(...ADJUSTMENT_BASES),
    isHidden: fc.boolean(),
  })
  .map((fields) => ({ ...fields, title: fields.isHidden ? SECRET : "Транспорт" }));

/** Estimates of every kind: loose lines, empty sections, options, discounts, all kinds of VAT. */
export const someContent: fc.Arbitrary<Content> = fc
  .record({
    loose: fc.array(someSampleLine, { maxLength: 3 }),
    sections: fc.array(someSampleSection, { maxLength: 5 }),
    adjustments: fc.array(someAdjustment, { maxLength: 4 }),
    vat: someVat,
    discount: someDiscount,
    date: someDay,
  })
  .map(({ loose, sections, adjustments, ...header }) =>
    makeContent([{ title: null, lines: loose }, ...sections], header, adjustments),
  );
