import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";

const refsSchema = z.array(
  z.object({
    entity: z.enum(["contact", "company", "deal"]),
    id: z.string(),
    isDeletion: z.boolean(),
  }),
);
export type InboxRefs = z.output<typeof refsSchema>;

/** False: the same body waits already. */
export async function insertInboxEvent(
  tx: Transaction,
  companyId: Id,
  event: { id: Id; connectionId: Id; bodyHash: string; refs: InboxRefs },
): Promise<boolean> {
  const { count } = await tx`
    insert into crm_inbox (company_id, id, connection_id, body_hash, refs)
    values (
      ${companyId}, ${event.id}, ${event.connectionId}, ${event.bodyHash},
      ${tx.json(event.refs)}
    )
    on conflict (company_id, connection_id, body_hash) where taken_at is null do nothing
  `;
  return count > 0;
}

const eventRow = z.object({ id: z.string(), refs: refsSchema });
const eventRows = z.array(eventRow);

/** What waits, and what was taken by somebody who never finished. */
export async function takeInboxEvents(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  limit: number,
): Promise<{ id: Id; refs: InboxRefs }[]> {
  const rows = await tx`
    update crm_inbox
    set taken_at = now()
    where company_id = ${companyId} and id in (
      select id
      from crm_inbox
      where company_id = ${companyId} and connection_id = ${connectionId}
        and handled_at is null
      order by id
      limit ${limit}
      for update skip locked
    )
    returning id, refs
  `;
  return eventRows.parse([...rows]);
}

export async function finishInboxEvents(
  tx: Transaction,
  companyId: Id,
  ids: readonly Id[],
): Promise<void> {
  await tx`
    update crm_inbox
    set handled_at = now()
    where company_id = ${companyId} and id = any(${ids as string[]}::uuid[])
  `;
}

/** Cleans up after everybody, as the owner of the tables. */
export async function deleteInboxEventsBefore(sql: Sql, before: Date): Promise<number> {
  const { count } = await sql`
    delete from crm_inbox
    where received_at < ${before}
  `;
  return count;
}
