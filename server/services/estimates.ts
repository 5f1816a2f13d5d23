import { seesOnlyOwn } from "../../domain/access.ts";
import { AppError } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";
import type { Page } from "../../domain/paging.ts";
import type { SearchRequest } from "../../domain/search.ts";
import type { EstimateListItem, EstimateService } from "../../domain/services.ts";
import { listChangesSince } from "../../db/estimate_changes.ts";
import { findEstimateStamp } from "../../db/estimate_names.ts";
import {
  findEstimate,
  listEstimates,
  lockEstimate,
  setEstimateRemoved,
} from "../../db/estimates.ts";
import { demandId, demandReadable, readCard, readWhole } from "./estimate_cards.ts";
import { changeEstimate, MAX_CHANGES_SINCE } from "./estimate_changes.ts";
import { createEstimate, duplicateEstimate } from "./estimate_creation.ts";
import { addList } from "./estimate_lists.ts";
import { idCursor, makePage, readIdCursor, readPageRequest } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";
import { findDocuments } from "./search.ts";

const NOTHING: Page<EstimateListItem> = { items: [], next: null };

export function createEstimateService(scope: Scope): EstimateService {
  return {
    create: (fields) => createEstimate(scope, fields),
    card: async (id) => readCard(scope, demandId(id)),
    list: async ({ status, projectId, clientId, ...request }) => {
      demand(scope, "estimate.read");
      // Nothing lies on what can't be there.
      if (![projectId, clientId].every((id) => id === undefined || isId(id))) return NOTHING;
      const text = request.search?.trim() ?? "";
      const isNarrowed = status !== undefined || projectId !== undefined || clientId !== undefined;
      if (text !== "" && !isNarrowed) return searchEstimates(scope, { ...request, text });
      const { words, cursor, limit } = readPageRequest(request);
      const rows = await listEstimates(scope.tx, scope.actor.companyId, {
        words,
        status: status ?? null,
        projectId: projectId ?? null,
        clientId: clientId ?? null,
        ownerId: seesOnlyOwn(scope.actor) ? scope.actor.userId : null,
        before: readIdCursor(cursor),
        limit,
      });
      return makePage(rows, limit, { item: (row) => row, place: idCursor });
    },
    content: async (id) => readWhole(scope, demandId(id)),
    stamp: async (id) => {
      const { tx, actor } = scope;
      return demandReadable(scope, await findEstimateStamp(tx, actor.companyId, demandId(id)));
    },
    change: async (id, request) => changeEstimate(scope, demandId(id), request),
    changesSince: async (id, version) => {
      const { tx, actor } = scope;
      const found = await findEstimate(tx, actor.companyId, demandId(id));
      const estimate = demandReadable(scope, found);
      const changes = await listChangesSince(tx, actor.companyId, id, version, MAX_CHANGES_SINCE);
      return { version: estimate.version, changes };
    },
    addList: async (id, sections, options) => addList(scope, demandId(id), sections, options),
    duplicate: async (id) => duplicateEstimate(scope, demandId(id)),
    remove: async (id) => setRemoved(scope, demandId(id), true),
    restore: async (id) => {
      await setRemoved(scope, demandId(id), false);
      return readCard(scope, id);
    },
  };
}

/** Best first; of the index, so also by lines, CRM data and with typing mistakes. Archived ones too. */
async function searchEstimates(
  scope: Scope,
  request: SearchRequest,
): Promise<Page<EstimateListItem>> {
  const { documents, next } = await findDocuments(scope, { ...request, kinds: ["estimate"] });
  const rows = await listEstimates(scope.tx, scope.actor.companyId, {
    words: [],
    status: null,
    projectId: null,
    clientId: null,
    ownerId: seesOnlyOwn(scope.actor) ? scope.actor.userId : null,
    ids: documents.map(({ id }) => id),
    before: null,
    limit: documents.length,
  });
  const found = new Map(rows.map((row) => [row.id, row]));
  return { items: documents.flatMap(({ id }) => found.get(id) ?? []), next };
}

async function setRemoved(scope: Scope, id: Id, isRemoved: boolean): Promise<void> {
  const { tx, actor } = scope;
  const estimate = demandReadable(scope, await lockEstimate(tx, actor.companyId, id));
  demand(scope, "estimate.remove", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  if (isRemoved && estimate.status !== "draft" && estimate.status !== "returned") {
    throw new AppError(
      "frozen",
      "Удалить можно только черновик. Отправленную или утверждённую смету можно убрать в архив.",
    );
  }
  if (estimate.isRemoved !== isRemoved) {
    await setEstimateRemoved(tx, actor.companyId, id, isRemoved);
    scope.stir();
  }
}
