import type { ApprovedPart } from "../../domain/acceptance.ts";
import { AppError } from "../../domain/errors.ts";
import { computeTotals } from "../../domain/estimate/totals.ts";
import { type Contract, type ExtraSummary, sumApproved } from "../../domain/extras.ts";
import type { Id } from "../../domain/ids.ts";
import { add, type Kopecks } from "../../domain/money.ts";
import { type Balance, balanceOf } from "../../domain/payments.ts";
import { sumSignedActs } from "../../db/acts.ts";
import { listAdjustments } from "../../db/estimate_lines.ts";
import { listExtras } from "../../db/extras.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { sumReceived } from "../../db/payments.ts";
import { findCurrentRevision, lockOwnEstimate, readOwnEstimate } from "./revisions.ts";
import { readContent } from "./estimate_cards.ts";
import type { CompanyScope, Scope } from "./scope.ts";

/** Of one contract; more is a program gone wild. */
export const MANY_EXTRAS = 500;
export const MANY_STAGES = 50;

/** The main estimate of a contract: an extra leads to its parent. */
export async function readMain(scope: Scope, id: Id): Promise<EstimateState> {
  const estimate = await readOwnEstimate(scope, id);
  return estimate.extra ? readOwnEstimate(scope, estimate.extra.parentId) : estimate;
}

/** The same, locked: acts, extras and payments of a contract go one after another. */
export async function lockMain(scope: Scope, id: Id): Promise<EstimateState> {
  const estimate = await readOwnEstimate(scope, id);
  return lockOwnEstimate(scope, estimate.extra?.parentId ?? estimate.id);
}

/** Approved now, or before it went into the archive. */
export async function isAgreed(scope: Scope, main: EstimateState): Promise<boolean> {
  const revision = await findCurrentRevision(scope.tx, scope.actor.companyId, main);
  return revision?.status === "approved";
}

export async function demandAgreed(scope: Scope, main: EstimateState): Promise<void> {
  if (await isAgreed(scope, main)) return;
  throw new AppError("conflict", "Смета ещё не утверждена. Сначала согласуйте её.");
}

/** What may be accepted: the estimate and its extras, as far as they are approved and not put away. */
export async function readParts(scope: CompanyScope, main: EstimateState): Promise<ApprovedPart[]> {
  const extras = await listExtras(scope.tx, scope.actor.companyId, main.id, MANY_EXTRAS);
  const sources = [
    ...(main.status === "approved" ? [{ id: main.id, number: main.number, title: "" }] : []),
    ...extras
      .filter(({ status }) => status === "approved")
      .map(({ id, number, reason }) => ({ id, number, title: reason || "Дополнительные работы" })),
  ];
  return Promise.all(
    sources.map(async ({ id, number, title }) => ({
      estimateId: id,
      number,
      title,
      content: await readContent(scope, id),
    })),
  );
}

/** A contract's estimate with its extras, and its sums. */
export async function readMoney(
  scope: CompanyScope,
  main: EstimateState,
): Promise<Pick<Contract, "total" | "extras" | "balance">> {
  const { tx, actor } = scope;
  const [extras, adjustments] = await Promise.all([
    listExtras(tx, actor.companyId, main.id, MANY_EXTRAS),
    listAdjustments(tx, actor.companyId, main.id),
  ]);
  const { total } = computeTotals({ ...main.header, sums: main.sums, adjustments });
  return { total, extras, balance: await readBalance(scope, { id: main.id, total }, extras) };
}

/** Sums of a contract: what is agreed, done and paid. */
export async function readBalance(
  scope: CompanyScope,
  main: { readonly id: Id; readonly total: Kopecks },
  extras: readonly ExtraSummary[],
): Promise<Balance> {
  const { tx, actor } = scope;
  const [accepted, received] = await Promise.all([
    sumSignedActs(tx, actor.companyId, main.id),
    sumReceived(tx, actor.companyId, main.id),
  ]);
  return balanceOf({ agreed: add(main.total, sumApproved(extras)), accepted, received });
}
