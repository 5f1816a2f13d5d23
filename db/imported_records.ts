import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

export type ImportedKind = "client" | "project" | "estimate";

type Value = string | number | boolean | null;

/** Columns that have no place here, by their names there. */
export type ImportedColumns = Readonly<Record<string, Value>>;

export interface ImportedRecord {
  /** Names the other program's data. */
  readonly source: string;
  readonly kind: ImportedKind;
  readonly sourceId: string;
  /** What it became here. */
  readonly thingId: Id;
  /** What has no place here, as it was; `items`: of the lines of an estimate. */
  readonly extra: Readonly<Record<string, Value | readonly ImportedColumns[]>>;
}

/** What a record of another program became; null: it has not been brought yet. */
export async function findImportedThing(
  tx: Transaction,
  companyId: Id,
  { source, kind, sourceId }: Pick<ImportedRecord, "source" | "kind" | "sourceId">,
): Promise<Id | null> {
  const [row] = await tx`
    select thing_id
    from imported_records
    where company_id = ${companyId} and source = ${source} and kind = ${kind}
      and source_id = ${sourceId}
  `;
  return row ? String(row["thing_id"]) : null;
}

export async function insertImportedRecord(
  tx: Transaction,
  companyId: Id,
  { source, kind, sourceId, thingId, extra }: ImportedRecord,
): Promise<void> {
  await tx`
    insert into imported_records (company_id, source, kind, source_id, thing_id, extra)
    values (${companyId}, ${source}, ${kind}, ${sourceId}, ${thingId}, ${tx.json(extra)})
  `;
}
