import type { CrmConnection, CrmService } from "../../domain/crm.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import {
  bindCrmClients,
  findTakenClients,
  insertManyClients,
  updateManyClients,
} from "../../db/crm_clients.ts";
import {
  listCrmConnections,
  lockCrmConnection,
  type StoredConnection,
  updateCrmConnection,
} from "../../db/crm_connections.ts";
import { insertCrmDraft } from "../../db/crm_drafts.ts";
import { listFailedPushes, reviveFailedPushes } from "../../db/crm_pushes.ts";
import { decideCrmReview, findCrmReview, listCrmReviews } from "../../db/crm_reviews.ts";
import { findCrmSync } from "../../db/crm_syncs.ts";
import { endCrmWatchers, putCrmWatcher } from "../../db/crm_watchers.ts";
import { listIntegrationErrors } from "../../db/integration_logs.ts";
import { fieldsOf } from "../crm/intake.ts";
import type { CrmReach } from "../crm/reach.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";

const MOST = 100;

export function createCrmService(scope: Scope, reach: CrmReach | null): CrmService {
  const { tx, actor } = scope;
  const { companyId } = actor;
  const read = async (id: Id): Promise<StoredConnection> => {
    demand(scope, "crm.edit");
    const found = await byId(id, () => lockCrmConnection(tx, companyId, id));
    if (!found) throw notFound("Связь с CRM");
    return found;
  };
  return {
    connections: async () => {
      demand(scope, "crm.edit");
      const stored = await listCrmConnections(tx, companyId);
      return Promise.all(stored.map((connection) => present(scope, reach, connection)));
    },
    requestConnecting: async (access, { chatId, messageId }) => {
      demand(scope, "crm.edit");
      if (!reach) throw new AppError("invalid", "Здесь CRM не подключают.");
      const id = scope.newId();
      const sealed = reach.sealAccess(access, id);
      const createdBy = actor.userId;
      await insertCrmDraft(tx, companyId, { id, access: sealed, createdBy, chatId, messageId });
      await scope.enqueue("crm.connect", { companyId, draftId: id });
    },
    dismissProblem: async (id) => {
      const { state } = await read(id);
      // Why it is stopped must stay to be read.
      if (state === "active") await updateCrmConnection(tx, companyId, id, { problem: null });
    },
    setStageMap: async (id, stageMap) => {
      const { settings } = await read(id);
      const change = { settings: { ...settings, stageMap } };
      await updateCrmConnection(tx, companyId, id, change);
    },
    setApplicationToken: async (id, token) => {
      const connection = await read(id);
      if (connection.kind !== "bitrix24" || !reach) {
        throw new AppError("invalid", "Токен приложения нужен только Битрикс24.");
      }
      const secrets = reach.withApplicationToken(connection, token.trim());
      const settings = { ...connection.settings, webhookProblem: null };
      await updateCrmConnection(tx, companyId, id, { secrets, settings });
    },
    requestSync: async (id, { full = false, watch } = {}) => {
      const { state } = await read(id);
      if (state === "stopped") throw new AppError("conflict", "Подключение остановлено.");
      if (watch) await putCrmWatcher(tx, companyId, id, watch);
      const payload = { companyId, connectionId: id, ...(full ? { isFull: true } : {}) };
      await scope.enqueue("crm.sync", payload, { singletonKey: `crm.sync ${id} ` });
    },
    disconnect: async (id) => {
      await read(id);
      // The keys go at once; what was read stays.
      const change = { state: "removed", secrets: new Uint8Array() } as const;
      await updateCrmConnection(tx, companyId, id, change);
      await endCrmWatchers(tx, companyId, id);
    },
    reviews: async (limit) => {
      demand(scope, "client.edit");
      return listCrmReviews(tx, companyId, Math.min(limit, MOST));
    },
    decideReview: (id, clientId) => decideReview(scope, id, clientId),
    recentErrors: async (limit) => {
      demand(scope, "crm.edit");
      return listIntegrationErrors(tx, companyId, Math.min(limit, MOST));
    },
    failedPushes: async (limit) => {
      demand(scope, "crm.edit");
      return listFailedPushes(tx, companyId, Math.min(limit, MOST));
    },
    retryFailedPushes: async () => {
      demand(scope, "crm.edit");
      const revived = await reviveFailedPushes(tx, companyId, MOST);
      for (const { connectionId, estimateId } of revived) {
        const payload = { companyId, connectionId, estimateId };
        const singletonKey = `crm.push ${connectionId} ${estimateId}`;
        await scope.enqueue("crm.push", payload, { singletonKey });
      }
      return revived.length;
    },
  };
}

async function present(
  { tx }: Scope,
  reach: CrmReach | null,
  connection: StoredConnection,
): Promise<CrmConnection> {
  const sync = await findCrmSync(tx, connection.companyId, connection.id);
  const { id, kind, account, state, problem, settings, lastEventAt } = connection;
  return {
    id,
    kind,
    account,
    state,
    problem,
    warning: settings.webhookProblem,
    lastEventAt,
    stageMap: settings.stageMap,
    pipelines: settings.pipelines,
    webhookUrl: reach?.webhookUrl(connection) ?? null,
    lastSyncAt: sync?.completeAt ?? null,
    sync: sync && {
      state: sync.state,
      clients: sync.clients,
      deals: sync.deals,
      total: sync.total,
      startedAt: sync.startedAt,
      finishedAt: sync.finishedAt,
      error: sync.error,
    },
  };
}

async function decideReview(scope: Scope, id: Id, clientId: Id | null): Promise<void> {
  demand(scope, "client.edit");
  const { tx, actor, newId } = scope;
  const { companyId } = actor;
  const review = await byId(id, () => findCrmReview(tx, companyId, id));
  if (!review) throw notFound("Карточка");
  const { connectionId, entity, remoteId } = review;
  await lockCrmConnection(tx, companyId, connectionId);
  const chosen = review.candidates.find((candidate) => candidate.id === clientId);
  if (clientId !== null && !chosen) throw notFound("Карточка заказчика");
  const fields = fieldsOf(readRecord(review.data));
  const bound = chosen?.id ?? newId();
  if (chosen) {
    const taken = await findTakenClients(tx, companyId, connectionId, entity, [chosen.id]);
    if (taken.length > 0) {
      // Two cards there are one person here: the first stays bound, this one is only settled.
      await decideCrmReview(tx, companyId, id, actor.userId);
      return;
    }
    await updateManyClients(tx, companyId, [{ id: bound, ...fields }]);
  } else {
    const kind = entity === "company" ? "organisation" : "person";
    await insertManyClients(tx, companyId, [{ id: bound, kind, ...fields }]);
  }
  await bindCrmClients(tx, companyId, connectionId, entity, [{ remoteId, clientId: bound }]);
  await decideCrmReview(tx, companyId, id, actor.userId);
}

function readRecord(data: Readonly<Record<string, unknown>>) {
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return {
    name: String(data["name"]),
    phones: texts(data["phones"]),
    emails: texts(data["emails"]),
  };
}
