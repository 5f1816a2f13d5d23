import { z } from "zod";
import type { Day } from "./calendar.ts";
import { dayCodec, moneyCodec, sharePercentCodec } from "./codecs.ts";
import type { Id } from "./ids.ts";
import { type Kopecks, subtract, takePercent, ZERO } from "./money.ts";
import type { Percent } from "./percent.ts";
import { nameSchema, textSchema } from "./text.ts";

export const PAYMENT_KINDS = ["advance", "stage", "final"] as const;
export type PaymentKind = (typeof PAYMENT_KINDS)[number];

export const PAYMENT_KIND_NAMES: Readonly<Record<PaymentKind, string>> = {
  advance: "аванс",
  stage: "оплата",
  final: "окончательный расчёт",
};

const positiveMoney = moneyCodec.refine((amount) => amount > ZERO);

/** Money that came. */
export const paymentFieldsSchema = z.strictObject({
  kind: z.enum(PAYMENT_KINDS),
  title: textSchema(200),
  amount: positiveMoney,
  receivedOn: dayCodec,
});
export type PaymentFields = z.output<typeof paymentFieldsSchema>;

export interface Payment extends PaymentFields {
  readonly id: Id;
  /** The main estimate. */
  readonly estimateId: Id;
  readonly createdByName: string;
  readonly isRemoved: boolean;
}

/** What the client is to pay, and when. Without a day it is due when people say so. */
export const stageFieldsSchema = z.strictObject({
  title: nameSchema(200),
  size: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("amount"), amount: positiveMoney }),
    z.strictObject({
      kind: z.literal("percent"),
      /** Of all that is agreed, extras included. */
      percent: sharePercentCodec.refine((percent) => percent > 0n),
    }),
  ]),
  dueOn: dayCodec.nullable(),
});
export type StageFields = z.output<typeof stageFieldsSchema>;

export interface Stage extends StageFields {
  readonly id: Id;
  readonly estimateId: Id;
}

/** A stage with what has come of it: money covers the stages in their order. */
export interface StageState extends Stage {
  readonly amount: Kopecks;
  readonly covered: Kopecks;
  readonly open: Kopecks;
}

/** All the money of one estimate and its extras. */
export interface Balance {
  /** Approved, extras included. */
  readonly agreed: Kopecks;
  /** In signed acts. */
  readonly accepted: Kopecks;
  readonly received: Kopecks;
  /** agreed − received; negative: paid more than agreed. */
  readonly left: Kopecks;
  /** accepted − received; negative: paid ahead of the work. */
  readonly debt: Kopecks;
}

export function balanceOf(sums: Pick<Balance, "agreed" | "accepted" | "received">): Balance {
  const { agreed, accepted, received } = sums;
  return { ...sums, left: subtract(agreed, received), debt: subtract(accepted, received) };
}

/**
 * Spreads what came over the stages: by day, those without one last, otherwise as they were written.
 * Shares are cut from the running sum of per cents, so stages of 100 % together are all of it.
 */
export function spreadOverStages(
  stages: readonly Stage[],
  money: { readonly agreed: Kopecks; readonly received: Kopecks },
): StageState[] {
  let percents = 0n as Percent;
  let rest = money.received;
  return stages.toSorted(compareStages).map((stage) => {
    const { size } = stage;
    const before = takePercent(money.agreed, percents);
    if (size.kind === "percent") percents = (percents + size.percent) as Percent;
    const amount =
      size.kind === "amount" ? size.amount : subtract(takePercent(money.agreed, percents), before);
    const covered = rest < amount ? rest : amount;
    rest = subtract(rest, covered);
    return { ...stage, amount, covered, open: subtract(amount, covered) };
  });
}

function compareStages(a: Stage, b: Stage): number {
  if (a.dueOn === b.dueOn) return 0;
  if (a.dueOn === null) return 1;
  if (b.dueOn === null) return -1;
  return a.dueOn < b.dueOn ? -1 : 1;
}

/** The stages whose day has come and that the money received does not cover. */
export function findUnpaidStages(
  stages: readonly Stage[],
  money: { readonly agreed: Kopecks; readonly received: Kopecks },
  on: Day,
): StageState[] {
  return spreadOverStages(stages, money).filter(
    ({ dueOn, open }) => dueOn !== null && dueOn <= on && open > ZERO,
  );
}

/** All in one look: what came, what is planned, what is left. */
export interface Payments {
  /** The main estimate. */
  readonly estimateId: Id;
  readonly number: string;
  /** Newest first, those taken out left out. */
  readonly payments: readonly Payment[];
  readonly stages: readonly StageState[];
  readonly balance: Balance;
}

/**
 * Money of an estimate that is or was approved. Throws `not_found` for what the person may not see,
 * `forbidden`, `invalid`, and `conflict` for an estimate that nobody approved yet.
 */
export interface PaymentService {
  get(estimateId: Id): Promise<Payments>;
  /** By default of today. More than was agreed is taken, too: the balance tells. */
  add(
    estimateId: Id,
    payment: Omit<PaymentFields, "receivedOn"> & { readonly receivedOn?: Day | undefined },
  ): Promise<Payment>;
  /** Harmless when it is out already. */
  remove(id: Id): Promise<Payment>;
  restore(id: Id): Promise<Payment>;
  addStage(estimateId: Id, stage: StageFields): Promise<Stage>;
  removeStage(id: Id): Promise<void>;
}
