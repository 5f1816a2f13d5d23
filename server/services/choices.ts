import { planBatch } from "../../domain/estimate/batch.ts";
import type { Change } from "../../domain/estimate/changes.ts";
import { type Content, isCounted } from "../../domain/estimate/estimate.ts";
import { computeTotals } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import { insertChanges } from "../../db/estimate_changes.ts";
import {
  findLines,
  listAdjustments,
  listSections,
  putLines,
  putSections,
} from "../../db/estimate_lines.ts";
import { type EstimateState, setEstimateStatus, updateEstimate } from "../../db/estimates.ts";
import type { RevisionScope } from "./revisions.ts";

/** The content with exactly these optional lines chosen. */
export function withChoice(content: Content, chosen: ReadonlySet<Id>): Content {
  const lines = [...content.lines.values()].map((line) =>
    line.isOptional ? { ...line, isChosen: chosen.has(line.id) } : line,
  );
  return { ...content, lines: new Map(lines.map((line) => [line.id, line])) };
}

/** The optional lines that are in the total, in the order of their ids. */
export function chosenLines(content: Content): Id[] {
  return [...content.lines.values()]
    .filter((line) => line.isOptional && isCounted(line))
    .map((line) => line.id)
    .toSorted();
}

/**
 * Brings the client's choice into the rows and the log, so that cards, documents and CRM show what was
 * agreed. The estimate is locked and submitted; it is opened only within this transaction, between
 * the approval of the revision and that of the estimate.
 */
export async function writeChoice(
  { tx, actor, newId }: RevisionScope,
  estimate: EstimateState,
  chosen: ReadonlySet<Id>,
  optional: readonly Id[],
): Promise<void> {
  const { companyId } = actor;
  const changes: Change[] = optional.map((lineId) => ({
    id: newId(),
    type: "line.set",
    lineId,
    set: { isChosen: chosen.has(lineId) },
  }));
  const [sections, adjustments, lines] = await Promise.all([
    listSections(tx, companyId, estimate.id),
    listAdjustments(tx, companyId, estimate.id),
    findLines(tx, companyId, estimate.id, optional),
  ]);
  const { header, sums } = estimate;
  const plan = planBatch({ header, sections, adjustments, lines, rooms: [], sums }, changes);
  const dropped = new Set(plan.dropped);
  const version = estimate.version + 1;
  await setEstimateStatus(tx, companyId, estimate.id, "draft");
  await putSections(tx, companyId, estimate.id, plan.sections);
  await putLines(tx, companyId, estimate.id, plan.lines);
  await insertChanges(tx, companyId, estimate.id, {
    version,
    changes: changes.filter((change) => !dropped.has(change.id)),
    userId: null,
    source: "page",
  });
  const { total } = computeTotals({ ...header, sums: plan.sums, adjustments });
  await updateEstimate(tx, companyId, estimate.id, {
    version,
    sums: plan.sums,
    total,
    header: null,
  });
}
