import type { Decision, Revision } from "../../domain/agreement.ts";
import type { Comparison, LineDifference } from "../../domain/estimate/comparison.ts";
import { lineSchema } from "../../domain/estimate/estimate.ts";
import type { Problem, ProblemLine } from "../../domain/estimate/preflight.ts";
import { formatMoney } from "../../domain/money.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import type { ShareLink } from "../../domain/sharing.ts";
import { z } from "zod";

/** What goes out about agreeing; see wire.ts. */
export function encodeRevision(revision: Revision) {
  return {
    id: revision.id,
    estimateId: revision.estimateId,
    number: revision.number,
    revision: revision.revision,
    version: revision.version,
    sha256: revision.sha256,
    total: formatMoney(revision.total),
    audience: revision.audience,
    status: revision.status,
    submittedBy: revision.submittedBy,
    submittedAt: revision.submittedAt.toISOString(),
    decidedAt: revision.decidedAt?.toISOString() ?? null,
    decidedByName: revision.decidedByName,
    decisions: revision.decisions.map(encodeDecision),
    replacedBy: revision.replacedBy,
  };
}

function encodeDecision(decision: Decision) {
  return {
    decision: decision.decision,
    side: decision.side,
    channel: decision.channel,
    name: decision.name,
    phone: decision.phone,
    reason: decision.reason,
    total: formatMoney(decision.total),
    decidedAt: decision.decidedAt.toISOString(),
  };
}

export function encodeProblem(problem: Problem) {
  return {
    kind: problem.kind,
    isBlocking: problem.isBlocking,
    line: "line" in problem ? encodeProblemLine(problem.line) : null,
    median: "median" in problem ? formatMoney(problem.median) : null,
    validUntil: "validUntil" in problem ? problem.validUntil : null,
  };
}

function encodeProblemLine({ id, name, unit, quantity, price }: ProblemLine) {
  return { id, name, unit, quantity: formatQuantity(quantity), price: formatMoney(price) };
}

export function encodeLink(link: ShareLink) {
  return {
    id: link.id,
    revisionId: link.revisionId,
    revision: link.revision,
    createdByName: link.createdByName,
    createdAt: link.createdAt.toISOString(),
    expiresAt: link.expiresAt.toISOString(),
    isRevoked: link.isRevoked,
    firstViewedAt: link.firstViewedAt?.toISOString() ?? null,
    lastViewedAt: link.lastViewedAt?.toISOString() ?? null,
    viewCount: link.viewCount,
  };
}

export function encodeComparison(comparison: Comparison) {
  return {
    added: comparison.added.map(encodeDifference),
    removed: comparison.removed.map(encodeDifference),
    changed: comparison.changed.map(encodeDifference),
    totalBefore: formatMoney(comparison.totalBefore),
    totalAfter: formatMoney(comparison.totalAfter),
    difference: formatMoney(comparison.difference),
  };
}

function encodeDifference(difference: LineDifference) {
  const { id, before, after, amountBefore, amountAfter, fields } = difference;
  return {
    id,
    before: before && z.encode(lineSchema, before),
    after: after && z.encode(lineSchema, after),
    amountBefore: formatMoney(amountBefore),
    amountAfter: formatMoney(amountAfter),
    fields,
  };
}
