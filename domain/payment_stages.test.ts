import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Day } from "./calendar.ts";
import { add, kopecks } from "./money.ts";
import {
  balanceOf,
  findUnpaidStages,
  paymentFieldsSchema,
  spreadOverStages,
  type Stage,
  stageFieldsSchema,
} from "./payments.ts";
import { PERCENT_HUNDRED, type Percent } from "./percent.ts";

const estimateId = "01990000-0000-7000-8000-000000000001";
const day = (text: string) => text as Day;

function percentStage(title: string, percent: number, dueOn: Day | null = null): Stage {
  const size = {
    kind: "percent" as const,
    percent: ((PERCENT_HUNDRED * BigInt(percent)) / 100n) as Percent,
  };
  return { id: title, estimateId, title, size, dueOn };
}

function amountStage(title: string, amount: bigint, dueOn: Day | null = null): Stage {
  return { id: title, estimateId, title, size: { kind: "amount", amount: kopecks(amount) }, dueOn };
}

describe("the balance", () => {
  it("says what is left and what is owed, also when more was paid", () => {
    const sums = { agreed: kopecks(1000n), accepted: kopecks(400n), received: kopecks(700n) };
    expect(balanceOf(sums)).toEqual({ ...sums, left: 300n, debt: -300n });
    expect(balanceOf({ ...sums, received: kopecks(1500n) })).toMatchObject({
      left: -500n,
      debt: -1100n,
    });
  });
});

describe("the stages of payment", () => {
  it("stand by their day, those without one last, otherwise as they were written", () => {
    const stages = [
      amountStage("потом", 1n),
      amountStage("март", 1n, day("2026-03-01")),
      amountStage("январь", 1n, day("2026-01-01")),
      amountStage("и ещё", 1n),
      amountStage("тоже март", 1n, day("2026-03-01")),
      amountStage("февраль", 1n, day("2026-02-01")),
    ];
    const money = { agreed: kopecks(10n), received: kopecks(0n) };
    expect(spreadOverStages(stages, money).map(({ title }) => title)).toEqual([
      "январь",
      "февраль",
      "март",
      "тоже март",
      "потом",
      "и ещё",
    ]);
  });

  it("are covered one after another by what came", () => {
    const stages = [amountStage("а", 300n), amountStage("б", 200n), amountStage("в", 100n)];
    const covered = (received: bigint) =>
      spreadOverStages(stages, { agreed: kopecks(600n), received: kopecks(received) }).map(
        ({ covered: sum, open }) => [sum, open],
      );
    expect(covered(0n)).toEqual([
      [0n, 300n],
      [0n, 200n],
      [0n, 100n],
    ]);
    expect(covered(300n)).toEqual([
      [300n, 0n],
      [0n, 200n],
      [0n, 100n],
    ]);
    expect(covered(350n)).toEqual([
      [300n, 0n],
      [50n, 150n],
      [0n, 100n],
    ]);
    expect(covered(10_000n)).toEqual([
      [300n, 0n],
      [200n, 0n],
      [100n, 0n],
    ]);
  });

  it("of a third each are together the whole to the kopeck", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (agreed) => {
        const stages = [percentStage("а", 33), percentStage("б", 33), percentStage("в", 34)];
        const amounts = spreadOverStages(stages, {
          agreed: kopecks(agreed),
          received: kopecks(0n),
        }).map(({ amount }) => amount);
        expect(add(...amounts)).toBe(agreed);
      }),
    );
  });

  it("may mix sums and per cents; a sum does not move the shares", () => {
    const stages = [percentStage("а", 30), amountStage("б", 77n), percentStage("в", 70)];
    const money = { agreed: kopecks(1001n), received: kopecks(0n) };
    expect(spreadOverStages(stages, money).map(({ amount }) => amount)).toEqual([300n, 77n, 701n]);
  });

  it("are unpaid from their day on, until they are covered", () => {
    const stages = [
      amountStage("аванс", 100n, day("2026-01-10")),
      amountStage("середина", 100n, day("2026-02-10")),
      amountStage("конец", 100n),
    ];
    const unpaid = (received: bigint, on: string) =>
      findUnpaidStages(stages, { agreed: kopecks(300n), received: kopecks(received) }, day(on)).map(
        ({ title }) => title,
      );
    expect(unpaid(0n, "2026-01-09")).toEqual([]);
    expect(unpaid(0n, "2026-01-10")).toEqual(["аванс"]);
    expect(unpaid(100n, "2026-02-10")).toEqual(["середина"]);
    expect(unpaid(199n, "2027-01-01")).toEqual(["середина"]);
    expect(unpaid(200n, "2027-01-01")).toEqual([]);
  });
});

describe("what is written of money", () => {
  const payment = { kind: "stage", title: "", amount: "0.01", receivedOn: "2026-01-01" };

  it("is a positive sum on a day", () => {
    expect(paymentFieldsSchema.safeParse(payment).data?.amount).toBe(1n);
    for (const wrong of [
      { amount: "0.00" },
      { amount: "-1.00" },
      { receivedOn: "2026-02-30" },
      { kind: "gift" },
      { companyId: "x" },
    ]) {
      expect(paymentFieldsSchema.safeParse({ ...payment, ...wrong }).success).toBe(false);
    }
  });

  it("is planned as a sum or as a share above zero", () => {
    const stage = { title: "Аванс", dueOn: null };
    const parse = (size: unknown) => stageFieldsSchema.safeParse({ ...stage, size }).success;
    expect(parse({ kind: "percent", percent: "0.01" })).toBe(true);
    expect(parse({ kind: "percent", percent: "100" })).toBe(true);
    expect(parse({ kind: "percent", percent: "0" })).toBe(false);
    expect(parse({ kind: "percent", percent: "100.01" })).toBe(false);
    expect(parse({ kind: "amount", amount: "0.00" })).toBe(false);
    expect(parse({ kind: "amount", amount: "1.00", percent: "1" })).toBe(false);
  });
});
