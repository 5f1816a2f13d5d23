import { z } from "zod";
import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { DocumentFormat, DocumentService, DocumentState } from "../../domain/documents.ts";
import {
  type Document,
  findDocument,
  findDocumentFile,
  findWaitingDocument,
  insertDocument,
  setDocumentNotice,
} from "../../db/documents.ts";
import { findEstimate } from "../../db/estimates.ts";
import { demandReadable } from "./estimate_cards.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";

const orderSchema = z.strictObject({
  format: z.enum(["pdf", "xlsx"]) satisfies z.ZodType<DocumentFormat>,
  chatId: z.int().nullable(),
});

/** After that long something is wrong with the first order, and a new one may help. */
const SECOND_TAP = 60_000; // ms

export function createDocumentService(scope: Scope): DocumentService {
  const { tx, actor } = scope;
  return {
    order: async (estimateId, format, { chatId }) => {
      demand(scope, "estimate.read");
      if (!orderSchema.safeParse({ format, chatId }).success) throw unknownOrder();
      const estimate = await byId(estimateId, () => findEstimate(tx, actor.companyId, estimateId));
      const { version, isRemoved } = demandReadable(scope, estimate);
      if (isRemoved) throw notFound("Смета");
      const wanted = { estimateId, version, format, chatId, orderedBy: actor.userId };
      const since = new Date(scope.now.getTime() - SECOND_TAP);
      const waiting = await findWaitingDocument(tx, actor.companyId, wanted, since);
      if (waiting) return { id: waiting, isNew: false };
      const id = scope.newId();
      await insertDocument(tx, actor.companyId, { ...wanted, id });
      await scope.enqueue("document.render", { companyId: actor.companyId, documentId: id });
      return { id, isNew: true };
    },
    get: async (id) => describe(await readOwnDocument(scope, id)),
    file: async (id) => {
      const document = await readOwnDocument(scope, id);
      const file = await findDocumentFile(tx, actor.companyId, id);
      if (!file) throw notReady(document);
      return { ...file, format: document.format };
    },
    announced: async (id, messageId) => {
      await readOwnDocument(scope, id);
      await setDocumentNotice(tx, actor.companyId, id, messageId);
    },
  };
}

/** Who may not see the estimate finds no document of it. */
async function readOwnDocument(scope: Scope, id: Id): Promise<Document> {
  const { tx, actor } = scope;
  demand(scope, "estimate.read");
  const document = await byId(id, () => findDocument(tx, actor.companyId, id));
  const estimate = document && (await findEstimate(tx, actor.companyId, document.estimateId));
  if (!document || demandReadable(scope, estimate).isRemoved) throw notFound("Смета");
  return document;
}

function describe({
  id,
  estimateId,
  format,
  status,
  fileName,
  createdAt,
}: Document): DocumentState {
  return {
    id,
    estimateId,
    format,
    status: status === "sent" ? "ready" : status,
    fileName,
    createdAt,
  };
}

function notReady({ status }: Document): AppError {
  const message =
    status === "failed"
      ? "Не получилось подготовить документ. Данные целы. Закажите его ещё раз."
      : "Документ ещё готовится. Спросите через несколько секунд.";
  return new AppError("conflict", message);
}

function unknownOrder(): AppError {
  return new AppError(
    "invalid",
    "Можно заказать PDF или Excel. Откройте смету и выберите ещё раз.",
  );
}
