import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

export interface CrmDealRecord {
  readonly remoteId: string;
  readonly data: unknown;
  readonly hash: string;
  readonly updatedAt: Date;
}

export interface KnownCrmDeal {
  readonly remoteId: string;
  readonly estimateId: Id | null;
  readonly data: unknown;
  readonly hash: string;
  readonly pushedHash: string | null;
  readonly pushedRevision: number | null;
  readonly attachedRevision: number | null;
  /** Of extra work: the revision whose paper is there, by its id. */
  readonly attachedExtras: Readonly<Record<Id, number>>;
  readonly isDeleted: boolean;
  /** By the CRM. */
  readonly updatedAt: Date;
  /** When it was stored or marked as gone here. */
  readonly storedAt: Date;
}

const knownRow = z
  .object({
    remote_id: z.string(),
    estimate_id: z.string().nullable(),
    sync_data: z.unknown(),
    remote_hash: z.string(),
    pushed_hash: z.string().nullable(),
    pushed_revision: z.number().nullable(),
    attached_revision: z.number().nullable(),
    attached_extras: z.record(z.string(), z.number()),
    is_deleted: z.boolean(),
    remote_updated_at: z.date(),
    stored_at: z.date(),
  })
  .transform((row): KnownCrmDeal => ({
    remoteId: row.remote_id,
    estimateId: row.estimate_id,
    data: row.sync_data,
    hash: row.remote_hash,
    pushedHash: row.pushed_hash,
    pushedRevision: row.pushed_revision,
    attachedRevision: row.attached_revision,
    attachedExtras: row.attached_extras,
    isDeleted: row.is_deleted,
    updatedAt: row.remote_updated_at,
    storedAt: row.stored_at,
  }));
const knownRows = z.array(knownRow);

function knownColumns(tx: Transaction) {
  return tx`
    remote_id, estimate_id, sync_data, remote_hash, pushed_hash, pushed_revision,
    attached_revision, attached_extras, deleted_at is not null as is_deleted,
    remote_updated_at, greatest(seen_at, deleted_at) as stored_at
  `;
}

export async function findKnownCrmDeals(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteIds: readonly string[],
): Promise<KnownCrmDeal[]> {
  const rows = await tx`
    select ${knownColumns(tx)}
    from crm_deals
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = any(${remoteIds as string[]})
  `;
  return knownRows.parse([...rows]);
}

export async function findCrmDealOf(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  estimateId: Id,
): Promise<KnownCrmDeal | null> {
  const [row] = await tx`
    select ${knownColumns(tx)}
    from crm_deals
    where company_id = ${companyId} and connection_id = ${connectionId}
      and estimate_id = ${estimateId}
  `;
  return row ? knownRow.parse(row) : null;
}

export async function putCrmDeals(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  records: readonly CrmDealRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx`
    insert into crm_deals (
      company_id, connection_id, remote_id, sync_data, remote_hash, remote_updated_at, seen_at
    )
    select ${companyId}, ${connectionId}, "remoteId", data, hash, "updatedAt", now()
    from jsonb_to_recordset(${tx.json(records as never)}) as record (
      "remoteId" text, data jsonb, hash text, "updatedAt" timestamptz
    )
    on conflict (company_id, connection_id, remote_id) do update
    set
      sync_data = excluded.sync_data,
      remote_hash = excluded.remote_hash,
      remote_updated_at = excluded.remote_updated_at,
      seen_at = excluded.seen_at,
      deleted_at = null
  `;
}

/** The deal is this estimate's. Makes the row where no scan has brought it yet. */
export async function bindCrmDeal(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteId: string,
  estimateId: Id,
): Promise<void> {
  await tx`
    insert into crm_deals (
      company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (
      ${companyId}, ${connectionId}, ${remoteId}, ${estimateId}, '{}', '', now(), now()
    )
    on conflict (company_id, connection_id, remote_id) do update
    set estimate_id = excluded.estimate_id, deleted_at = null
  `;
}

/** A deal that was deleted there lets its estimate go, so that a new one can be made. */
export async function releaseCrmDeal(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteId: string,
): Promise<void> {
  await tx`
    update crm_deals
    set deleted_at = coalesce(deleted_at, now()), estimate_id = null
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = ${remoteId}
  `;
}

/** What we wrote there: its echo will have this hash. */
export async function savePushedDeal(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  pushed: CrmDealRecord & { readonly revision: number },
): Promise<void> {
  await tx`
    update crm_deals
    set
      sync_data = ${tx.json(pushed.data as never)},
      remote_hash = ${pushed.hash},
      pushed_hash = ${pushed.hash},
      remote_updated_at = ${pushed.updatedAt},
      seen_at = now(),
      pushed_revision = ${pushed.revision}
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = ${pushed.remoteId}
  `;
}

export async function saveAttachedRevision(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteId: string,
  revision: number,
): Promise<void> {
  await tx`
    update crm_deals
    set attached_revision = ${revision}
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = ${remoteId}
  `;
}

export async function saveAttachedExtra(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteId: string,
  extra: { readonly estimateId: Id; readonly revision: number },
): Promise<void> {
  await tx`
    update crm_deals
    set attached_extras =
      attached_extras || jsonb_build_object(${extra.estimateId}::text, ${extra.revision}::int)
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = ${remoteId}
  `;
}

export async function markCrmDealGone(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  remoteId: string,
): Promise<void> {
  await tx`
    update crm_deals
    set deleted_at = now()
    where company_id = ${companyId} and connection_id = ${connectionId}
      and remote_id = ${remoteId} and deleted_at is null
  `;
}
