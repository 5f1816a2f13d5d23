import { z } from "zod";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import { statusColumn } from "./estimate_rows.ts";

/** Figures of a company as a whole, out of the sums that stand on each estimate. */
export interface StatusSum {
  readonly status: EstimateStatus;
  readonly count: number;
  readonly total: Kopecks;
}

export async function sumByStatus(tx: Transaction, companyId: Id): Promise<StatusSum[]> {
  const rows = await tx`
    select status, count(*)::int as count, sum(total_amount) as total
    from estimates
    where company_id = ${companyId} and removed_at is null
    group by status
    limit 10
  `;
  return z
    .array(z.object({ status: statusColumn, count: z.number(), total: moneyColumn }))
    .parse([...rows]);
}

export interface MonthSum {
  /** "2026-11" */
  readonly month: string;
  readonly count: number;
  readonly total: Kopecks;
  readonly approved: Kopecks;
}

/** By the date of the estimate, from a day on; months without estimates are missing. */
export async function sumByMonth(
  tx: Transaction,
  companyId: Id,
  since: string,
): Promise<MonthSum[]> {
  const rows = await tx`
    select
      to_char(date, 'YYYY-MM') as month, count(*)::int as count, sum(total_amount) as total,
      coalesce(sum(total_amount) filter (where status in ('approved', 'archived')), 0)::numeric(18, 2)
        as approved
    from estimates
    where company_id = ${companyId} and removed_at is null and date >= ${since}
    group by 1
    order by 1
    limit 120
  `;
  return z
    .array(
      z.object({ month: z.string(), count: z.number(), total: moneyColumn, approved: moneyColumn }),
    )
    .parse([...rows]);
}

export interface ForemanSum {
  readonly id: Id;
  readonly name: string;
  readonly count: number;
  readonly total: Kopecks;
  readonly approved: Kopecks;
}

/** The largest sums first, from a day on. */
export async function sumByForeman(
  tx: Transaction,
  companyId: Id,
  since: string,
  limit: number,
): Promise<ForemanSum[]> {
  const rows = await tx`
    select users.user_id as id, users.name, sums.count, sums.total, sums.approved
    from (
      select
        foreman_id, count(*)::int as count, sum(total_amount) as total,
        coalesce(sum(total_amount) filter (where status in ('approved', 'archived')), 0)::numeric(18, 2)
          as approved
      from estimates
      where company_id = ${companyId} and removed_at is null and date >= ${since}
      group by foreman_id
    ) as sums
    join users on users.user_id = sums.foreman_id
    order by sums.total desc, users.user_id
    limit ${limit}
  `;
  return z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        count: z.number(),
        total: moneyColumn,
        approved: moneyColumn,
      }),
    )
    .parse([...rows]);
}

export interface Funnel {
  readonly created: number;
  readonly submitted: number;
  readonly approved: number;
  /** Of an estimate's first submission, in hours since it was created; null: none yet. */
  readonly hoursToSubmit: number | null;
  /** From that submission to the approval. */
  readonly hoursToApprove: number | null;
}

/** How many of the estimates made since a moment were sent and approved, and how long it took. */
export async function measureFunnel(tx: Transaction, companyId: Id, since: Date): Promise<Funnel> {
  const [row] = await tx`
    select
      count(*)::int as created,
      count(steps.submitted_at)::int as submitted,
      count(steps.approved_at)::int as approved,
      percentile_cont(0.5) within group (
        order by extract(epoch from steps.submitted_at - estimates.created_at)::float8 / 3600
      ) as hours_to_submit,
      percentile_cont(0.5) within group (
        order by extract(epoch from steps.approved_at - steps.submitted_at)::float8 / 3600
      ) as hours_to_approve
    from estimates
    left join (
      select
        estimate_id, min(submitted_at) as submitted_at,
        min(decided_at) filter (where status = 'approved') as approved_at
      from estimate_revisions
      where company_id = ${companyId} and submitted_at >= ${since}
      group by estimate_id
    ) as steps on steps.estimate_id = estimates.id
    where estimates.company_id = ${companyId}
      and estimates.removed_at is null
      and estimates.created_at >= ${since}
  `;
  return z
    .object({
      created: z.number(),
      submitted: z.number(),
      approved: z.number(),
      hours_to_submit: z.number().nullable(),
      hours_to_approve: z.number().nullable(),
    })
    .transform(
      ({ hours_to_submit: hoursToSubmit, hours_to_approve: hoursToApprove, ...counts }) => ({
        ...counts,
        hoursToSubmit,
        hoursToApprove,
      }),
    )
    .parse(row);
}

export interface WaitingEstimate {
  readonly id: Id;
  readonly number: string;
  readonly title: string;
  readonly clientName: string | null;
  readonly foremanName: string;
  readonly total: Kopecks;
  readonly audience: "manager" | "client";
  readonly since: Date;
}

/** What waits for a decision, longest first. */
export async function listLongestWaiting(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<WaitingEstimate[]> {
  const rows = await tx`
    select
      estimates.id, estimates.number_year, estimates.number_sequence, estimates.extra_sequence,
      coalesce(projects.title, estimates.title) as title, clients.name as client_name,
      users.name as foreman_name, revisions.total_amount, revisions.audience,
      revisions.submitted_at
    from estimate_revisions as revisions
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
    join users on users.user_id = estimates.foreman_id
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where revisions.company_id = ${companyId} and revisions.status = 'submitted'
      and estimates.removed_at is null
    order by revisions.submitted_at
    limit ${limit}
  `;
  return waitingRows.parse([...rows]);
}

const waitingRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    title: z.string(),
    client_name: z.string().nullable(),
    foreman_name: z.string(),
    total_amount: moneyColumn,
    audience: z.enum(["manager", "client"]),
    submitted_at: z.date(),
  })
  .transform((row): WaitingEstimate => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    title: row.title,
    clientName: row.client_name,
    foremanName: row.foreman_name,
    total: row.total_amount,
    audience: row.audience,
    since: row.submitted_at,
  }));
const waitingRows = z.array(waitingRow);
