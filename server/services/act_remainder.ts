import { computeRemainder, type Quantities } from "../../domain/acceptance.ts";
import type { RemainderPart } from "../../domain/acts.ts";
import type { Id } from "../../domain/ids.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { type ActQuantity, listActQuantities } from "../../db/acts.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { readParts } from "./contracts.ts";
import type { Scope } from "./scope.ts";

/** @param actId the draft that is being filled: what it holds is counted apart */
export async function readRemainder(
  scope: Scope,
  main: EstimateState,
  actId: Id | null,
): Promise<RemainderPart[]> {
  const [parts, quantities] = await Promise.all([
    readParts(scope, main),
    listActQuantities(scope.tx, scope.actor.companyId, main.id),
  ]);
  return parts.map((part) => {
    const own = quantities.filter(({ estimateId }) => estimateId === part.estimateId);
    return computeRemainder(part, {
      accepted: sumByLine(own.filter(({ isSigned }) => isSigned)),
      inAct: sumByLine(own.filter((row) => !row.isSigned && row.actId === actId)),
      drafted: sumByLine(own.filter((row) => !row.isSigned && row.actId !== actId)),
    });
  });
}

export function sumByLine(rows: readonly ActQuantity[]): Quantities {
  const sums = new Map<Id, Quantity>();
  for (const { lineId, quantity } of rows) {
    sums.set(lineId, ((sums.get(lineId) ?? 0n) + quantity) as Quantity);
  }
  return sums;
}
