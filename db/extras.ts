import { z } from "zod";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { ExtraSummary, OpenContract } from "../domain/extras.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import { statusColumn } from "./estimate_rows.ts";

const nextRow = z.object({ next: z.number() });

/** The next number under a parent, which the caller has locked. */
export async function findNextExtraSequence(
  tx: Transaction,
  companyId: Id,
  parentId: Id,
): Promise<number> {
  const [row] = await tx`
    select coalesce(max(extra_sequence), 0) + 1 as next
    from estimates
    where company_id = ${companyId} and parent_id = ${parentId}
  `;
  return nextRow.parse(row).next;
}

const extraRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number(),
    status: statusColumn,
    is_approved: z.boolean(),
    title: z.string(),
    reason: z.string(),
    total_amount: moneyColumn,
  })
  .transform((row): ExtraSummary => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    status: row.status,
    isApproved: row.is_approved,
    title: row.title,
    reason: row.reason,
    total: row.total_amount,
  }));
const extraRows = z.array(extraRow);

/** Oldest first; those removed are left out. */
export async function listExtras(
  tx: Transaction,
  companyId: Id,
  parentId: Id,
  limit: number,
): Promise<ExtraSummary[]> {
  const rows = await tx`
    select
      id, number_year, number_sequence, extra_sequence, status, title, reason, total_amount,
      exists (
        select
        from estimate_revisions as revisions
        where revisions.company_id = ${companyId}
          and revisions.estimate_id = estimates.id and revisions.status = 'approved'
      ) as is_approved
    from estimates
    where company_id = ${companyId} and parent_id = ${parentId} and removed_at is null
    order by extra_sequence
    limit ${limit}
  `;
  return extraRows.parse(rows);
}

export async function setExtraReason(
  tx: Transaction,
  companyId: Id,
  id: Id,
  reason: string,
): Promise<void> {
  await tx`
    update estimates
    set reason = ${reason}, updated_at = now()
    where company_id = ${companyId} and id = ${id}
  `;
}

const contractRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    title: z.string(),
    project_title: z.string().nullable(),
    client_name: z.string().nullable(),
  })
  .transform((row): OpenContract => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence),
    title: row.title,
    projectTitle: row.project_title,
    clientName: row.client_name,
  }));
// To make a schema takes longer than to read a row by it.
const contractRows = z.array(contractRow);

/** The approved main estimates, last touched first. `ownerId`: only those of this person. */
export async function listOpenContracts(
  tx: Transaction,
  companyId: Id,
  { ownerId, limit }: { ownerId: Id | null; limit: number },
): Promise<OpenContract[]> {
  const rows = await tx`
    select
      estimates.id, estimates.number_year, estimates.number_sequence, estimates.title,
      projects.title as project_title, clients.name as client_name
    from estimates
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where estimates.company_id = ${companyId}
      and estimates.kind = 'main' and estimates.status = 'approved'
      and estimates.removed_at is null
      ${ownerId ? tx`and ${ownerId} in (estimates.foreman_id, estimates.created_by)` : tx``}
    order by estimates.updated_at desc, estimates.id desc
    limit ${limit}
  `;
  return contractRows.parse(rows);
}
