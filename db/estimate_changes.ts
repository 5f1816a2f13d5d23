import { z } from "zod";
import { type Change, changeSchema, encodeChange } from "../domain/estimate/changes.ts";
import type { Id } from "../domain/ids.ts";
import type { ChangeSource } from "../domain/services.ts";
import type { Transaction } from "./client.ts";

/** Of these changes, the ones that are in the log already. */
export async function findKnownChanges(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  changeIds: readonly Id[],
): Promise<Set<Id>> {
  const rows = await tx`
    select change_id
    from estimate_changes
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and change_id = any(${[...changeIds]}::uuid[])
    limit ${changeIds.length}
  `;
  return new Set(
    z
      .array(z.object({ change_id: z.string() }))
      .parse(rows)
      .map((row) => row.change_id),
  );
}

export async function insertChanges(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  batch: {
    version: number;
    changes: readonly Change[];
    userId: Id | null;
    source: ChangeSource;
  },
): Promise<void> {
  const changes = batch.changes.map((change) => encodeChange(change));
  await tx`
    insert into estimate_changes (
      company_id, estimate_id, change_id, version, ordinal, change, user_id, source
    )
    select
      ${companyId}, ${estimateId}, (change ->> 'id')::uuid, ${batch.version}, place - 1, change,
      ${batch.userId}, ${batch.source}
    from jsonb_array_elements(${tx.json(changes)}) with ordinality as given (change, place)
  `;
}

/** The changes after a version, in the order in which they were applied. */
export async function listChangesSince(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  version: number,
  limit: number,
): Promise<Change[]> {
  const rows = await tx`
    select change
    from estimate_changes
    where company_id = ${companyId} and estimate_id = ${estimateId} and version > ${version}
    order by version, ordinal
    limit ${limit}
  `;
  return z
    .array(z.object({ change: changeSchema }))
    .parse(rows)
    .map((row) => row.change);
}
