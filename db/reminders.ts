import { z } from "zod";
import { AUDIENCES } from "../domain/agreement.ts";
import type { Day } from "../domain/calendar.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Queryable, Transaction } from "./client.ts";
import { dayColumn } from "./columns.ts";

/** Takes a reminder for its own; false when somebody sent it before. */
export async function takeReminder(tx: Transaction, companyId: Id, key: string): Promise<boolean> {
  const { count } = await tx`
    insert into reminders_sent (company_id, key)
    values (${companyId}, ${key})
    on conflict do nothing
  `;
  return count > 0;
}

/** Every company with its time zone, after `after`, in the order of ids; as the owner of the tables. */
export async function listReminderCompanies(
  sql: Queryable,
  after: Id,
  limit: number,
): Promise<{ companyId: Id; timezone: string }[]> {
  const rows = await sql`
    select company_id as "companyId", timezone
    from companies
    where company_id > ${after}
    order by company_id
    limit ${limit}
  `;
  const row = z.object({ companyId: z.string(), timezone: z.string() });
  return z.array(row).parse([...rows]);
}

const waitingRow = z
  .object({
    estimate_id: z.string(),
    revision_id: z.string(),
    revision: z.number(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    title: z.string(),
    total: z.string(),
    valid_until: dayColumn.nullable(),
    audience: z.enum(AUDIENCES),
    submitted_at: z.date(),
    foreman_id: z.string(),
    created_by: z.string(),
    submitted_by: z.string(),
  })
  .transform((row) => ({
    estimateId: row.estimate_id,
    revisionId: row.revision_id,
    revision: row.revision,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    isExtra: row.extra_sequence !== null,
    title: row.title,
    total: row.total,
    validUntil: row.valid_until,
    audience: row.audience,
    submittedAt: row.submitted_at,
    userIds: [row.foreman_id, row.created_by, row.submitted_by],
  }));
const waitingRows = z.array(waitingRow);

/** A submitted revision that nobody has decided about. */
export type WaitingEstimate = z.output<typeof waitingRow>;

function waitingColumns(tx: Transaction) {
  return tx`
    estimates.id as estimate_id, revisions.id as revision_id, revisions.revision,
    estimates.number_year, estimates.number_sequence, estimates.extra_sequence,
    coalesce(projects.title, estimates.title) as title, revisions.total_amount as total,
    estimates.valid_until, revisions.audience, revisions.submitted_at, estimates.foreman_id,
    estimates.created_by, revisions.submitted_by
  `;
}

/** Whose promised prices end between two days, both included, by the day; `limit` at most. */
export async function listEstimatesByValidity(
  tx: Transaction,
  companyId: Id,
  window: { readonly from: Day; readonly to: Day },
  limit: number,
): Promise<WaitingEstimate[]> {
  const rows = await tx`
    select ${waitingColumns(tx)}
    from estimates
    join estimate_revisions as revisions
      on revisions.company_id = estimates.company_id
      and revisions.estimate_id = estimates.id
      and revisions.status = 'submitted'
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    where estimates.company_id = ${companyId}
      and estimates.status = 'submitted'
      and estimates.removed_at is null
      and estimates.valid_until between ${window.from} and ${window.to}
    order by estimates.valid_until desc, estimates.id
    limit ${limit}
  `;
  return waitingRows.parse([...rows]);
}

/** What was submitted between two moments and still waits, newest first, `limit` at most. */
export async function listUnanswered(
  tx: Transaction,
  companyId: Id,
  window: { readonly from: Date; readonly to: Date },
  limit: number,
): Promise<WaitingEstimate[]> {
  const rows = await tx`
    select ${waitingColumns(tx)}
    from estimate_revisions as revisions
    join estimates
      on estimates.company_id = revisions.company_id
      and estimates.id = revisions.estimate_id
      and estimates.removed_at is null
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    where revisions.company_id = ${companyId}
      and revisions.status = 'submitted'
      and revisions.submitted_at between ${window.from} and ${window.to}
    order by revisions.submitted_at desc, revisions.id
    limit ${limit}
  `;
  return waitingRows.parse([...rows]);
}

const owingRow = z
  .object({
    estimate_id: z.string(),
    title: z.string(),
    foreman_id: z.string(),
    created_by: z.string(),
  })
  .transform((row) => ({
    estimateId: row.estimate_id,
    title: row.title,
    userIds: [row.foreman_id, row.created_by],
  }));
const owingRows = z.array(owingRow);

/** Approved estimates with a payment planned between two days, both included; `limit` at most. */
export async function listPlannedPayments(
  tx: Transaction,
  companyId: Id,
  window: { readonly from: Day; readonly to: Day },
  limit: number,
): Promise<z.output<typeof owingRow>[]> {
  const rows = await tx`
    select
      estimates.id as estimate_id, coalesce(projects.title, estimates.title) as title,
      estimates.foreman_id, estimates.created_by
    from estimates
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    where estimates.company_id = ${companyId}
      and estimates.status = 'approved'
      and estimates.removed_at is null
      and estimates.id in (
        select estimate_id
        from payment_stages
        where company_id = ${companyId}
          and removed_at is null
          and due_on between ${window.from} and ${window.to}
      )
    order by estimates.id desc
    limit ${limit}
  `;
  return owingRows.parse([...rows]);
}
