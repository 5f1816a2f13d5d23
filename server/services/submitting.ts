import type { Audience, SubmitResult } from "../../domain/agreement.ts";
import { findProblems, type Problem } from "../../domain/estimate/preflight.ts";
import { type Content, ESTIMATE_LIMITS } from "../../domain/estimate/estimate.ts";
import { statusAfter } from "../../domain/estimate/status.ts";
import { CALC_VERSION, totalsOf } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import { findClient } from "../../db/clients.ts";
import { type EstimateState, setEstimateStatus } from "../../db/estimates.ts";
import { findPriceMedians } from "../../db/price_medians.ts";
import { findProject } from "../../db/projects.ts";
import { insertRevision, retireRevisions } from "../../db/revisions.ts";
import { buildEstimateDocument } from "../documents/estimate_document.ts";
import { freezeDocument, writeFrozen } from "../documents/frozen_document.ts";
import { readContent } from "./estimate_cards.ts";
import { readDocumentExtra } from "./extra_papers.ts";
import {
  describeRevision,
  findCurrentRevision,
  lockOwnEstimate,
  orderRevisionPdf,
  readOwnEstimate,
  readRevision,
} from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { readActorName, readOwnCompany, readToday } from "./actor.ts";

export async function checkEstimate(scope: Scope, id: Id): Promise<Problem[]> {
  const estimate = await readOwnEstimate(scope, id);
  return check(scope, estimate, await readContent(scope, estimate.id));
}

export async function submitEstimate(
  scope: Scope,
  id: Id,
  request: { audience: Audience; acceptWarnings: boolean; version?: number | undefined },
): Promise<SubmitResult> {
  const estimate = await lockOwnEstimate(scope, id);
  demand(scope, "estimate.submit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  const status = statusAfter(estimate.status, "submit");
  if (status === null) return tellLate(scope, estimate);
  if (request.version !== undefined && request.version !== estimate.version) {
    return { outcome: "changed", version: estimate.version };
  }
  const content = await readContent(scope, estimate.id);
  const problems = await check(scope, estimate, content);
  const isBlocked = problems.some((problem) => problem.isBlocking);
  if (isBlocked || (problems.length > 0 && !request.acceptWarnings)) {
    return { outcome: "problems", problems };
  }
  const revisionId = await freeze(scope, estimate, content, request.audience);
  await setEstimateStatus(scope.tx, scope.actor.companyId, estimate.id, status);
  scope.stir();
  const revision = await readRevision(scope, revisionId);
  await orderRevisionPdf(scope, revision);
  if (request.audience === "manager") await tellLeaders(scope, estimate, revision);
  return { outcome: "submitted", revision, warnings: problems };
}

async function check(scope: Scope, estimate: EstimateState, content: Content): Promise<Problem[]> {
  const { tx, actor } = scope;
  const [today, medians] = await Promise.all([
    readToday(scope),
    findPriceMedians(tx, actor.companyId, estimate.id, ESTIMATE_LIMITS.lines),
  ]);
  return findProblems({ content, medians, today });
}

/** Somebody submitted it first, or it is approved or archived already. */
async function tellLate(scope: Scope, estimate: EstimateState): Promise<SubmitResult> {
  const { tx, actor } = scope;
  const current = await findCurrentRevision(tx, actor.companyId, estimate);
  return {
    outcome: "late",
    status: estimate.status,
    revision: current && (await readRevision(scope, current.id)),
  };
}

/** Writes down everything as it is, and what the client will be shown of it. */
async function freeze(
  scope: Scope,
  estimate: EstimateState,
  content: Content,
  audience: Audience,
): Promise<Id> {
  const { tx, actor, now } = scope;
  const { companyId } = actor;
  const { projectId, clientId } = content.header;
  const [company, project, client] = await Promise.all([
    readOwnCompany(scope),
    projectId === null ? null : findProject(tx, companyId, projectId),
    clientId === null ? null : findClient(tx, companyId, clientId),
  ]);
  const totals = totalsOf(content);
  const id = scope.newId();
  const shown = buildEstimateDocument({
    extra: await readDocumentExtra(tx, companyId, estimate),
    company,
    client,
    project,
    number: estimate.number,
    revision: estimate.revision,
    status: "submitted",
    content,
    totals,
    calcVersion: CALC_VERSION,
    verification: null,
  });
  const { document, sha256 } = writeFrozen(freezeDocument(shown, id));
  await retireRevisions(tx, companyId, estimate.id, { by: actor.userId, at: now });
  await insertRevision(tx, companyId, {
    id,
    estimateId: estimate.id,
    revision: estimate.revision,
    version: estimate.version,
    content,
    document,
    sha256,
    total: totals.total,
    calcVersion: CALC_VERSION,
    audience,
    submittedBy: actor.userId,
    submittedAt: now,
  });
  return id;
}

async function tellLeaders(
  scope: Scope,
  estimate: EstimateState,
  revision: Parameters<typeof describeRevision>[1],
): Promise<void> {
  const byName = await readActorName(scope);
  await scope.notify(
    "submitted",
    { ...(await describeRevision(scope, revision, estimate)), byName },
    { to: { roles: ["owner", "manager"] }, by: scope.actor.userId },
  );
}
