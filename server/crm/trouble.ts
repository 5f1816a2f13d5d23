import type { Logger } from "pino";
import { tenantTransaction } from "../../db/transactions.ts";
import { lockCrmConnection, updateCrmConnection } from "../../db/crm_connections.ts";
import { CRM_NAMES } from "../../domain/crm.ts";
import { CrmError, STOP_SENTENCES } from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import type { QueueName } from "../jobs/queues.ts";
import { companyScope, type WorkDependencies } from "../services/work.ts";

export type TroubleDependencies = Omit<WorkDependencies, "crm"> & { readonly log: Logger };

/**
 * Writes at the connection what only a person can mend, and tells those who see how the CRM is:
 * owners, who mend it, and managers, who otherwise wait for what does not come. The same sentence is told once, however many calls meet it. `isStopped`: nobody calls this CRM until it is mended.
 */
export async function reportTrouble(
  dependencies: TroubleDependencies,
  { companyId, connectionId }: { readonly companyId: Id; readonly connectionId: Id },
  trouble: { readonly reason: string; readonly isStopped: boolean },
): Promise<void> {
  const { reason, isStopped } = trouble;
  const queues = new Set<QueueName>();
  await tenantTransaction(dependencies.sql, companyId, async (tx) => {
    const connection = await lockCrmConnection(tx, companyId, connectionId);
    if (!connection) return;
    const isKnown = connection.problem === reason;
    if (isKnown && (!isStopped || connection.state === "stopped")) return;
    const change = { problem: reason, ...(isStopped ? { state: "stopped" as const } : {}) };
    await updateCrmConnection(tx, companyId, connectionId, change);
    if (isKnown) return;
    const { notify } = companyScope(dependencies, tx, { companyId }, queues);
    const content = { connectionId, system: CRM_NAMES[connection.kind], reason };
    await notify("crm_trouble", content, { to: { roles: ["owner", "manager"] }, by: null });
  });
  dependencies.onCommitted(queues);
}

/** A failure that only a person can mend stops the connection; the owner reads why. */
export async function stopWhereNeeded(
  dependencies: TroubleDependencies,
  place: { readonly companyId: Id; readonly connectionId: Id },
  error: unknown,
): Promise<void> {
  if (!(error instanceof CrmError) || error.failure.kind !== "stopped") return;
  const { companyId, connectionId } = place;
  const { reason } = error.failure;
  dependencies.log.warn({ companyId, connectionId, reason }, "CRM connection stopped");
  await reportTrouble(dependencies, place, { reason: STOP_SENTENCES[reason], isStopped: true });
}
