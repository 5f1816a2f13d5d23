import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";

/** An access that somebody entered and nobody has tried yet. */
export interface CrmDraft {
  readonly id: Id;
  /** Sealed. */
  readonly access: Uint8Array;
  readonly createdBy: Id;
  readonly chatId: number;
  /** Null: a new message is sent. */
  readonly messageId: number | null;
}

export async function insertCrmDraft(
  tx: Transaction,
  companyId: Id,
  draft: CrmDraft,
): Promise<void> {
  await tx`
    insert into crm_drafts (company_id, id, access, created_by, chat_id, message_id)
    values (
      ${companyId}, ${draft.id}, ${Buffer.from(draft.access)}, ${draft.createdBy}, ${draft.chatId},
      ${draft.messageId}
    )
  `;
}

const draftRow = z
  .object({
    id: z.string(),
    access: z.instanceof(Uint8Array),
    created_by: z.string(),
    chat_id: z.coerce.number(),
    message_id: z.coerce.number().nullable(),
  })
  .transform((row): CrmDraft => ({
    id: row.id,
    access: row.access,
    createdBy: row.created_by,
    chatId: row.chat_id,
    messageId: row.message_id,
  }));

export async function findCrmDraft(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<CrmDraft | null> {
  const [row] = await tx`
    select id, access, created_by, chat_id, message_id
    from crm_drafts
    where company_id = ${companyId} and id = ${id}
  `;
  return row ? draftRow.parse(row) : null;
}

/** Its keys are gone with it. */
export async function deleteCrmDraft(tx: Transaction, companyId: Id, id: Id): Promise<void> {
  await tx`
    delete from crm_drafts
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Cleans up after everybody, as the owner of the tables. */
export async function deleteCrmDraftsBefore(sql: Sql, before: Date): Promise<number> {
  const { count } = await sql`
    delete from crm_drafts
    where created_at < ${before}
  `;
  return count;
}
