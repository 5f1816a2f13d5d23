import { z } from "zod";
import { ACT_FORMS, type ActForm } from "../domain/acts.ts";
import type { Id } from "../domain/ids.ts";
import type { DocumentFormat } from "../domain/documents.ts";
import type { Transaction } from "./client.ts";

/** Orders a paper of an act; for a chat, where one is named. */
export async function insertActDocument(
  tx: Transaction,
  companyId: Id,
  document: {
    id: Id;
    actId: Id;
    estimateId: Id;
    form: ActForm;
    format: DocumentFormat;
    version: number;
    orderedBy: Id;
    chatId: number | null;
  },
): Promise<void> {
  await tx`
    insert into documents (
      company_id, id, estimate_id, act_id, form, version, format, ordered_by, chat_id
    )
    values (
      ${companyId}, ${document.id}, ${document.estimateId}, ${document.actId}, ${document.form},
      ${document.version}, ${document.format}, ${document.orderedBy}, ${document.chatId}
    )
  `;
}

/** The act that an ordered document shows, and in which form; null: it shows no act. */
export async function findActOfDocument(
  tx: Transaction,
  companyId: Id,
  documentId: Id,
): Promise<{ actId: Id; form: ActForm } | null> {
  const [row] = await tx`
    select act_id, form
    from documents
    where company_id = ${companyId} and id = ${documentId} and act_id is not null
  `;
  if (!row) return null;
  const found = z.object({ act_id: z.string(), form: z.enum(ACT_FORMS) }).parse(row);
  return { actId: found.act_id, form: found.form };
}
