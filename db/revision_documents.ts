import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

/** Orders the PDF of a revision: for the client's page, not for a chat. */
export async function insertRevisionDocument(
  tx: Transaction,
  companyId: Id,
  document: { id: Id; estimateId: Id; revisionId: Id; version: number; orderedBy: Id },
): Promise<void> {
  await tx`
    insert into documents (company_id, id, estimate_id, revision_id, version, format, ordered_by)
    values (
      ${companyId}, ${document.id}, ${document.estimateId}, ${document.revisionId},
      ${document.version}, 'pdf', ${document.orderedBy}
    )
  `;
}

const revisionRow = z.object({ revision_id: z.string().nullable() });

/** The revision that an ordered document shows; null: the estimate as it is. */
export async function findRevisionOfDocument(
  tx: Transaction,
  companyId: Id,
  documentId: Id,
): Promise<Id | null> {
  const [row] = await tx`
    select revision_id
    from documents
    where company_id = ${companyId} and id = ${documentId}
  `;
  return row ? revisionRow.parse(row).revision_id : null;
}

const fileRow = z.object({
  status: z.enum(["ordered", "ready", "sent", "failed"]),
  file_name: z.string(),
  bytes: z.instanceof(Uint8Array).nullable(),
});

/** The newest PDF of a revision; `bytes` are null until it is rendered. */
export async function findRevisionFile(
  tx: Transaction,
  companyId: Id,
  revisionId: Id,
): Promise<{ isFailed: boolean; fileName: string; bytes: Uint8Array | null } | null> {
  const [row] = await tx`
    select status, file_name, bytes
    from documents
    where company_id = ${companyId} and revision_id = ${revisionId} and format = 'pdf'
    order by created_at desc, id desc
    limit 1
  `;
  if (!row) return null;
  const file = fileRow.parse(row);
  return { isFailed: file.status === "failed", fileName: file.file_name, bytes: file.bytes };
}
