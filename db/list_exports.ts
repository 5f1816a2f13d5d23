import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";

export const EXPORT_FORMATS = ["csv", "xlsx"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A list as a file: ordered on the manager's page, written by a job. */
export interface ListExport {
  readonly id: Id;
  readonly userId: Id;
  readonly format: ExportFormat;
  /** What the list was narrowed to, as its page's address has it. */
  readonly filter: Readonly<Record<string, string>>;
  readonly status: "ordered" | "ready" | "failed";
  readonly done: number;
  /** 0 until the job has counted. */
  readonly total: number;
  readonly createdAt: Date;
}

const exportRow = z
  .object({
    id: z.string(),
    user_id: z.string(),
    format: z.enum(EXPORT_FORMATS),
    filter: z.record(z.string(), z.string()),
    status: z.enum(["ordered", "ready", "failed"]),
    done: z.number(),
    total: z.number(),
    created_at: z.date(),
  })
  .transform((row): ListExport => ({
    id: row.id,
    userId: row.user_id,
    format: row.format,
    filter: row.filter,
    status: row.status,
    done: row.done,
    total: row.total,
    createdAt: row.created_at,
  }));

export async function insertListExport(
  tx: Transaction,
  companyId: Id,
  order: Pick<ListExport, "id" | "userId" | "format" | "filter">,
): Promise<void> {
  await tx`
    insert into list_exports (company_id, id, user_id, format, filter)
    values (
      ${companyId}, ${order.id}, ${order.userId}, ${order.format}, ${tx.json(order.filter)}
    )
  `;
}

export async function findListExport(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<ListExport | null> {
  const [row] = await tx`
    select id, user_id, format, filter, status, done, total, created_at
    from list_exports
    where company_id = ${companyId} and id = ${id}
  `;
  return row ? exportRow.parse(row) : null;
}

export async function findListExportFile(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<Uint8Array | null> {
  const [row] = await tx`
    select bytes
    from list_exports
    where company_id = ${companyId} and id = ${id} and status = 'ready'
  `;
  return row ? z.object({ bytes: z.instanceof(Uint8Array) }).parse(row).bytes : null;
}

/** How far the job is, and at the end its file. */
export async function updateListExport(
  tx: Transaction,
  companyId: Id,
  id: Id,
  change: {
    readonly status: ListExport["status"];
    readonly done: number;
    readonly total: number;
    readonly bytes?: Uint8Array;
  },
): Promise<void> {
  await tx`
    update list_exports
    set status = ${change.status}, done = ${change.done}, total = ${change.total},
      bytes = ${change.bytes ?? null}
    where company_id = ${companyId} and id = ${id}
      -- The progress of one that stood still while another process ended it.
      and not (status = 'ready' and ${change.status} = 'ordered')
  `;
}

/** As the owner of the tables: forgets those ordered before a moment. Returns how many, `limit` at most. */
export async function deleteListExportsBefore(
  sql: Sql,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from list_exports
    where (company_id, id) in (
      select company_id, id
      from list_exports
      where created_at < ${moment}
      order by created_at
      limit ${limit}
    )
  `;
  return result.count;
}
