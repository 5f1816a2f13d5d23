import type { DecisionResult, RevisionReference } from "../../domain/agreement.ts";
import { AppError } from "../../domain/errors.ts";
import { hasActs } from "../../db/acts.ts";
import { openNextRevision, setRevisionStatus } from "../../db/revisions.ts";
import { requestPushes } from "./crm_pushes.ts";
import { demandHash, stepFrom, tellDone } from "./deciding.ts";
import { lockOwnRevision, readRevision } from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";

/** The sender, or a leader, takes it back before anybody decided. */
export async function withdrawRevision(
  scope: Scope,
  reference: RevisionReference,
): Promise<DecisionResult> {
  return reopen(scope, reference, { step: "withdraw", leaves: "withdrawn" });
}

/** Retires the revision and opens a draft of the next one, in one transaction. */
export async function reviseRevision(
  scope: Scope,
  reference: RevisionReference,
): Promise<DecisionResult> {
  return reopen(scope, reference, { step: "revise", leaves: "superseded" });
}

async function reopen(
  scope: Scope,
  reference: RevisionReference,
  { step, leaves }: { step: "withdraw" | "revise"; leaves: "withdrawn" | "superseded" },
): Promise<DecisionResult> {
  const { tx, actor, now } = scope;
  const found = await lockOwnRevision(scope, reference.revisionId);
  const { estimate, revision } = found;
  const ownerIds = [estimate.foremanId, estimate.createdBy];
  demand(scope, step === "withdraw" ? "estimate.submit" : "estimate.edit", { ownerIds });
  demandHash(revision, reference);
  const status = stepFrom(found, step);
  if (status === null) {
    const isOwn = revision.status === leaves && revision.decidedById === actor.userId;
    if (isOwn) return tellDone(scope, revision.id, { isRepeat: true });
    return { outcome: "late", revision: await readRevision(scope, revision.id) };
  }
  if (await hasActs(tx, actor.companyId, estimate.id)) throw accepted();
  await setRevisionStatus(tx, actor.companyId, revision.id, {
    from: revision.status,
    to: leaves,
    by: actor.userId,
    at: now,
  });
  await openNextRevision(tx, actor.companyId, estimate.id, status);
  // What is not agreed any more leaves the deal of its parent.
  if (step === "revise" && estimate.extra) await requestPushes(scope, estimate);
  scope.stir();
  return tellDone(scope, revision.id, { isRepeat: false });
}

function accepted(): AppError {
  return new AppError(
    "conflict",
    "По этой смете уже есть акты, поэтому она не меняется. Изменения оформите доп. работой.",
  );
}
