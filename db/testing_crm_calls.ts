import * as clients from "./crm_clients.ts";
import * as connections from "./crm_connections.ts";
import * as deals from "./crm_deals.ts";
import * as drafts from "./crm_drafts.ts";
import * as inbox from "./crm_inbox.ts";
import * as pushes from "./crm_pushes.ts";
import * as reviews from "./crm_reviews.ts";
import * as syncs from "./crm_syncs.ts";
import * as watchers from "./crm_watchers.ts";
import * as logs from "./integration_logs.ts";
import type { Call } from "./testing_agreement_calls.ts";
import type { TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

const since = new Date("2026-06-01T00:00:00Z");

/** Every query of the CRM tables, see `testing_calls.ts`. */
export const CRM_CALLS: Readonly<Record<string, Call>> = {
  "crm_connections.insertCrmConnection": (tx, companyId, aim) =>
    connections.insertCrmConnection(tx, companyId, {
      id: aim.connectionId,
      kind: "amocrm",
      account: "взлом",
      settings: { stageMap: null, remembered: {}, pipelines: [], webhookProblem: null },
      secrets: new Uint8Array([1]),
      problem: null,
      currency: "RUB",
      accountId: null,
      createdBy: null,
    }),
  "crm_connections.findCrmConnection": (tx, companyId, aim) =>
    connections.findCrmConnection(tx, companyId, aim.connectionId),
  "crm_connections.listCrmConnections": (tx, companyId) =>
    connections.listCrmConnections(tx, companyId),
  "crm_connections.updateCrmConnection": (tx, companyId, aim) =>
    connections.updateCrmConnection(tx, companyId, aim.connectionId, { problem: "взлом" }),
  "crm_connections.lockCrmConnection": (tx, companyId, aim) =>
    connections.lockCrmConnection(tx, companyId, aim.connectionId),

  "crm_syncs.claimCrmSync": (tx, companyId, aim) =>
    syncs.claimCrmSync(tx, companyId, aim.connectionId, {
      holder: testId(),
      seconds: 60,
      isFull: false,
    }),
  "crm_syncs.saveCrmSyncPage": (tx, companyId, aim) =>
    syncs.saveCrmSyncPage(tx, companyId, aim.connectionId, {
      holder: aim.holderId,
      seconds: 60,
      cursor: {},
      clients: 1,
      deals: 1,
    }),
  "crm_syncs.renewCrmSync": (tx, companyId, aim) =>
    syncs.renewCrmSync(tx, companyId, aim.connectionId, { holder: aim.holderId, seconds: 60 }),
  "crm_syncs.saveCrmSyncTotal": (tx, companyId, aim) =>
    syncs.saveCrmSyncTotal(tx, companyId, aim.connectionId, { holder: aim.holderId, total: 7 }),
  "crm_syncs.endCrmSync": (tx, companyId, aim) =>
    syncs.endCrmSync(tx, companyId, aim.connectionId, {
      holder: aim.holderId,
      outcome: "failed",
      isFull: false,
      error: "взлом",
    }),
  "crm_syncs.findCrmSync": (tx, companyId, aim) =>
    syncs.findCrmSync(tx, companyId, aim.connectionId),

  "crm_clients.findKnownCrmClients": (tx, companyId, aim) =>
    clients.findKnownCrmClients(tx, companyId, aim.connectionId, "contact", [aim.remoteId]),
  "crm_clients.putCrmClients": (tx, companyId, aim) =>
    clients.putCrmClients(tx, companyId, aim.connectionId, [
      { entity: "contact", remoteId: aim.remoteId, data: {}, hash: "взлом", updatedAt: since },
    ]),
  "crm_clients.touchCrmClients": (tx, companyId, aim) =>
    clients.touchCrmClients(tx, companyId, aim.connectionId, "contact", [aim.remoteId]),
  "crm_clients.findClientsByContacts": (tx, companyId, aim) =>
    clients.findClientsByContacts(tx, companyId, "phone", [aim.phone]),
  "crm_clients.findTakenClients": (tx, companyId, aim) =>
    clients.findTakenClients(tx, companyId, aim.connectionId, "contact", [aim.clientId]),
  "crm_clients.insertManyClients": (tx, companyId, aim) =>
    clients.insertManyClients(tx, companyId, [
      { id: aim.clientId, name: "взлом", kind: "person", phones: [], emails: [] },
    ]),
  "crm_clients.updateManyClients": (tx, companyId, aim) =>
    clients.updateManyClients(tx, companyId, [
      { id: aim.clientId, name: "взлом", phones: [], emails: [] },
    ]),
  "crm_clients.bindCrmClients": (tx, companyId, aim) =>
    clients.bindCrmClients(tx, companyId, aim.connectionId, "contact", [
      { remoteId: aim.doubtfulId, clientId: aim.clientId },
    ]),
  "crm_clients.findCrmClientOf": (tx, companyId, aim) =>
    clients.findCrmClientOf(tx, companyId, aim.connectionId, aim.clientId),
  "crm_clients.releaseGoneCrmClients": async (tx, companyId, aim) => {
    const { connectionId, remoteId } = aim;
    await clients.markCrmClientGone(tx, companyId, connectionId, "contact", remoteId);
    await clients.releaseGoneCrmClients(tx, companyId, connectionId, aim.clientId);
  },
  "crm_clients.markCrmClientGone": (tx, companyId, aim) =>
    clients.markCrmClientGone(tx, companyId, aim.connectionId, "contact", aim.remoteId),
  "crm_clients.markUnseenCrmClients": (tx, companyId, aim) =>
    clients.markUnseenCrmClients(tx, companyId, aim.connectionId, since),

  "crm_deals.findKnownCrmDeals": (tx, companyId, aim) =>
    deals.findKnownCrmDeals(tx, companyId, aim.connectionId, [aim.dealId]),
  "crm_deals.findCrmDealOf": (tx, companyId, aim) =>
    deals.findCrmDealOf(tx, companyId, aim.connectionId, aim.estimateId),
  "crm_deals.putCrmDeals": (tx, companyId, aim) =>
    deals.putCrmDeals(tx, companyId, aim.connectionId, [dealOf(aim)]),
  "crm_deals.bindCrmDeal": (tx, companyId, aim) =>
    deals.bindCrmDeal(tx, companyId, aim.connectionId, "новая", aim.estimateId),
  "crm_deals.releaseCrmDeal": (tx, companyId, aim) =>
    deals.releaseCrmDeal(tx, companyId, aim.connectionId, aim.dealId),
  "crm_deals.savePushedDeal": (tx, companyId, aim) =>
    deals.savePushedDeal(tx, companyId, aim.connectionId, { ...dealOf(aim), revision: 9 }),
  "crm_deals.saveAttachedRevision": (tx, companyId, aim) =>
    deals.saveAttachedRevision(tx, companyId, aim.connectionId, aim.dealId, 9),
  "crm_deals.saveAttachedExtra": (tx, companyId, aim) => {
    const extra = { estimateId: aim.estimateId, revision: 9 };
    return deals.saveAttachedExtra(tx, companyId, aim.connectionId, aim.dealId, extra);
  },
  "crm_deals.markCrmDealGone": (tx, companyId, aim) =>
    deals.markCrmDealGone(tx, companyId, aim.connectionId, aim.dealId),

  "crm_inbox.insertInboxEvent": (tx, companyId, aim) =>
    inbox.insertInboxEvent(tx, companyId, {
      id: testId(),
      connectionId: aim.connectionId,
      bodyHash: "взлом",
      refs: [],
    }),
  "crm_inbox.takeInboxEvents": (tx, companyId, aim) =>
    inbox.takeInboxEvents(tx, companyId, aim.connectionId, 10),
  "crm_inbox.finishInboxEvents": (tx, companyId, aim) =>
    inbox.finishInboxEvents(tx, companyId, [aim.eventId]),

  "crm_pushes.requestCrmPush": (tx, companyId, aim) =>
    pushes.requestCrmPush(tx, companyId, aim.connectionId, {
      estimateId: aim.estimateId,
      revision: 9,
    }),
  "crm_pushes.claimCrmPush": (tx, companyId, aim) =>
    pushes.claimCrmPush(tx, companyId, aim.connectionId, {
      estimateId: aim.estimateId,
      holder: testId(),
      seconds: 60,
    }),
  "crm_pushes.saveCrmPushState": (tx, companyId, aim) =>
    pushes.saveCrmPushState(tx, companyId, aim.connectionId, {
      estimateId: aim.estimateId,
      holder: aim.holderId,
      state: "done",
      error: null,
      seconds: 0,
    }),
  "crm_pushes.releaseCrmPush": (tx, companyId, aim) =>
    pushes.releaseCrmPush(tx, companyId, aim.connectionId, {
      estimateId: aim.estimateId,
      holder: aim.holderId,
    }),
  "crm_pushes.renewCrmPush": (tx, companyId, aim) =>
    pushes.renewCrmPush(tx, companyId, aim.connectionId, {
      estimateId: aim.estimateId,
      holder: aim.holderId,
      seconds: 60,
    }),
  "crm_pushes.listFailedPushes": (tx, companyId) => pushes.listFailedPushes(tx, companyId, 10),
  "crm_pushes.reviveFailedPushes": (tx, companyId) => pushes.reviveFailedPushes(tx, companyId, 10),

  "crm_drafts.insertCrmDraft": (tx, companyId, aim) =>
    drafts.insertCrmDraft(tx, companyId, {
      id: aim.draftId,
      access: new Uint8Array([1]),
      createdBy: aim.ownerId,
      chatId: 1,
      messageId: null,
    }),
  "crm_drafts.findCrmDraft": (tx, companyId, aim) =>
    drafts.findCrmDraft(tx, companyId, aim.draftId),
  "crm_drafts.deleteCrmDraft": (tx, companyId, aim) =>
    drafts.deleteCrmDraft(tx, companyId, aim.draftId),

  "crm_watchers.putCrmWatcher": (tx, companyId, aim) =>
    watchers.putCrmWatcher(tx, companyId, aim.connectionId, { chatId: 7, messageId: 8 }),
  "crm_watchers.takeDueCrmWatchers": (tx, companyId, aim) =>
    watchers.takeDueCrmWatchers(tx, companyId, aim.connectionId, 3),
  "crm_watchers.endCrmWatchers": (tx, companyId, aim) =>
    watchers.endCrmWatchers(tx, companyId, aim.connectionId),

  "crm_reviews.insertCrmReviews": (tx, companyId, aim) =>
    reviews.insertCrmReviews(tx, companyId, aim.connectionId, [
      { id: testId(), entity: "contact", remoteId: aim.remoteId, candidates: [] },
    ]),
  "crm_reviews.listCrmReviews": (tx, companyId) => reviews.listCrmReviews(tx, companyId, 10),
  "crm_reviews.findCrmReview": (tx, companyId, aim) =>
    reviews.findCrmReview(tx, companyId, aim.reviewId),
  "crm_reviews.decideCrmReview": (tx, companyId, aim) =>
    reviews.decideCrmReview(tx, companyId, aim.reviewId, aim.ownerId),

  "integration_logs.insertIntegrationLog": (tx, companyId, aim) =>
    logs.insertIntegrationLog(tx, companyId, {
      id: testId(),
      connectionId: aim.connectionId,
      system: "bitrix24",
      operation: "взлом",
      status: 200,
      error: null,
      durationMs: 1,
      request: null,
      response: null,
      requestBytes: 0,
      responseBytes: 0,
      correlationId: testId(),
    }),
  "integration_logs.listIntegrationErrors": (tx, companyId) =>
    logs.listIntegrationErrors(tx, companyId, 10),
};

function dealOf(aim: TestThings) {
  return { remoteId: aim.dealId, data: {}, hash: "взлом", updatedAt: since };
}
