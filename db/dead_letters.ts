import type { JSONValue } from "postgres";
import { z } from "zod";
import type { DeadLetter } from "../domain/dead_letters.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

export async function insertDeadLetter(
  tx: Transaction,
  companyId: Id,
  letter: {
    readonly id: Id;
    readonly queue: string;
    /** What JSON can carry. */
    readonly payload: object;
    readonly reason: string;
    readonly diedAt: Date;
  },
): Promise<void> {
  await tx`
    insert into dead_letters (company_id, id, queue, payload, reason, died_at)
    values (
      ${companyId}, ${letter.id}, ${letter.queue}, ${tx.json(letter.payload as JSONValue)},
      ${letter.reason}, ${letter.diedAt}
    )
  `;
}

const letterRow = z
  .object({
    id: z.string(),
    queue: z.string(),
    died_at: z.date(),
    retried_at: z.date().nullable(),
  })
  .transform((row): DeadLetter => ({
    id: row.id,
    queue: row.queue,
    diedAt: row.died_at,
    retriedAt: row.retried_at,
  }));
const letterRows = z.array(letterRow);

/** Newest first; `limit` and one more, to know whether there is another page. */
export async function listDeadLetters(
  tx: Transaction,
  companyId: Id,
  { before, limit }: { readonly before: Id | null; readonly limit: number },
): Promise<DeadLetter[]> {
  const rows = await tx`
    select id, queue, died_at, retried_at
    from dead_letters
    where company_id = ${companyId} ${before ? tx`and id < ${before}` : tx``}
    order by id desc
    limit ${limit + 1}
  `;
  return letterRows.parse([...rows]);
}

/** Locked until the transaction ends: it is driven again once. */
export async function lockDeadLetter(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<{ queue: string; payload: unknown; isRetried: boolean } | null> {
  const [row] = await tx`
    select queue, payload, retried_at is not null as "isRetried"
    from dead_letters
    where company_id = ${companyId} and id = ${id}
    for no key update
  `;
  return row
    ? z.object({ queue: z.string(), payload: z.unknown(), isRetried: z.boolean() }).parse(row)
    : null;
}

export async function markDeadLetterRetried(
  tx: Transaction,
  companyId: Id,
  id: Id,
  retried: { readonly by: Id; readonly at: Date },
): Promise<void> {
  await tx`
    update dead_letters
    set retried_at = ${retried.at}, retried_by = ${retried.by}
    where company_id = ${companyId} and id = ${id}
  `;
}
