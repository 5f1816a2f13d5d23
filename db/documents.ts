import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { DocumentFormat } from "../domain/documents.ts";
import type { Transaction } from "./client.ts";

/** A file that was ordered, without its bytes. */
export interface Document {
  readonly id: Id;
  readonly estimateId: Id;
  /** The version of the estimate that the file shows. */
  readonly version: number;
  readonly format: DocumentFormat;
  readonly status: "ordered" | "ready" | "sent" | "failed";
  /** Empty until it is rendered. */
  readonly fileName: string;
  readonly error: string | null;
  readonly orderedBy: Id;
  /** Where to send it in Telegram. */
  readonly chatId: number | null;
  /** The message there which says that the file is being made. */
  readonly noticeId: number | null;
  readonly createdAt: Date;
}

const documentRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    version: z.number(),
    format: z.enum(["pdf", "xlsx"]),
    status: z.enum(["ordered", "ready", "sent", "failed"]),
    file_name: z.string(),
    error: z.string().nullable(),
    ordered_by: z.string(),
    chat_id: z.coerce.number().nullable(),
    notice_message_id: z.coerce.number().nullable(),
    created_at: z.date(),
  })
  .transform((row): Document => ({
    id: row.id,
    estimateId: row.estimate_id,
    version: row.version,
    format: row.format,
    status: row.status,
    fileName: row.file_name,
    error: row.error,
    orderedBy: row.ordered_by,
    chatId: row.chat_id,
    noticeId: row.notice_message_id,
    createdAt: row.created_at,
  }));

export type NewDocument = Pick<
  Document,
  "id" | "estimateId" | "version" | "format" | "orderedBy" | "chatId"
>;

export async function insertDocument(
  tx: Transaction,
  companyId: Id,
  document: NewDocument,
): Promise<void> {
  await tx`
    insert into documents (company_id, id, estimate_id, version, format, ordered_by, chat_id)
    values (
      ${companyId}, ${document.id}, ${document.estimateId}, ${document.version},
      ${document.format}, ${document.orderedBy}, ${document.chatId}
    )
  `;
}

export async function findDocument(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<Document | null> {
  const [row] = await tx`
    select
      id, estimate_id, version, format, status, file_name, error, ordered_by, chat_id,
      notice_message_id, created_at
    from documents
    where company_id = ${companyId} and id = ${id}
  `;
  return row ? documentRow.parse(row) : null;
}

const idRow = z.object({ id: z.string() });

/** The same document for the same person and chat, ordered since a moment and not sent yet. */
export async function findWaitingDocument(
  tx: Transaction,
  companyId: Id,
  wanted: Omit<NewDocument, "id">,
  since: Date,
): Promise<Id | null> {
  const [row] = await tx`
    select id
    from documents
    where company_id = ${companyId} and estimate_id = ${wanted.estimateId}
      and version = ${wanted.version} and format = ${wanted.format}
      and chat_id is not distinct from ${wanted.chatId}::bigint and ordered_by = ${wanted.orderedBy}
      and act_id is null
      and status in ('ordered', 'ready') and created_at > ${since}
    order by created_at desc
    limit 1
  `;
  return row ? idRow.parse(row).id : null;
}

/** Keeps which message tells that the document is being made. */
export async function setDocumentNotice(
  tx: Transaction,
  companyId: Id,
  id: Id,
  messageId: number,
): Promise<void> {
  await tx`
    update documents
    set notice_message_id = ${messageId}
    where company_id = ${companyId} and id = ${id}
  `;
}

const fileRow = z.object({ file_name: z.string(), bytes: z.instanceof(Uint8Array) });

/** Null until the document is rendered. */
export async function findDocumentFile(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<{ fileName: string; bytes: Uint8Array } | null> {
  const [row] = await tx`
    select file_name, bytes
    from documents
    where company_id = ${companyId} and id = ${id} and bytes is not null
  `;
  if (!row) return null;
  const file = fileRow.parse(row);
  return { fileName: file.file_name, bytes: file.bytes };
}

/**
 * Keeps the rendered file. `version` is the one it shows: the estimate may have moved on since the
 * order. False when there is no such document, or somebody else sent it meanwhile.
 */
export async function putDocumentFile(
  tx: Transaction,
  companyId: Id,
  id: Id,
  file: { readonly fileName: string; readonly bytes: Uint8Array; readonly version: number },
): Promise<boolean> {
  const result = await tx`
    update documents
    set status = 'ready', file_name = ${file.fileName}, bytes = ${file.bytes},
      version = ${file.version}, error = null
    where company_id = ${companyId} and id = ${id} and status <> 'sent'
  `;
  return result.count > 0;
}

/** False when there is no such document. */
export async function markDocumentSent(tx: Transaction, companyId: Id, id: Id): Promise<boolean> {
  const result = await tx`
    update documents
    set status = 'sent', error = null
    where company_id = ${companyId} and id = ${id}
  `;
  return result.count > 0;
}

/** False when there is no such document, or somebody else sent it meanwhile. */
export async function markDocumentFailed(
  tx: Transaction,
  companyId: Id,
  id: Id,
  error: string,
): Promise<boolean> {
  const result = await tx`
    update documents
    set status = 'failed', error = ${error}
    where company_id = ${companyId} and id = ${id} and status <> 'sent'
  `;
  return result.count > 0;
}
