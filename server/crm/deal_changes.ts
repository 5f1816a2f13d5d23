import { tenantTransaction } from "../../db/transactions.ts";
import type { StoredConnection } from "../../db/crm_connections.ts";
import { findRole } from "../../db/memberships.ts";
import type { Actor } from "../../domain/access.ts";
import { statusOfStage } from "../../domain/crm_stages.ts";
import { AppError } from "../../domain/errors.ts";
import type { Services } from "../../domain/services.ts";
import type { AsActor } from "../services/work.ts";
import type { DealChange } from "./intake.ts";
import type { OpeningDependencies } from "./opening.ts";
import { reportTrouble, type TroubleDependencies } from "./trouble.ts";

export interface ChangingDependencies extends OpeningDependencies, TroubleDependencies {
  readonly asActor: AsActor;
}

/**
 * Somebody moved a deal there. A mapped stage takes the estimate through the same steps as a person
 * of the company would; where that is not allowed nothing happens and the owner reads why.
 */
export async function applyDealChange(
  dependencies: ChangingDependencies,
  connection: StoredConnection,
  { estimateId, deal, previous }: DealChange,
): Promise<void> {
  const { companyId, id: connectionId, settings } = connection;
  const { log, asActor } = dependencies;
  const isMoved = previous?.stageId !== deal.stageId || previous.pipelineId !== deal.pipelineId;
  const status = settings.stageMap && isMoved ? statusOfStage(settings.stageMap, deal) : null;
  if (status === null) {
    log.info({ companyId, connectionId, estimateId }, "deal changed, no status follows");
    return;
  }
  const actor = await findActor(dependencies, connection);
  const refusal = actor
    ? await asActor(actor, (services) => follow(services, estimateId, status)).catch(toSentence)
    : "подключивший CRM больше не владелец компании";
  if (refusal === null) return;
  log.warn({ companyId, connectionId, estimateId, status }, "stage of a deal was not followed");
  const problem = `Сделку «${deal.title}» передвинули в CRM, а смета осталась как была: ${refusal}.`;
  const place = { companyId, connectionId };
  await reportTrouble(dependencies, place, { reason: problem, isStopped: false });
}

/** Null: done, or it was so already. Otherwise why not, for the owner. */
async function follow(
  { agreement, estimates }: Services,
  estimateId: string,
  status: "submitted" | "approved" | "returned",
): Promise<string | null> {
  const current = await agreement.current(estimateId);
  if (current === null) {
    const card = await estimates.card(estimateId);
    if (card.status === status) return null;
    return "она ещё не отправлена на согласование";
  }
  if (status === "submitted") {
    return current.status === "submitted" ? null : "она уже утверждена";
  }
  if (current.status === status) return null;
  const reference = { revisionId: current.id };
  const { outcome } =
    status === "approved"
      ? await agreement.approve(reference, { channel: "crm" })
      : await agreement.giveBack(reference, { channel: "crm", reason: "Сделку вернули в CRM" });
  return outcome === "done" ? null : "по ней уже принято другое решение";
}

function toSentence(error: unknown): string {
  if (error instanceof AppError) return error.message.replace(/\.$/, "");
  throw error;
}

async function findActor(
  { sql }: ChangingDependencies,
  { companyId, createdBy }: StoredConnection,
): Promise<Actor | null> {
  if (createdBy === null) return null;
  const role = await tenantTransaction(sql, companyId, (tx) => findRole(tx, companyId, createdBy));
  return role === "owner" ? { companyId, userId: createdBy, role } : null;
}
