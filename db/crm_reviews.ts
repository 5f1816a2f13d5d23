import { z } from "zod";
import type { CrmReview } from "../domain/crm.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import type { ClientEntity } from "./crm_clients.ts";

export interface NewCrmReview {
  readonly id: Id;
  readonly entity: ClientEntity;
  readonly remoteId: string;
  readonly candidates: readonly Id[];
}

/** Asked once for each record. */
export async function insertCrmReviews(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  reviews: readonly NewCrmReview[],
): Promise<void> {
  for (const { id, entity, remoteId, candidates } of reviews) {
    await tx`
      insert into crm_reviews (company_id, id, connection_id, entity, remote_id, candidates)
      values (
        ${companyId}, ${id}, ${connectionId}, ${entity}, ${remoteId},
        ${candidates as string[]}::uuid[]
      )
      on conflict (company_id, connection_id, entity, remote_id) do nothing
    `;
  }
}

const reviewRow = z
  .object({
    id: z.string(),
    connection_id: z.string(),
    entity: z.enum(["contact", "company"]),
    remote_id: z.string(),
    data: z.object({ name: z.string(), phones: z.array(z.string()) }).loose(),
    candidates: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .transform((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    entity: row.entity,
    remoteId: row.remote_id,
    data: row.data,
    remoteName: row.data.name,
    remotePhones: row.data.phones,
    candidates: row.candidates,
  }));
const reviewRows = z.array(reviewRow);

export type StoredReview = CrmReview & {
  readonly entity: ClientEntity;
  readonly remoteId: string;
  /** The record as it was last read. */
  readonly data: Readonly<Record<string, unknown>>;
};

function selectReviews(tx: Transaction, companyId: Id) {
  return tx`
    select
      review.id, review.connection_id, review.entity, review.remote_id, record.sync_data as data,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', clients.id, 'name', clients.name))
        from clients
        where clients.company_id = ${companyId} and clients.id = any(review.candidates)
          and clients.removed_at is null
      ), '[]') as candidates
    from crm_reviews as review
    join crm_clients as record
      on record.company_id = review.company_id and record.connection_id = review.connection_id
        and record.entity = review.entity and record.remote_id = review.remote_id
    where review.company_id = ${companyId} and review.decided_at is null
      and record.client_id is null and record.deleted_at is null
  `;
}

/** Oldest first, only what still waits. */
export async function listCrmReviews(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<StoredReview[]> {
  const rows = await tx`${selectReviews(tx, companyId)} order by review.id limit ${limit}`;
  return reviewRows.parse([...rows]);
}

export async function findCrmReview(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<StoredReview | null> {
  const [row] = await tx`${selectReviews(tx, companyId)} and review.id = ${id}`;
  return row ? reviewRow.parse(row) : null;
}

export async function decideCrmReview(
  tx: Transaction,
  companyId: Id,
  id: Id,
  userId: Id,
): Promise<void> {
  await tx`
    update crm_reviews
    set decided_at = now(), decided_by = ${userId}
    where company_id = ${companyId} and id = ${id} and decided_at is null
  `;
}
