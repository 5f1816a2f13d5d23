import { z } from "zod";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { dayColumn, moneyColumn } from "./columns.ts";
import { statusColumn } from "./estimate_rows.ts";

export const ESTIMATE_ORDERS = ["newest", "sum", "changed"] as const;
export type EstimateOrder = (typeof ESTIMATE_ORDERS)[number];

export interface EstimateReportFilter {
  /** What the search found; null: everything. */
  readonly ids: readonly Id[] | null;
  /** Null: all but the archive. */
  readonly status: EstimateStatus | null;
  readonly foremanId: Id | null;
  readonly projectId: Id | null;
  readonly clientId: Id | null;
  readonly order: EstimateOrder;
  /** The last row of the page before: what it is ordered by, as `place` of the row, and its id. */
  readonly after: { readonly place: string; readonly id: Id } | null;
  readonly limit: number;
}

export interface EstimateReport {
  readonly id: Id;
  readonly number: string;
  readonly title: string;
  readonly status: EstimateStatus;
  readonly projectTitle: string | null;
  readonly clientName: string | null;
  readonly foremanName: string;
  readonly date: string;
  readonly total: Kopecks;
  readonly lineCount: number;
  readonly updatedAt: Date;
  /** What the list is ordered by, as PostgreSQL reads it; empty where it is the id. */
  readonly place: string;
}

/** `limit` + 1 rows at most: the one too many tells that there is a next page. Largest first. */
export async function listEstimateReports(
  tx: Transaction,
  companyId: Id,
  filter: EstimateReportFilter,
): Promise<EstimateReport[]> {
  const key = orderKey(tx, filter.order);
  const { after } = filter;
  const rows = await tx`
    select
      estimates.id, estimates.number_year, estimates.number_sequence,
      estimates.extra_sequence, estimates.title,
      estimates.status, estimates.date, estimates.total_amount, estimates.line_count,
      estimates.updated_at, projects.title as project_title, clients.name as client_name,
      users.name as foreman_name,
      ${key ? tx`${key}::text` : tx`''`} as place
    from estimates
    join users on users.user_id = estimates.foreman_id
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where ${narrowed(tx, companyId, filter)}
      ${after && key ? tx`and (${key}, estimates.id) < (${castPlace(tx, filter.order, after.place)}, ${after.id})` : tx``}
      ${after && !key ? tx`and estimates.id < ${after.id}` : tx``}
    order by ${key ? tx`${key} desc,` : tx``} estimates.id desc
    limit ${filter.limit + 1}
  `;
  return reportRows.parse([...rows]);
}

/** How many there are, and what they come to. */
export async function countEstimateReports(
  tx: Transaction,
  companyId: Id,
  filter: EstimateReportFilter,
): Promise<{ count: number; total: Kopecks }> {
  const [row] = await tx`
    select count(*)::int as count, coalesce(sum(estimates.total_amount), 0)::numeric(18, 2) as total
    from estimates
    where ${narrowed(tx, companyId, filter)}
  `;
  return z.object({ count: z.number(), total: moneyColumn }).parse(row);
}

function narrowed(tx: Transaction, companyId: Id, filter: EstimateReportFilter) {
  const { ids, status, foremanId, projectId, clientId } = filter;
  return tx`
    estimates.company_id = ${companyId}
      and estimates.removed_at is null
      ${status ? tx`and estimates.status = ${status}` : tx`and estimates.status <> 'archived'`}
      ${foremanId ? tx`and estimates.foreman_id = ${foremanId}` : tx``}
      ${projectId ? tx`and estimates.project_id = ${projectId}` : tx``}
      ${clientId ? tx`and estimates.client_id = ${clientId}` : tx``}
      ${ids ? tx`and estimates.id = any(${[...ids]}::uuid[])` : tx``}
  `;
}

/** Null: by the id, which is newest first. */
function orderKey(tx: Transaction, order: EstimateOrder) {
  switch (order) {
    case "newest":
      return null;
    case "sum":
      return tx`estimates.total_amount`;
    case "changed":
      return tx`estimates.updated_at`;
    default:
      return order satisfies never;
  }
}

function castPlace(tx: Transaction, order: EstimateOrder, place: string) {
  // As text first: the driver would make a Date of it and lose the microseconds.
  return order === "sum" ? tx`${place}::text::numeric` : tx`${place}::text::timestamptz`;
}

const reportRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    title: z.string(),
    status: statusColumn,
    date: dayColumn,
    project_title: z.string().nullable(),
    client_name: z.string().nullable(),
    foreman_name: z.string(),
    total_amount: moneyColumn,
    line_count: z.number(),
    updated_at: z.date(),
    place: z.string(),
  })
  .transform((row): EstimateReport => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    title: row.title,
    status: row.status,
    projectTitle: row.project_title,
    clientName: row.client_name,
    foremanName: row.foreman_name,
    date: row.date,
    total: row.total_amount,
    lineCount: row.line_count,
    updatedAt: row.updated_at,
    place: row.place,
  }));
const reportRows = z.array(reportRow);

/** What one batch of changes of an estimate was. */
export interface VersionReport {
  readonly version: number;
  readonly changes: number;
  readonly at: Date;
  readonly source: string;
  /** Null: nobody of the company. */
  readonly byName: string | null;
  /** Types of the changes, each once. */
  readonly types: readonly string[];
}

/** Newest first. `before` null: from the last version on. */
export async function listVersions(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<VersionReport[]> {
  const rows = await tx`
    select
      versions.version, versions.changes, versions.at, versions.source, versions.types,
      users.name as by_name
    from (
      select
        version, count(*)::int as changes, min(created_at) as at, min(source) as source,
        min(user_id::text)::uuid as user_id, array_agg(distinct change ->> 'type') as types
      from estimate_changes
      where company_id = ${companyId} and estimate_id = ${estimateId}
        ${before === null ? tx`` : tx`and version < ${before}`}
      group by version
      order by version desc
      limit ${limit}
    ) as versions
    left join users on users.user_id = versions.user_id
    order by versions.version desc
  `;
  return z
    .array(
      z
        .object({
          version: z.number(),
          changes: z.number(),
          at: z.date(),
          source: z.string(),
          types: z.array(z.string()),
          by_name: z.string().nullable(),
        })
        .transform(({ by_name: byName, ...row }): VersionReport => ({ ...row, byName })),
    )
    .parse([...rows]);
}

/** Files of an estimate, newest first, without their bytes. */
export interface DocumentReport {
  readonly id: Id;
  readonly fileName: string;
  readonly format: string;
  readonly status: "ordered" | "ready" | "sent" | "failed";
  readonly version: number;
  readonly createdAt: Date;
}

export async function listDocumentReports(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<DocumentReport[]> {
  const rows = await tx`
    select id, file_name as "fileName", format, status, version, created_at as "createdAt"
    from documents
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by id desc
    limit ${limit}
  `;
  return z
    .array(
      z.object({
        id: z.string(),
        fileName: z.string(),
        format: z.string(),
        status: z.enum(["ordered", "ready", "sent", "failed"]),
        version: z.number(),
        createdAt: z.date(),
      }),
    )
    .parse([...rows]);
}

/** What became of an estimate in a CRM. */
export interface PushReport {
  readonly account: string;
  readonly kind: string;
  readonly state: string;
  readonly revision: number;
  readonly attempts: number;
  readonly error: string | null;
  /** Of the deal there; null: none yet. */
  readonly dealId: string | null;
  readonly updatedAt: Date;
}

export async function listPushReports(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<PushReport[]> {
  const rows = await tx`
    select
      connections.account, connections.kind, pushes.state, pushes.revision, pushes.attempts,
      pushes.error, deals.remote_id as "dealId", pushes.updated_at as "updatedAt"
    from crm_connections as connections
    join crm_pushes as pushes
      on pushes.company_id = connections.company_id and pushes.connection_id = connections.id
      and pushes.estimate_id = ${estimateId}
    left join crm_deals as deals
      on deals.company_id = connections.company_id and deals.connection_id = connections.id
      and deals.estimate_id = ${estimateId}
    where connections.company_id = ${companyId}
    order by connections.id
    limit ${limit}
  `;
  return z
    .array(
      z.object({
        account: z.string(),
        kind: z.string(),
        state: z.string(),
        revision: z.number(),
        attempts: z.number(),
        error: z.string().nullable(),
        dealId: z.string().nullable(),
        updatedAt: z.date(),
      }),
    )
    .parse([...rows]);
}
