import { tenantTransaction } from "../../db/transactions.ts";
import {
  findCrmConnection,
  lockCrmConnection,
  updateCrmConnection,
} from "../../db/crm_connections.ts";
import { lostStages } from "../../domain/crm_stages.ts";
import type { Id } from "../../domain/ids.ts";
import { type ConnectingDependencies, readPipelines, webhookUrlOf } from "./connecting.ts";
import { openAdapter } from "./opening.ts";
import { reportTrouble, stopWhereNeeded, type TroubleDependencies } from "./trouble.ts";

/** The stage that stands for a status was deleted there. */
const LOST_STAGES =
  "Стадии, по которым мы узнаём статус сметы, в CRM удалили. Выберите другие: Настройки → CRM → Воронка и стадии.";

/**
 * Looks whether what we rely on is still there: the pipelines, and the CRM's webhooks to us. The
 * owner hears of what went wrong since the last look; what was mended is not shown any more.
 */
export async function checkConnection(
  dependencies: ConnectingDependencies & TroubleDependencies,
  place: { readonly companyId: Id; readonly connectionId: Id },
  signal: AbortSignal,
): Promise<void> {
  const { sql } = dependencies;
  const { companyId, connectionId } = place;
  const connection = await tenantTransaction(sql, companyId, (tx) =>
    findCrmConnection(tx, companyId, connectionId),
  );
  if (!connection || connection.state !== "active") return;
  try {
    const adapter = openAdapter(dependencies, connection);
    const pipelines = await readPipelines(adapter, signal);
    const url = webhookUrlOf(dependencies, connection);
    const webhookProblem = url === null ? null : await adapter.keepWebhook(url, signal);
    const news = await tenantTransaction(sql, companyId, async (tx) => {
      const locked = await lockCrmConnection(tx, companyId, connectionId);
      if (!locked) return null;
      const { settings, problem } = locked;
      const isMended = webhookProblem === null && problem === settings.webhookProblem;
      await updateCrmConnection(tx, companyId, connectionId, {
        settings: { ...settings, pipelines, webhookProblem },
        problem: isMended ? null : problem,
      });
      const map = settings.stageMap;
      const isLost = (known: typeof pipelines) => map !== null && lostStages(map, known).length > 0;
      if (isLost(pipelines) && !isLost(settings.pipelines)) return LOST_STAGES;
      return webhookProblem === settings.webhookProblem ? null : webhookProblem;
    });
    if (news === null) return;
    await reportTrouble(dependencies, place, { reason: news, isStopped: false });
  } catch (error) {
    await stopWhereNeeded(dependencies, place, error);
    throw error;
  }
}
