import { type Id, isId } from "../../domain/ids.ts";
import { notFound } from "../../domain/errors.ts";
import type { EstimateCard, SectionSummary } from "../../domain/services.ts";
import { computeTotals, subtractSums, type Sums } from "../../domain/estimate/totals.ts";
import {
  listAdjustments,
  listLines,
  listSections,
  type SectionWithSums,
} from "../../db/estimate_lines.ts";
import { listRooms } from "../../db/estimate_rooms.ts";
import type { Content } from "../../domain/estimate/estimate.ts";
import { findEstimateNames } from "../../db/estimate_names.ts";
import { type EstimateState, findEstimate } from "../../db/estimates.ts";
import { type CompanyScope, demand, type Scope } from "./scope.ts";

/** An id that a door passed on; `not_found` for what can't be one. */
export function demandId(id: Id): Id {
  if (!isId(id)) throw notFound("Смета");
  return id;
}

/** Throws `not_found` also for a foreman who may not see it: nothing about the thing is revealed. */
export function demandReadable<Estimate extends Pick<EstimateState, "foremanId" | "createdBy">>(
  scope: Scope,
  estimate: Estimate | null,
): Estimate {
  if (!estimate) throw notFound("Смета");
  const ownerIds = [estimate.foremanId, estimate.createdBy];
  if (scope.actor.role === "foreman" && !ownerIds.includes(scope.actor.userId)) {
    throw notFound("Смета");
  }
  demand(scope, "estimate.read", { ownerIds });
  return estimate;
}

/** Reads a card in O(sections). */
export async function readCard(scope: Scope, id: Id): Promise<EstimateCard> {
  return makeCard(scope, await readFrame(scope, id));
}

/** A card and all that is in it: O(lines). */
export async function readWhole(
  scope: Scope,
  id: Id,
): Promise<{ card: EstimateCard; content: Content }> {
  const { tx, actor } = scope;
  const [frame, lines, rooms] = await Promise.all([
    readFrame(scope, id),
    listLines(tx, actor.companyId, id),
    listRooms(tx, actor.companyId, id),
  ]);
  const card = makeCard(scope, frame);
  return { card, content: makeContent(frame, lines, rooms) };
}

type Frame = Awaited<ReturnType<typeof readFrame>>;

/** What an estimate is besides its lines. */
async function readFrame({ tx, actor }: Scope, id: Id) {
  const [state, names, sections, adjustments] = await Promise.all([
    findEstimate(tx, actor.companyId, id),
    findEstimateNames(tx, actor.companyId, id),
    listSections(tx, actor.companyId, id),
    listAdjustments(tx, actor.companyId, id),
  ]);
  return { state, names, sections, adjustments };
}

function makeCard(scope: Scope, { state, names, sections, adjustments }: Frame): EstimateCard {
  const estimate = demandReadable(scope, state);
  if (!names) throw notFound("Смета");
  const { header, sums } = estimate;
  return {
    id: estimate.id,
    number: estimate.number,
    parentId: estimate.extra?.parentId ?? null,
    status: estimate.status,
    version: estimate.version,
    revision: estimate.revision,
    title: header.title,
    project: names.project,
    client: names.client,
    date: header.date,
    validUntil: header.validUntil,
    vat: header.vat,
    discount: header.discount,
    adjustments,
    sections: sections.map(summary),
    loose: looseSummary(sums, sections),
    sums,
    totals: computeTotals({
      sums,
      adjustments,
      discount: header.discount,
      vat: header.vat,
      date: header.date,
    }),
    isRemoved: estimate.isRemoved,
    foremanId: estimate.foremanId,
    foremanName: names.foremanName,
    createdAt: estimate.createdAt,
    updatedAt: estimate.updatedAt,
  };
}

function summary({ section, sums }: SectionWithSums): SectionSummary {
  return {
    id: section.id,
    title: section.title,
    kind: section.kind,
    work: sums.work,
    material: sums.material,
    lines: sums.lines,
  };
}

/** What the sections do not hold stands before the first of them. */
function looseSummary(all: Sums, sections: readonly SectionWithSums[]): SectionSummary | null {
  const loose = sections.reduce((left, { sums }) => subtractSums(left, sums), all);
  if (loose.lines === 0) return null;
  return {
    id: "",
    title: "",
    kind: "work",
    work: loose.work,
    material: loose.material,
    lines: loose.lines,
  };
}

/** The whole content: O(lines). The caller has checked that it may be read. */
export async function readContent({ tx, actor }: CompanyScope, id: Id): Promise<Content> {
  const [estimate, sections, lines, adjustments, rooms] = await Promise.all([
    findEstimate(tx, actor.companyId, id),
    listSections(tx, actor.companyId, id),
    listLines(tx, actor.companyId, id),
    listAdjustments(tx, actor.companyId, id),
    listRooms(tx, actor.companyId, id),
  ]);
  return makeContent({ state: estimate, sections, adjustments }, lines, rooms);
}

function makeContent(
  { state, sections, adjustments }: Pick<Frame, "state" | "sections" | "adjustments">,
  lines: Awaited<ReturnType<typeof listLines>>,
  rooms: Awaited<ReturnType<typeof listRooms>>,
): Content {
  if (!state) throw notFound("Смета");
  return {
    header: state.header,
    sections: new Map(sections.map(({ section }) => [section.id, section])),
    lines: new Map(lines.map((line) => [line.id, line])),
    adjustments: new Map(adjustments.map((adjustment) => [adjustment.id, adjustment])),
    rooms: new Map(rooms.map((room) => [room.id, room])),
  };
}
