import type { Id } from "../../domain/ids.ts";
import { listCrmConnections } from "../../db/crm_connections.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { RevisionScope } from "./revisions.ts";

/** The approved revision goes to every CRM of the company: in the transaction that approved it. */
export async function requestPushes(
  { tx, actor, enqueue }: Pick<RevisionScope, "tx" | "actor" | "enqueue">,
  push: { readonly estimateId: Id; readonly revision: number },
): Promise<void> {
  const { companyId } = actor;
  const { estimateId, revision } = push;
  for (const { id: connectionId } of await listCrmConnections(tx, companyId)) {
    await requestCrmPush(tx, companyId, connectionId, { estimateId, revision });
    const singletonKey = `crm.push ${connectionId} ${estimateId}`;
    await enqueue("crm.push", { companyId, connectionId, estimateId }, { singletonKey });
  }
}
