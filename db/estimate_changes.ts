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

/** Changes that were applied together, for the log. */
export interface LoggedBatch {
  readonly version: number;
  readonly changes: readonly Change[];
  readonly userId: Id | null;
  readonly source: ChangeSource;
}

export async function insertChanges(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  batch: LoggedBatch,
): Promise<void> {
  await tx`
    with given as (${givenChanges(tx, batch.changes)})
    ${logGiven(tx, companyId, estimateId, batch)}
  `;
}

/**
 * The log and the new lines of its additions, each line sent and read once: a long list takes a tenth less.
 * For lines that stand as their changes give them (`addsAsGiven`), in sections that are there.
 */
export async function insertChangesWithLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  batch: LoggedBatch,
): Promise<void> {
  await tx`
    with given as materialized (${givenChanges(tx, batch.changes)}),
    logged as (${logGiven(tx, companyId, estimateId, batch)})
    insert into estimate_lines (
      company_id, estimate_id, id, section_id, position, kind, name, unit, quantity,
      quantity_formula, price, cost, is_optional, is_chosen, price_source, note, internal_note
    )
    select
      ${companyId}, ${estimateId}, line.id, "sectionId", position, kind, name, unit, quantity,
      "quantityFormula", price, cost, "isOptional", "isChosen", "priceSource", note, "internalNote"
    from given
    cross join lateral jsonb_to_record(given.change -> 'line') as line (
      id uuid, "sectionId" uuid, position text, kind text, name text, unit text, quantity numeric,
      "quantityFormula" text, price numeric, cost numeric, "isOptional" boolean,
      "isChosen" boolean, "priceSource" text, note text, "internalNote" text
    )
    where given.change ->> 'type' = 'line.add'
  `;
}

function givenChanges(tx: Transaction, changes: readonly Change[]) {
  return tx`
    select change, place
    from jsonb_array_elements(${tx.json(changes.map(encodeChange))})
      with ordinality as element (change, place)
  `;
}

function logGiven(tx: Transaction, companyId: Id, estimateId: Id, batch: LoggedBatch) {
  return tx`
    insert into estimate_changes (
      company_id, estimate_id, change_id, version, ordinal, change, user_id, source
    )
    select
      ${companyId}, ${estimateId}, (change ->> 'id')::uuid, ${batch.version}, place - 1, change,
      ${batch.userId}, ${batch.source}
    from given
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
