import type { Actor } from "../../domain/access.ts";
import { notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findDocument, findDocumentFile } from "../../db/documents.ts";
import {
  type ExportFormat,
  findListExport,
  findListExportFile,
  insertListExport,
} from "../../db/list_exports.ts";
import type { QueueName } from "../jobs/queues.ts";
import type { Reader } from "./reading.ts";
import { companyScope, type WorkDependencies } from "./work.ts";
import { byId } from "./input.ts";

/** Orders a list as a file; a job writes it. The only thing that the manager's page adds to a company. */
export type OrderExport = (
  actor: Actor,
  order: { readonly format: ExportFormat; readonly filter: Readonly<Record<string, string>> },
) => Promise<Id>;

export function createOrderExport(dependencies: WorkDependencies): OrderExport {
  return async (actor, { format, filter }) => {
    const { companyId, userId } = actor;
    const queues = new Set<QueueName>();
    const id = await tenantTransaction(dependencies.sql, companyId, async (tx) => {
      const { newId, enqueue } = companyScope(dependencies, tx, actor, queues);
      const exportId = newId();
      await insertListExport(tx, companyId, { id: exportId, userId, format, filter });
      await enqueue("manager.export", { companyId, exportId });
      return exportId;
    });
    dependencies.noteWrite?.(companyId);
    dependencies.onCommitted(queues);
    return id;
  };
}

export interface StoredFile {
  readonly fileName: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

const TYPES = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf",
} as const;

/** The person's own export. Throws `not_found`, also while it is not ready. */
export async function readExportFile({ tx, actor }: Reader, id: Id): Promise<StoredFile> {
  const order = await byId(id, () => findListExport(tx, actor.companyId, id));
  const isOwn = order?.userId === actor.userId;
  const bytes = order && isOwn ? await findListExportFile(tx, actor.companyId, id) : null;
  if (!order || !bytes) throw notFound("Выгрузка");
  return { fileName: `Сметы.${order.format}`, type: TYPES[order.format], bytes };
}

/** A document of an estimate. Throws `not_found`, also while it is not ready. */
export async function readDocumentFile({ tx, actor }: Reader, id: Id): Promise<StoredFile> {
  const document = await byId(id, () => findDocument(tx, actor.companyId, id));
  const file = document ? await findDocumentFile(tx, actor.companyId, id) : null;
  if (!document || !file) throw notFound("Запись документа");
  return { ...file, type: TYPES[document.format] };
}
