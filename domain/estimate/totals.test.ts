import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Day } from "../calendar.ts";
import { add, formatMoney, kopecks, type Kopecks, multiply, parseMoney } from "../money.ts";
import { type Percent, parsePercent } from "../percent.ts";
import { parseQuantity, type Quantity } from "../quantity.ts";
import { applyChanges } from "./changes.ts";
import { type Adjustment, type Content, emptyContent, isCounted, type Line } from "./estimate.ts";
import { someChange } from "./testing.ts";
import {
  addSums,
  clientAmount,
  clientCoefficients,
  clientPrice,
  lineSums,
  NO_SUMS,
  spreadDiscount,
  subtractSums,
  sumLines,
  totalsOf,
} from "./totals.ts";

let counter = 0;

function line(
  fields: { price: string; quantity: string } & Partial<Omit<Line, "price" | "quantity">>,
): Line {
  counter += 1;
  return {
    id: `01920000-0000-7000-8000-${String(counter).padStart(12, "0")}`,
    sectionId: null,
    position: "a0",
    kind: "work",
    name: "Работа",
    unit: "м²",
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
    ...fields,
    price: parseMoney(fields.price) as Kopecks,
    quantity: parseQuantity(fields.quantity) as Quantity,
    quantityFormula: "",
  };
}

function adjustment(
  percent: string,
  base: Adjustment["base"],
  fields: Partial<Adjustment> = {},
): Adjustment {
  counter += 1;
  return {
    id: `01920000-0000-7000-8000-${String(counter).padStart(12, "0")}`,
    position: `a${String(counter % 10)}`,
    title: "Начисление",
    percent: parsePercent(percent) as Percent,
    base,
    isHidden: false,
    ...fields,
  };
}

function estimate(
  lines: Line[],
  fields: { adjustments?: Adjustment[]; header?: Partial<Content["header"]> } = {},
): Content {
  const empty = emptyContent();
  return {
    ...empty,
    header: { ...empty.header, date: "2026-11-22" as Day, ...fields.header },
    lines: new Map(lines.map((item) => [item.id, item])),
    adjustments: new Map((fields.adjustments ?? []).map((item) => [item.id, item])),
  };
}

const total = (content: Content): string => formatMoney(totalsOf(content).total);

describe("totals", () => {
  it("rounds each line half away from zero and sums the rounded lines", () => {
    expect(total(estimate([line({ price: "1850.50", quantity: "7.35" })]))).toBe("13601.18");
    expect(
      total(
        estimate([
          line({ price: "0.01", quantity: "0.5" }),
          line({ price: "0.01", quantity: "0.5" }),
        ]),
      ),
    ).toBe("0.02");
  });

  it("keeps works and materials apart", () => {
    const totals = totalsOf(
      estimate([
        line({ price: "100.00", quantity: "2" }),
        line({ price: "30.00", quantity: "1", kind: "material" }),
      ]),
    );
    expect([totals.works, totals.materials, totals.total]).toEqual([20_000n, 3_000n, 23_000n]);
  });

  it("counts an optional line only when it is chosen", () => {
    const optional = { price: "100.00", quantity: "1", isOptional: true };
    expect(total(estimate([line(optional)]))).toBe("0.00");
    expect(total(estimate([line({ ...optional, isChosen: true })]))).toBe("100.00");
  });

  it("takes visible per cents of works, materials, all and the running total in order", () => {
    const lines = [
      line({ price: "1000.00", quantity: "1" }),
      line({ price: "500.00", quantity: "1", kind: "material" }),
    ];
    const totals = totalsOf(
      estimate(lines, {
        adjustments: [
          adjustment("10", "works", { position: "a1" }),
          adjustment("10", "materials", { position: "a2" }),
          adjustment("10", "all", { position: "a3" }),
          adjustment("10", "running", { position: "a4" }),
        ],
      }),
    );
    expect(totals.adjustments.map((item) => formatMoney(item.amount))).toEqual([
      "100.00",
      "50.00",
      "150.00",
      "180.00",
    ]);
    expect(formatMoney(totals.subtotal)).toBe("1980.00");
  });

  it("puts hidden per cents into the client's prices so that price × quantity is the shown amount", () => {
    const hidden = [
      adjustment("10", "works", { isHidden: true, position: "a1" }),
      adjustment("5", "all", { isHidden: true, position: "a2" }),
      adjustment("10", "running", { isHidden: true, position: "a3" }),
    ];
    const work = line({ price: "100.00", quantity: "3" });
    const material = line({ price: "100.00", quantity: "3", kind: "material" });
    const coefficients = clientCoefficients(hidden);
    expect([coefficients.work, coefficients.material]).toEqual([12_650_000n, 11_550_000n]);
    expect(clientPrice(work, coefficients)).toBe(12_650n);
    expect(total(estimate([work, material], { adjustments: hidden }))).toBe("726.00");
    expect(totalsOf(estimate([work, material], { adjustments: hidden })).adjustments).toEqual([]);
  });

  it.each([
    ["standard", "2026-11-22", "18032.79", "100000.00"],
    ["standard", "2025-12-31", "16666.67", "100000.00"],
    ["7", "2026-11-22", "6542.06", "100000.00"],
    ["5", "2026-11-22", "4761.90", "100000.00"],
    ["10", "2026-11-22", "9090.91", "100000.00"],
    ["0", "2026-11-22", "0.00", "100000.00"],
  ] as const)("finds VAT %s of %s inside 100 000,00: %s", (rate, date, vat, sum) => {
    const totals = totalsOf(
      estimate([line({ price: "100000.00", quantity: "1" })], {
        header: { vat: { kind: "included", rate }, date: date as Day },
      }),
    );
    expect([formatMoney(totals.vat), formatMoney(totals.total)]).toEqual([vat, sum]);
  });

  it("computes VAT on top once, from the sum", () => {
    const content = estimate(
      [1, 2, 3].map(() => line({ price: "33.33", quantity: "1" })),
      {
        header: { vat: { kind: "on_top", rate: "standard" } },
      },
    );
    const totals = totalsOf(content);
    expect([formatMoney(totals.vat), formatMoney(totals.total)]).toEqual(["22.00", "121.99"]);
  });

  it("takes a discount on works before VAT and never more than the works", () => {
    const lines = [
      line({ price: "1000.00", quantity: "1" }),
      line({ price: "1000.00", quantity: "1", kind: "material" }),
    ];
    const percent = {
      kind: "percent",
      percent: parsePercent("10") as Percent,
      base: "works",
    } as const;
    expect(total(estimate(lines, { header: { discount: percent } }))).toBe("1900.00");
    const amount = { kind: "amount", amount: kopecks(999_999n), base: "works" } as const;
    expect(total(estimate(lines, { header: { discount: amount } }))).toBe("1000.00");
    const all = { kind: "amount", amount: kopecks(999_999n), base: "all" } as const;
    expect(total(estimate(lines, { header: { discount: all } }))).toBe("0.00");
  });

  it("spreads a discount of 1 kopeck over three equal lines without losing it", () => {
    const lines = [1, 2, 3].map(() => line({ price: "1.00", quantity: "1" }));
    const content = estimate(lines, {
      header: { discount: { kind: "amount", amount: kopecks(1n), base: "all" } },
    });
    const spread = spreadDiscount(content, totalsOf(content));
    expect([...spread.lines.values()]).toEqual([99n, 100n, 100n]);
  });

  it("spares materials and adjustments from a discount on works", () => {
    const work = line({ price: "100.00", quantity: "1" });
    const material = line({ price: "100.00", quantity: "1", kind: "material" });
    const fee = adjustment("10", "all");
    const content = estimate([material, work], {
      adjustments: [fee],
      header: {
        discount: { kind: "percent", percent: parsePercent("50") as Percent, base: "works" },
      },
    });
    const spread = spreadDiscount(content, totalsOf(content));
    expect([
      spread.lines.get(work.id),
      spread.lines.get(material.id),
      spread.adjustments.get(fee.id),
    ]).toEqual([5_000n, 10_000n, 2_000n]);
  });

  it("tells cost and how many lines have none", () => {
    const sums = sumLines(
      [
        line({ price: "10.00", quantity: "2", cost: kopecks(700n) }),
        line({ price: "1.00", quantity: "1" }),
      ],
      clientCoefficients([]),
    );
    expect(sums).toMatchObject({ cost: 1_400n, uncosted: 1, lines: 2, ownWork: 2_100n });
  });
});

const someContent = fc
  .array(someChange, { maxLength: 80 })
  .map((changes) => applyChanges(emptyContent(), changes));

describe("totals of any estimate", () => {
  it("are the sums of the rounded client amounts", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        const coefficients = clientCoefficients(content.adjustments.values());
        const counted = [...content.lines.values()].filter(isCounted);
        const amounts = counted.map((item) => clientAmount(item, coefficients));
        const totals = totalsOf(content);
        expect(add(totals.works, totals.materials)).toBe(add(...amounts));
        expect(totals.subtotal).toBe(
          add(totals.works, totals.materials, ...totals.adjustments.map((item) => item.amount)),
        );
        expect(totals.discounted + totals.discount).toBe(totals.subtotal);
        for (const item of counted) {
          expect(clientAmount(item, coefficients)).toBe(
            multiply(clientPrice(item, coefficients), item.quantity),
          );
        }
      }),
    );
  });

  it("add up to the kopeck after the discount is spread", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        const totals = totalsOf(content);
        const spread = spreadDiscount(content, totals);
        const parts = [...spread.lines.values(), ...spread.adjustments.values()];
        expect(add(...parts)).toBe(totals.discounted);
        for (const part of parts) expect(part >= 0n).toBe(true);
      }),
    );
  });

  it("can be kept line by line", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        const coefficients = clientCoefficients(content.adjustments.values());
        const lines = [...content.lines.values()];
        const all = sumLines(lines, coefficients);
        const taken = lines.reduce(
          (sums, item) => subtractSums(sums, lineSums(item, coefficients)),
          all,
        );
        expect(taken).toEqual(NO_SUMS);
        const half = Math.floor(lines.length / 2);
        expect(
          addSums(
            sumLines(lines.slice(0, half), coefficients),
            sumLines(lines.slice(half), coefficients),
          ),
        ).toEqual(all);
      }),
    );
  });
});
