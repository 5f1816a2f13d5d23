import { formatMoney, type Kopecks } from "../../domain/money.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { findEstimateNames } from "../../db/estimate_names.ts";
import type { EstimateState } from "../../db/estimates.ts";
import type { Scope } from "./scope.ts";
import { readActorName } from "./actor.ts";

/** A new estimate and its first edits are one message; later edits are one message a minute. */
const collapseKeyOf = ({ id }: { readonly id: string }): string => `estimate ${id}`;

/** Leaders hear of every estimate of the company. */
const LEADERS = ["owner", "manager"] as const;

export async function tellCreated(scope: Scope, card: EstimateCard): Promise<void> {
  const content = async () => ({
    estimateId: card.id,
    number: card.number,
    title: card.project?.title ?? card.title,
    total: formatMoney(card.totals.total),
    byName: await readActorName(scope),
  });
  await scope.notify("created", content, {
    to: { roles: LEADERS },
    by: scope.actor.userId,
    collapseKey: collapseKeyOf(card),
  });
}

/** Tells leaders, and the people whose estimate it is when somebody else changed it. */
export async function tellChanged(
  scope: Scope,
  estimate: EstimateState,
  after: { readonly version: number; readonly title: string; readonly total: Kopecks },
): Promise<void> {
  const { tx, actor } = scope;
  const content = async () => {
    const names = await findEstimateNames(tx, actor.companyId, estimate.id);
    return {
      estimateId: estimate.id,
      number: estimate.number,
      title: names?.project?.title ?? after.title,
      total: formatMoney(after.total),
      byName: await readActorName(scope),
      version: after.version,
    };
  };
  await scope.notify("changed", content, {
    to: { roles: LEADERS, userIds: [estimate.foremanId, estimate.createdBy] },
    by: actor.userId,
    collapseKey: collapseKeyOf(estimate),
  });
}
