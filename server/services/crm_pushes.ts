import { listCrmConnections } from "../../db/crm_connections.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import { type EstimateState, findEstimate } from "../../db/estimates.ts";
import type { RevisionScope } from "./revisions.ts";

/**
 * What is approved goes to every CRM of the company: in the transaction that approved it. Extra work
 * is a part of its parent's deal.
 */
export async function requestPushes(
  { tx, actor, enqueue }: Pick<RevisionScope, "tx" | "actor" | "enqueue">,
  estimate: Pick<EstimateState, "id" | "revision" | "extra">,
): Promise<void> {
  const { companyId } = actor;
  const parent = estimate.extra && (await findEstimate(tx, companyId, estimate.extra.parentId));
  const { id: estimateId, revision } = parent ?? estimate;
  for (const { id: connectionId } of await listCrmConnections(tx, companyId)) {
    await requestCrmPush(tx, companyId, connectionId, { estimateId, revision });
    const singletonKey = `crm.push ${connectionId} ${estimateId}`;
    await enqueue("crm.push", { companyId, connectionId, estimateId }, { singletonKey });
  }
}
