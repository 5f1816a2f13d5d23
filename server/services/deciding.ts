import type { Channel, DecisionResult, RevisionReference } from "../../domain/agreement.ts";
import { type StatusStep, statusAfter } from "../../domain/estimate/status.ts";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { textSchema } from "../../domain/text.ts";
import { insertApproval } from "../../db/approvals.ts";
import { type EstimateState, setEstimateStatus } from "../../db/estimates.ts";
import {
  findFrozen,
  openNextRevision,
  type RevisionState,
  setRevisionStatus,
} from "../../db/revisions.ts";
import { isCounted } from "../../domain/estimate/estimate.ts";
import { requestPushes } from "./crm_pushes.ts";
import {
  describeRevision,
  lockOwnRevision,
  orderRevisionPdf,
  peopleOf,
  readRevision,
} from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { readActorName } from "./actor.ts";

const reasonSchema = textSchema(1000);

export async function approveRevision(
  scope: Scope,
  reference: RevisionReference,
  by: { channel: Channel; remark?: string | undefined },
): Promise<DecisionResult> {
  const remark = readReason(by.remark ?? "");
  const found = await lockForDecision(scope, reference);
  const { estimate, revision } = found;
  const status = stepFrom(found, "approve");
  if (status === null) return tellOutcome(scope, revision, "approved");
  const { tx, actor, now } = scope;
  const byName = await decide(scope, revision, {
    decision: "approved",
    channel: by.channel,
    reason: remark,
  });
  await setEstimateStatus(tx, actor.companyId, estimate.id, status);
  scope.stir();
  await orderRevisionPdf(scope, revision);
  await requestPushes(scope, estimate);
  await scope.notify(
    "approved",
    {
      ...(await describeRevision(scope, revision, estimate)),
      byName,
      side: "company",
      at: now.toISOString(),
    },
    { to: { userIds: peopleOf(estimate, revision) }, by: actor.userId },
  );
  return tellDone(scope, revision.id, { isRepeat: false });
}

export async function giveBackRevision(
  scope: Scope,
  reference: RevisionReference,
  by: { channel: Channel; reason: string },
): Promise<DecisionResult> {
  const reason = readReason(by.reason);
  if (reason === "") {
    throw new AppError("invalid", "Напишите, что исправить: без причины прораб не поймёт.");
  }
  const found = await lockForDecision(scope, reference);
  const { estimate, revision } = found;
  const status = stepFrom(found, "return");
  if (status === null) return tellOutcome(scope, revision, "returned");
  const { tx, actor } = scope;
  const byName = await decide(scope, revision, {
    decision: "returned",
    channel: by.channel,
    reason,
  });
  await openNextRevision(tx, actor.companyId, estimate.id, status);
  scope.stir();
  await scope.notify(
    "returned",
    { ...(await describeRevision(scope, revision, estimate)), byName, reason },
    { to: { userIds: peopleOf(estimate, revision) }, by: actor.userId },
  );
  return tellDone(scope, revision.id, { isRepeat: false });
}

async function lockForDecision(scope: Scope, reference: RevisionReference) {
  const found = await lockOwnRevision(scope, reference.revisionId);
  demand(scope, "estimate.approve");
  demandHash(found.revision, reference);
  return found;
}

export function demandHash(revision: RevisionState, { sha256 }: RevisionReference): void {
  if (sha256 === undefined || sha256.toLowerCase() === revision.sha256) return;
  throw new AppError("conflict", "Это другая версия сметы. Откройте её заново и проверьте.");
}

/** The estimate's next status; null when something happened to this revision before. */
export function stepFrom(
  { estimate, revision }: { estimate: EstimateState; revision: RevisionState },
  step: StatusStep,
) {
  if (revision.revision !== estimate.revision) return null;
  if (revision.status !== "submitted" && revision.status !== "approved") return null;
  return statusAfter(estimate.status, step);
}

/** Takes the step and writes the evidence; returns the person's name. */
async function decide(
  scope: Scope,
  revision: RevisionState,
  decision: { decision: "approved" | "returned"; channel: Channel; reason: string },
): Promise<string> {
  const { tx, actor, now } = scope;
  const { companyId, userId } = actor;
  const [name, frozen] = await Promise.all([
    readActorName(scope),
    findFrozen(tx, companyId, revision.id),
  ]);
  const optional = [...(frozen?.content.lines.values() ?? [])].filter((line) => line.isOptional);
  await setRevisionStatus(tx, companyId, revision.id, {
    from: "submitted",
    to: decision.decision,
    by: userId,
    at: now,
  });
  await insertApproval(tx, companyId, {
    ...decision,
    id: scope.newId(),
    revisionId: revision.id,
    sha256: revision.sha256,
    side: "company",
    userId,
    linkId: null,
    name,
    phone: "",
    consent: "",
    chosenLines: optional.filter(isCounted).map((line) => line.id),
    document: null,
    total: revision.total,
    address: "",
    userAgent: "",
    isOwnDevice: true,
    decidedAt: now,
  });
  return name;
}

/** A second tap of the same person is done; whoever else comes late hears what happened. */
async function tellOutcome(
  scope: Scope,
  revision: RevisionState,
  wanted: "approved" | "returned",
): Promise<DecisionResult> {
  const isOwn = revision.status === wanted && revision.decidedById === scope.actor.userId;
  if (isOwn) return tellDone(scope, revision.id, { isRepeat: true });
  return { outcome: "late", revision: await readRevision(scope, revision.id) };
}

export async function tellDone(
  scope: Scope,
  revisionId: Id,
  { isRepeat }: { isRepeat: boolean },
): Promise<DecisionResult> {
  return { outcome: "done", isRepeat, revision: await readRevision(scope, revisionId) };
}

function readReason(text: string): string {
  const reason = reasonSchema.safeParse(text);
  if (!reason.success) throw new AppError("invalid", "Не больше 1000 знаков. Сократите.");
  return reason.data;
}
