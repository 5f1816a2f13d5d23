import { z } from "zod";
import { type Role, ROLES } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";

export interface ReportPage {
  /** What the search found; null: everything. */
  readonly ids: readonly Id[] | null;
  /** The id of the last row of the page before. */
  readonly before: Id | null;
  readonly limit: number;
}

/** What a list shows of the estimates behind an object or a client. */
interface EstimateSums {
  readonly estimates: number;
  readonly total: Kopecks;
  readonly approved: Kopecks;
}

const sumsColumns = {
  estimates: z.number(),
  total: moneyColumn,
  approved: moneyColumn,
};

export interface ProjectReport extends EstimateSums {
  readonly id: Id;
  readonly title: string;
  readonly address: string;
  readonly clientName: string | null;
}

/** Newest first, `limit` + 1 rows at most. */
export async function listProjectReports(
  tx: Transaction,
  companyId: Id,
  { ids, before, limit }: ReportPage,
): Promise<ProjectReport[]> {
  const rows = await tx`
    select page.id, page.title, page.address, page.client_name as "clientName", sums.*
    from (
      select projects.id, projects.title, projects.address, clients.name as client_name
      from projects
      left join clients
        on clients.company_id = projects.company_id and clients.id = projects.client_id
      where projects.company_id = ${companyId} and projects.removed_at is null
        ${before ? tx`and projects.id < ${before}` : tx``}
        ${ids ? tx`and projects.id = any(${[...ids]}::uuid[])` : tx``}
      order by projects.id desc
      limit ${limit + 1}
    ) as page
    cross join lateral (
      ${sumsOf(tx)}
      where estimates.company_id = ${companyId} and estimates.project_id = page.id
        and estimates.removed_at is null
    ) as sums
    order by page.id desc
  `;
  return z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        address: z.string(),
        clientName: z.string().nullable(),
        ...sumsColumns,
      }),
    )
    .parse([...rows]);
}

export interface ClientReport extends EstimateSums {
  readonly id: Id;
  readonly name: string;
  readonly kind: "person" | "organisation";
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

/** Newest first, `limit` + 1 rows at most. */
export async function listClientReports(
  tx: Transaction,
  companyId: Id,
  { ids, before, limit }: ReportPage,
): Promise<ClientReport[]> {
  const rows = await tx`
    select page.id, page.name, page.kind, page.phone_numbers as phones, page.emails, sums.*
    from (
      select id, name, kind, phone_numbers, emails
      from clients
      where company_id = ${companyId} and removed_at is null
        ${before ? tx`and id < ${before}` : tx``}
        ${ids ? tx`and id = any(${[...ids]}::uuid[])` : tx``}
      order by id desc
      limit ${limit + 1}
    ) as page
    cross join lateral (
      ${sumsOf(tx)}
      where estimates.company_id = ${companyId} and estimates.client_id = page.id
        and estimates.removed_at is null
    ) as sums
    order by page.id desc
  `;
  return z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        kind: z.enum(["person", "organisation"]),
        phones: z.array(z.string()),
        emails: z.array(z.string()),
        ...sumsColumns,
      }),
    )
    .parse([...rows]);
}

function sumsOf(tx: Transaction) {
  return tx`
    select
      count(*)::int as estimates,
      coalesce(sum(estimates.total_amount), 0)::numeric(18, 2) as total,
      coalesce(
        sum(estimates.total_amount) filter (where estimates.status in ('approved', 'archived')), 0
      )::numeric(18, 2) as approved
    from estimates
  `;
}

export interface MemberReport {
  readonly id: Id;
  readonly name: string;
  readonly role: Role;
  /** Of whose estimates the person is the foreman: not yet sent, waiting, approved. */
  readonly drafts: number;
  readonly submitted: number;
  readonly approved: number;
  readonly approvedTotal: Kopecks;
  /** Revisions that the person sent and decided since the moment. */
  readonly sent: number;
  readonly decided: number;
  /** Of the last change of an estimate of this foreman; null: there is none. */
  readonly lastChangeAt: Date | null;
}

/** What each person of the team did, last active first. */
export async function listMemberReports(
  tx: Transaction,
  companyId: Id,
  since: Date,
  limit: number,
): Promise<MemberReport[]> {
  const rows = await tx`
    select
      users.user_id as id, users.name, memberships.role,
      coalesce(own.drafts, 0) as drafts, coalesce(own.submitted, 0) as submitted,
      coalesce(own.approved, 0) as approved,
      coalesce(own.approved_total, 0)::numeric(18, 2) as "approvedTotal",
      coalesce(sent.count, 0) as sent, coalesce(decided.count, 0) as decided,
      own.last_change_at as "lastChangeAt"
    from memberships
    join users on users.user_id = memberships.user_id
    left join (
      select
        foreman_id,
        count(*) filter (where status in ('draft', 'returned'))::int as drafts,
        count(*) filter (where status = 'submitted')::int as submitted,
        count(*) filter (where status in ('approved', 'archived'))::int as approved,
        sum(total_amount) filter (where status in ('approved', 'archived')) as approved_total,
        max(updated_at) as last_change_at
      from estimates
      where company_id = ${companyId} and removed_at is null
      group by foreman_id
    ) as own on own.foreman_id = memberships.user_id
    left join (
      select submitted_by, count(*)::int as count
      from estimate_revisions
      where company_id = ${companyId} and submitted_at >= ${since}
      group by submitted_by
    ) as sent on sent.submitted_by = memberships.user_id
    left join (
      select decided_by, count(*)::int as count
      from estimate_revisions
      where company_id = ${companyId} and decided_at >= ${since}
        and status in ('approved', 'returned')
      group by decided_by
    ) as decided on decided.decided_by = memberships.user_id
    where memberships.company_id = ${companyId} and memberships.removed_at is null
    order by own.last_change_at desc nulls last, memberships.user_id
    limit ${limit}
  `;
  return z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        role: z.enum(ROLES),
        drafts: z.number(),
        submitted: z.number(),
        approved: z.number(),
        approvedTotal: moneyColumn,
        sent: z.number(),
        decided: z.number(),
        lastChangeAt: z.date().nullable(),
      }),
    )
    .parse([...rows]);
}
