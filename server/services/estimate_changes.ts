import { setImmediate as nextTurn } from "node:timers/promises";
import {
  addsAsGiven,
  needsRooms,
  planBatch,
  type BatchPlan,
  sumBySection,
  touchedLines,
  touchesRooms,
} from "../../domain/estimate/batch.ts";
import type { Change } from "../../domain/estimate/changes.ts";
import { ESTIMATE_LIMITS, type Header, type Line } from "../../domain/estimate/estimate.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import {
  addSums,
  clientCoefficients,
  computeTotals,
  NO_SUMS,
  type Sums,
} from "../../domain/estimate/totals.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";
import { type Kopecks, MAX_KOPECKS, ZERO } from "../../domain/money.ts";
import type { ChangeResult, ChangeSource } from "../../domain/services.ts";
import { findClient } from "../../db/clients.ts";
import {
  findKnownChanges,
  insertChanges,
  insertChangesWithLines,
  type LoggedBatch,
  listChangesSince,
} from "../../db/estimate_changes.ts";
import {
  findLines,
  listAdjustments,
  listFollowingLines,
  listLines,
  listSections,
  putAdjustments,
  putLines,
  putSections,
  removeAdjustments,
  removeLines,
  removeSection,
} from "../../db/estimate_lines.ts";
import { listRooms, putRooms, removeRooms } from "../../db/estimate_rooms.ts";
import { type EstimateState, lockEstimate, updateEstimate } from "../../db/estimates.ts";
import { findProject } from "../../db/projects.ts";
import { demandReadable } from "./estimate_cards.ts";
import { tellChanged } from "./estimate_news.ts";
import { demand, type Scope } from "./scope.ts";

/** More changes than this since the caller's version: it should read the estimate anew. */
export const MAX_CHANGES_SINCE = 5_000;

/** Applies a batch under the estimate's lock: rows, sums, log and jobs in the scope's transaction. */
export async function changeEstimate(
  scope: Scope,
  id: Id,
  request: {
    baseVersion: number | null;
    changes: readonly Change[];
    source: ChangeSource;
    /** All ids in the changes were made a moment ago: nothing of them can be there already. */
    isFresh?: boolean;
    /** False: whoever calls tells people himself. */
    isNews?: boolean;
  },
): Promise<ChangeResult> {
  const { tx, actor } = scope;
  const isFresh = request.isFresh ?? false;
  const estimate = demandEditable(scope, await lockEstimate(tx, actor.companyId, id));
  const { version } = estimate;
  const changeIds = request.changes.map((change) => change.id);
  const known = isFresh
    ? new Set<Id>()
    : await findKnownChanges(tx, actor.companyId, id, changeIds);
  const changes = uniqueChanges(request.changes).filter((change) => !known.has(change.id));
  if (changes.length === 0) return { outcome: "accepted", version, dropped: [] };

  if (!isEditable(estimate.status)) throw frozen();
  if (request.baseVersion !== null && request.baseVersion !== version) {
    const since = await listChangesSince(
      tx,
      actor.companyId,
      id,
      request.baseVersion,
      MAX_CHANGES_SINCE,
    );
    return { outcome: "conflict", version, since };
  }

  const [sections, adjustments, lines, rooms] = await Promise.all([
    listSections(tx, actor.companyId, id),
    listAdjustments(tx, actor.companyId, id),
    isFresh ? [] : readLines(scope, id, changes),
    needsRooms(changes) ? listRooms(tx, actor.companyId, id) : [],
  ]);
  const plan = planBatch(
    { header: estimate.header, sections, adjustments, lines, rooms, sums: estimate.sums },
    changes,
  );
  demandWithinLimits(plan);
  demandSaneSums(plan.sums);
  await demandOwnReferences(scope, estimate.header, plan.header);

  const newVersion = version + 1;
  const header = plan.header ?? estimate.header;
  const writeTotals = async (sums: Sums): Promise<Kopecks> => {
    const { total } = computeTotals({ sums, adjustments: plan.adjustmentsAfter, ...header });
    demandSaneSums(sums, total);
    await updateEstimate(tx, actor.companyId, id, {
      version: newVersion,
      sums,
      total,
      header: plan.header,
    });
    return total;
  };
  const batch = { version: newVersion, changes, userId: actor.userId, source: request.source };
  const isGiven = isFresh && addsAsGiven(plan, changes);
  const written = isGiven
    ? writeAdditions(scope, id, plan, batch)
    : writeRowsAndLog(scope, id, plan, batch);
  const totals = plan.coefficientsChanged
    ? written.then(() => sumAgain(scope, id, plan)).then(writeTotals)
    : writeTotals(plan.sums);
  const [total] = await Promise.all([totals, written]);
  scope.stir();
  if (request.isNews ?? true) {
    await tellChanged(scope, estimate, { version: newVersion, title: header.title, total });
  }
  if (plan.lines.some((line) => line.priceSource === "typed" && line.price > 0n)) {
    await scope.enqueue(
      "catalogue.learn",
      { companyId: actor.companyId, estimateId: id },
      { singletonKey: id, startAfter: LEARN_AFTER },
    );
  }
  return { outcome: "accepted", version: newVersion, dropped: plan.dropped };
}

/** Seconds: a burst of edits is learned from once. */
const LEARN_AFTER = 60;

function demandEditable(scope: Scope, found: EstimateState | null): EstimateState {
  const estimate = demandReadable(scope, found);
  if (estimate.isRemoved) throw notFound("Смета");
  demand(scope, "estimate.edit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  return estimate;
}

/** The lines that the changes name, and those that follow the rooms that they change. */
async function readLines(
  { tx, actor }: Scope,
  id: Id,
  changes: readonly Change[],
): Promise<Line[]> {
  const named = await findLines(tx, actor.companyId, id, touchedLines(changes));
  if (!touchesRooms(changes)) return named;
  const following = await listFollowingLines(tx, actor.companyId, id);
  const known = new Set(named.map((line) => line.id));
  return [...named, ...following.filter((line) => !known.has(line.id))];
}

function uniqueChanges(changes: readonly Change[]): Change[] {
  const seen = new Set<Id>();
  return changes.filter((change) => !seen.has(change.id) && seen.add(change.id));
}

function demandWithinLimits(plan: BatchPlan): void {
  if (plan.sums.lines > ESTIMATE_LIMITS.lines) {
    throw new AppError("limit", "В смете не может быть больше 10 000 строк. Разделите её на две.");
  }
  if (plan.sectionCount > ESTIMATE_LIMITS.sections) {
    throw new AppError("limit", "В смете не может быть больше 500 разделов. Разделите её на две.");
  }
  if (plan.roomCount > ESTIMATE_LIMITS.rooms) {
    throw new AppError("limit", "В смете не может быть больше 200 помещений.");
  }
  if (plan.adjustmentsAfter.length > ESTIMATE_LIMITS.adjustments) {
    throw new AppError("limit", "В смете не может быть больше 50 начислений.");
  }
}

/** The object and the client must be the company's own. */
async function demandOwnReferences(
  { tx, actor }: Scope,
  before: Header,
  after: Header | null,
): Promise<void> {
  if (!after) return;
  const { projectId, clientId } = after;
  if (projectId !== null && projectId !== before.projectId) {
    const isThere = isId(projectId) && (await findProject(tx, actor.companyId, projectId));
    if (!isThere) throw notFound("Запись объекта");
  }
  if (clientId !== null && clientId !== before.clientId) {
    const isThere = isId(clientId) && (await findClient(tx, actor.companyId, clientId));
    if (!isThere) throw notFound("Запись заказчика");
  }
}

async function writeRowsAndLog(
  scope: Scope,
  id: Id,
  plan: BatchPlan,
  batch: LoggedBatch,
): Promise<void> {
  await Promise.all([
    writeRows(scope, id, plan),
    // PostgreSQL writes the rows while the log of a long list is being encoded.
    nextTurn().then(() => insertChanges(scope.tx, scope.actor.companyId, id, batch)),
  ]);
}

/** New lines that are in the log as they are: they are written out of it. */
async function writeAdditions(
  scope: Scope,
  id: Id,
  plan: BatchPlan,
  batch: LoggedBatch,
): Promise<void> {
  await writeRows(scope, id, { ...plan, lines: [] });
  await insertChangesWithLines(scope.tx, scope.actor.companyId, id, batch);
}

/** In the order that the plan asks for; a removed section takes its lines along. */
async function writeRows({ tx, actor }: Scope, id: Id, plan: BatchPlan): Promise<void> {
  const { companyId } = actor;
  for (const sectionId of plan.removedSections) await removeSection(tx, companyId, id, sectionId);
  await putSections(tx, companyId, id, plan.sections);
  await removeLines(tx, companyId, id, plan.removedLines);
  await putLines(tx, companyId, id, plan.lines);
  await removeAdjustments(tx, companyId, id, plan.removedAdjustments);
  await putAdjustments(tx, companyId, id, plan.adjustments);
  await removeRooms(tx, companyId, id, plan.removedRooms);
  await putRooms(tx, companyId, id, plan.rooms);
}

/** A hidden adjustment moved every client price: the sums are made anew from all lines. */
async function sumAgain({ tx, actor }: Scope, id: Id, plan: BatchPlan): Promise<Sums> {
  const lines = await listLines(tx, actor.companyId, id);
  const bySection = sumBySection(lines, clientCoefficients(plan.adjustmentsAfter));
  const all = [...bySection.values()].reduce(addSums, NO_SUMS);
  demandSaneSums(all);
  const sections = await listSections(tx, actor.companyId, id);
  await putSections(
    tx,
    actor.companyId,
    id,
    sections.map(({ section }) => ({ section, sums: bySection.get(section.id) ?? NO_SUMS })),
  );
  return all;
}

function frozen(): AppError {
  return new AppError(
    "frozen",
    "Смета уже отправлена или утверждена, её содержание не меняется. Создайте новую версию.",
  );
}

/** Before the rows are written: a column would overflow with an error that nobody can read. */
function demandSaneSums(sums: Sums, total = ZERO): void {
  const { work, material, ownWork, ownMaterial, cost } = sums;
  if ([work, material, ownWork, ownMaterial, cost, total].every((sum) => sum <= MAX_KOPECKS))
    return;
  throw new AppError("invalid", "Итог больше 100 млрд ₽. Проверьте количество и цену.");
}
