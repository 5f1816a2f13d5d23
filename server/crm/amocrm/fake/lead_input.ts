import { type Fields, roundTo } from "../../fake/values.ts";
import type { AccountState, LeadPart, Status } from "./account_state.ts";
import { LOST, WON, firstStatusId } from "./pipelines.ts";
import { type Violation, invalidType, notSupported } from "./problems.ts";

export interface LeadInput {
  lead: LeadPart | null;
  violations: Violation[];
}

/** Price, pipeline and status of a lead. The two last must agree: 142 and 143 are in every pipeline. */
export function readLead(
  account: AccountState,
  before: LeadPart | null,
  input: Fields,
  isNew: boolean,
): LeadInput {
  const price = readPrice(account, before?.price ?? 0, input["price"]);
  const place = readPlace(account, before, input, isNew);
  const isClosed = place.statusId === WON || place.statusId === LOST;
  const lossReasonId =
    typeof input["loss_reason_id"] === "number"
      ? input["loss_reason_id"]
      : (before?.lossReasonId ?? null);
  const wasClosed = before?.closedAt ?? null;
  const lead: LeadPart = {
    price: price.price,
    pipelineId: place.pipelineId,
    statusId: place.statusId,
    closedAt: isClosed ? (wasClosed ?? account.now()) : null,
    lossReasonId: place.statusId === LOST ? lossReasonId : null,
  };
  return { lead, violations: [...price.violations, ...place.violations] };
}

function readPrice(
  account: AccountState,
  present: number,
  value: unknown,
): { price: number; violations: Violation[] } {
  if (value === undefined || value === null) return { price: present, violations: [] };
  if (typeof value !== "number" || value < 0) {
    return { price: present, violations: [invalidType("price", "int")] };
  }
  if (Number.isInteger(value)) return { price: value, violations: [] };
  switch (account.options.price) {
    case "minorUnits":
      return { price: roundTo(value, 2), violations: [] };
    case "cut":
      return { price: Math.trunc(value), violations: [] };
    default:
      return { price: present, violations: [invalidType("price", "int")] };
  }
}

interface Place {
  pipelineId: number;
  statusId: number;
  violations: Violation[];
}

function readPlace(
  account: AccountState,
  before: LeadPart | null,
  input: Fields,
  isNew: boolean,
): Place {
  const { pipeline_id: givenPipeline, status_id: givenStatus } = input;
  const main = account.pipelines.find(({ isMain }) => isMain)?.id ?? 0;
  const violations: Violation[] = [];
  const present = { pipelineId: before?.pipelineId ?? main, statusId: before?.statusId ?? 0 };
  if (givenPipeline !== undefined && !account.pipelines.some(({ id }) => id === givenPipeline)) {
    return { ...present, violations: [notSupported("pipeline_id")] };
  }
  const named = typeof givenPipeline === "number" ? givenPipeline : null;
  const pipelineId = named ?? (isNew ? pipelineOf(account, givenStatus, main) : present.pipelineId);
  if (givenStatus === undefined || givenStatus === null) {
    const isSamePlace = !isNew && pipelineId === present.pipelineId;
    return {
      pipelineId,
      statusId: isSamePlace ? present.statusId : firstStatusId(account, pipelineId),
      violations,
    };
  }
  const status = account.statuses.find(
    (one) => one.pipelineId === pipelineId && one.id === givenStatus,
  );
  // «Неразобранное» is filled by forms and calls only.
  if (status === undefined || status.type === 1)
    return { ...present, violations: [notSupported("status_id")] };
  return { pipelineId, statusId: status.id, violations };
}

/** The pipeline a status belongs to; won and lost belong to all, so the main one is taken. */
function pipelineOf(account: AccountState, statusId: unknown, main: number): number {
  const found: Status[] = account.statuses.filter(({ id }) => id === statusId);
  return found.length === 1 ? (found[0]?.pipelineId ?? main) : main;
}
