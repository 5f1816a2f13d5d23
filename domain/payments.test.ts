import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Day } from "./calendar.ts";
import { add, kopecks, ZERO } from "./money.ts";
import { readPaymentText, readStageText } from "./payment_text.ts";
import { balanceOf, findUnpaidStages, spreadOverStages, type Stage } from "./payments.ts";
import type { Percent } from "./percent.ts";

const TODAY = "2026-11-22" as Day;

function stage(size: bigint | { percent: number }, dueOn: string | null): Stage {
  return {
    id: "s",
    estimateId: "e",
    title: "Этап",
    size:
      typeof size === "bigint"
        ? { kind: "amount", amount: kopecks(size) }
        : { kind: "percent", percent: BigInt(Math.round(size.percent * 10_000)) as Percent },
    dueOn: dueOn as Day | null,
  };
}

describe("stages", () => {
  it("of 100 per cent together are all that is agreed, however they are cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 999_999 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), cuts, (agreed, places) => {
        const ends = [...new Set(places)].toSorted((a, b) => a - b).concat(1_000_000);
        const stages = ends.map((end, index) =>
          stage({ percent: (end - (ends[index - 1] ?? 0)) / 10_000 }, null),
        );
        const states = spreadOverStages(stages, { agreed: kopecks(agreed), received: ZERO });
        expect(add(...states.map(({ amount }) => amount))).toBe(agreed);
      }),
    );
  });

  it("are covered by what came in the order of their days; what is over covers nothing more", () => {
    const stages = [stage(300n, null), stage(100n, "2026-12-01"), stage(200n, "2026-11-01")];
    const money = { agreed: kopecks(600n), received: kopecks(250n) };
    expect(spreadOverStages(stages, money).map(({ open }) => open)).toEqual([0n, 50n, 300n]);
    expect(findUnpaidStages(stages, money, TODAY)).toEqual([]);
    expect(findUnpaidStages(stages, money, "2026-12-01" as Day)).toMatchObject([{ open: 50n }]);
    const over = { ...money, received: kopecks(10_000n) };
    expect(findUnpaidStages(stages, over, "2027-01-01" as Day)).toEqual([]);
  });
});

describe("the balance", () => {
  it("tells what is left, what is owed, and what was paid too much", () => {
    const sums = { agreed: kopecks(100n), accepted: kopecks(40n), received: kopecks(120n) };
    expect(balanceOf(sums)).toMatchObject({ left: -20n, debt: -80n });
  });
});

describe("a payment in words", () => {
  it.each([
    ["аванс 50 000", "advance", 5_000_000n, TODAY],
    ["50000", "stage", 5_000_000n, TODAY],
    ["50 000 ₽ вчера", "stage", 5_000_000n, "2026-11-21"],
    ["Окончательный расчёт 12 500,50 20.11", "final", 1_250_050n, "2026-11-20"],
    ["оплата 10 тыс 25.12", "stage", 1_000_000n, "2025-12-25"],
    ["предоплата 1,5 млн 01.02.2026", "advance", 150_000_000n, "2026-02-01"],
  ] as const)("%j", (text, kind, amount, receivedOn) => {
    expect(readPaymentText(text, TODAY)).toEqual({
      ok: true,
      value: { kind, title: "", amount, receivedOn },
    });
  });

  it.each(["аванс", "аванс ноль", "0", "-5", "50 000 01.01.2027"])("is not %j", (text) => {
    expect(readPaymentText(text, TODAY)).toMatchObject({ ok: false });
  });
});

describe("a stage in words", () => {
  it.each([
    ["Аванс 30 % 01.12", "Аванс", { kind: "percent", percent: 300_000n }, "2026-12-01"],
    [
      "После черновых 150 000 до 15.01",
      "После черновых",
      { kind: "amount", amount: 15_000_000n },
      "2027-01-15",
    ],
    ["Остаток: 20%", "Остаток", { kind: "percent", percent: 200_000n }, null],
    ["50 тыс", "Оплата", { kind: "amount", amount: 5_000_000n }, null],
  ] as const)("%j", (text, title, size, dueOn) => {
    expect(readStageText(text, TODAY)).toEqual({ ok: true, value: { title, size, dueOn } });
  });

  it.each(["аванс", "Аванс 130 %", "Аванс 0 ₽"])("is not %j", (text) => {
    expect(readStageText(text, TODAY)).toMatchObject({ ok: false });
  });
});
