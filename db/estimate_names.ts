import { z } from "zod";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { statusColumn } from "./estimate_rows.ts";

/** Names beside an estimate, for its card. */
export interface EstimateNames {
  readonly project: { id: Id; title: string; address: string } | null;
  readonly client: { id: Id; name: string } | null;
  readonly foremanName: string;
}

export async function findEstimateNames(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<EstimateNames | null> {
  const [row] = await tx`
    select ${namesColumns(tx)}
    from estimates
    ${namesJoins(tx)}
    where estimates.company_id = ${companyId} and estimates.id = ${id}
  `;
  return row ? namesRow.parse(row) : null;
}

function namesColumns(tx: Transaction) {
  return tx`
    projects.id as project_id, projects.title as project_title,
    projects.address as project_address, clients.id as client_id, clients.name as client_name,
    users.name as foreman_name
  `;
}

function namesJoins(tx: Transaction) {
  return tx`
    join users on users.user_id = estimates.foreman_id
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
  `;
}

const namesRow = z
  .object({
    project_id: z.string().nullable(),
    project_title: z.string().nullable(),
    project_address: z.string().nullable(),
    client_id: z.string().nullable(),
    client_name: z.string().nullable(),
    foreman_name: z.string(),
  })
  .transform((row): EstimateNames => ({
    project:
      row.project_id === null
        ? null
        : {
            id: row.project_id,
            title: row.project_title ?? "",
            address: row.project_address ?? "",
          },
    client: row.client_id === null ? null : { id: row.client_id, name: row.client_name ?? "" },
    foremanName: row.foreman_name,
  }));

/** What tells whether anything that a reader sees of an estimate has changed, in one query. */
export interface EstimateStamp extends EstimateNames {
  readonly version: number;
  readonly revision: number;
  readonly status: EstimateStatus;
  readonly isRemoved: boolean;
  readonly updatedAt: Date;
  readonly foremanId: Id;
  readonly createdBy: Id;
}

export async function findEstimateStamp(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<EstimateStamp | null> {
  const [row] = await tx`
    select
      estimates.version, estimates.revision, estimates.status, estimates.removed_at,
      estimates.updated_at, estimates.foreman_id, estimates.created_by, ${namesColumns(tx)}
    from estimates
    ${namesJoins(tx)}
    where estimates.company_id = ${companyId} and estimates.id = ${id}
  `;
  return row ? readStamp(row) : null;
}

/** Of the columns that `findEstimateStamp` selects. */
export function readStamp(row: unknown): EstimateStamp {
  const stamp = stampRow.parse(row);
  return {
    ...namesRow.parse(row),
    version: stamp.version,
    revision: stamp.revision,
    status: stamp.status,
    isRemoved: stamp.removed_at !== null,
    updatedAt: stamp.updated_at,
    foremanId: stamp.foreman_id,
    createdBy: stamp.created_by,
  };
}

const stampRow = z.object({
  version: z.number(),
  revision: z.number(),
  status: statusColumn,
  removed_at: z.date().nullable(),
  updated_at: z.date(),
  foreman_id: z.string(),
  created_by: z.string(),
});
