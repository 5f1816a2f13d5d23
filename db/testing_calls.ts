import { type Day, parseDay } from "../domain/calendar.ts";
import type { CatalogueFields } from "../domain/catalogue.ts";
import { emptyContent } from "../domain/estimate/estimate.ts";
import { NO_SUMS } from "../domain/estimate/totals.ts";
import { kopecks, ZERO } from "../domain/money.ts";
import * as catalogue from "./catalogue.ts";
import { importCatalogueItems } from "./catalogue_import.ts";
import * as prices from "./catalogue_prices.ts";
import * as clients from "./clients.ts";
import * as companies from "./companies.ts";
import * as documents from "./documents.ts";
import * as changes from "./estimate_changes.ts";
import * as lines from "./estimate_lines.ts";
import * as estimateNames from "./estimate_names.ts";
import * as estimates from "./estimates.ts";
import * as lists from "./kept_lists.ts";
import * as live from "./live_events.ts";
import * as memberships from "./memberships.ts";
import * as notifications from "./notifications.ts";
import * as projects from "./projects.ts";
import { AGREEMENT_CALLS, type Call } from "./testing_agreement_calls.ts";
import { IMPORT_CALLS } from "./testing_import_calls.ts";
import { REPORT_CALLS } from "./testing_report_calls.ts";
import { KEY_CALLS } from "./testing_key_calls.ts";
import { CONTRACT_CALLS } from "./testing_contract_calls.ts";
import { SEARCH_CALLS } from "./testing_search_calls.ts";
import { CRM_CALLS } from "./testing_crm_calls.ts";
import { ROOM_CALLS } from "./testing_rooms_calls.ts";
import { NOTIFICATION_CALLS, SENDING_CALLS } from "./testing_notification_calls.ts";
import { adjustmentsOf, linesOf, sectionOf } from "./testing_content.ts";
import type { TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

const page = { words: [], before: null, after: null, limit: 100 };
const mapping = {
  name: 5,
  unit: null,
  quantity: null,
  price: null,
  sum: null,
  code: null,
  skipRows: 0,
};
const someDay: Day = parseDay("2026-11-22") ?? emptyContent().header.date;
const file = { fileName: "смета.pdf", bytes: new Uint8Array([1, 2, 3]), version: 1 };

/** Every query that works for one company, by module and name. */
export const TENANT_CALLS: Readonly<Record<string, Call>> = {
  ...AGREEMENT_CALLS,
  ...CONTRACT_CALLS,
  ...CRM_CALLS,
  ...ROOM_CALLS,
  ...NOTIFICATION_CALLS,
  ...IMPORT_CALLS,
  ...KEY_CALLS,
  ...REPORT_CALLS,
  ...SEARCH_CALLS,
  "live_events.listMissedEvents": async (tx, companyId, aim) => {
    const all = { since: "3:3:", until: "3:900000000:" };
    const rows = await live.listMissedEvents(tx, companyId, all, 1000);
    // Both companies went through the same; only whose it was tells them apart.
    return rows.filter(({ estimate }) => estimate?.id === aim.estimateId);
  },
  "live_events.readBatches": (tx, companyId, aim) =>
    live.readBatches(tx, [{ companyId, estimateId: aim.estimateId, version: 1 }], 10),
  "catalogue.insertCatalogueItem": (tx, companyId, aim) =>
    catalogue.insertCatalogueItem(tx, companyId, { ...itemOf(aim), id: testId() }),
  "catalogue.findCatalogueItem": (tx, companyId, aim) =>
    catalogue.findCatalogueItem(tx, companyId, aim.itemId),
  "catalogue.updateCatalogueItem": (tx, companyId, aim) =>
    catalogue.updateCatalogueItem(tx, companyId, aim.itemId, { section: "взлом" }),
  "catalogue.listCatalogueItems": (tx, companyId) =>
    catalogue.listCatalogueItems(tx, companyId, page),
  "catalogue_import.importCatalogueItems": (tx, companyId, aim) =>
    importCatalogueItems(tx, companyId, [itemOf(aim)], testId),
  "catalogue_prices.learnPrices": (tx, companyId, aim) =>
    prices.learnPrices(tx, companyId, aim.estimateId, testId),
  "catalogue_prices.suggestPrices": (tx, companyId, aim) =>
    prices.suggestPrices(tx, companyId, [{ name: aim.name, unit: "" }]),
  "clients.insertClient": (tx, companyId, aim) =>
    clients.insertClient(tx, companyId, { ...clientOf(aim), id: aim.clientId }),
  "clients.findClient": (tx, companyId, aim) => clients.findClient(tx, companyId, aim.clientId),
  "clients.updateClient": (tx, companyId, aim) =>
    clients.updateClient(tx, companyId, aim.clientId, { note: "взлом" }),
  "clients.listClients": (tx, companyId) => clients.listClients(tx, companyId, page),
  "clients.findClientsByPhone": (tx, companyId, aim) =>
    clients.findClientsByPhone(tx, companyId, aim.phone, 10),

  "companies.findCompany": (tx, companyId) => companies.findCompany(tx, companyId),
  "companies.updateCompany": (tx, companyId) =>
    companies.updateCompany(tx, companyId, { address: "взлом" }),
  "companies.putVatMode": (tx, companyId) =>
    companies.putVatMode(tx, companyId, {
      validFrom: emptyContent().header.date,
      mode: { kind: "none", ground: "npd" },
    }),
  "companies.listVatModes": (tx, companyId) => companies.listVatModes(tx, companyId),
  "companies.findVatModeOn": (tx, companyId) => companies.findVatModeOn(tx, companyId, someDay),

  "documents.insertDocument": (tx, companyId, aim) =>
    documents.insertDocument(tx, companyId, {
      id: testId(),
      estimateId: aim.estimateId,
      version: 1,
      format: "xlsx",
      orderedBy: aim.foremanId,
      chatId: 1,
    }),
  "documents.findDocument": (tx, companyId, aim) =>
    documents.findDocument(tx, companyId, aim.documentId),
  "documents.findWaitingDocument": (tx, companyId, aim) =>
    documents.findWaitingDocument(
      tx,
      companyId,
      {
        estimateId: aim.estimateId,
        version: 1,
        format: "pdf",
        chatId: aim.telegramId,
        orderedBy: aim.foremanId,
      },
      new Date(0),
    ),
  "documents.setDocumentNotice": (tx, companyId, aim) =>
    documents.setDocumentNotice(tx, companyId, aim.documentId, 1),
  "documents.findDocumentFile": (tx, companyId, aim) =>
    documents.findDocumentFile(tx, companyId, aim.documentId),
  "documents.putDocumentFile": (tx, companyId, aim) =>
    documents.putDocumentFile(tx, companyId, aim.documentId, file),
  "documents.markDocumentSent": (tx, companyId, aim) =>
    documents.markDocumentSent(tx, companyId, aim.documentId),
  "documents.markDocumentFailed": (tx, companyId, aim) =>
    documents.markDocumentFailed(tx, companyId, aim.documentId, "взлом"),

  "estimate_changes.findKnownChanges": (tx, companyId, aim) =>
    changes.findKnownChanges(tx, companyId, aim.estimateId, [aim.changeId]),
  "estimate_changes.insertChanges": (tx, companyId, aim) =>
    changes.insertChanges(tx, companyId, aim.estimateId, {
      version: 2,
      changes: [{ id: testId(), type: "line.remove", lineId: aim.lineId }],
      userId: null,
      source: "bot",
    }),
  "estimate_changes.insertChangesWithLines": (tx, companyId, aim) =>
    changes.insertChangesWithLines(tx, companyId, aim.estimateId, {
      version: 2,
      changes: linesOf(aim).map((line) => ({
        id: testId(),
        type: "line.add",
        line: { ...line, id: testId() },
      })),
      userId: null,
      source: "bot",
    }),
  "estimate_changes.listChangesSince": (tx, companyId, aim) =>
    changes.listChangesSince(tx, companyId, aim.estimateId, 0, 10),

  "estimate_lines.listSections": (tx, companyId, aim) =>
    lines.listSections(tx, companyId, aim.estimateId),
  "estimate_lines.putSections": (tx, companyId, aim) =>
    lines.putSections(tx, companyId, aim.estimateId, [{ section: sectionOf(aim), sums: NO_SUMS }]),
  "estimate_lines.removeSection": (tx, companyId, aim) =>
    lines.removeSection(tx, companyId, aim.estimateId, aim.sectionId),
  "estimate_lines.listLines": (tx, companyId, aim) =>
    lines.listLines(tx, companyId, aim.estimateId),
  "estimate_lines.findLines": (tx, companyId, aim) =>
    lines.findLines(tx, companyId, aim.estimateId, [aim.lineId]),
  "estimate_lines.listFollowingLines": (tx, companyId, aim) =>
    lines.listFollowingLines(tx, companyId, aim.estimateId),
  "estimate_lines.putLines": (tx, companyId, aim) =>
    lines.putLines(tx, companyId, aim.estimateId, linesOf(aim)),
  "estimate_lines.removeLines": (tx, companyId, aim) =>
    lines.removeLines(tx, companyId, aim.estimateId, [aim.lineId]),
  "estimate_lines.findLastPositions": (tx, companyId, aim) =>
    lines.findLastPositions(tx, companyId, aim.estimateId),
  "estimate_lines.listAdjustments": (tx, companyId, aim) =>
    lines.listAdjustments(tx, companyId, aim.estimateId),
  "estimate_lines.putAdjustments": (tx, companyId, aim) =>
    lines.putAdjustments(tx, companyId, aim.estimateId, adjustmentsOf(aim)),
  "estimate_lines.removeAdjustments": (tx, companyId, aim) =>
    lines.removeAdjustments(tx, companyId, aim.estimateId, [aim.adjustmentId]),

  "estimates.takeEstimateSequence": (tx, companyId) =>
    estimates.takeEstimateSequence(tx, companyId, 2026),
  "estimates.insertEstimate": (tx, companyId, aim) =>
    estimates.insertEstimate(tx, companyId, {
      id: testId(),
      year: 2026,
      sequence: 77,
      header: { ...emptyContent().header, projectId: aim.projectId, clientId: aim.clientId },
      foremanId: aim.foremanId,
      createdBy: aim.foremanId,
      extra: null,
    }),
  "estimates.findEstimate": (tx, companyId, aim) =>
    estimates.findEstimate(tx, companyId, aim.estimateId),
  "estimates.lockEstimate": (tx, companyId, aim) =>
    estimates.lockEstimate(tx, companyId, aim.estimateId),
  "estimate_names.findEstimateStamp": (tx, companyId, aim) =>
    estimateNames.findEstimateStamp(tx, companyId, aim.estimateId),
  "estimate_names.findEstimateNames": (tx, companyId, aim) =>
    estimateNames.findEstimateNames(tx, companyId, aim.estimateId),
  "estimates.updateEstimate": (tx, companyId, aim) =>
    estimates.updateEstimate(tx, companyId, aim.estimateId, {
      version: 9,
      sums: NO_SUMS,
      total: ZERO,
      header: null,
    }),
  "estimates.setEstimateStatus": (tx, companyId, aim) =>
    estimates.setEstimateStatus(tx, companyId, aim.estimateId, "approved"),
  "estimates.setEstimateRemoved": (tx, companyId, aim) =>
    estimates.setEstimateRemoved(tx, companyId, aim.estimateId, true),
  "estimates.listEstimates": (tx, companyId) =>
    estimates.listEstimates(tx, companyId, {
      ...page,
      status: null,
      projectId: null,
      clientId: null,
      ownerId: null,
    }),

  "kept_lists.insertKeptList": (tx, companyId, aim) =>
    lists.insertKeptList(tx, companyId, {
      id: aim.listId,
      userId: aim.foremanId,
      text: "взлом",
      fileName: null,
      mapping: null,
    }),
  "kept_lists.findKeptList": (tx, companyId, aim) =>
    lists.findKeptList(tx, companyId, aim.foremanId, aim.listId),
  "kept_lists.setKeptListMapping": (tx, companyId, aim) =>
    lists.setKeptListMapping(tx, companyId, aim.foremanId, aim.listId, mapping),
  "kept_lists.findColumnMapping": (tx, companyId, aim) =>
    lists.findColumnMapping(tx, companyId, aim.name),
  "kept_lists.putColumnMapping": (tx, companyId, aim) =>
    lists.putColumnMapping(tx, companyId, aim.name, mapping),

  "memberships.insertMembership": (tx, companyId, aim) =>
    memberships.insertMembership(tx, companyId, { userId: aim.strangerId, role: "foreman" }),
  "memberships.findRole": (tx, companyId, aim) => memberships.findRole(tx, companyId, aim.ownerId),
  "memberships.listMembers": (tx, companyId) => memberships.listMembers(tx, companyId, 100),
  "memberships.findMember": (tx, companyId, aim) =>
    memberships.findMember(tx, companyId, aim.ownerId),
  "memberships.lockOwners": async (tx, companyId, aim) =>
    (await memberships.lockOwners(tx, companyId)).includes(aim.ownerId),
  "memberships.setRole": (tx, companyId, aim) =>
    memberships.setRole(tx, companyId, aim.managerId, "owner"),
  "memberships.removeMembership": (tx, companyId, aim) =>
    memberships.removeMembership(tx, companyId, aim.ownerId),

  "notifications.insertNotification": (tx, companyId, aim) =>
    notifications.insertNotification(tx, companyId, {
      id: aim.notificationId,
      telegramId: aim.telegramId,
      kind: "взлом",
      content: {},
    }),
  "notifications.findNotification": (tx, companyId, aim) =>
    notifications.findNotification(tx, companyId, aim.notificationId),
  "notifications.listNotifications": (tx, companyId, aim) =>
    notifications.listNotifications(tx, companyId, aim.telegramId, page),
  "notifications.markNotificationSent": (tx, companyId, aim) =>
    notifications.markNotificationSent(tx, companyId, aim.notificationId, 5),
  "notifications.markNotificationFailed": (tx, companyId, aim) =>
    notifications.markNotificationFailed(tx, companyId, aim.notificationId, {
      status: "failed",
      error: "взлом",
    }),

  "projects.insertProject": (tx, companyId, aim) =>
    projects.insertProject(tx, companyId, {
      id: testId(),
      title: "взлом",
      address: "",
      clientId: aim.clientId,
      note: "",
    }),
  "projects.findProject": (tx, companyId, aim) =>
    projects.findProject(tx, companyId, aim.projectId),
  "projects.updateProject": (tx, companyId, aim) =>
    projects.updateProject(tx, companyId, aim.projectId, { note: "взлом" }),
  "projects.touchProject": (tx, companyId, aim) =>
    projects.touchProject(tx, companyId, aim.projectId),
  "projects.listProjects": (tx, companyId) => projects.listProjects(tx, companyId, page),
};

/** Queries that belong to no company, each with its reason. */
export const CALLS_WITHOUT_COMPANY: Readonly<Record<string, string>> = {
  "database_time.readDatabaseTime": "asks for the moment, not for rows",
  "claimed_fetch.claimFetched": "takes jobs of pg-boss, which belong to no company",
  "held_jobs.holdJobs": "takes jobs of pg-boss, which belong to no company",
  "live_events.takeSnapshot": "asks for the moment, not for rows",
  "live_events.readNews": "reads for the sockets of all companies, as the owner of the tables",
  "live_events.notifyLive": "wakes the other processes and tells them nothing",
  "live_events.deleteLiveEventsBefore": "cleans up after everybody",
  "companies.insertCompany": "founds it",
  "revisions.findRevisionByHash": "by a hash, before the company is known",
  "kept_lists.deleteKeptListsBefore": "cleans up after everybody, as the owner of the tables",
  "metrics.readDatabaseFigures": "sums over everybody, as the owner of the tables",
  "search.listCompaniesToIndex": "looks after everybody, as the owner of the tables",
  "repeatable_requests.deleteRequestsBefore":
    "cleans up after everybody, as the owner of the tables",
  "sessions.insertSession": "by a token, before the company is known",
  "sessions.findSession": "by a token, before the company is known",
  "share_stamps.findPageStamp": "of the company in the link; tested with the client's page",
  "session_reads.findSessionsAt": "of the companies of the tokens; tested with the sessions",
  "session_reads.findSessionAtRevision": "of the company of the token; tested with the sessions",
  "sessions.revokeSession": "by a token, before the company is known",
  "sessions.revokeSessionsInTeam": "takes the company of the transaction",
  "sessions.revokeSessionsOf": "tested with the other sessions",
  "sessions.deleteSessionsBefore": "cleans up after everybody",
  "sessions.listLogins": "of a person, in all companies",
  "sessions.touchSession": "by its id, before the company is known",
  "sessions.revokeLogin": "of a person, in all companies",
  "sessions.revokeLogins": "of a person, in all companies",
  "login_links.deleteLoginLinksBefore": "cleans up after everybody, as the owner of the tables",
  "list_exports.deleteListExportsBefore": "cleans up after everybody, as the owner of the tables",
  "updates.deleteUpdatesBefore": "cleans up after everybody, as the owner of the tables",
  "chat_state.deleteChatStatesBefore": "cleans up after everybody, as the owner of the tables",
  "erasures.eraseKept": "cleans up after everybody, as the owner of the tables",
  "people.listPersonCompanies": "finds the companies of a person",
  "crm_drafts.deleteCrmDraftsBefore": "cleans up after everybody, as the owner of the tables",
  "crm_inbox.deleteInboxEventsBefore": "cleans up after everybody, as the owner of the tables",
  "crm_connections.listActiveCrmConnections":
    "starts the scans of everybody, as the owner of the tables",
  "crm_connections.listCrmCompanies": "for the command line, as the owner of the tables",
  "crm_connections.findCompanyOfConnection": "for the command line, as the owner of the tables",
  "integration_logs.keepIntegrationLogs": "cleans up after everybody, as the owner of the tables",
  "rate_limits.takeToken": "belongs to an account outside",
  "rate_limits.blockKey": "belongs to an account outside",
  "rate_limits.unblockKey": "belongs to an account outside",
  "rate_limits.readCrmLimits": "counts over everybody, as the owner of the tables",
  "driver_classes.settleDriverClasses": "asks for no rows of anything",
  "pool_figures.countQueries": "asks nothing itself",
  "reminders.listReminderCompanies": "reminds everybody, as the owner of the tables",
  "job_calls.callWorkers": "wakes the other processes and tells them names of queues",
  "due_jobs.listDueQueues": "tells the processes that work on jobs names of queues",
  "abandoned_jobs.reviveJobs": "belongs to the processes that work on jobs",
  "abandoned_jobs.reviveUnheard": "belongs to the processes that work on jobs",
  "frozen_workers.findLostWorkers": "belongs to the processes that work on jobs",
  "frozen_workers.endFrozenSessions": "belongs to the processes that work on jobs",
  "job_claims.createJobClaims": "belongs to the processes that work on jobs",
  "kept_connection.keepConnection": "opens a connection and asks nothing itself",
  "statements.writeTogether": "asks what others have put down",
  ...SENDING_CALLS,
  "people.findPersonByTelegram": "finds the companies of a person",
  "updates.openUpdate": "finds the company of a person",
  "updates.enterCompany": "sets the company of a transaction",
  "updates.findCompanyOfMessage": "finds the company of a person",
  "updates.setActiveCompany": "belongs to a person",
  "updates.setTelegramActive": "belongs to a person",
  "updates.countUpdateFailure": "belongs to the bot",
  "updates.giveUpUpdate": "belongs to the bot",
};

function itemOf(aim: TestThings): CatalogueFields {
  return {
    kind: "work",
    name: aim.name,
    unit: "шт",
    price: kopecks(70_000n),
    cost: null,
    code: "",
    section: "",
  };
}

function clientOf(aim: TestThings) {
  return {
    name: aim.name,
    kind: "person" as const,
    phones: [],
    emails: [],
    inn: "",
    address: "",
    note: "",
  };
}
