import { addDays } from "../../domain/calendar.ts";
import type { Change } from "../../domain/estimate/changes.ts";
import { emptyContent, type Header } from "../../domain/estimate/estimate.ts";
import { notFound } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";
import type { ChangeSource, EstimateCard } from "../../domain/services.ts";
import { textSchema } from "../../domain/text.ts";
import { findClient } from "../../db/clients.ts";
import { insertChanges } from "../../db/estimate_changes.ts";
import {
  findEstimate,
  insertEstimate,
  type NewEstimate,
  takeEstimateSequence,
} from "../../db/estimates.ts";
import { findProject, touchProject } from "../../db/projects.ts";
import { createCompanyService } from "./company.ts";
import { demandReadable, readCard, readContent } from "./estimate_cards.ts";
import { changeEstimate } from "./estimate_changes.ts";
import { tellCreated } from "./estimate_news.ts";
import { readInput } from "./input.ts";
import { demand, type Scope } from "./scope.ts";

/** Days that a new estimate's prices are promised for. */
export const VALID_FOR = 30;

const titleSchema = textSchema(200);

export async function createEstimate(
  scope: Scope,
  fields: { projectId: Id | null; clientId?: Id | null; title?: string },
): Promise<EstimateCard> {
  demand(scope, "estimate.create");
  const { tx, actor } = scope;
  const company = createCompanyService(scope);
  const project =
    fields.projectId && isId(fields.projectId)
      ? await findProject(tx, actor.companyId, fields.projectId)
      : null;
  if (fields.projectId && !project) throw notFound("Запись объекта");
  if (project) await touchProject(tx, actor.companyId, project.id);
  const clientId = fields.clientId ?? project?.clientId ?? null;
  const isClient =
    clientId === null || (isId(clientId) && (await findClient(tx, actor.companyId, clientId)));
  if (!isClient) throw notFound("Запись заказчика");
  const date = await company.today();
  const header: Header = {
    ...emptyContent().header,
    title: readInput(titleSchema, fields.title ?? "", {}),
    projectId: project?.id ?? null,
    clientId,
    date,
    validUntil: addDays(date, VALID_FOR),
    vat: await company.vatModeOn(date),
  };
  const id = await insertWithHeader(scope, header, "bot");
  return readCreated(scope, id);
}

async function readCreated(scope: Scope, id: Id): Promise<EstimateCard> {
  const card = await readCard(scope, id);
  await tellCreated(scope, card);
  return card;
}

/** A new row with the log entry that replays to it. */
async function insertWithHeader(scope: Scope, header: Header, source: ChangeSource): Promise<Id> {
  const year = Number(header.date.slice(0, 4));
  const sequence = await takeEstimateSequence(scope.tx, scope.actor.companyId, year);
  const foremanId = scope.actor.userId;
  return insertEmpty(scope, { year, sequence, header, foremanId, extra: null }, source);
}

/** The same for a row whose number is known. */
export async function insertEmpty(
  { tx, actor, newId, stir }: Scope,
  estimate: Omit<NewEstimate, "id" | "createdBy">,
  source: ChangeSource,
): Promise<Id> {
  const id = newId();
  const { header } = estimate;
  await insertEstimate(tx, actor.companyId, { ...estimate, id, createdBy: actor.userId });
  await insertChanges(tx, actor.companyId, id, {
    version: 1,
    changes: [{ id: newId(), type: "estimate.set", set: header }],
    userId: actor.userId,
    source,
  });
  stir();
  return id;
}

/** The copy is a draft of today with its own number; ids inside may repeat, they are the estimate's own. */
export async function duplicateEstimate(scope: Scope, id: Id): Promise<EstimateCard> {
  demand(scope, "estimate.create");
  const source = demandReadable(scope, await findEstimate(scope.tx, scope.actor.companyId, id));
  const content = await readContent(scope, id);
  const company = createCompanyService(scope);
  const date = await company.today();
  const copyId = await insertWithHeader(
    scope,
    {
      ...source.header,
      date,
      validUntil: addDays(date, VALID_FOR),
      vat: await company.vatModeOn(date),
    },
    "bot",
  );
  const { newId } = scope;
  const changes: Change[] = [
    // First: quantities follow them.
    ...[...content.rooms.values()].map((room) => ({
      id: newId(),
      type: "room.add" as const,
      room,
    })),
    ...[...content.sections.values()].map((section) => ({
      id: newId(),
      type: "section.add" as const,
      section,
    })),
    ...[...content.lines.values()].map((line) => ({
      id: newId(),
      type: "line.add" as const,
      // Old prices are nobody's news: the price list does not learn them again.
      line: { ...line, priceSource: "history" as const },
    })),
    ...[...content.adjustments.values()].map((adjustment) => ({
      id: newId(),
      type: "adjustment.add" as const,
      adjustment,
    })),
  ];
  if (changes.length > 0) {
    await changeEstimate(scope, copyId, {
      baseVersion: null,
      changes,
      source: "bot",
      isFresh: true,
      isNews: false,
    });
  }
  return readCreated(scope, copyId);
}
