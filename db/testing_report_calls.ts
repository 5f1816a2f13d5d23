import * as erasures from "./erasures.ts";
import * as exports from "./list_exports.ts";
import * as links from "./login_links.ts";
import * as estimates from "./report_estimates.ts";
import * as exchange from "./report_exchange.ts";
import * as lists from "./report_lists.ts";
import * as overview from "./report_overview.ts";
import type { Transaction } from "./client.ts";
import type { TestThings } from "./testing_company.ts";
import type { Call } from "./testing_agreement_calls.ts";
import { testId } from "./testing_ids.ts";

const longAgo = new Date("2020-01-01T00:00:00Z");
const page = { ids: null, before: null, limit: 100 };
const everything = {
  ids: null,
  status: null,
  foremanId: null,
  projectId: null,
  clientId: null,
  order: "newest" as const,
  after: null,
  limit: 100,
};

/** Every query of the manager's page and of personal data, see `testing_calls.ts`. */
export const REPORT_CALLS: Readonly<Record<string, Call>> = {
  "report_overview.sumByStatus": async (tx, companyId, aim) => {
    await priceEstimate(tx, companyId, aim);
    return overview.sumByStatus(tx, companyId);
  },
  "report_overview.sumByMonth": async (tx, companyId, aim) => {
    await priceEstimate(tx, companyId, aim);
    return overview.sumByMonth(tx, companyId, "2020-01-01");
  },
  "report_overview.sumByForeman": (tx, companyId) =>
    overview.sumByForeman(tx, companyId, "2020-01-01", 10),
  "report_overview.measureFunnel": (tx, companyId) =>
    overview.measureFunnel(tx, companyId, longAgo),
  "report_overview.listLongestWaiting": async (tx, companyId, aim) => {
    await tx`
      insert into estimate_revisions (
        company_id, id, estimate_id, revision, version, content, document, sha256, total_amount,
        calc_version, audience, submitted_by
      )
      values (
        ${companyId}, ${testId()}, ${aim.estimateId}, 7, 1, '{}', '', ${"a".repeat(64)}, 1, 1,
        'manager', ${aim.foremanId}
      )
    `;
    return overview.listLongestWaiting(tx, companyId, 10);
  },

  "report_estimates.listEstimateReports": (tx, companyId) =>
    estimates.listEstimateReports(tx, companyId, everything),
  "report_estimates.countEstimateReports": async (tx, companyId, aim) => {
    await priceEstimate(tx, companyId, aim);
    return estimates.countEstimateReports(tx, companyId, everything);
  },
  "report_estimates.listVersions": (tx, companyId, aim) =>
    estimates.listVersions(tx, companyId, aim.estimateId, { before: null, limit: 10 }),
  "report_estimates.listDocumentReports": (tx, companyId, aim) =>
    estimates.listDocumentReports(tx, companyId, aim.estimateId, 10),
  "report_estimates.listPushReports": (tx, companyId, aim) =>
    estimates.listPushReports(tx, companyId, aim.estimateId, 10),

  "report_lists.listProjectReports": (tx, companyId) =>
    lists.listProjectReports(tx, companyId, page),
  "report_lists.listClientReports": (tx, companyId) => lists.listClientReports(tx, companyId, page),
  "report_lists.listMemberReports": (tx, companyId) =>
    lists.listMemberReports(tx, companyId, longAgo, 100),

  "report_exchange.listConnectionReports": (tx, companyId) =>
    exchange.listConnectionReports(tx, companyId, longAgo, 100),
  "report_exchange.listFailedPushes": async (tx, companyId) => {
    await tx`update crm_pushes set state = 'failed' where company_id = ${companyId}`;
    return exchange.listFailedPushes(tx, companyId, 100);
  },
  "report_exchange.listNotificationReports": (tx, companyId) =>
    exchange.listNotificationReports(tx, companyId, { status: null, before: null, limit: 100 }),
  "report_exchange.listCallReports": (tx, companyId) =>
    exchange.listCallReports(tx, companyId, { onlyErrors: false, after: null, limit: 100 }),

  "login_links.insertLoginLink": (tx, companyId, aim) =>
    links.insertLoginLink(tx, companyId, {
      id: testId(),
      userId: aim.managerId,
      kind: "manager",
      token: "взлом",
      createdAt: longAgo,
      expiresAt: longAgo,
    }),
  "login_links.findLoginLink": (tx, companyId, aim) =>
    links.findLoginLink(tx, companyId, { kind: "manager", token: aim.token }, longAgo),
  "login_links.useLoginLink": (tx, companyId, aim) =>
    links.useLoginLink(tx, companyId, { kind: "manager", token: aim.token }, longAgo),

  "list_exports.insertListExport": (tx, companyId, aim) =>
    exports.insertListExport(tx, companyId, {
      id: testId(),
      userId: aim.managerId,
      format: "csv",
      filter: {},
    }),
  "list_exports.findListExport": (tx, companyId, aim) =>
    exports.findListExport(tx, companyId, aim.exportId),
  "list_exports.findListExportFile": (tx, companyId, aim) =>
    exports.findListExportFile(tx, companyId, aim.exportId),
  "list_exports.updateListExport": (tx, companyId, aim) =>
    exports.updateListExport(tx, companyId, aim.exportId, { status: "failed", done: 1, total: 2 }),

  "erasures.eraseClient": (tx, companyId, aim) =>
    erasures.eraseClient(tx, companyId, aim.clientId, {
      id: testId(),
      by: aim.foremanId,
      at: new Date("2026-11-22T00:00:00Z"),
      keptYears: 5,
    }),
  "erasures.hasSubmittedEstimate": async (tx, companyId, aim) => {
    await tx`
      update estimates
      set status = 'submitted'
      where company_id = ${companyId} and id = ${aim.estimateId}
    `;
    return erasures.hasSubmittedEstimate(tx, companyId, aim.clientId);
  },
  "erasures.readPersonalData": (tx, companyId, aim) =>
    erasures.readPersonalData(tx, companyId, aim.clientId, 10),
};

/** Sums of two companies look alike; this estimate makes a difference where it is the company's own. */
async function priceEstimate(tx: Transaction, companyId: string, aim: TestThings): Promise<void> {
  await tx`
    update estimates
    set total_amount = 123456
    where company_id = ${companyId} and id = ${aim.estimateId}
  `;
}
