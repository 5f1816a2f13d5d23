import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { StoredAnswer } from "../domain/repeating.ts";
import type { Sql, Transaction } from "./client.ts";

export interface RepeatableRequest {
  readonly userId: Id;
  readonly key: string;
  readonly digest: Uint8Array;
}

/**
 * Takes a key for this transaction. False: it was taken after `since`; of two at once the second one
 * waits for the first to end.
 */
export async function claimRequest(
  tx: Transaction,
  companyId: Id,
  { userId, key, digest }: RepeatableRequest,
  { now, since }: { readonly now: Date; readonly since: Date },
): Promise<boolean> {
  const result = await tx`
    insert into repeatable_requests as known (company_id, user_id, key, digest, created_at)
    values (${companyId}, ${userId}, ${key}, ${Buffer.from(digest)}, ${now})
    on conflict (company_id, user_id, key) do update
    set digest = excluded.digest, status = null, body = null, created_at = excluded.created_at
    where known.created_at <= ${since}
  `;
  return result.count > 0;
}

const storedRow = z.object({
  digest: z.instanceof(Uint8Array),
  status: z.number(),
  body: z.string(),
});

/** What was answered under a key, and to what. */
export async function findAnswer(
  tx: Transaction,
  companyId: Id,
  { userId, key }: Pick<RepeatableRequest, "userId" | "key">,
): Promise<(StoredAnswer & { readonly digest: Uint8Array }) | null> {
  const [row] = await tx`
    select digest, status, body
    from repeatable_requests
    where company_id = ${companyId} and user_id = ${userId} and key = ${key}
      and status is not null
  `;
  return row ? storedRow.parse(row) : null;
}

export async function storeAnswer(
  tx: Transaction,
  companyId: Id,
  { userId, key }: Pick<RepeatableRequest, "userId" | "key">,
  { status, body }: StoredAnswer,
): Promise<void> {
  await tx`
    update repeatable_requests
    set status = ${status}, body = ${body}
    where company_id = ${companyId} and user_id = ${userId} and key = ${key}
  `;
}

/** As the owner of the tables. Returns how many went, `limit` at most. */
export async function deleteRequestsBefore(sql: Sql, moment: Date, limit: number): Promise<number> {
  const result = await sql`
    delete from repeatable_requests
    where (company_id, user_id, key) in (
      select company_id, user_id, key
      from repeatable_requests
      where created_at < ${moment}
      order by created_at
      limit ${limit}
    )
  `;
  return result.count;
}
