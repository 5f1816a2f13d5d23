import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { ColumnMapping } from "../domain/services.ts";
import type { Queryable, Transaction } from "./client.ts";
import { type Statement, writeTogether } from "./statements.ts";

const columnIndex = z.int().min(0).max(10_000);

/** A mapping as a person confirms it and as the tables keep it. */
export const columnMappingSchema: z.ZodType<ColumnMapping> = z.strictObject({
  name: columnIndex,
  unit: columnIndex.nullable(),
  quantity: columnIndex.nullable(),
  price: columnIndex.nullable(),
  sum: columnIndex.nullable(),
  code: columnIndex.nullable(),
  skipRows: z.int().min(0).max(1_000_000),
});

export interface KeptList {
  readonly text: string;
  readonly fileName: string | null;
  readonly mapping: ColumnMapping | null;
}

const listRow = z
  .object({
    text: z.string(),
    file_name: z.string().nullable(),
    mapping: columnMappingSchema.nullable(),
  })
  .transform(({ file_name: fileName, ...row }): KeptList => ({ ...row, fileName }));

export type NewKeptList = KeptList & { readonly id: Id; readonly userId: Id };

/** The row of a list, to be written by itself or together with others. */
export function keptListInsertion(companyId: Id, list: NewKeptList): Statement {
  const { id, userId, text, fileName, mapping } = list;
  return {
    text: `
      insert into kept_lists (company_id, id, user_id, text, file_name, mapping)
      values ($1, $2, $3, $4, $5, $6::text::jsonb)
    `,
    parameters: [
      companyId,
      id,
      userId,
      text,
      fileName,
      mapping === null ? null : JSON.stringify(mapping),
    ],
  };
}

export async function insertKeptList(
  tx: Transaction,
  companyId: Id,
  list: NewKeptList,
): Promise<void> {
  await writeTogether(tx, [keptListInsertion(companyId, list)]);
}

/** Null also for a list that another person sent. */
export async function findKeptList(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  id: Id,
): Promise<KeptList | null> {
  const [row] = await tx`
    select text, file_name, mapping
    from kept_lists
    where company_id = ${companyId} and user_id = ${userId} and id = ${id}
  `;
  return row ? listRow.parse(row) : null;
}

/** False when the person has no such list. */
export async function setKeptListMapping(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  id: Id,
  mapping: ColumnMapping,
): Promise<boolean> {
  const result = await tx`
    update kept_lists
    set mapping = ${mappingOrNull(tx, mapping)}
    where company_id = ${companyId} and user_id = ${userId} and id = ${id}
  `;
  return result.count > 0;
}

/** Of all companies, so only as the owner of the tables. Returns how many went, `limit` at most. */
export async function deleteKeptListsBefore(
  sql: Queryable,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from kept_lists
    where (company_id, id) in (
      select company_id, id
      from kept_lists
      where created_at < ${moment}
      limit ${limit}
    )
  `;
  return result.count;
}

const mappingRow = z.object({ mapping: columnMappingSchema });

export async function findColumnMapping(
  tx: Transaction,
  companyId: Id,
  headerKey: string,
): Promise<ColumnMapping | null> {
  const [row] = await tx`
    select mapping
    from column_mappings
    where company_id = ${companyId} and header_key = ${headerKey}
  `;
  return row ? mappingRow.parse(row).mapping : null;
}

export async function putColumnMapping(
  tx: Transaction,
  companyId: Id,
  headerKey: string,
  mapping: ColumnMapping,
): Promise<void> {
  await tx`
    insert into column_mappings (company_id, header_key, mapping)
    values (${companyId}, ${headerKey}, ${mappingOrNull(tx, mapping)})
    on conflict (company_id, header_key) do update
    set mapping = excluded.mapping, used_at = now()
  `;
}

function mappingOrNull(tx: Transaction, mapping: ColumnMapping | null) {
  return mapping === null ? null : tx.json({ ...mapping });
}
