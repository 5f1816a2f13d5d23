import type { Revision } from "../../domain/agreement.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import { listDecisions } from "../../db/approvals.ts";
import type { Transaction } from "../../db/client.ts";
import { findEstimateNames } from "../../db/estimate_names.ts";
import { type EstimateState, findEstimate, lockEstimate } from "../../db/estimates.ts";
import { insertRevisionDocument } from "../../db/revision_documents.ts";
import { findRevision, findRevisionByNumber, type RevisionState } from "../../db/revisions.ts";
import { demandReadable } from "./estimate_cards.ts";
import type { Scope } from "./scope.ts";
import { byId } from "./input.ts";

/** What work with revisions needs of a scope; the client's door has no person in it. */
export type RevisionScope = Pick<Scope, "tx" | "now" | "newId" | "enqueue" | "notify" | "stir"> & {
  readonly actor: { readonly companyId: Id };
};

/** Throws `not_found` for what may not be seen and for what was removed. */
export async function lockOwnEstimate(scope: Scope, id: Id): Promise<EstimateState> {
  const found = await byId(id, () => lockEstimate(scope.tx, scope.actor.companyId, id));
  const estimate = demandReadable(scope, found);
  if (estimate.isRemoved) throw notFound("Смета");
  return estimate;
}

export async function readOwnEstimate(scope: Scope, id: Id): Promise<EstimateState> {
  const found = await byId(id, () => findEstimate(scope.tx, scope.actor.companyId, id));
  const estimate = demandReadable(scope, found);
  if (estimate.isRemoved) throw notFound("Смета");
  return estimate;
}

/** For what hangs on an estimate: hidden with it, in the words for what does not exist. */
export async function readOwnEstimateOf(
  scope: Scope,
  estimateId: Id | null,
  absent: AppError,
): Promise<EstimateState> {
  if (estimateId === null) throw absent;
  try {
    return await readOwnEstimate(scope, estimateId);
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? absent : error;
  }
}

/** The revision and its estimate, both as they are; `not_found` where the person may not look. */
export async function readOwnRevision(
  scope: Scope,
  id: Id,
): Promise<{ estimate: EstimateState; revision: RevisionState }> {
  const { tx, actor } = scope;
  const revision = await byId(id, () => findRevision(tx, actor.companyId, id));
  if (!revision) throw revisionNotFound();
  const estimate = await readOwnEstimateOf(scope, revision.estimateId, revisionNotFound());
  return { estimate, revision };
}

/** `readOwnRevision` with the estimate locked first: from here on decisions go one after another. */
export async function lockOwnRevision(
  scope: Scope,
  id: Id,
): Promise<{ estimate: EstimateState; revision: RevisionState }> {
  const seen = await readOwnRevision(scope, id);
  const estimate = await lockOwnEstimate(scope, seen.estimate.id);
  const revision = await findRevision(scope.tx, scope.actor.companyId, id);
  if (!revision) throw revisionNotFound();
  return { estimate, revision };
}

export function revisionNotFound(): AppError {
  return new AppError("not_found", "Такой версии сметы нет.");
}

/** The revision that is submitted or approved now; null for a draft. */
export async function findCurrentRevision(
  tx: Transaction,
  companyId: Id,
  estimate: EstimateState,
): Promise<RevisionState | null> {
  if (estimate.status === "draft" || estimate.status === "returned") return null;
  const revision = await findRevisionByNumber(tx, companyId, estimate.id, estimate.revision);
  return revision;
}

/** Adds what was decided about each of them. */
export async function withDecisions(
  tx: Transaction,
  companyId: Id,
  states: readonly RevisionState[],
): Promise<Revision[]> {
  if (states.length === 0) return [];
  const ids = states.map((state) => state.id);
  const decisions = await listDecisions(tx, companyId, ids);
  return states.map((given) => {
    const { decidedById: _, ...state } = given;
    const own = decisions.filter(({ revisionId }) => revisionId === state.id);
    const client = own.find((decision) => decision.side === "client");
    // No person of the company took the last step: it was the client.
    const decidedByName =
      state.decidedByName ?? (state.decidedAt === null ? null : (client?.name ?? null));
    return { ...state, decidedByName, decisions: own };
  });
}

export async function readRevision(scope: RevisionScope, id: Id): Promise<Revision> {
  const { tx, actor } = scope;
  const state = await findRevision(tx, actor.companyId, id);
  const [revision] = state ? await withDecisions(tx, actor.companyId, [state]) : [];
  if (!revision) throw revisionNotFound();
  return revision;
}

/** The PDF of a revision for the client's page, as it is now; a job renders it. */
export async function orderRevisionPdf(
  scope: RevisionScope,
  revision: Pick<RevisionState, "id" | "estimateId" | "version" | "submittedBy">,
): Promise<void> {
  const { tx, actor } = scope;
  const documentId = scope.newId();
  await insertRevisionDocument(tx, actor.companyId, {
    id: documentId,
    estimateId: revision.estimateId,
    revisionId: revision.id,
    version: revision.version,
    orderedBy: revision.submittedBy.id,
  });
  await scope.enqueue("document.render", { companyId: actor.companyId, documentId });
}

/** What every notification about a revision says. */
export async function describeRevision(
  { tx, actor }: RevisionScope,
  revision: Pick<RevisionState, "id" | "estimateId" | "revision" | "number" | "total">,
  estimate: EstimateState,
) {
  const names = await findEstimateNames(tx, actor.companyId, revision.estimateId);
  return {
    estimateId: revision.estimateId,
    revisionId: revision.id,
    revision: revision.revision,
    number: revision.number,
    title: names?.project?.title ?? estimate.header.title,
    total: formatMoney(revision.total),
  };
}

/** The people whose estimate it is. */
export function peopleOf(estimate: EstimateState, revision: RevisionState | null): Id[] {
  return [estimate.foremanId, estimate.createdBy, ...(revision ? [revision.submittedBy.id] : [])];
}
