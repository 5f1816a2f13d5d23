import { readSearch, SEARCH_KINDS } from "../domain/search.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { listDealReports } from "./report_deals.ts";
import { findSearchDocuments, indexSearch, suggestSearchWords } from "./search.ts";
import * as hits from "./search_hits.ts";
import type { Call } from "./testing_agreement_calls.ts";
import type { TestThings } from "./testing_company.ts";

/** The queries of the search; part of `TENANT_CALLS`. */
export const SEARCH_CALLS: Readonly<Record<string, Call>> = {
  "search.findSearchDocuments": (tx, companyId, aim) =>
    findSearchDocuments(tx, companyId, {
      terms: readSearch(aim.phone),
      kinds: SEARCH_KINDS,
      readerId: null,
      status: null,
      after: null,
      limit: 100,
    }),
  "search.suggestSearchWords": (tx, companyId, aim) =>
    suggestSearchWords(tx, companyId, aim.name.toLowerCase(), 30),
  "search.indexSearch": async (tx, companyId, aim) => {
    // What is told is how many, so the aim must be seen in what is left.
    const done = await indexSearch(tx, companyId, 100);
    return { done, left: await countMarks(tx, companyId, aim) };
  },
  "search_hits.listFoundClients": (tx, companyId, aim) =>
    hits.listFoundClients(tx, companyId, [aim.clientId]),
  "search_hits.listFoundProjects": (tx, companyId, aim) =>
    hits.listFoundProjects(tx, companyId, [aim.projectId]),
  "search_hits.listFoundEstimates": (tx, companyId, aim) =>
    hits.listFoundEstimates(tx, companyId, [aim.estimateId], {
      beginnings: ["а"],
      readerId: null,
    }),
  "search_hits.listFoundDeals": async (tx, companyId, aim) =>
    hits.listFoundDeals(tx, companyId, [await dealDocument(tx, aim)], null),
  "report_deals.listDealReports": async (tx, companyId, aim) =>
    listDealReports(tx, companyId, [await dealDocument(tx, aim)]),
};

async function countMarks(tx: Transaction, companyId: Id, aim: TestThings): Promise<number> {
  const rows = await tx`
    select id from search_marks
    where company_id = ${companyId} and document_id = ${aim.clientId}
  `;
  return rows.length;
}

async function dealDocument(tx: Transaction, aim: TestThings): Promise<Id> {
  const [row] = await tx`select search_deal_id(${aim.connectionId}, ${aim.dealId}) as id`;
  return String(row?.["id"]);
}
